"""Steps about shows: polling a feed, adding what a page asked for."""

import hashlib

from sqlalchemy import Connection

from corpus.addresses import page_key
from corpus.catalogue import jobs, notes, shows
from corpus.errors import EarmarkError, FormatError, GoneError, LaterError
from corpus.holdings import Job, Show
from ingest.added import is_address
from ingest.adding import add_source, iter_added
from ingest.feed_adding import add_parsed_feed
from ingest.feeds import parse_feed
from ingest.imap import is_imap
from ingest.page_adding import add_issue_page
from ingest.plans import subject_id
from ingest.workshop import Progress, Workshop

_HOUR_MS = 3_600_000
_LONGEST_WAIT = 28  # times the usual: a week at six hours


def step_add(shop: Workshop, job: Job, on_progress: Progress) -> None:
    """Add a source; the job's subject is ``add:SOURCE``, or ``page:ADDRESS`` of one issue."""
    manner, _, source = job.subject.partition(":")
    on_progress(None, "reading")
    if manner == "page":
        added = [add_issue_page(shop, source)]
    elif is_address(source) or is_imap(source):
        added = [add_source(shop, source)]
    else:
        added = list(iter_added(shop, [source], again=True))
    problems = [f"{item.source}: {item.problem}" for item in added if item.problem]
    if problems:
        more = f"; and {len(problems) - 3} more" if len(problems) > 3 else ""
        raise FormatError(source, "; ".join(problems[:3]) + more)


def step_poll(shop: Workshop, job: Job, on_progress: Progress) -> None:
    """Ask a feed what is new; an unchanged one costs nothing more.

    Raises:
        FetchError, FormatError: If it cannot be had or read; the show says so too, and waits
            longer before it is asked again. One that is gone for good has ended.
    """
    with shop.catalogue.read() as conn:
        show = shows.get_show(conn, subject_id(job.subject))
    if show.feed_url is None:
        return
    on_progress(None, "asking the feed")
    try:
        _poll(shop, show, show.feed_url)
    except EarmarkError as error:
        failures, now_ms = show.failures + 1, shop.now_ms()
        wait = min(2**failures, _LONGEST_WAIT) * shop.settings.poll_hours * _HOUR_MS
        wait = max(wait, error.wait_ms if isinstance(error, LaterError) else 0)
        with shop.catalogue.write() as conn:
            shows.set_poll(
                conn,
                show.id,
                failures=failures,
                last_problem=str(error),
                next_poll_ms=now_ms + wait,
                ended_ms=now_ms if isinstance(error, GoneError) else None,
            )
        raise


def _poll(shop: Workshop, show: Show, feed_url: str) -> None:
    fetched = shop.door.get(feed_url, etag=show.etag, last_modified=show.last_modified)
    next_poll_ms = shop.now_ms() + shop.settings.poll_hours * _HOUR_MS
    values: dict[str, object] = {"failures": 0, "last_problem": None, "next_poll_ms": next_poll_ms}
    values["ended_ms"] = None
    stated = None
    if not fetched.not_modified:
        content_hash = hashlib.sha256(fetched.body).hexdigest()
        values |= {"etag": fetched.etag, "last_modified": fetched.last_modified}
        values["content_hash"] = content_hash
        if content_hash != show.content_hash:
            parsed = parse_feed(fetched.body, feed_url)
            add_parsed_feed(shop, parsed, source=feed_url)
            stated = parsed.new_url
    with shop.catalogue.write() as conn:
        shows.set_poll(conn, show.id, **values)
        if fetched.moved_to and fetched.moved_to != feed_url:
            _move(conn, show, fetched.moved_to)
        jobs.drop_old_jobs(conn, before_ms=shop.now_ms() - 30 * 24 * _HOUR_MS)
    if stated and is_address(stated) and page_key(stated) != page_key(feed_url):
        _follow_new_address(shop, show, stated)


def _follow_new_address(shop: Workshop, show: Show, stated: str) -> None:
    """Move a show to where its feed says that it is now, if a feed is there."""
    forget = {"etag": None, "last_modified": None, "content_hash": None}
    try:
        parse_feed(shop.door.get(stated).body, stated)
    except EarmarkError as error:
        with shop.catalogue.write() as conn:
            problem = f"says that it has moved to {stated}, where there is no feed: {error}"
            notes.set_problems(conn, f"show:{show.id}", [problem], now_ms=shop.now_ms())
            shows.set_poll(conn, show.id, **forget)  # so that the next poll tries again
        return
    with shop.catalogue.write() as conn:
        if _move(conn, show, stated):
            shows.set_poll(conn, show.id, **forget, next_poll_ms=shop.now_ms())


def _move(conn: Connection, show: Show, moved_to: str) -> bool:
    if any(other.feed_url == moved_to for other in shows.list_shows(conn) if other.id != show.id):
        problem = f"has moved to {moved_to}, which is followed as another show"
        notes.set_problems(conn, f"show:{show.id}", [problem], now_ms=show.added_ms)
        return False
    shows.set_poll(conn, show.id, feed_url=moved_to)
    return True
