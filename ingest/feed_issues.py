"""Which items of a feed are episodes, and which are issues of a newsletter."""

import re
from dataclasses import dataclass, replace

from corpus.errors import FormatError
from corpus.records import ParsedEpisode, ParsedFeed, ParsedNewsletter
from ingest.newsletter.html_page import read_html
from ingest.newsletter.links import clean_link
from ingest.newsletter.text import read_plain_text
from ingest.newsletters import complete_issue

_LONG = 120  # words; show notes of an episode whose audio is missing rarely are as long
# How a summary ends: cut off, or with a link to the rest.
_SUMMARY = re.compile(
    r"(?:…|\.\.\.|(?:…|\.\.\.)\]|\b(?:read more|continue reading|keep reading|read on|weiterlesen"
    r"|read the (?:full|whole|rest)[\w ]{0,20}|lire la suite|leer más|view (?:online|in browser)))"
    r"[\s.»›→>]{0,6}$",
    re.IGNORECASE,
)


_WATCHED = re.compile(
    r"https?://(?:www\.|m\.)?(?:youtube\.com/(?:watch|shorts)|youtu\.be/|vimeo\.com/\d)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DividedFeed:
    """A feed's items by what they are."""

    episodes: tuple[ParsedEpisode, ...]
    issues: tuple[ParsedEpisode, ...]
    """Items that are an issue, whole."""
    teasers: tuple[str, ...]
    """Addresses of issues of which the feed has no more than a summary."""


def divide_feed(parsed: ParsedFeed) -> DividedFeed:
    """Tell episodes from issues: an item with audio is an episode, a long one without an issue.

    Where nothing in the feed is an episode, short items are issues too, or teasers of one.
    """
    is_long = [not _is_episode(item) and _words(item) >= _LONG for item in parsed.episodes]
    items = list(zip(parsed.episodes, is_long, strict=True))
    played = any(map(_is_episode, parsed.episodes))
    if played or not any(item.show_notes for item in parsed.episodes):
        # A short item without audio is an episode whose enclosure was forgotten.
        return DividedFeed(
            episodes=tuple(item for item, long in items if not long),
            issues=tuple(item for item, long in items if long),
            teasers=(),
        )
    teasers = [item.link for item, long in items if item.link and not long and _is_teaser(item)]
    links = [link for address in teasers if (link := clean_link(address))]
    whole = [item for item in parsed.episodes if item.show_notes and item.link not in teasers]
    return DividedFeed(episodes=(), issues=tuple(whole), teasers=tuple(dict.fromkeys(links)))


def is_podcast(parsed: ParsedFeed) -> bool:
    """Tell whether most items of a feed are episodes."""
    return sum(map(_is_episode, parsed.episodes)) * 2 > len(parsed.episodes)


def read_issue_item(item: ParsedEpisode, feed: ParsedFeed) -> ParsedNewsletter:
    """Return the issue that a feed's item holds whole, its takeaways and mention read.

    Raises:
        FormatError: If there is no text in it.
    """
    link = clean_link(item.link) if item.link else None
    page = f'<html><head><meta charset="utf-8"></head><body>{item.show_notes_html}</body></html>'
    read = read_html(page, base_url=link)
    if not read.blocks:
        read = replace(read, blocks=read_plain_text(item.show_notes))
    if not read.blocks:
        raise FormatError(item.title or item.guid, "has no text in it")
    read = complete_issue(read)
    named = ", ".join(dict.fromkeys(person.name for person in item.persons))
    return replace(
        read,
        title=item.title or read.title,
        author=read.author or named or feed.author,
        published=item.published or read.published,
        link=link,
        newsletter=feed.title,
    )


def _is_episode(item: ParsedEpisode) -> bool:
    return bool(
        item.enclosures
        or _WATCHED.match(item.link or "")
        or item.transcripts
        or item.soundbites
        or item.chapters
        or item.duration_ms
        or item.number
    )


def _words(item: ParsedEpisode) -> int:
    return len(item.show_notes.split())


def _is_teaser(item: ParsedEpisode) -> bool:
    return not item.show_notes or _SUMMARY.search(item.show_notes[-80:]) is not None
