"""Joins issues to their episodes, by Earmark's judgement or by the author's word."""

from sqlalchemy import Connection

from corpus.catalogue import Catalogue, episodes, issues, jobs, takeaways
from corpus.catalogue.jobs import NewJob
from ingest.plans import INDEX_JOB, check_job
from ingest.storing import put_issue_passages


def join_issue(catalogue: Catalogue, issue_id: int, episode_id: int | None, *, now_ms: int) -> None:
    """Join an issue to the episode that its author picked, or to none; then check its times.

    Raises:
        NotHeldError: If there is no such issue or episode.
    """
    with catalogue.write() as conn:
        issue = issues.get_issue(conn, issue_id)
        if episode_id is not None:
            episodes.get_episode(conn, episode_id)
        issues.set_join(
            conn,
            issue_id,
            episode_id=episode_id,
            by="author",
            confidence=None,
            proposals=issue.proposals,
        )
        follow = point_takeaways(conn, issue_id, episode_id)
        jobs.queue_jobs(conn, follow, now_ms=now_ms)


def point_takeaways(conn: Connection, issue_id: int, episode_id: int | None) -> list[NewJob]:
    """Let an issue's takeaways and passages point into an episode; return what follows."""
    takeaways.set_episode_of_issue(conn, issue_id, episode_id)
    put_issue_passages(conn, issue_id)
    if episode_id is None:
        return [INDEX_JOB]
    return [INDEX_JOB, check_job(episode_id, episodes.get_episode(conn, episode_id).title)]
