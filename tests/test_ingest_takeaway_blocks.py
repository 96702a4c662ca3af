"""Takeaways written for people, mails and programs."""

import csv
import io
import json

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import UsageError
from ingest.newsletter.text import read_markdown, read_plain_text
from ingest.takeaway_blocks import TakeawayLine, format_takeaways, format_takeaways_text
from ingest.takeaways import find_takeaways

LINES = [
    TakeawayLine(
        text="Price the outcome & not the *day*.",
        start_ms=1_690_900,
        speaker="Ada Byron",
        sentence="So price the outcome.",
        url="https://a.example/e?t=1690.9&x=<1>",
    ),
    TakeawayLine(
        text="Write <b>everything</b> down.", start_ms=3_723_000, url="javascript:alert(1)"
    ),
    TakeawayLine(text="=1+1"),
]


def test_text_is_the_authors_own_block():
    assert format_takeaways(LINES, "text") == (
        "Price the outcome & not the *day*. (28:10)\n"
        "Write <b>everything</b> down. (1:02:03)\n"
        "=1+1\n"
    )
    assert format_takeaways_text(LINES) == format_takeaways(LINES, "text")


def test_markdown_links_the_mark_and_escapes_the_text():
    assert format_takeaways(LINES, "md").splitlines()[0] == (
        r"- Price the outcome & not the \*day\*. ([28:10](<https://a.example/e?t=1690.9&x=%3C1%3E>))"
    )


def test_html_is_safe_in_a_mail():
    soup = BeautifulSoup(format_takeaways(LINES, "html"), "html.parser")
    assert [p.get_text() for p in soup.find_all("p")] == format_takeaways_text(LINES).splitlines()
    assert [a["href"] for a in soup.find_all("a")] == ["https://a.example/e?t=1690.9&x=%3C1%3E"]
    assert {element.name for element in soup.find_all(True)} == {"p", "a"}
    assert all(element.get("style") for element in soup.find_all(True))


def test_csv_has_a_row_for_each_and_no_formula():
    rows = list(csv.DictReader(io.StringIO(format_takeaways(LINES, "csv"))))
    assert [row["moment"] for row in rows] == ["28:10", "1:02:03", ""]
    assert [row["text"] for row in rows] == [LINES[0].text, LINES[1].text, "'=1+1"]
    assert (rows[0]["start_ms"], rows[0]["speaker"]) == ("1690900", "Ada Byron")


def test_json_has_every_field():
    document = json.loads(format_takeaways(LINES, "json"))
    assert document["takeaways"][0] == {
        "text": "Price the outcome & not the *day*.",
        "start_ms": 1_690_900,
        "end_ms": None,
        "speaker": "Ada Byron",
        "sentence": "So price the outcome.",
        "url": "https://a.example/e?t=1690.9&x=<1>",
    }


def test_no_takeaways_give_an_empty_block():
    assert [format_takeaways([], style) for style in ("text", "md", "html")] == ["", "", ""]


def test_an_unknown_style_is_told():
    with pytest.raises(UsageError, match="text, md, html, csv, json"):
        format_takeaways(LINES, "pdf")


SENTENCES = st.lists(
    st.sampled_from(
        [
            "agree",
            "scope",
            "client",
            "*margin*",
            "[brief]",
            "retainer_fee",
            "<studio>",
            "16:9",
            "5%",
            "&",
            "a&amp;b",
            "price",
            "–",
            "`rate`",
            "John’s",
            "“no”",
            "won’t",
            "(really)",
            "2024",
            "$100",
            "#ops",
            "3.5",
            "+1",
        ]
    ),
    min_size=2,
    max_size=25,
).map(lambda words: f"Always {' '.join(words)} matters.")
TIMED = st.lists(
    st.builds(
        TakeawayLine,
        text=SENTENCES,
        start_ms=st.integers(0, 36_000_000),
        url=st.none() | st.sampled_from(["https://studio.example/e/1", "/episodes/1"]),
    ),
    min_size=1,
    max_size=9,
)


@settings(max_examples=200, deadline=None)
@given(TIMED)
def test_a_block_is_read_back_as_it_was_written(lines):
    expected = [(line.text, line.start_ms // 1000) for line in lines]
    for style, reader in (("text", read_plain_text), ("md", read_markdown)):
        found = find_takeaways(reader(format_takeaways(lines, style)))
        assert [(each.text, (each.start_ms or 0) // 1000) for each in found] == expected
