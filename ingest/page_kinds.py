"""Tells what a newsletter's web page is: one issue, or an archive that leads to many."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from corpus.records import ParsedNewsletter
from ingest.newsletter.archive import find_feed_links, find_issue_links, shape_of
from ingest.newsletter.tree import Element, parse_tree

_FEWEST_LINKS = 3
# Words of its own that an issue has for each link to another one. An excerpt in an archive has up
# to 55; a page that calls itself an article needs to show less.
_WORDS_A_LINK = 60
_WORDS_A_LINK_IN_ARTICLE = 12
_HARDLY_TEXT = 60
# Services whose archives and issues lie on two sites.
_ARCHIVE_HOSTS = frozenset(("campaign-archive.com", "mailchi.mp", "list-manage.com"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFindings:
    """What a page is, and what it leads to."""

    is_issue: bool
    has_text: bool
    feeds: tuple[str, ...]
    issue_links: tuple[str, ...]
    """Those of an archive; of an issue none."""


def judge_page(html: bytes, url: str, issue: ParsedNewsletter | None) -> PageFindings:
    """Tell an issue from an archive by its own words against the links to issues.

    ``issue`` is what the page says when it is read as an issue, None where it has no text.
    """
    links = find_issue_links(html, url)
    if links and _is_elsewhere(url, links[0]):
        links = ()  # a list of what others wrote
    words = _own_words(issue, links) if issue else 0
    few = len(links) < _FEWEST_LINKS
    wanted = _WORDS_A_LINK_IN_ARTICLE if _calls_itself_issue(html, url, links) else _WORDS_A_LINK
    is_issue = issue is not None and words > 0 and (few or words >= wanted * len(links))
    return PageFindings(
        is_issue=is_issue,
        has_text=words >= _HARDLY_TEXT,
        feeds=find_feed_links(html, url),
        issue_links=() if is_issue else links,
    )


def _own_words(issue: ParsedNewsletter, links: Sequence[str]) -> int:
    """Return how many words of a page are neither headings nor links to issues."""
    elsewhere = set(links)
    words = 0
    for block in issue.blocks:
        if block.kind != "heading":
            linked = [link.text for link in block.links if link.href.partition("#")[0] in elsewhere]
            words += max(len(block.text.split()) - len(" ".join(linked).split()), 0)
    return words


def _calls_itself_issue(html: bytes, url: str, links: Sequence[str]) -> bool:
    mine, theirs = shape_of(url, ""), shape_of(links[0], "") if links else None
    if mine and mine == theirs and mine[1]:
        return True  # it lies where the issues lie
    root = parse_tree(html)
    return root is not None and (_meta_type(root) == "article" or _is_linked_article(root))


def _is_elsewhere(url: str, link: str) -> bool:
    site, other = (".".join(urlsplit(each).netloc.split(".")[-2:]) for each in (url, link))
    return site != other and not {site, other} & _ARCHIVE_HOSTS


def _meta_type(root: Element) -> str:
    kinds = [
        (element.get("content") or "").strip().lower()
        for element in root.iter("meta")
        if (element.get("property") or element.get("name") or "").lower() == "og:type"
    ]
    return kinds[0] if kinds else ""


def _is_linked_article(root: Element) -> bool:
    """Tell whether a page's own JSON-LD is that of one article (https://schema.org/Article)."""
    for script in root.iter("script"):
        if script.get("type") == "application/ld+json":
            try:
                found = json.loads(script.text or "")
            except (ValueError, RecursionError):
                continue  # other signs are left
            if isinstance(found, dict) and str(found.get("@type")).endswith(("Article", "Posting")):
                return True
    return False
