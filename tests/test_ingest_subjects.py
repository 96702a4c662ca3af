"""Subjects that show notes list without times: what could be chapters, and what could not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.records import Chapter, ParsedEpisode
from ingest.feeds import parse_feed
from ingest.newsletter.text import read_plain_text
from ingest.plain_text import text_of_html
from ingest.subjects import find_subjects, read_subjects

LISTED = ("Pricing a first project", "Hiring juniors", "When clients go quiet")
ITEMS = "".join(f"<li>{text}</li>" for text in LISTED)
LINKS = "".join(
    f'<li><a href="https://{name}.example">{name} guide</a></li>' for name in ("one", "two", "six")
)


def of_html(html, **facts):
    notes = text_of_html(html)
    return read_subjects(ParsedEpisode(guid="g", show_notes=notes, show_notes_html=html, **facts))


@pytest.mark.parametrize(
    "html",
    [
        f"<p>Ada talks with Ben.</p><ul>{ITEMS}</ul>",
        f"<p>In this episode we discuss:</p><ol>{ITEMS}</ol><p>Links</p><ul>{LINKS}</ul>",
        f"<h3>Links</h3><ul>{LINKS}</ul><h3>Topics</h3><ul>{ITEMS}</ul>",
        "".join(f"<h2>{text}</h2><p>Ada has seen it all.</p>" for text in LISTED),
        "<p>Topics:</p>" + "".join(f"<p>{text}</p>" for text in LISTED) + "<p>Thanks to Ben.</p>",
        f"<p>Ada talks with Ben about work. Topics: {'; '.join(LISTED)}.</p>",
        f"<p>You’ll learn:<br>{'<br>'.join('• ' + text for text in LISTED)}</p>",
        f"<h3>Our sponsor</h3><ul><li>20% off</li></ul><h3>Agenda</h3><ul>{ITEMS}</ul>",
    ],
)
def test_subjects_are_found_however_they_are_listed(html):
    assert of_html(html) == LISTED


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<p>Ada talks with Ben about pricing, hiring and clients.</p>",
        f"<h3>Links</h3><ul>{LINKS}</ul>",
        f"<p>Mentioned in this show</p><ul>{LINKS}</ul>",
        "<p>Guests</p><ul><li>Ada Quill</li><li>Ben Marsh</li><li>Cy Young</li></ul>",
        "<p>Credits:</p><ul><li>Ada</li><li>Ben Marsh</li><li>Cy Young</li></ul>",
        "<p>Thanks to our sponsors</p><ul><li>Inkwell</li><li>Papermill</li><li>Glue</li></ul>",
        "<ul><li>Follow us on X</li><li>Leave a review</li><li>Rate us</li><li>Pricing</li></ul>",
        "<ul><li>ada@studio.example</li><li>www.studio.example</li><li>@studio</li></ul>",
        "<p>Key takeaways</p><ul><li>Price by the day</li><li>Hire slowly</li><li>Write</li></ul>",
        "<ul><li>0:00 Pricing</li><li>3:10 Hiring</li><li>9:00 Clients</li></ul>",
        "<ul><li>Pricing</li><li>Hiring</li></ul>",
        "<p><b>Pricing</b></p><p>Text.</p><p><b>Hosts</b></p><p>Ada.</p><p><b>Us</b></p><p>We.</p>",
    ],
)
def test_what_is_no_list_of_subjects_is_left_alone(html):
    assert of_html(html) == ()


def test_an_episode_with_chapters_of_its_own_needs_none():
    html = f"<ul>{ITEMS}</ul>"
    assert of_html(html) == LISTED
    assert of_html(html, chapters=(Chapter(start_ms=0, title="One"),)) == ()
    assert of_html(html, chapters_url="https://a.example/chapters.json") == ()


def test_a_plain_text_lists_them_with_bullets_and_numbers():
    for mark in ("* ", "- ", "• "):
        notes = "In this episode:\n" + "\n".join(mark + text for text in LISTED)
        assert read_subjects(ParsedEpisode(guid="g", show_notes=notes)) == LISTED
    numbered = "\n".join(f"{n}. {text}" for n, text in enumerate(LISTED, 1))
    assert read_subjects(ParsedEpisode(guid="g", show_notes=numbered)) == LISTED


def test_a_feed_brings_them():
    feed = (
        '<rss version="2.0"><channel><title>T</title><item><guid>1</guid><title>One</title>'
        f"<description><![CDATA[<p>Hello.</p><ul>{ITEMS}</ul>]]></description>"
        '<enclosure url="https://a.example/1.mp3" type="audio/mpeg" length="1"/></item>'
        "</channel></rss>"
    )
    (episode,) = parse_feed(feed.encode()).episodes
    assert read_subjects(episode) == LISTED


def test_very_many_are_cut_and_said_once():
    notes = "\n".join(f"* Subject {number % 500}" for number in range(5_000))
    found = read_subjects(ParsedEpisode(guid="g", show_notes=notes))
    assert len(found) == 60
    assert len(set(found)) == 60


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "Topics:",
                "* Pricing",
                "* Hiring; firing",
                "1. Clients",
                "Links",
                "",
                "A line",
                ":;:;",
            ]
        )
        | st.text(max_size=30)
    )
)
def test_any_text_gives_no_or_at_least_three_different_short_lines(lines):
    found = find_subjects(read_plain_text("\n".join(lines)))
    assert not found or len(found) >= 3
    assert len(set(found)) == len(found)
    assert all(text.strip() and len(text) <= 160 for text in found)


def test_a_long_line_of_labels_takes_no_time():
    assert find_subjects(read_plain_text("Topics: a. " * 20_000)) == ()
    assert find_subjects(read_plain_text("Topics: " + "a" * 200_000 + ";" * 1_000)) == ()
