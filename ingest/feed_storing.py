"""Stores what a feed offers: a show, its episodes, a newsletter's issues."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from sqlalchemy import Connection

from corpus.catalogue import issues, jobs, notes, shows
from corpus.catalogue.shows import ShowFacts
from corpus.errors import FormatError
from corpus.holdings import ShowKind
from corpus.records import ParsedEpisode, ParsedFeed, ParsedNewsletter
from ingest.feed_issues import DividedFeed, divide_feed, read_issue_item
from ingest.plans import issue_page_job
from ingest.storing import prepare_episode, put_prepared, store_issue
from ingest.workshop import Workshop

_BATCH = 50  # episodes in one transaction: enough to be quick, few enough to be short


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What came of a feed: how many things, and how many of them are new or changed."""

    changed: int
    episodes: int = 0
    issues: int = 0
    show_id: int | None = None


def store_feed(shop: Workshop, parsed: ParsedFeed, *, feed_url: str | None, subject: str) -> Stored:
    """Store what a feed offers, episodes and newsletter issues; queue what each still needs.

    Args:
        shop: The tools.
        parsed: What the feed says.
        feed_url: Where the feed is asked again; None for a file.
        subject: What to call the feed where it has no title.
    """
    parsed = replace(parsed, title=parsed.title or subject)
    divided = divide_feed(parsed)
    wanted, items = list(divided.episodes), list(divided.issues)
    if shop.settings.new_episodes:
        wanted = _newest(wanted, shop.settings.new_episodes)
        items = _newest(items, shop.settings.new_episodes)
    read, problems = _read_issues(items, parsed)
    with shop.catalogue.write() as conn:
        of_episodes, of_issues = _put_shows(conn, parsed, divided, feed_url, now_ms=shop.now_ms())
        show_id = of_issues if of_episodes is None else of_episodes
        problems = [*parsed.problems, *problems]
        notes.set_problems(conn, f"show:{show_id}", problems, now_ms=shop.now_ms())
    changed = 0
    if of_episodes is not None:
        changed += _store_episodes(shop, of_episodes, parsed, wanted)
    for issue in read:
        # One by one: each may have to be compared with what came by mail.
        changed += store_issue(shop, issue, source=feed_url, show_id=of_issues)[1]
    changed += _queue_teasers(shop, divided.teasers)
    return Stored(
        episodes=len(wanted),
        issues=len(read) + len(divided.teasers),
        changed=changed,
        show_id=show_id,
    )


def _store_episodes(
    shop: Workshop, show_id: int, parsed: ParsedFeed, wanted: Sequence[ParsedEpisode]
) -> int:
    changed = 0
    listed = frozenset(episode.guid for episode in parsed.episodes)
    remaining = iter(wanted)
    while batch := [prepare_episode(episode) for episode in islice(remaining, _BATCH)]:
        with shop.catalogue.write() as conn:
            for prepared in batch:
                changed += put_prepared(
                    shop, conn, show_id, prepared, language=parsed.language, listed=listed
                )
    return changed


def _read_issues(
    items: Sequence[ParsedEpisode], feed: ParsedFeed
) -> tuple[list[ParsedNewsletter], list[str]]:
    read, problems = [], []
    for item in items:
        try:
            read.append(read_issue_item(item, feed))
        except FormatError as error:
            problems.append(str(error))
    return read, problems


def _put_shows(
    conn: Connection, parsed: ParsedFeed, divided: DividedFeed, feed_url: str | None, *, now_ms: int
) -> tuple[int | None, int | None]:
    """Return the shows that a feed's episodes and its issues belong to, None where it has none.

    A feed that offers both is asked once, for the one that was there first.
    """
    has_issues = bool(divided.issues or divided.teasers)
    kinds: list[ShowKind] = ["podcast"] if divided.episodes or not has_issues else []
    kinds += ["newsletter"] if has_issues else []
    facts = ShowFacts(
        kind=kinds[0],
        title=parsed.title or "",
        feed_url=feed_url,
        podcast_guid=parsed.guid,
        link=parsed.link,
        author=parsed.author,
        language=parsed.language,
        image_url=parsed.image_url,
    )
    held = shows.list_shows(conn) if feed_url else ()
    asked = next((show for show in held if show.feed_url == feed_url), None)
    if asked and asked.kind not in kinds and shows.is_empty(conn, asked.id):
        # A list of subscriptions does not tell what its feeds offer.
        shows.set_poll(conn, asked.id, kind=kinds[0])
        asked = replace(asked, kind=kinds[0])
    owner = asked.kind if asked else kinds[0]
    found: dict[str, int] = {}
    for kind in kinds:
        url = feed_url if kind == owner else None
        found[kind] = shows.put_show(conn, replace(facts, kind=kind, feed_url=url), now_ms=now_ms)
    return found.get("podcast"), found.get("newsletter")


def _queue_teasers(shop: Workshop, teasers: Sequence[str]) -> int:
    """Queue the pages of issues that a feed has only a summary of; return how many are new."""
    teasers = teasers[: shop.settings.new_episodes or None]
    with shop.catalogue.write() as conn:
        failed = {job.subject for job in jobs.list_jobs(conn, state="failed", limit=10_000)}
        pages = [issue_page_job(link) for link in teasers if not issues.is_link_held(conn, link)]
        # One that was refused is not asked for again at every poll.
        wanted = [page for page in pages if page.subject not in failed]
        jobs.queue_jobs(conn, wanted, now_ms=shop.now_ms())
    return len(wanted)


def _newest(found: Sequence[ParsedEpisode], count: int) -> list[ParsedEpisode]:
    return sorted(found, key=lambda episode: episode.published or "", reverse=True)[:count]
