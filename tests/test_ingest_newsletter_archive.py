"""Announced feeds, and the issues that an archive page lists."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.newsletter.archive import find_feed_links, find_issue_links

BASE = "https://letter.example/archive"


def test_announced_feeds_are_found_without_those_of_comments():
    html = """<head><link rel="alternate" type="application/rss+xml" href="/feed">
    <link rel="alternate home" type="application/atom+xml" href="https://b.example/atom.xml">
    <link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed">
    <link rel="alternate" type="application/feed+json" href="feed.json">
    <link rel="alternate" hreflang="de" href="/de"><link rel="stylesheet" href="/a.css">
    <link rel="alternate" type="application/rss+xml" href="/feed"></head><body>x</body>"""
    assert find_feed_links(html, BASE) == (
        "https://letter.example/feed",
        "https://b.example/atom.xml",
        "https://letter.example/feed.json",
    )


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ("/p/issue-{n}", "https://letter.example/p/issue-{n}"),
        ("/issue-{n}/", "https://letter.example/issue-{n}/"),
        ("/2026/{n}/a-title", "https://letter.example/2026/{n}/a-title"),
        ("https://camp.example/?u=abc&id={n}", "https://camp.example/?u=abc&id={n}"),
        ("/archive?issue={n}", "https://letter.example/archive?issue={n}"),
    ],
)
def test_issues_are_the_largest_group_of_links_of_one_shape(shape, expected):
    issues = "".join(
        f'<li><a href="{shape.format(n=n)}">Title of issue {n}</a>'
        f'<a href="{shape.format(n=n)}#comments">3</a></li>'
        for n in range(10, 15)
    )
    html = f"""<nav><a href="/about">About the letter</a><a href="/p/x">Not this one</a></nav>
    <main><ul>{issues}</ul><a href="https://social.example/me">Our social page</a>
    <a href="/subscribe">Subscribe to it</a></main>"""
    assert find_issue_links(html, BASE) == tuple(expected.format(n=n) for n in range(10, 15))


@pytest.mark.parametrize("html", ["", "<p>no link</p>", '<a href="/p/one">Only one issue</a>'])
def test_a_page_without_issues_lists_none(html):
    assert find_issue_links(html, BASE) == ()


@given(st.text(max_size=200), st.text(max_size=60))
def test_any_page_and_any_address_are_answered(html, href):
    page = f'<link rel="feed" href="{href}"><a href="{href}">Two words</a>{html}'
    find_feed_links(page, BASE)
    find_issue_links(page, href)
