"""Joins issues to their episodes, by Earmark's judgement or by the author's word."""

from sqlalchemy import Connection

from corpus.catalogue import Catalogue, episodes, issues, jobs, takeaways, undos
from corpus.catalogue.jobs import NewJob
from corpus.catalogue.schema import issues as issues_table
from ingest.plans import INDEX_JOB, check_job
from ingest.storing import put_issue_passages


def join_issue(
    catalogue: Catalogue, issue_id: int, episode_id: int | None, *, now_ms: int
) -> tuple[int, str]:
    """Join an issue to the episode that its author picked, or to none; then check its times.

    Returns:
        The undo's id, and what was done.

    Raises:
        NotHeldError: If there is no such issue or episode.
    """
    with catalogue.write() as conn:
        issue = issues.get_issue(conn, issue_id)
        said = "joined to no episode"
        if episode_id is not None:
            said = f"joined to “{episodes.get_episode(conn, episode_id).title}”"
        before = undos.read_before(conn, issues_table, [issue_id])
        issues.set_join(
            conn,
            issue_id,
            episode_id=episode_id,
            by="author",
            confidence=None,
            proposals=issue.proposals,
        )
        follow_join(conn, issue_id, now_ms=now_ms)
        subject = f"join:{issue_id}"
        return undos.remember(conn, before, subject=subject, said=said, now_ms=now_ms), said


def follow_join(conn: Connection, issue_id: int, *, now_ms: int) -> None:
    """Let all that is held of an issue point where it is joined to now, and be checked there."""
    episode_id = issues.get_issue(conn, issue_id).episode_id
    jobs.queue_jobs(conn, point_takeaways(conn, issue_id, episode_id), now_ms=now_ms)


def point_takeaways(conn: Connection, issue_id: int, episode_id: int | None) -> list[NewJob]:
    """Let an issue's takeaways and passages point into an episode; return what follows."""
    takeaways.set_episode_of_issue(conn, issue_id, episode_id)
    put_issue_passages(conn, issue_id)
    if episode_id is None:
        return [INDEX_JOB]
    return [INDEX_JOB, check_job(episode_id, episodes.get_episode(conn, episode_id).title)]
