import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from corpus.formats.webvtt import parse_webvtt
from ingest.takeaway_blocks import TakeawayLine
from ingest.takeaway_publishing import FeedEntry, format_atom, format_published

LINES = (
    TakeawayLine(text="Later & <louder>.", start_ms=90_500, end_ms=96_000, speaker="Ida <B>"),
    TakeawayLine(text="Without a time."),
    TakeawayLine(text="First\nof all.", start_ms=4_000),
    TakeawayLine(text="Soon after.", start_ms=10_000),
    TakeawayLine(text="Last.", start_ms=3_700_000, end_ms=1),
)
ATOM = "{http://www.w3.org/2005/Atom}"


def soundbites(lines):
    text = format_published(lines, "soundbites")
    root = etree.fromstring(f'<c xmlns:podcast="https://podcastindex.org/namespace/1.0">{text}</c>')
    return [(bite.get("startTime"), bite.get("duration"), bite.text) for bite in root]


def test_soundbites_stand_in_order_of_time_each_with_its_length():
    assert soundbites(LINES) == [
        ("4", "6", "First of all."),
        ("10", "30", "Soon after."),
        ("90.5", "5.5", "Later & <louder>."),
        ("3700", "30", "Last."),
    ]


def test_a_soundbites_title_is_cut_at_a_word():
    ((_, _, title),) = soundbites([TakeawayLine(text="word " * 60, start_ms=0)])
    assert len(title) <= 128
    assert title.endswith("word…")


def test_chapters_are_a_podcasting_document():
    document = json.loads(format_published(LINES, "chapters"))
    assert document["version"] == "1.2.0"
    assert document["chapters"][2] == {"startTime": 90.5, "title": "Later & <louder>."}


def test_captions_are_read_back():
    parsed = parse_webvtt(format_published(LINES, "vtt"))
    assert parsed.problems == ()
    said = [(each.start_ms, each.end_ms, each.text) for each in parsed.segments]
    assert said[2] == (90_500, 96_000, "Later & <louder>.")
    assert said[3][0] == 3_700_000
    assert len(said) == 4


@pytest.mark.parametrize(
    ("style", "begins"), [("soundbites", ""), ("chapters", '{\n  "version"'), ("vtt", "WEBVTT")]
)
def test_nothing_is_a_sound_document_too(style, begins):
    assert format_published([], style).startswith(begins)


texts = st.text(max_size=80)
lines = st.builds(
    TakeawayLine,
    text=texts,
    start_ms=st.none() | st.integers(0, 10**9),
    end_ms=st.none() | st.integers(0, 10**9),
    speaker=st.none() | texts,
    sentence=st.none() | texts,
)


@given(st.lists(lines, max_size=4))
def test_any_takeaways_give_sound_documents(found):
    soundbites(found)
    json.loads(format_published(found, "chapters"))
    timed = [each for each in found if each.start_ms is not None and each.text.strip()]
    assert format_published(found, "vtt").count(" --> ") == len(timed)


@given(lines, texts, st.sampled_from(["", "2026", "2026-06-01", "2026-06-01T05:00:00Z", "soon"]))
def test_any_takeaway_gives_a_sound_feed(line, title, published):
    entry = FeedEntry(line=line, key=f"k{title}", title=title, published=published)
    feed = etree.fromstring(format_atom([entry], site="https://e.example").encode())
    (told,) = feed.findall(f"{ATOM}entry")
    for name in ("title", "id", "updated", "link"):
        assert told.find(ATOM + name) is not None
        assert feed.find(ATOM + name) is not None
    assert told.find(f"{ATOM}id").text.startswith("urn:uuid:")
