"""The reading page: takeaways of an episode, an issue or everything, to hand on."""

from sqlalchemy import Connection

from corpus.catalogue import issues, takeaways
from corpus.errors import NotHeldError
from corpus.holdings import Episode, Takeaway
from corpus.settings import Settings
from ingest.audio_length import Drift
from ingest.takeaway_page import PageEpisode, format_page
from web.blocks import line_of_takeaway
from web.choosing import Scope
from web.episode_links import list_drifts, make_links
from web.links import LinkMaker


def reading_page(conn: Connection, settings: Settings, scope: Scope) -> str:
    """Return takeaways as a page that stands by itself; drafts are nobody's yet.

    Raises:
        NotHeldError: If there are none.
    """
    found = takeaways.list_takeaways(conn, episode_id=scope.episode_id, issue_id=scope.issue_id)
    found = tuple(item for item in found if not item.is_draft)
    if not found:
        raise NotHeldError("The page", "would be empty: there are no takeaways", "draft some first")
    links = make_links(conn, settings, [item.episode_id for item in found], "earmark")
    drifts = list_drifts(conn, list(links.episodes.values()))
    groups: dict[int | None, list[Takeaway]] = {}
    for item in found:
        groups.setdefault(item.episode_id, []).append(item)
    parts = [
        _part(links.episodes.get(episode_id or 0), items, links, drifts.get(episode_id or 0))
        for episode_id, items in groups.items()
    ]
    title, lede = _title(conn, scope, parts)
    return format_page(title, parts, lede=lede)


def _part(
    episode: Episode | None, items: list[Takeaway], links: LinkMaker, drift: Drift | None
) -> PageEpisode:
    lines = tuple(line_of_takeaway(item, links) for item in items)
    if episode is None:
        return PageEpisode(title="Without an episode", lines=lines)
    address = episode.audio_url or ""
    return PageEpisode(
        title=episode.title,
        show=episode.show,
        date=(episode.published or "")[:10],
        audio_url=address if address.startswith(("http://", "https://")) else None,
        problem=drift.problem if drift else None,
        lines=lines,
    )


def _title(conn: Connection, scope: Scope, parts: list[PageEpisode]) -> tuple[str, str]:
    if scope.issue_id is not None:
        issue = issues.get_issue(conn, scope.issue_id)
        facts = [issue.show, issue.author, (issue.published or "")[:10]]
        return issue.title or f"Issue {issue.id}", " · ".join(filter(None, facts))
    if scope.episode_id is not None:
        return f"Takeaways: {parts[0].title}", ""
    return "Takeaways", ""
