"""What an author decides about takeaways: accept, remove, take back."""

from typing import Any

from sqlalchemy import Connection

from corpus.catalogue import Catalogue, episodes, jobs, takeaways, undos
from corpus.catalogue.schema import takeaways as takeaways_table
from corpus.catalogue.undos import TakenBack
from corpus.errors import NotHeldError, UsageError
from corpus.holdings import Takeaway
from corpus.moments import format_moment
from ingest.following import refresh_passages
from ingest.joining import follow_join
from ingest.picking import pick_moment
from ingest.plans import INDEX_JOB, check_job
from ingest.speaker_edits import follow_names
from ingest.storing import put_chapter_passages, put_issue_passages, put_takeaway_passages


def accept_takeaway(catalogue: Catalogue, takeaway_id: int, *, now_ms: int) -> tuple[int, str]:
    """Accept a draft as the author's own, or the moment that a check found.

    Returns:
        The undo's id, and what was done.

    Raises:
        NotHeldError: If there is no such takeaway.
        UsageError: If there is nothing to accept in it.
    """
    with catalogue.write() as conn:
        held = takeaways.get_takeaway(conn, takeaway_id)
        if held.is_draft:
            values: dict[str, Any] = {"origin": "author"}
            # Taking the drafting back would take back what was accepted of it.
            undos.forget(conn, f"drafts:{held.episode_id}")
            said = "accepted the draft"
        elif held.can_accept and held.found_ms is not None:
            said = f"now at {format_moment(held.found_ms)}"
            values = {
                "stated_ms": held.found_ms,
                "stated_end_ms": held.found_end_ms,
                "verdict": "confirmed",
                "label": None,
            }
        else:
            problem = "has nothing to accept: it is no draft, and its moment is not found elsewhere"
            raise UsageError(f"takeaway {takeaway_id}", problem)
        before = undos.read_before(conn, takeaways_table, [takeaway_id])
        takeaways.change_takeaway(conn, takeaway_id, **values)
        undo_id = undos.remember(
            conn, before, subject=f"takeaway:{takeaway_id}", said=said, now_ms=now_ms
        )
        _follow(conn, held, now_ms)
    return undo_id, said


def set_takeaway_time(
    catalogue: Catalogue, takeaway_id: int, start_ms: int, *, now_ms: int
) -> tuple[int, str]:
    """Give a takeaway its time by hand, which no check changes; as :func:`accept_takeaway`.

    Raises:
        NotHeldError: If there is no such takeaway.
        UsageError: If its episode is not known, or ends before.
    """
    with catalogue.write() as conn:
        held = takeaways.get_takeaway(conn, takeaway_id)
        if held.episode_id is None:
            problem = "is of no episode that is known"
            raise UsageError(f"takeaway {takeaway_id}", problem, "earmark join ISSUE EPISODE")
        duration_ms = episodes.get_episode(conn, held.episode_id).duration_ms
        if duration_ms is not None and start_ms >= duration_ms:
            ends = f"lies after the episode's end, {format_moment(duration_ms)}"
            raise UsageError(format_moment(start_ms), ends)
        said = f"now at {format_moment(start_ms)}, as you say"
        before = undos.read_before(conn, takeaways_table, [takeaway_id])
        kept = held.stated_end_ms if start_ms == held.stated_ms else None
        values = {"stated_ms": start_ms, "stated_end_ms": kept, "label": None, "settled": 1}
        found = {"found_ms": None, "found_end_ms": None, "confidence": None}
        told = _what_is_said(conn, held.episode_id, start_ms)
        takeaways.change_takeaway(conn, takeaway_id, **values, **found, **told, verdict="confirmed")
        subject = f"takeaway:{takeaway_id}"
        undo_id = undos.remember(conn, before, subject=subject, said=said, now_ms=now_ms)
        _follow(conn, held, now_ms)
    return undo_id, said


def _what_is_said(conn: Connection, episode_id: int, at_ms: int) -> dict[str, Any]:
    try:
        said = pick_moment(conn, episode_id, at_ms)
    except NotHeldError:  # it has no transcript yet
        return {"sentence": None, "speaker": None}
    return {"sentence": said.text, "speaker": said.speaker}


def remove_draft(catalogue: Catalogue, takeaway_id: int, *, now_ms: int) -> tuple[int, str]:
    """Remove a draft; returns as :func:`accept_takeaway` does.

    Raises:
        NotHeldError: If there is no such takeaway.
        UsageError: If it is no draft: what an author wrote is not removed here.
    """
    with catalogue.write() as conn:
        held = takeaways.get_takeaway(conn, takeaway_id)
        if not held.is_draft:
            raise UsageError(f"takeaway {takeaway_id}", "is no draft, so it stays")
        before = undos.read_before(conn, takeaways_table, [takeaway_id])
        takeaways.drop_takeaways(conn, [takeaway_id])
        subject, said = f"takeaway:{takeaway_id}", "removed the draft"
        undo_id = undos.remember(conn, before, subject=subject, said=said, now_ms=now_ms)
    return undo_id, said


def take_back(catalogue: Catalogue, undo_id: int, *, now_ms: int) -> TakenBack:
    """Undo a change that a person made: to a takeaway, chapters, times, the tray, a name.

    Raises:
        NotHeldError: If it can no longer be undone.
    """
    with catalogue.write() as conn:
        done = undos.take_back(conn, undo_id, now_ms=now_ms)
        kind, _, number = done.subject.partition(":")
        if kind == "takeaway":
            _follow_undo(conn, int(number), now_ms, is_stale=done.is_stale)
        elif kind == "join":
            follow_join(conn, int(number), now_ms=now_ms)
        elif kind == "episode":
            refresh_passages(conn, int(number))
            jobs.queue_jobs(conn, [INDEX_JOB], now_ms=now_ms)
        elif kind == "chapters":
            put_chapter_passages(conn, int(number))
            jobs.queue_jobs(conn, [INDEX_JOB], now_ms=now_ms)
        elif kind == "speaker":
            follow_names(conn, int(number), now_ms=now_ms)
    return done


def _follow_undo(conn: Connection, takeaway_id: int, now_ms: int, *, is_stale: bool) -> None:
    held = takeaways.find_takeaway(conn, takeaway_id)
    if held is None:  # its removal was done again
        return
    _follow(conn, held, now_ms)
    if is_stale and held.episode_id is not None:
        title = episodes.get_episode(conn, held.episode_id).title
        jobs.queue_jobs(conn, [check_job(held.episode_id, title)], now_ms=now_ms)


def _follow(conn: Connection, held: Takeaway, now_ms: int) -> None:
    """Let the search find a takeaway as it now is."""
    if held.issue_id is not None:
        put_issue_passages(conn, held.issue_id)
    elif held.episode_id is not None:
        put_takeaway_passages(conn, held.episode_id)
    jobs.queue_jobs(conn, [INDEX_JOB], now_ms=now_ms)
