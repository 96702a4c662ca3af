"""Proposes the subjects that show notes list as chapters, with the times the transcript bears out.

They stay proposed until somebody accepts them; a publisher's own chapters take their place.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from corpus.catalogue import Catalogue, chapters, episodes, jobs, transcripts, undos
from corpus.catalogue.schema import chapters as chapters_table
from corpus.errors import UsageError
from corpus.holdings import HeldChapter
from corpus.moments import format_moment
from ingest.align import align_notes
from ingest.placing import SURE
from ingest.plans import INDEX_JOB
from ingest.storing import put_chapter_passages
from search.embedder import PassageEmbedder


def place_proposed(catalogue: Catalogue, embedder: PassageEmbedder | None, episode_id: int) -> int:
    """Find where the talk about each proposed chapter begins; return how many have a time.

    What is not sure stays without one, and so does all of an episode without a transcript.

    Raises:
        NotHeldError: If there is no such episode.
        ModelError: If the embedder has no weights.
    """
    with catalogue.read() as conn:
        episode = episodes.get_episode(conn, episode_id)
        proposed = chapters.list_proposed(conn, episode_id)
        spoken = transcripts.list_segments(conn, episode_id) if proposed else ()
    if not spoken:
        return 0
    titles = [each.title for each in proposed]
    found = align_notes(titles, spoken, embedder, duration_ms=episode.duration_ms)
    sure = [one.start_ms is not None and one.confidence >= SURE for one in found]
    with catalogue.write() as conn:
        still = {each.id for each in chapters.list_proposed(conn, episode_id)}
        for each, one, is_sure in zip(proposed, found, sure, strict=True):
            if each.id in still:
                chapters.change_chapter(
                    conn,
                    each.id,
                    start_ms=one.start_ms if is_sure else None,
                    confidence=one.confidence,
                    sentence=one.sentence if is_sure else None,
                )
    return sum(sure)


def accept_chapter(catalogue: Catalogue, chapter_id: int, *, now_ms: int) -> tuple[int, str]:
    """Accept a proposed chapter: from now on it is one like any other.

    Returns:
        The undo's id, and what was done.

    Raises:
        NotHeldError: If there is no such chapter.
        UsageError: If it is not proposed, or has no time.
    """
    with catalogue.write() as conn:
        held = _get_proposed(conn, chapter_id)
        if held.start_ms is None:
            raise UsageError(
                f"“{held.title}”", "has no time: where its talk begins is not sure", "give it one"
            )
        said = f"chapter at {format_moment(held.start_ms)}"
        return _accept(conn, held.episode_id, [chapter_id], said, now_ms=now_ms), said


def set_chapter_time(
    catalogue: Catalogue, chapter_id: int, start_ms: int, *, now_ms: int
) -> tuple[int, str]:
    """Give a proposed or accepted chapter a time by hand, which accepts it.

    Returns:
        The undo's id, and what was done.

    Raises:
        NotHeldError: If there is no such chapter.
        UsageError: If its publisher set it, or the episode ends before.
    """
    with catalogue.write() as conn:
        held = chapters.get_chapter(conn, chapter_id)
        if held.origin == "published":
            raise UsageError(f"chapter {chapter_id}", "is its publisher's, so it stays as it is")
        duration_ms = episodes.get_episode(conn, held.episode_id).duration_ms
        if duration_ms is not None and start_ms >= duration_ms:
            ends = f"lies after the episode's end, {format_moment(duration_ms)}"
            raise UsageError(format_moment(start_ms), ends)
        said = f"chapter at {format_moment(start_ms)}"
        values = {"start_ms": start_ms, "confidence": None, "sentence": None}
        return _accept(conn, held.episode_id, [chapter_id], said, now_ms=now_ms, **values), said


def accept_all(catalogue: Catalogue, episode_id: int, *, now_ms: int) -> tuple[int, str]:
    """Accept all proposed chapters of an episode that have a time; as :func:`accept_chapter`."""
    with catalogue.write() as conn:
        episode = episodes.get_episode(conn, episode_id)
        timed = [c.id for c in chapters.list_proposed(conn, episode_id) if c.start_ms is not None]
        if not timed:
            raise UsageError(f"“{episode.title}”", "has no proposed chapter with a time")
        said = "1 chapter accepted" if len(timed) == 1 else f"{len(timed)} chapters accepted"
        return _accept(conn, episode_id, timed, said, now_ms=now_ms), said


def remove_proposed(catalogue: Catalogue, chapter_id: int, *, now_ms: int) -> tuple[int, str]:
    """Remove a proposed chapter; as :func:`accept_chapter`, whatever its time."""
    with catalogue.write() as conn:
        held = _get_proposed(conn, chapter_id)
        before = undos.read_before(conn, chapters_table, [chapter_id])
        chapters.drop_chapters(conn, [chapter_id])
        said, subject = "removed the proposed chapter", f"chapters:{held.episode_id}"
        return undos.remember(conn, before, subject=subject, said=said, now_ms=now_ms), said


def _get_proposed(conn: Connection, chapter_id: int) -> HeldChapter:
    held = chapters.get_chapter(conn, chapter_id)
    if not held.is_proposed:
        raise UsageError(f"chapter {chapter_id}", "is not proposed, so it stays as it is")
    return held


def _accept(
    conn: Connection, episode_id: int, ids: Sequence[int], said: str, *, now_ms: int, **values: Any
) -> int:
    before = undos.read_before(conn, chapters_table, ids)
    for id_ in ids:
        chapters.change_chapter(conn, id_, origin="accepted", **values)
    subject = f"chapters:{episode_id}"
    undo_id = undos.remember(conn, before, subject=subject, said=said, now_ms=now_ms)
    put_chapter_passages(conn, episode_id)
    jobs.queue_jobs(conn, [INDEX_JOB], now_ms=now_ms)
    return undo_id
