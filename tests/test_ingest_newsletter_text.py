"""Plain text and Markdown issues as blocks."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.records import Block, Link
from ingest.newsletter.text import read_markdown, read_plain_text, split_front_matter
from ingest.newsletters import parse_newsletters


def shapes(blocks):
    return [(block.kind, block.text) for block in blocks]


PLAIN = [
    ("One line.\nAnother line.", [("paragraph", "One line."), ("paragraph", "Another line.")]),
    ("\n\n  \n", []),
    ("- one\n* two\n• three", [("item", "one"), ("item", "two"), ("item", "three")]),
    ("1. one\n2) two", [("item", "one"), ("item", "two")]),
    ("17. Februar 2023", [("paragraph", "17. Februar 2023")]),
    ("💡 An idea for your studio", [("paragraph", "💡 An idea for your studio")]),
    ("Key Takeaways:\nPrice it.", [("heading", "Key Takeaways:"), ("paragraph", "Price it.")]),
    ("Our week\n========\nText", [("heading", "Our week"), ("paragraph", "Text")]),
    ("Our week\n--------\n\nText", [("heading", "Our week"), ("paragraph", "Text")]),
    ("## Our week", [("heading", "Our week")]),
    ("> said the client", [("quote", "said the client")]),
    ("Text\n-----------------------\nMore", [("paragraph", "Text"), ("paragraph", "More")]),
    ("a  b\tc\u200b", [("paragraph", "a b c")]),
    ("- one\n  goes on\n- two", [("item", "one\ngoes on"), ("item", "two")]),
    ("one\r\ntwo\rthree", [("paragraph", "one"), ("paragraph", "two"), ("paragraph", "three")]),
    (
        "There are three roads that you can take if your studio stands where ours stood:",
        [
            (
                "paragraph",
                "There are three roads that you can take if your studio stands where ours stood:",
            )
        ],
    ),
]


@pytest.mark.parametrize(("text", "expected"), PLAIN)
def test_plain_text_is_one_block_a_line(text, expected):
    assert shapes(read_plain_text(text)) == expected


WRAPPED = """\
Most studios price by the day because that is how they pay, and a day is
easy to count. Clients do not buy days, though. They buy a launch that does
not slip, and they would gladly pay for that.

The second problem is quieter: whoever works faster earns less, which is
why the best people leave.

Until next week,
Ada

Read on at
https://studio.example/a/very/long/address/that/is/longer/than/any/line/of/this/mail
"""


def test_paragraphs_that_a_mail_program_wrapped_are_joined():
    blocks = read_plain_text(WRAPPED)
    assert [" ".join(block.text.split()) for block in blocks] == [
        "Most studios price by the day because that is how they pay, and a day is easy to count. "
        "Clients do not buy days, though. They buy a launch that does not slip, and they would "
        "gladly pay for that.",
        "The second problem is quieter: whoever works faster earns less, which is why the best "
        "people leave.",
        "Until next week,",
        "Ada",
        "Read on at",
        "https://studio.example/a/very/long/address/that/is/longer/than/any/line/of/this/mail",
    ]


MARKDOWN = [
    ("# One\n\ntext\ngoes on", [("heading", "One"), ("paragraph", "text\ngoes on")]),
    ("- a\n  - b\n- c", [("item", "a"), ("item", "b"), ("item", "c")]),
    ("- a\n\n  more\n- b", [("item", "a"), ("paragraph", "more"), ("item", "b")]),
    ("> a\n> b", [("quote", "a\nb")]),
    ("```\nx  y\n```", [("code", "x  y")]),
    ("|a|b|\n|-|-|\n|1|**2**|", [("row", "a | b"), ("row", "1 | 2")]),
    ("a<br>b <b>c</b>", [("paragraph", "a\nb c")]),
    ("<div>\n<p>a  b</p>\n<script>x</script>\n</div>", [("paragraph", "a b")]),
    ("<!-- hidden -->\n\nseen", [("paragraph", "seen")]),
    ("![a picture](x.png) text", [("paragraph", "text")]),
    ("costs \\$100 &amp; more", [("paragraph", "costs $100 & more")]),
    ("---\ntitle: A\ntags:\n  - b\n---\n\ntext", [("paragraph", "text")]),
    ("`[02:00]` said", [("paragraph", "[02:00] said")]),
    (
        "We met!**[1:05] The brief?**Ada is late.",
        [
            ("paragraph", "We met!"),
            ("paragraph", "[1:05] The brief?"),
            ("paragraph", "Ada is late."),
        ],
    ),
    ("**1:05 Ada:** I was late.", [("paragraph", "1:05 Ada: I was late.")]),
]


@pytest.mark.parametrize(("text", "expected"), MARKDOWN)
def test_markdown_is_read_as_blocks(text, expected):
    assert shapes(read_markdown(text)) == expected


def test_levels_are_those_of_headings_and_lists():
    blocks = read_markdown("### A\n\n- b\n  - c\n")
    assert [block.level for block in blocks] == [3, 1, 2]


def test_links_know_where_their_words_are():
    (block,) = read_markdown("See  [the\nguide](https://a.example/g) or *[this **one**](/b)*.")
    assert block == Block(
        kind="paragraph",
        text="See the\nguide or this one.",
        links=(
            Link(text="the\nguide", href="https://a.example/g", start=4),
            Link(text="this one", href="/b", start=17),
        ),
    )


def test_links_of_a_row_know_where_their_words_are_in_its_text():
    row = read_markdown("|a||b|\n|-|-|-|\n|[x](/x)||[y](/y)|")[1]
    assert (row.text, row.cells) == ("x | y", ("x", "", "y"))
    assert [(link.text, link.start) for link in row.links] == [("x", 0), ("y", 4)]


def test_front_matter_gives_its_plain_fields():
    text = '---\ntitle: "Ops: a letter"\nnote: >\n  two\n  lines\ntags:\n  - a\n---\nBody'
    assert split_front_matter(text) == ({"title": "Ops: a letter", "note": "two lines"}, "Body")


@pytest.mark.parametrize("text", ["", "---", "--- \nno end", "text\n---\nmore", "-----\n"])
def test_what_is_no_front_matter_stays_text(text):
    assert split_front_matter(text) == ({}, text)


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=500)
    | st.lists(
        st.sampled_from(["#", "-", ">", "*", "`", "[", "](", ")", "|", "\n", "", "", "a", "1:2"]),
        max_size=60,
    ).map("".join)
)
def test_no_letter_of_a_plain_text_is_lost_and_nothing_is_raised(text):
    kept = "".join(block.text for block in read_plain_text(text))
    lost = {ch for ch in text if ch.isalpha()} - set(kept)
    assert lost == set()
    read_markdown(text)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 20_000,
        "![[" * 10_000,
        " " * 100_000 + "a",
        "> " * 10_000,
        "\n".join("  " * n + "- a" for n in range(300)),
        "**[00:01] aaaa" * 5_000,
        "<div>\n" * 5_000,
        "a\n" * 10_000,
    ],
)
def test_hostile_text_takes_little_time(text):
    start = time.process_time()
    read_plain_text(text)
    read_markdown(text)
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# Our week\n\nSome words.", "Our week"),
        ("Dear reader,\n\n# Our week\n\nSome words.", "Our week"),
        ("Takeaways from the summit\n\nSome words.", "Takeaways from the summit"),
        ("Our week\n\nKey Takeaways:\nPrice it. (1:00)", "Our week"),
        ("We spoke of work.\n\nKey Takeaways:\nPrice it. (1:00)", None),
        ("We spoke of work.\n\n## Key Takeaways\n\nPrice it. (1:00)", None),
        ("Key Takeaways:\nPrice it. (1:00)", None),
    ],
)
def test_the_title_of_a_text_is_what_names_all_of_it(text, title):
    (issue,) = parse_newsletters(text.encode())
    assert issue.title == title
