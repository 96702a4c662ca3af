"""Pages of lists: the ids that come after a key, so that what is added meanwhile moves nothing.

A key is what an item stands by in its list. It holds also where that item has gone since.
"""

from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select, tuple_

from corpus.catalogue.schema import episodes, issues, jobs, shows, takeaways
from corpus.holdings import Job, JobState, Takeaway

DatedKey = tuple[str, int]
"""When it was published, empty where unknown, and its id."""
NamedKey = tuple[str, int]
"""Its folded name and its id."""
TakeawayKey = tuple[int, int, int, int]
"""The ids of its issue and episode (0 for none), its position and its own id."""
JobKey = tuple[int, int]
"""How early its state stands, and its id."""

_RANKS: dict[JobState, int] = {"running": 0, "queued": 1, "failed": 2, "done": 3}


def page_shows(conn: Connection, after: NamedKey | None, limit: int) -> list[tuple[int, NamedKey]]:
    """Return up to ``limit`` shows after a key, by name: ids and keys."""
    statement = select(shows.c.id, shows.c.title_key).order_by(shows.c.title_key, shows.c.id)
    if after is not None:
        statement = statement.where(tuple_(shows.c.title_key, shows.c.id) > tuple_(*after))
    rows = conn.execute(statement.limit(limit))
    return [(row.id, (row.title_key, row.id)) for row in rows]


def page_episodes(
    conn: Connection, after: DatedKey | None, limit: int, show_id: int | None = None
) -> list[tuple[int, DatedKey]]:
    """Return up to ``limit`` episodes after a key, newest first: ids and keys."""
    published = func.coalesce(episodes.c.published, "")
    statement = select(episodes.c.id, published.label("published"))
    if show_id is not None:
        statement = statement.where(episodes.c.show_id == show_id)
    if after is not None:
        older = _after_date(published, after, episodes.c.id > after[1])
        statement = statement.where(older)
    rows = conn.execute(statement.order_by(published.desc(), episodes.c.id).limit(limit))
    return [(row.id, (row.published, row.id)) for row in rows]


def page_issues(conn: Connection, after: DatedKey | None, limit: int) -> list[tuple[int, DatedKey]]:
    """Return up to ``limit`` issues after a key, newest first: ids and keys."""
    published = func.coalesce(issues.c.published, "")
    statement = select(issues.c.id, published.label("published"))
    if after is not None:
        older = _after_date(published, after, issues.c.id < after[1])
        statement = statement.where(older)
    rows = conn.execute(statement.order_by(published.desc(), issues.c.id.desc()).limit(limit))
    return [(row.id, (row.published, row.id)) for row in rows]


def _after_date(
    published: ColumnElement[Any], after: DatedKey, beside: ColumnElement[bool]
) -> ColumnElement[bool]:
    return or_(published < after[0], and_(published == after[0], beside))


def page_takeaways(
    conn: Connection,
    after: TakeawayKey | None,
    limit: int,
    *,
    episode_id: int | None = None,
    issue_id: int | None = None,
    only_drafts: bool = False,
) -> list[tuple[Takeaway, TakeawayKey]]:
    """Return up to ``limit`` takeaways after a key, in their author's order, with their keys."""
    key = (
        func.coalesce(takeaways.c.issue_id, 0),
        func.coalesce(takeaways.c.episode_id, 0),
        takeaways.c.position,
        takeaways.c.id,
    )
    statement = select(takeaways).order_by(*key)
    if episode_id is not None:
        statement = statement.where(takeaways.c.episode_id == episode_id)
    if issue_id is not None:
        statement = statement.where(takeaways.c.issue_id == issue_id)
    if only_drafts:
        statement = statement.where(takeaways.c.origin == "drafted")
    if after is not None:
        statement = statement.where(tuple_(*key) > tuple_(*after))
    found = [Takeaway(**row._mapping) for row in conn.execute(statement.limit(limit))]
    return [(one, (one.issue_id or 0, one.episode_id or 0, one.position, one.id)) for one in found]


def page_jobs(
    conn: Connection, after: JobKey | None, limit: int, state: JobState | None = None
) -> list[tuple[Job, JobKey]]:
    """Return up to ``limit`` jobs after a key: running, queued, failed, done, newest first."""
    rank = case(_RANKS, value=jobs.c.state)
    statement = select(jobs)
    if state is not None:
        statement = statement.where(jobs.c.state == state)
    if after is not None:
        behind = or_(rank > after[0], and_(rank == after[0], jobs.c.id < after[1]))
        statement = statement.where(behind)
    rows = conn.execute(statement.order_by(rank, jobs.c.id.desc()).limit(limit))
    return [(Job(**row._mapping), (_RANKS[row.state], row.id)) for row in rows]


def find_job(conn: Connection, job_id: int) -> Job | None:
    """Return a job by its id."""
    row = conn.execute(select(jobs).where(jobs.c.id == job_id)).first()
    return Job(**row._mapping) if row else None


def find_live_job(conn: Connection, kind: str, subject: str) -> Job | None:
    """Return the job of a kind and subject that is queued or running."""
    is_live = jobs.c.state.in_(("queued", "running"))
    same = and_(jobs.c.kind == kind, jobs.c.subject == subject, is_live)
    row = conn.execute(select(jobs).where(same)).first()
    return Job(**row._mapping) if row else None
