"""Feeds: RSS, Atom and JSON Feed as podcasters and newsletter hosts really write them."""

import hashlib
import re
from collections import defaultdict
from dataclasses import replace

from corpus.records import ParsedEpisode, ParsedFeed
from ingest.feed.json_feed import parse_json_feed
from ingest.feed.xml_feed import parse_xml_feed

_MOST_PROBLEMS = 50
_SNIFFED = 64_000
_PROLOG = re.compile(
    rb"\s*+(?:<\?[^>]*+>|<!--.*?-->|<!doctype[^>\[]*+(?:\[[^\]]*+\]\s*)?>)", re.S | re.I
)
_FEED_ROOT = re.compile(rb"<(?:[\w.-]{1,20}:)?(rss|feed|rdf|channel)[\s>/]", re.I)
_RSS_IN_RDF = re.compile(rb"purl\.org/(?:net/)?rss|netscape\.com/rdf", re.I)


def parse_feed(data: bytes, base_url: str | None = None) -> ParsedFeed:
    """Return what a feed says; what is wrong with it stands under ``problems``.

    Every episode has an identity of its own. ``show_notes_html`` is empty where the notes are plain
    text. ``base_url`` is the address that the feed was had from, if it was.

    Raises:
        FormatError: If it is no feed at all.
    """
    is_json = data.lstrip(b"\xef\xbb\xbf \t\r\n\0")[:1] in (b"{", b"[")
    feed = parse_json_feed(data, base_url) if is_json else parse_xml_feed(data, base_url)
    problems = list(feed.problems)
    if feed.title is None:
        problems.append("has no title")
    if not feed.episodes:
        problems.append("holds no episodes")
    episodes = _own_identities(feed.episodes, problems)
    return replace(feed, episodes=episodes, problems=_bounded(problems))


def looks_like_feed(data: bytes) -> bool:
    """Tell by its beginning, and cheaply, whether a file is a feed, well-formed or not."""
    head = data[:_SNIFFED].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if head.startswith(b"{"):
        return b"jsonfeed.org/version" in data or (b'"feed_url"' in head and b'"items"' in data)
    at = 0
    while match := _PROLOG.match(head, at):
        at = match.end()
    root = _FEED_ROOT.match(head[at:].lstrip())
    if root is None:
        return False
    return root[1].lower() != b"rdf" or _RSS_IN_RDF.search(head) is not None


def _own_identities(
    episodes: tuple[ParsedEpisode, ...], problems: list[str]
) -> tuple[ParsedEpisode, ...]:
    """Give items that share a guid but not a recording identities of their own.

    The oldest keeps the guid: it is the one that was there first, so nothing held is renamed.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    for at, episode in enumerate(episodes):
        groups[episode.guid].append(at)
    result = list(episodes)
    for guid, places in groups.items():
        if len(places) == 1:
            continue
        problems.append(f"{len(places)} items share the guid {guid[:200]}")
        oldest = min(places, key=lambda at: (episodes[at].published or "9", -at))
        for at in places:
            if (own := _substance(episodes[at])) != _substance(episodes[oldest]):
                mark = hashlib.sha256(own.encode("utf-8", "replace")).hexdigest()[:12]
                result[at] = replace(episodes[at], guid=f"{guid}#{mark}")
    return tuple(result)


def _substance(episode: ParsedEpisode) -> str:
    """Return what tells an item from another when guids do not."""
    if episode.enclosures:
        return episode.enclosures[0].url.partition("?")[0]
    return episode.link or episode.title or episode.show_notes


def _bounded(problems: list[str]) -> tuple[str, ...]:
    if len(problems) <= _MOST_PROBLEMS:
        return tuple(problems)
    rest = len(problems) - _MOST_PROBLEMS
    return (*problems[:_MOST_PROBLEMS], f"and {rest} more problems")
