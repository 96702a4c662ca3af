"""OPML and chapter files."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import FormatError
from corpus.formats.chapters import format_chapters_json, parse_chapters_json
from corpus.formats.opml import format_opml, parse_opml
from corpus.records import Chapter

text = st.text(st.characters(exclude_categories=["C"], exclude_characters="\u2028"), min_size=1)
titles = text.map(str.strip).filter(bool)


def test_opml_lists_feeds_in_folders_once_and_skips_outlines_without_an_address():
    data = b"""<?xml version="1.0"?><opml version="1.0"><body>
      <outline text="Business"><outline text="Agency Talk" type="rss" xmlUrl="https://a.example/feed"/>
      <outline type="rss" XMLURL="https://b.example/feed"/></outline>
      <outline text="Again" xmlUrl="https://a.example/feed"/><outline text="None" xmlUrl=""/>
    </body></opml>"""
    assert parse_opml(data) == (
        ("Agency Talk", "https://a.example/feed"),
        ("https://b.example/feed", "https://b.example/feed"),
    )


@pytest.mark.parametrize("data", [b"", b"<rss/>", b"{}", b"<opml", b"\xff\xfe", b"<!--x-->"])
def test_what_is_no_opml_is_refused_or_empty(data):
    try:
        assert parse_opml(data) == ()
    except FormatError as error:
        assert "OPML" in str(error)


@given(st.lists(st.tuples(titles, titles), unique_by=lambda pair: pair[1]))
def test_a_written_opml_reads_back(feeds):
    assert parse_opml(format_opml(feeds).encode()) == tuple(feeds)


@given(st.binary())
def test_no_bytes_break_either_reader(data):
    for read in (parse_opml, parse_chapters_json):
        with contextlib.suppress(FormatError):
            read(data)


def test_chapters_are_read_from_seconds_and_from_clock_texts():
    seconds = {
        "version": "1.2.0",
        "chapters": [{"startTime": 168.5, "title": "Hiring", "url": "u"}],
    }
    clocks = [{"start": "00:02:48.500", "title": "Hiring", "href": "u", "image": ""}]
    expected = (Chapter(start_ms=168_500, title="Hiring", link="u"),)
    assert parse_chapters_json(json.dumps(seconds).encode()) == expected
    assert parse_chapters_json(json.dumps(clocks).encode()) == expected


def test_chapters_out_of_the_table_of_contents_or_without_a_start_are_left_out():
    rows = [
        {"startTime": 9, "toc": False},
        {"title": "No start"},
        {"startTime": "5", "title": "B"},
        3,
    ]
    assert parse_chapters_json(json.dumps({"chapters": rows}).encode()) == (
        Chapter(start_ms=5000, title="B"),
    )


@pytest.mark.parametrize(
    "data", [b"", b"7", b"{}", b'{"chapters": 1}', b'[{"a": 1}]', b"[" * 100_000]
)
def test_what_is_no_chapter_file_is_refused(data):
    with pytest.raises(FormatError):
        parse_chapters_json(data)


@given(
    st.lists(
        st.builds(
            Chapter,
            start_ms=st.integers(0, 10**8),
            title=titles,
            link=st.none() | titles,
        )
    )
)
def test_written_chapters_read_back(chapters):
    expected = tuple(sorted(chapters, key=lambda chapter: chapter.start_ms))
    assert parse_chapters_json(format_chapters_json(chapters).encode()) == expected
