"""Takeaways with their times, from blocks of text."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.records import Block, Chapter, Link, ParsedTakeaway
from ingest.newsletter.text import read_markdown, read_plain_text
from ingest.takeaways import find_takeaways, split_timed_notes

SCOPE = "Agree on the scope before you agree on the price"
HIRE = "Hire a producer when the founder stops sleeping"
RATE = "A day rate hides what the client really buys"
THREE = [(SCOPE, 615_000), (HIRE, 83_000), (RATE, 1_690_000)]


def pairs(found):
    return [(each.text, each.start_ms) for each in found]


def read(text, *, markdown=True):
    return find_takeaways(read_markdown(text) if markdown else read_plain_text(text))


def listed(form, joint="\n"):
    """Write the three points, each in the same form."""
    marks = [
        ("10:15", "10m15s", 615, SCOPE),
        ("1:23", "1m23s", 83, HIRE),
        ("28:10", "28m10s", 1690, RATE),
    ]
    return joint.join(
        form.format(at=at, units=units, s=seconds, text=text) for at, units, seconds, text in marks
    )


NOTATIONS = {
    "time last, in parentheses": listed("- {text}. ({at})"),
    "time last, with at": listed("- {text} (at {at})"),
    "time last, in units": listed("- {text} ({units})"),
    "time first, in units": listed("[{units}] {text}", "\n\n"),
    "time last, in brackets": listed("- {text} [{at}]"),
    "time last, after a dash": listed("- {text} - {at}"),
    "time last, after an en dash": listed("- {text} – {at}"),
    "time last, after a bar": listed("{text} | {at}", "\n\n"),
    "time last, bare": listed("{text} {at}", "\n\n"),
    "time last, in code": listed("- {text} `[{at}]`"),
    "time first, after a bullet": listed("- {at} {text}"),
    "time first, with a dash": listed("{at} - {text}", "\n\n"),
    "time first, with a glued dash": listed("{at}- {text}", "\n\n"),
    "time first, with an em dash": listed("{at} — {text}", "\n\n"),
    "time first, with a colon": listed("{at}: {text}", "\n\n"),
    "time first, in parentheses": listed("({at}) {text}", "\n\n"),
    "time first, in brackets": listed("[{at}] {text}", "\n\n"),
    "time first, with an at sign": listed("* [@{at}] - {text}"),
    "time first, with a clock": listed("⏱ {at} – {text}", "\n\n"),
    "time first, bold": listed("**{at}** {text}", "\n\n"),
    "time first, bold with colon": listed("**{at}:** {text}", "\n\n"),
    "lines of one paragraph": listed("{at} - {text}"),
    "numbered": listed("1. {at} {text}"),
    "headings": listed("##### [{at}] {text}\n\nA story.", "\n\n"),
    "headings, time last": listed("### {text} ({at})\n\nA story.", "\n\n"),
    "time alone above": listed("##### {at}\n\n{text}.", "\n\n"),
    "time alone below": "Intro:\n\n" + listed("{text}.\n\n{at}", "\n\n"),
    "time on the line above": listed("- {at}\n  {text}"),
    "time on the line below": listed("- {text}\n  ({at})"),
    "table, time first": f"|Time|Topic|\n|-|-|\n{listed('|{at}|{text}|')}",
    "table, time last": f"|Topic|Time|\n|-|-|\n{listed('|{text}|{at}|')}",
    "table with numbers": f"|#|At|What|\n|-|-|-|\n{listed('|7|{at}|{text}|')}",
    "glued, time last": listed("{text}? ({at})", ""),
    "in one line, time last": f"Key takeaways: {listed('{text} ({at}).', ' ')}",
    "glued, time first": listed("[{at}] {text}.", ""),
    "bold headings, glued": f"We met.{listed('**[{at}] {text}?**A story.', '')}",
    "fragment links": listed("- [{at}](#t={at}) – {text}"),
    "bold links": listed("* **[{at}](#t={s})** {text}"),
    "player links": listed("- [@{at}](https://youtu.be/abc?t={s}) {text}"),
    "links last": listed("- {text} ([{at}](/e?t={units}))"),
    "links around all": listed("- [{at} {text}](/e#t={s})"),
    "links that show no time": listed("- [{text}](/a.mp3#t={s})"),
    "two lists": f"{listed('- {text}')}\n\nTimes:\n\n{listed('- {at}')}",
    "quotes": listed("> [{at}] {text}", "\n\n"),
}


@pytest.mark.parametrize("notation", NOTATIONS)
def test_every_notation_gives_the_same_texts_and_times_in_the_authors_order(notation):
    found = read(NOTATIONS[notation])
    assert [(text.rstrip(".?!"), ms) for text, ms in pairs(found)] == THREE


PLAIN_NOTATIONS = {
    "as the author pastes it": f"Key Takeaways:\n{listed('{text}. ({at})')}",
    "with bullets": listed("• {text} ({at})"),
    "with an emoji": listed("💡 {text} ({at})"),
    "time first": listed("{at} {text}"),
    "ranges": listed("{at}–59:00 {text}"),
}


@pytest.mark.parametrize("notation", PLAIN_NOTATIONS)
def test_plain_text_gives_the_same_texts_and_times(notation):
    found = read(PLAIN_NOTATIONS[notation], markdown=False)
    assert [(text.strip("💡 ."), ms) for text, ms in pairs(found)] == THREE


TRAPS = [
    "The webinar starts at 12:30 and is free.",
    "Join us at 10:00 AM ET",
    "Doors open 19:00 CET – bring a friend",
    "19:00 Uhr – Einlass",
    "Tuesday, 14 May, 19:00",
    "2026-05-14 10:30",
    "2019-08-08T11:45:00+00:00",
    "We shoot everything in 16:9 now",
    "The ratio is 3:10",
    "Read John 3:16 first",
    "Matthew 9:18-38",
    "She worked 24:7 for us",
    "Version 1:10.2 is out",
    "It cost $12:30 and 15:20€",
    "They won 3:10",
    "We used to meet from 9:00 to 17:30 every day.",
    "Listen now (52:13)",
    "Duration: 45:10",
    "The price was 1:20.50",
    "Clients (like Acme) call at 8:15, not before.",
    "a:12:30:45:11:22",
]


@pytest.mark.parametrize("trap", TRAPS)
def test_a_colon_between_numbers_is_not_always_a_moment(trap):
    assert read(trap) == ()
    assert read(trap, markdown=False) == ()


@pytest.mark.parametrize("trap", TRAPS)
def test_a_trap_beside_a_list_stays_a_trap(trap):
    text = (
        f"{trap}\n\n## Key Takeaways\n\n- {SCOPE}. (10:15)\n- {HIRE}. (1:23)\n\n## Next\n\n{trap}"
    )
    assert pairs(read(text)) == [(f"{SCOPE}.", 615_000), (f"{HIRE}.", 83_000)]


@pytest.mark.parametrize(
    "schedule",
    [
        "## Agenda\n\n- 9:00 – Coffee\n- 9:45 – Margins\n- 12:30 – Lunch",
        "09:00 – Coffee\n\n10:30 – Margins\n\n12:00 – Lunch\n\n13:30 – Pricing",
        "Opening hours:\n\nMonday 9:00\n\nFriday 10:00\n\nSunday 11:00",
        "## The webinar\n\n(10:00) Welcome\n\n(11:30) Questions",
    ],
)
def test_the_times_of_a_programme_are_no_moments(schedule):
    assert read(schedule) == ()


def test_a_document_full_of_chapters_and_verses_has_no_moments():
    lines = ["Ruth 1:10-14", "Numbers 15:37-41", "1:40-44", "5:12-16", "12:22", "11:14"]
    assert read("\n\n".join(lines)) == ()


def test_the_moment_of_a_link_wins_and_the_label_is_kept():
    (found,) = read(f"- [18:16](#t=18:17) – {SCOPE}")
    assert (found.start_ms, found.label, found.link) == (1_097_000, "18:16", "#t=18:17")


def test_a_label_that_agrees_with_its_link_is_not_kept():
    (found,) = read(f"- [@1:24](https://youtu.be/x?t=84) {SCOPE}")
    assert (found.start_ms, found.label) == (84_000, None)


def test_a_link_without_a_known_offset_is_found_by_its_words():
    block = Block(kind="item", text=f"18:16 {SCOPE}", links=(Link(text="18:16", href="/e?t=1097"),))
    assert pairs(find_takeaways([block])) == [(SCOPE, 1_097_000)]


def test_a_range_gives_both_ends():
    (found,) = read(f"### {SCOPE} `[02:00-06:00]`")
    assert (found.text, found.start_ms, found.end_ms) == (SCOPE, 120_000, 360_000)


def test_one_time_among_many_items_is_enough():
    text = f"- A book on pricing\n- {SCOPE} (29:55)\n- A tool for plans"
    assert pairs(read(text)) == [(SCOPE, 1_795_000)]


def test_the_section_is_the_heading_above():
    text = f"Hello there.\n\nKey Takeaways:\n{SCOPE}. (10:15)\n{HIRE}. (1:23)\n"
    assert {each.section for each in read(text, markdown=False)} == {"Key Takeaways"}


def test_what_follows_the_list_is_not_swallowed():
    text = (
        f"Key Takeaways:\n{SCOPE}. (10:15)\n{HIRE}. (1:23)\n\n"
        "Learn more about planning:\n💡 Blog post\nRead our guide to planning a studio week."
    )
    assert pairs(read(text, markdown=False)) == [(f"{SCOPE}.", 615_000), (f"{HIRE}.", 83_000)]


def test_details_below_a_timed_line_do_not_belong_to_it():
    text = f"5:38 - {SCOPE}\n\n* a detail\n* another\n\n10:16 - {HIRE}\n\n* a third"
    assert pairs(read(text)) == [(SCOPE, 338_000), (HIRE, 616_000)]


def test_a_short_line_ends_where_it_breaks():
    text = "- 1:10 - Pricing\n  Our sponsor this week\n- 2:20 - Hiring\n  Another sponsor"
    assert pairs(read(text)) == [("Pricing", 70_000), ("Hiring", 140_000)]


def test_a_wrapped_text_is_read_to_its_end():
    text = (
        f"- 1:10 – {SCOPE}, and write it down so that\n  nobody forgets it later\n- 2:20 – {HIRE}"
    )
    assert pairs(read(text))[0] == (
        f"{SCOPE}, and write it down so that nobody forgets it later",
        70_000,
    )


def test_a_mark_in_a_paragraph_follows_the_habit_of_the_issue():
    behind = f'### {SCOPE} [1:00]\n\nShe said "never again" [2:00], and he laughed.'
    before = f"### [1:00] {SCOPE}\n\nShe was good at it [2:00] Then came the crash."
    assert pairs(read(behind))[1] == ('She said "never again"', 120_000)
    assert pairs(read(before))[1] == ("Then came the crash.", 120_000)


def test_items_under_key_takeaways_count_without_a_time():
    text = f"## Key Takeaways\n\n- {SCOPE}\n  - a detail\n- {HIRE}\n\n## Offers\n\n- Buy our course"
    assert pairs(read(text)) == [(SCOPE, None), (HIRE, None)]


def test_subheadings_under_key_takeaways_are_the_takeaways():
    points = f"### {SCOPE}\n\nBecause.\n\n- a\n\n### {HIRE}\n\nOf course."
    text = f"## Key Takeaways\n\n{points}\n\n## Links"
    assert pairs(read(text)) == [(SCOPE, None), (HIRE, None)]


def test_lines_under_key_takeaways_end_at_the_first_label():
    text = f"Key Takeaways:\n{SCOPE}.\n{HIRE}.\nOur sponsors\nBuy this."
    assert pairs(read(text, markdown=False)) == [(f"{SCOPE}.", None), (f"{HIRE}.", None)]


def test_a_point_without_a_time_keeps_its_place_in_a_timed_list():
    text = f"## Key takeaways\n\n- {SCOPE} (10:15)\n- {HIRE}\n- {RATE} (28:10)\n- Buy our course"
    assert pairs(read(text)) == [(SCOPE, 615_000), (HIRE, None), (RATE, 1_690_000)]


def test_texts_and_times_of_two_different_lists_are_not_mixed():
    times = f"## Timestamps\n\n- 0:00 - Hello\n- 3:30 - {RATE}"
    text = f"## Key Takeaways\n\n- {SCOPE}\n- {HIRE}\n\n{times}"
    assert pairs(read(text)) == [(SCOPE, None), (HIRE, None), ("Hello", 0), (RATE, 210_000)]


def test_code_is_left_alone():
    assert read("```\n12:30 start\n12:31 stop\n12:32 done\n```") == ()


def test_short_rising_titles_are_chapters_and_the_rest_takeaways():
    chapters = [("Hello", 0), ("Pricing", 95_000), ("Goodbye", 1_800_000)]
    found = [ParsedTakeaway(text=text, start_ms=ms, section="Chapters") for text, ms in chapters]
    points = [ParsedTakeaway(text=text, start_ms=ms, section="Takeaways") for text, ms in THREE]
    assert split_timed_notes([*points, *found]) == (
        tuple(Chapter(start_ms=ms, title=text) for text, ms in chapters),
        tuple(points),
    )


WORDS = st.lists(
    st.sampled_from(
        [
            "scope",
            "client",
            "margin",
            "retainer",
            "brief",
            "(1:20)",
            "3:10",
            "16:9",
            "–",
            "-",
            ":",
            "|",
            "[2:30]",
            "12:30",
            "2026-01-02",
        ]
    ),
    min_size=1,
    max_size=12,
).map(" ".join)
BLOCKS = st.lists(
    st.builds(
        Block,
        kind=st.sampled_from(["heading", "paragraph", "item", "quote", "row", "code"]),
        text=st.lists(WORDS | st.text(max_size=30), min_size=1, max_size=4).map("\n".join),
        level=st.none() | st.integers(1, 6),
        cells=st.lists(WORDS, max_size=4).map(tuple),
        links=st.lists(
            st.builds(
                Link,
                text=st.sampled_from(["1:20", "(1:20)", "scope", "", "x"]),
                href=st.sampled_from(
                    ["#t=80", "/e?t=1m", "?t=99999999999999999999", "", "?t=1:2:3:4"]
                ),
                start=st.none() | st.integers(0, 80),
            ),
            max_size=2,
        ).map(tuple),
    ),
    max_size=8,
)


def _letters(text):
    return "".join(filter(str.isalnum, text))


@settings(max_examples=300, deadline=None)
@given(BLOCKS)
def test_whatever_the_blocks_are_nothing_is_raised_and_no_text_is_made_up(blocks):
    letters = _letters("".join(part for block in blocks for part in (block.text, *block.cells)))
    for each in find_takeaways(blocks):
        assert _letters(each.text)
        assert _letters(each.text) in letters
        assert each.end_ms is None or (each.start_ms or 0) < each.end_ms


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400) | st.lists(WORDS, max_size=20).map("\n".join))
def test_whatever_the_text_is_nothing_is_raised(text):
    for block in (*read_plain_text(text), *read_markdown(text)):
        for link in block.links:
            assert link.start is not None
            assert block.text[link.start : link.start + len(link.text)] == link.text
    read(text)
    read(text, markdown=False)


HOSTILE = [
    "(1:00)" * 20_000,
    "1:00 - a " * 15_000,
    "a (1:00)\n" * 15_000,
    "10:15\n" * 20_000,
    "[" * 200_000,
    " " * 200_000,
    ", - : " * 40_000,
    "12:" * 70_000,
    f"{SCOPE}. {HIRE}! (10:15)\n" * 9_000,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_time_grows_no_faster_than_the_text(text):
    lines = [Block(kind="paragraph", text=line) for line in text.split("\n") if line]
    for blocks in ([Block(kind="paragraph", text=text)], lines):
        start = time.process_time()
        find_takeaways(blocks)
        assert time.process_time() - start < 5


def test_a_megabyte_of_issue_takes_under_two_seconds():
    paragraph = f"{SCOPE}. {HIRE}. {RATE}. " * 8
    text = "\n\n".join(
        f"## {HIRE}\n\n{paragraph}\n\n- {SCOPE} ({n // 60}:{n % 60:02})" for n in range(800)
    )
    blocks = read_markdown(text)
    assert len(text) > 900_000
    start = time.process_time()
    assert len(find_takeaways(blocks)) == 800
    assert time.process_time() - start < 2


@pytest.mark.parametrize("line", ["١2:30 Prices go up", "(0١:00) Start", "1:02:0१ End", "२:10 x"])
def test_digits_of_other_scripts_stop_nothing(line):
    found = find_takeaways(read_plain_text(f"{line}\n\n(33:20) Ask first"))
    assert [takeaway.text for takeaway in found] == ["Ask first"]
