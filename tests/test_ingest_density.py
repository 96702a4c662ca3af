"""Files that are denser than people write: read in bounded time and memory, and told."""

import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from corpus.errors import FormatError
from ingest.feed.times import parse_feed_date
from ingest.feeds import parse_feed
from ingest.newsletter.dates import parse_date
from ingest.newsletter.text import find_excess, read_markdown, read_plain_text
from ingest.newsletters import parse_newsletters
from ingest.plain_text import text_of_html
from ingest.takeaways import find_takeaways, read_takeaways

SIZE = 300_000
SECONDS = 3.0
"""Of processor time, some five times what it takes: other processes slow a processor down, too."""

MAIL = b"From: a@a.example\nSubject: b\n"
DENSE = {
    "paragraphs": (b"# a\n\n# b\n\n", b"a\n\n"),
    "lines": (b"", b"a\n"),
    "items": (b"# a\n\n# b\n\n", b"- - - a\n"),
    "tables": (b"# a\n\n# b\n\n", b"|a|b|\n|-|-|\n|c|d|\n\n"),
    "links": (b"# a\n\n# b\n\n", b"[a](b)"),
    "strong": (b"# a\n\n# b\n\n", b"**a** "),
    "tags in Markdown": (b"# a\n\n# b\n\n", b"<p>a&b</p>\n\n"),
    "brackets": (b"", b"[[[[\n\n"),
    "moments": (b"", b"1:23 a\n"),
    "moments in a line": (b"", b"1:23 "),
    "moments in paragraphs": (b"# a\n\n# b\n\n", b"1:23\n\na\n\n"),
    "takeaways": (b"", b"Key Takeaways:\n- a\n"),
    "elements": (b"<html><body>", b"<p>a"),
    "cells": (b"<html><body>", b"<tr><td>a<td>b"),
    "deep elements": (b"<html><body>", b"<div>"),
    "scripts": (b"<html><body>", b"<script>"),
    "fields": (b"", MAIL),
    "mailbox": (b"", b"From a\n" + MAIL + b"\na\n\n"),
    "a mail in one line": (MAIL + b"Content-Type: text/html\n\n", b"<p>a"),
    "brackets in From": (b"Subject: a\nFrom: ", b"("),
}
RSS = b"<rss version='2.0'><channel><title>a</title>"
DENSE_FEEDS = {
    "items": (RSS, b"<item><guid>a</guid></item>"),
    "dates": (RSS, b"<item><pubDate>1 of May, twenty</pubDate></item>"),
    "deep notes": (RSS + b"<item><description>", b"&lt;div>"),
    "spaces in notes": (RSS + b"<item><description>&lt;p>", b" "),
}


def made(opening, piece, size=SIZE):
    return opening + piece * (size // len(piece))


@pytest.mark.parametrize("name", DENSE)
def test_a_dense_issue_takes_little_time(name):
    data = made(*DENSE[name])
    began = time.process_time()
    with suppress(FormatError):  # nothing to read is an answer, too
        parse_newsletters(data)
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("name", DENSE_FEEDS)
def test_a_dense_feed_takes_little_time(name):
    data = made(*DENSE_FEEDS[name])
    began = time.process_time()
    with suppress(FormatError):
        parse_feed(data, "https://a.example/feed.xml")
    assert time.process_time() - began < SECONDS


def test_a_dense_megabyte_takes_less_than_300_megabytes_of_memory():
    script = (
        "import resource\n"
        "from ingest.newsletters import parse_newsletters\n"
        "parse_newsletters(b'# a\\n\\n# b\\n\\ntext')\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "before = peak()\n"
        "parse_newsletters(b'# a\\n\\n# b\\n\\n' + b'1:23\\n\\na\\n\\n' * 110_000)\n"
        "parse_newsletters(b'<html><body>' + b'<p>a' * 250_000)\n"
        "print(peak() - before)\n"
    )
    root = Path(__file__).parent.parent
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True
    )
    unit = 1024 if sys.platform != "darwin" else 1
    assert int(ran.stdout) * unit < 300 * 2**20


def test_no_word_of_a_dense_text_is_lost_and_it_is_told():
    lines = "\n".join(f"w{number}" for number in range(60_000))
    blocks = read_plain_text(lines)
    assert " ".join(" ".join(block.text.split()) for block in blocks).split() == lines.split()
    (problem,) = find_excess(lines)
    assert "run together" in problem
    assert find_excess("Some words.\n" * 3_000) == ()


def test_no_word_of_a_dense_markdown_is_lost_and_it_is_told():
    text = "\n\n".join(f"**w{number}**" for number in range(20_000))
    words = " ".join(block.text.replace("*", "") for block in read_markdown(text)).split()
    assert words == [f"w{number}" for number in range(20_000)]
    problems = find_excess(text, markdown=True)
    assert "as plain text from there on" in problems[0]
    (issue,) = parse_newsletters(text.encode(), "a.md")
    assert issue.problems[: len(problems)] == problems


def test_a_page_of_too_many_tags_keeps_its_lines_and_says_so():
    page = "<html><style>p {}</style>" + "".join(
        f"<p>Line <b>{n}</b> &amp; so</p>" for n in range(30_000)
    )
    (issue,) = parse_newsletters(page.encode(), "page.html")
    assert issue.blocks[0].text == "Line 0 & so"
    assert "more tags" in issue.problems[0]
    assert issue.text.count("so") == 30_000


def test_moments_behind_very_many_are_left_out_and_told():
    blocks = read_plain_text("\n".join(f"A point of {n}. (1:23)" for n in range(5_050)))
    found, problems = read_takeaways(blocks)
    assert 5_000 <= len(found) < 5_050
    assert "5000 moments" in problems[0]
    assert find_takeaways(blocks) == found
    assert read_takeaways(blocks[:20])[1] == ()


def test_a_mailbox_of_more_messages_than_fit_is_read_to_a_limit_and_told():
    box = b"From a\n" + MAIL + b"\nSome words.\n\n"
    issues = parse_newsletters(box * 3_000, "a.mbox")
    assert len(issues) == 2_000 + len(box) * 3_000 // 1_000
    assert "the rest is left out" in issues[-1].problems[-1]
    assert len(parse_newsletters(box * 100, "a.mbox")) == 100


def test_a_head_of_too_many_fields_still_gives_subject_and_text():
    head = b"From: a@a.example\nSubject: Budgets\n" + b"Received: by a; b\n" * 9_000
    (issue,) = parse_newsletters(head + b"\nSome words.\n", "a.eml")
    assert (issue.title, issue.text) == ("Budgets", "Some words.")


def test_brackets_in_brackets_stop_no_sender():
    mail = b"Subject: a\nFrom: " + b"(" * 5_000 + b"\n\nSome words.\n"
    (issue,) = parse_newsletters(mail, "a.eml")
    assert issue.text == "Some words."


@pytest.mark.parametrize("parse", [parse_feed_date, parse_date])
@pytest.mark.parametrize("text", ["2026 9:" + "9" * 40, "1 May 2026 " + "9" * 30 + ":1", "9" * 60])
def test_numbers_of_any_length_stop_no_reader_of_dates(parse, text):
    parse(text)


def test_notes_with_many_spaces_take_little_time():
    began = time.process_time()
    assert text_of_html("<div>" * 30_000 + "a" + " " * 30_000 + "b").split() == ["a", "b"]
    assert time.process_time() - began < SECONDS
