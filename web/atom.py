"""Takeaways for a feed: of the newest issues and episodes."""

from dataclasses import replace

from sqlalchemy import Connection

from corpus.catalogue import episodes, issues, takeaways
from corpus.holdings import Episode, Issue, Takeaway
from ingest.takeaway_publishing import FeedEntry
from web.blocks import line_of_takeaway
from web.links import LinkMaker

MOST = 100
"""Takeaways in the feed at most."""
_NEWEST = 30


def list_feed_entries(conn: Connection, site: str) -> tuple[FeedEntry, ...]:
    """Return takeaways that somebody stands by, newest first; drafts are nobody's."""
    latest = issues.list_issues(conn, limit=_NEWEST)
    entries = [
        _of_issue(item, issue, site)
        for issue in latest
        for item in takeaways.list_takeaways(conn, issue_id=issue.id)
    ]
    entries += [
        _of_episode(item, episode, site)
        for episode in episodes.list_episodes(conn, limit=_NEWEST)
        for item in takeaways.list_takeaways(conn, episode_id=episode.id)
        if item.issue_id is None and not item.is_draft
    ]
    # Two entries of one id would make the feed unsound.
    once: dict[str, FeedEntry] = {}
    for entry in entries:
        once.setdefault(entry.key, entry)
    newest = sorted(once.values(), key=lambda entry: entry.published, reverse=True)
    return tuple(newest[:MOST])


def _of_issue(item: Takeaway, issue: Issue, site: str) -> FeedEntry:
    line = line_of_takeaway(item, LinkMaker(public_url=site))
    return FeedEntry(
        line=replace(line, url=line.url or f"{site}/issues/{issue.id}"),
        # Not the row's id, which another reading of the same issue gives anew.
        key=f"earmark:issue:{issue.id}:{item.text}",
        title=issue.title or f"Issue {issue.id}",
        published=issue.published or "",
    )


def _of_episode(item: Takeaway, episode: Episode, site: str) -> FeedEntry:
    return FeedEntry(
        line=line_of_takeaway(item, LinkMaker(public_url=site)),
        key=f"earmark:episode:{episode.show}:{episode.guid}:{item.text}",
        title=episode.title,
        published=episode.published or "",
    )
