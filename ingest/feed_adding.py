"""Adds a feed: the show, its episodes and its issues."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from corpus.catalogue import shows
from corpus.errors import EarmarkError
from corpus.records import ParsedEpisode, ParsedFeed
from ingest.added import Added, count_of, is_address
from ingest.feed_storing import store_feed
from ingest.feeds import parse_feed
from ingest.workshop import Workshop

_MOST_PAGES = 50


def add_feed(shop: Workshop, data: bytes, *, source: str) -> Added:
    """Store what a feed says that was had from an address or a file.

    Raises:
        FormatError: If it is no feed.
    """
    base = source if is_address(source) else Path(source).as_uri()
    return add_parsed_feed(shop, parse_feed(data, base), source=source)


def add_parsed_feed(shop: Workshop, parsed: ParsedFeed, *, source: str) -> Added:
    """Store what a feed says; the first time, its older pages are had too."""
    online = is_address(source)
    base = source if online else Path(source).as_uri()
    if online and parsed.next_url and _is_new(shop, source):
        parsed = _with_older_pages(shop, parsed, source)
    allowed = [_only_allowed(item, base) for item in parsed.episodes]
    parsed = replace(parsed, episodes=tuple(allowed))
    stored = store_feed(
        shop, parsed, feed_url=source if online else None, subject=Path(source).stem
    )
    counts = [
        count_of(number, noun)
        for number, noun in ((stored.episodes, "episode"), (stored.issues, "issue"))
        if number or (noun == "episode" and not stored.issues)
    ]
    what = f'feed "{parsed.title}": {", ".join(counts)}, {stored.changed} new or changed'
    return Added(source=source, kind="feed", what=what, changed=bool(stored.changed))


def _is_new(shop: Workshop, feed_url: str) -> bool:
    with shop.catalogue.read() as conn:
        held = next((show for show in shows.list_shows(conn) if show.feed_url == feed_url), None)
        return held is None or shows.is_empty(conn, held.id)


def _with_older_pages(shop: Workshop, parsed: ParsedFeed, feed_url: str) -> ParsedFeed:
    """Return a feed with the items of its further pages (RFC 5005, part 3)."""
    items = {item.guid: item for item in parsed.episodes}
    problems = list(parsed.problems)
    seen, following = {feed_url}, parsed.next_url
    while following and is_address(following):
        if following in seen:
            problems.append(f"its pages lead in a circle: {following} comes again")
            break
        if len(seen) >= _MOST_PAGES:
            problems.append(f"has more than {_MOST_PAGES} pages; the oldest are left out")
            break
        seen.add(following)
        try:
            page = parse_feed(shop.door.get(following).body, following)
        except EarmarkError as error:
            problems.append(f"older pages are missing: {error}")
            break
        for item in page.episodes:
            items.setdefault(item.guid, item)
        following = page.next_url
    return replace(parsed, episodes=tuple(items.values()), problems=tuple(problems))


def _only_allowed(episode: ParsedEpisode, base: str) -> ParsedEpisode:
    """Return an episode without addresses that its feed must not name.

    A feed from the network names no file of this machine; a feed file only those beside it.
    """

    def is_kept(url: str) -> bool:
        if url.startswith("file:"):
            return base.startswith("file:") and _lies_beside(url, base)
        return is_address(url)

    return replace(
        episode,
        enclosures=tuple(item for item in episode.enclosures if is_kept(item.url)),
        transcripts=tuple(ref for ref in episode.transcripts if is_kept(ref.url)),
        chapters_url=episode.chapters_url if is_kept(episode.chapters_url or "") else None,
    )


def _lies_beside(url: str, base: str) -> bool:
    folder = Path(unquote(urlsplit(base).path)).resolve().parent
    return Path(unquote(urlsplit(url).path)).resolve().is_relative_to(folder)
