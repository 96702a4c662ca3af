"""Adds a source: tells what it is, reads it, stores it, and queues the long work.

A source is an address, a file or a folder. Nothing here transcribes or embeds.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from corpus.catalogue import episodes, jobs, notes, shows
from corpus.catalogue.shows import ShowFacts
from corpus.errors import EarmarkError, FormatError, UsageError
from corpus.formats.interchange import InterchangeEpisode, iter_interchange
from corpus.formats.interchange_tray import InterchangeTray
from corpus.formats.opml import parse_opml
from corpus.formats.transcripts import parse_transcript
from corpus.records import Enclosure, ParsedEpisode, ParsedNewsletter
from ingest.added import Added, count_of, is_address
from ingest.apple_links import find_lookup_url, parse_lookup
from ingest.broken_files import BROKEN, is_known_broken, remember_broken
from ingest.feed_adding import add_feed
from ingest.imap import add_imap, is_imap, public_source
from ingest.mailboxes import add_maildir, add_mbox, is_maildir, is_mbox
from ingest.newsletters import is_html, parse_newsletters
from ingest.page_adding import add_page, is_page_address
from ingest.plans import INDEX_JOB, next_episode_job, poll_job
from ingest.reading import SourceKind
from ingest.recordings import store_recording, store_recording_transcript
from ingest.sniff import sniff_kind
from ingest.storing import (
    store_interchange_episode,
    store_interchange_issue,
    store_issue,
)
from ingest.tray_keeping import store_tray
from ingest.workshop import Workshop

_ORDER: dict[str | None, int] = {
    "opml": 0,
    "interchange": 1,
    "feed": 2,
    "audio": 3,
    "transcript": 4,
    "newsletter": 5,
    None: 6,
}
"""Newsletters last: they speak of episodes that should be known by then."""

_PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".ico")
_SNIFFED_BYTES = 65_536
_CLOCKS_DIFFER_MS = 5_000  # those of a file server and ours


def iter_added(shop: Workshop, sources: list[str], *, again: bool = False) -> Iterator[Added]:
    """Add sources one after another; one that fails says why and the rest go on.

    Folders are remembered, so that what comes into them later can be found. Looking into them
    ``again`` passes over the files that were told to be broken and have not changed since.
    """
    for source in sources:
        path = Path(source).expanduser().resolve()
        if not _is_remote(source) and path.is_dir() and not is_maildir(path):
            _remember(shop, str(path), kind="folder", content_hash="", now_ms=shop.now_ms())
    for source in order_sources(sources):
        if again and is_known_broken(shop, source):
            continue
        added = _try_source(shop, source)
        if added.problem and not _is_remote(source):
            remember_broken(shop, source)
        yield added


def _try_source(shop: Workshop, source: str) -> Added:
    try:
        return add_source(shop, source)
    except EarmarkError as error:
        shown = public_source(source)
        return Added(source=shown, kind=None, what="not added", problem=str(error))
    except OSError as error:
        problem = f"cannot be read: {error.strerror or error}"
        return Added(source=source, kind=None, what="not added", problem=problem)


def order_sources(sources: list[str]) -> list[str]:
    """Return the sources with folders opened, in the order in which they build on each other.

    A maildir is one source.
    """
    found: list[str] = []
    for source in sources:
        if _is_remote(source):
            found.append(source)
            continue
        path = Path(source).expanduser()
        found += [str(file) for file in _files_in(path)] if path.is_dir() else [str(path)]
    unique = list(dict.fromkeys(found))
    return sorted(unique, key=lambda source: _ORDER[_guess_kind(source)])


def _files_in(folder: Path) -> Iterator[Path]:
    if is_maildir(folder):
        yield folder
        return
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _files_in(path)
        elif path.is_file() and path.suffix.lower() not in _PICTURES:
            yield path


def _is_remote(source: str) -> bool:
    return is_address(source) or is_imap(source)


def _guess_kind(source: str) -> SourceKind | None:
    if _is_remote(source):
        return None
    try:
        with Path(source).open("rb") as file:
            return sniff_kind(file.read(_SNIFFED_BYTES), Path(source).name)
    except OSError:
        return None


def add_source(shop: Workshop, source: str) -> Added:
    """Add one address or file.

    Raises:
        EarmarkError: If it cannot be had, or is nothing that Earmark reads.
        OSError: If a file cannot be opened.
    """
    if is_imap(source):
        return add_imap(shop, source)
    if is_address(source):
        return _add_address(shop, source)
    path = Path(source).expanduser().resolve()
    if not path.exists():
        raise UsageError(source, "is no file, folder or address", "check the spelling")
    if is_maildir(path):
        return add_maildir(shop, path)
    if path.is_dir():
        raise UsageError(source, "is an empty folder", "name a folder with files in it")
    return _add_file(shop, path)


def _add_file(shop: Workshop, path: Path) -> Added:
    kind = _guess_kind(str(path))
    if _is_untouched(shop, path):
        return Added(source=str(path), kind=kind, what=f"{kind}, unchanged")
    if kind == "audio":
        return _once(shop, path, kind, content_hash=_hash_file(path), data=None)
    data = path.read_bytes()
    kind = sniff_kind(data, path.name)
    return _once(shop, path, kind, content_hash=hashlib.sha256(data).hexdigest(), data=data)


def _is_untouched(shop: Workshop, path: Path) -> bool:
    """Tell by its times that a file is as it was read: hours of audio need no hashing again."""
    with shop.catalogue.read() as conn:
        read_ms = notes.find_source_ms(conn, str(path))
        held = notes.find_source(conn, str(path))
    if read_ms is None or held is None or held[0] in ("mailbox", BROKEN):
        return False  # a mailbox's time is when it was last asked for
    stat = path.stat()
    changed_ms = max(stat.st_mtime_ns, stat.st_ctime_ns) // 1_000_000
    return changed_ms < read_ms - _CLOCKS_DIFFER_MS


def _hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _once(
    shop: Workshop, path: Path, kind: SourceKind | None, *, content_hash: str, data: bytes | None
) -> Added:
    source, now_ms = str(path), shop.now_ms()
    grows = kind == "newsletter" and data is not None and is_mbox(data)
    with shop.catalogue.read() as conn:
        held = notes.find_source(conn, source)
    if held == ("mailbox" if grows else kind, content_hash):
        return Added(source=source, kind=kind, what=f"{kind}, unchanged")
    if kind == "audio":
        added = store_recording(shop, path, content_hash=content_hash)
        result = Added(source=source, kind=kind, what=f"audio: {added.title}", changed=added.new)
    elif data is None or kind is None:
        raise FormatError(path.name, "is nothing that Earmark can read", "see: earmark inspect")
    elif grows:
        result = add_mbox(shop, path, data)
    else:
        result = _add_bytes(shop, data, kind, source=source, name=path.name)
    if result.problem is None:
        remembered = "mailbox" if grows else kind
        _remember(shop, source, kind=remembered, content_hash=content_hash, now_ms=now_ms)
    return result


def _remember(shop: Workshop, source: str, *, kind: str, content_hash: str, now_ms: int) -> None:
    with shop.catalogue.write() as conn:
        notes.put_source(conn, source, kind=kind, content_hash=content_hash, now_ms=now_ms)


def _add_bytes(shop: Workshop, data: bytes, kind: SourceKind, *, source: str, name: str) -> Added:
    if kind == "feed":
        return add_feed(shop, data, source=source)
    if kind == "transcript":
        parsed = parse_transcript(data, name)
        if not parsed.segments:
            raise FormatError(name, "holds no words", "; ".join(parsed.problems))
        recording = store_recording_transcript(shop, source, parsed)
        read = f"transcript ({parsed.format}, {len(parsed.segments)} segments)"
        what = f"{read}: {recording.title}{recording.note}"
        return Added(source=source, kind=kind, what=what, changed=recording.new)
    if kind == "newsletter":
        return _added_issues(shop, data, source=source, name=name)
    if kind == "interchange":
        return _added_interchange(shop, data, source=source)
    if kind == "opml":
        return _added_opml(shop, data, source=source)
    raise FormatError(name, f"is {kind}, which is not added this way", "add its file or address")


def _added_issues(shop: Workshop, data: bytes, *, source: str, name: str) -> Added:
    base = source if is_address(source) else None
    parsed = parse_newsletters(data, name, base_url=base)
    several = len(parsed) > 1
    if base and not several and not parsed[0].link:
        parsed = (replace(parsed[0], link=base),)
    changed = 0
    for issue in parsed:
        changed += store_issue(shop, issue, source=None if several else source)[1]
    return Added(
        source=source, kind="newsletter", what=_say_issues(parsed, changed), changed=bool(changed)
    )


def _say_issues(parsed: tuple[ParsedNewsletter, ...], changed: int) -> str:
    timed = sum(1 for issue in parsed for takeaway in issue.takeaways)
    if len(parsed) == 1:
        title = parsed[0].title or "untitled"
        known = "" if changed else ", held already"
        return f'newsletter issue "{title}": {timed} takeaways{known}'
    return f"{len(parsed)} newsletter issues: {timed} takeaways"


def _added_interchange(shop: Workshop, data: bytes, *, source: str) -> Added:
    total = changed = 0
    problems = []
    for line in iter_interchange(data):
        if isinstance(line, FormatError):
            problems.append(str(line))
        elif isinstance(line, InterchangeEpisode):
            changed += store_interchange_episode(shop, line)
            total += 1
        elif isinstance(line, InterchangeTray):
            with shop.catalogue.write() as conn:
                changed += store_tray(conn, line, now_ms=shop.now_ms())
            total += 1
        else:
            changed += store_interchange_issue(shop, line)
            total += 1
    what = f"interchange: {count_of(total, 'record')}, {changed} new or changed"
    return Added(
        source=source,
        kind="interchange",
        what=what,
        changed=bool(changed),
        problem="; ".join(problems[:5]) or None,
    )


def _added_opml(shop: Workshop, data: bytes, *, source: str) -> Added:
    feeds = parse_opml(data)
    with shop.catalogue.write() as conn:
        before = {show.feed_url for show in shows.list_shows(conn)}
        for title, url in feeds:
            facts = ShowFacts(kind="podcast", title=title or url, feed_url=url)
            show_id = shows.put_show(conn, facts, now_ms=shop.now_ms())
            job = poll_job(shows.get_show(conn, show_id))
            jobs.queue_jobs(conn, [job], now_ms=shop.now_ms())
    new = sum(url not in before for _, url in feeds)
    what = f"subscriptions: {count_of(len(feeds), 'feed')}, {new} new"
    return Added(source=source, kind="opml", what=what, changed=bool(new))


def _add_address(shop: Workshop, url: str) -> Added:
    if _looks_like_audio(url):
        return _add_audio_address(shop, url)
    if lookup := find_lookup_url(url):
        feed_url = parse_lookup(shop.door.get(lookup).body)
        fetched = shop.door.get(feed_url)
        added = add_feed(shop, fetched.body, source=fetched.moved_to or feed_url)
        return replace(added, source=url)
    if is_page_address(url):
        shop.robots.check(shop.door, url)
    fetched = shop.door.get(url)
    name = Path(urlsplit(fetched.url).path).name or urlsplit(fetched.url).netloc
    kind = sniff_kind(fetched.body, name)
    if kind == "audio":
        return _add_audio_address(shop, url)
    if kind is None:
        raise FormatError(url, "is nothing that Earmark can read", "see: earmark inspect")
    if kind == "newsletter" and is_html(fetched.body, name):
        if fetched.url != url:
            shop.robots.check(shop.door, fetched.url)
        return replace(add_page(shop, fetched.body, fetched.url), source=url)
    return _add_bytes(shop, fetched.body, kind, source=fetched.moved_to or url, name=name)


def _looks_like_audio(url: str) -> bool:
    suffix = Path(urlsplit(url).path).suffix.lower()
    return suffix in (".mp3", ".m4a", ".ogg", ".opus", ".flac", ".wav", ".oga", ".aac", ".mp4")


def _add_audio_address(shop: Workshop, url: str) -> Added:
    title = Path(unquote(urlsplit(url).path)).stem or url
    facts = ShowFacts(kind="podcast", title="Recordings")
    parsed = ParsedEpisode(guid=url, title=title, enclosures=(Enclosure(url=url),))
    with shop.catalogue.write() as conn:
        if held := episodes.find_by_audio(conn, url):
            return Added(source=url, kind="audio", what=f"audio of {held.title}, which is held")
        show_id = shows.put_show(conn, facts, now_ms=shop.now_ms())
        episode_id, new = episodes.put_episode(conn, show_id, parsed, now_ms=shop.now_ms())
        episode = episodes.get_episode(conn, episode_id)
        job = next_episode_job(episode, shop.settings, has_transcript=False)
        if new and job:
            jobs.queue_jobs(conn, [job, INDEX_JOB], now_ms=shop.now_ms())
    return Added(source=url, kind="audio", what=f"audio: {title}", changed=new)
