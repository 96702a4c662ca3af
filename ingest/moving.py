"""Lets everything that points into an episode follow its audio when that changes its length."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, update

from corpus.catalogue import episodes, jobs, passages, takeaways, transcripts, tray, undos
from corpus.catalogue.jobs import NewJob
from corpus.catalogue.schema import takeaways as takeaways_table
from corpus.catalogue.schema import transcripts as transcripts_table
from corpus.catalogue.schema import tray as tray_table
from corpus.errors import UsageError
from corpus.holdings import Episode, Takeaway, Transcript
from corpus.moments import format_moment
from corpus.records import Segment
from ingest.chunker import CHUNKER_VERSION, chunk_chapters, chunk_segments
from ingest.plans import INDEX_JOB, relisten_job, transcribe_job
from ingest.shifts import Shifts, find_shifts, move_segments
from ingest.speech.transcriber import Transcribed
from ingest.storing import audio_facts, put_issue_passages, put_takeaway_passages
from ingest.workshop import Workshop

_SAME_MS = 2_000  # a stated time that would move by no more stays right


def ask_to_relisten(conn: Connection, episode: Episode, *, now_ms: int) -> None:
    """Queue getting an episode's audio again and hearing it, so that its times follow.

    Raises:
        UsageError: If its audio cannot be had.
    """
    if not episode.audio_url and not episode.media_path:
        raise UsageError(f"“{episode.title}”", "has no audio to listen to again")
    jobs.queue_jobs(conn, [relisten_job(episode.id, episode.title)], now_ms=now_ms)


def ask_to_transcribe(conn: Connection, episode: Episode, *, now_ms: int) -> NewJob:
    """Queue hearing what is said in an episode that has no transcript; return the job.

    Raises:
        UsageError: If it has one, or its audio cannot be had.
    """
    if transcripts.find_transcript(conn, episode.id):
        remedy = "listen to it again where its audio has changed"
        raise UsageError(f"“{episode.title}”", "has a transcript already", remedy)
    if not episode.audio_url and not episode.media_path:
        raise UsageError(f"“{episode.title}”", "has no audio to transcribe")
    wanted = transcribe_job(episode)
    jobs.queue_jobs(conn, [wanted], now_ms=now_ms)
    return wanted


def settle_audio(conn: Connection, episode: Episode, transcript: Transcript, now_ms: int) -> int:
    """Take an episode's times for right in its audio as it is now; return the undo's id."""
    before = undos.read_before(conn, transcripts_table, [transcript.id])
    transcripts.set_transcript(conn, transcript.id, **audio_facts(episode))
    said = f"took the times of “{episode.title}” for right"
    return undos.remember(conn, before, subject=f"episode:{episode.id}", said=said, now_ms=now_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moved:
    """A transcript in the new audio, and what else has to follow."""

    segments: tuple[Segment, ...]
    shifts: Shifts
    facts: dict[str, Any]


def store_moved(
    shop: Workshop, episode: Episode, held: Transcript, heard: Transcribed
) -> Shifts | None:
    """Replace an episode's transcript by what its new audio says, and move what points into it.

    A publisher's words stay, at their new times. Takeaways keep what their author stated; where
    they are found moves, and of drafts and accepted ones the stated time too. Nothing is stored
    where old and new have too little in common: then None is returned.
    """
    with shop.catalogue.read() as conn:
        # With the labels that it has: a corrected name is no part of the transcript.
        old = tuple(transcripts.iter_segments(conn, episode.id))
    shifts = find_shifts(old, heard.segments)
    if not shifts.is_usable:
        return None
    keeps = held.origin != "whisper"
    facts: dict[str, Any] = {
        "origin": held.origin,
        "format": held.format,
        "language": held.language if keeps else heard.language,
        "model": held.model if keeps else heard.model,
        **audio_facts(episode),
        "duration_ms": heard.duration_ms,
        "problems": [*(() if keeps else heard.problems), *_told(shifts)],
    }
    segments = move_segments(old, shifts) if keeps else heard.segments
    moved = _Moved(segments=tuple(segments), shifts=shifts, facts=facts)
    now_ms = shop.now_ms()
    with shop.catalogue.write() as conn:
        transcript_id, changed = transcripts.put_transcript(
            conn, episode.id, moved.segments, now_ms=now_ms, **facts
        )
        transcripts.drop_windows(conn, episode.id)
        if not changed:
            del facts["origin"]
            transcripts.set_transcript(conn, transcript_id, **facts)
        named = transcripts.list_segments(conn, episode.id)
        written = chunk_segments(named, duration_ms=heard.duration_ms)
        passages.put_passages(
            conn, written, kinds=("transcript",), chunker=CHUNKER_VERSION, episode_id=episode.id
        )
        if shifts.most_ms:
            _follow(conn, episode, shifts, now_ms)
        jobs.queue_jobs(conn, [INDEX_JOB], now_ms=now_ms)
    return shifts


def _told(shifts: Shifts) -> tuple[str, ...]:
    if not shifts.most_ms:
        return ()
    most = format_moment(shifts.most_ms + 500)
    return (f"its audio changed since it was first heard: times were moved by up to {most}",)


def _follow(conn: Connection, episode: Episode, shifts: Shifts, now_ms: int) -> None:
    """Move takeaways, chapters and picks of the tray; their old times can be had back."""
    pointing = takeaways.list_takeaways(conn, episode_id=episode.id)
    picks = [entry for entry in tray.list_tray(conn) if entry.episode_id == episode.id]
    before = undos.read_before(conn, takeaways_table, [item.id for item in pointing])
    before += undos.read_before(conn, tray_table, [entry.id for entry in picks])
    for item in pointing:
        takeaways.change_takeaway(conn, item.id, **_moved_takeaway(item, shifts))
    for entry in picks:
        values = {
            "start_ms": _move(entry.start_ms, shifts),
            "end_ms": _move(entry.end_ms, shifts),
        }
        conn.execute(update(tray_table).where(tray_table.c.id == entry.id).values(values))
    found = [
        replace(each, start_ms=shifts.move(each.start_ms), end_ms=_move(each.end_ms, shifts))
        for each in episodes.list_chapters(conn, episode.id)
    ]
    if found:
        episodes.put_chapters(conn, episode.id, found)
        written = chunk_chapters(found, duration_ms=episode.duration_ms)
        passages.put_passages(
            conn, written, kinds=("chapter",), chunker=CHUNKER_VERSION, episode_id=episode.id
        )
    if before:
        most = format_moment(shifts.most_ms + 500)
        said = f"moved the times of {len(before)} by up to {most}, as the audio has changed"
        subject = f"episode:{episode.id}"
        undos.remember(conn, before, subject=subject, said=said, now_ms=now_ms)
    refresh_passages(conn, episode.id)


def refresh_passages(conn: Connection, episode_id: int) -> None:
    """Let the search find an episode's takeaways at the moments now known."""
    put_takeaway_passages(conn, episode_id)
    held = takeaways.list_takeaways(conn, episode_id=episode_id)
    for issue_id in sorted({item.issue_id for item in held if item.issue_id is not None}):
        put_issue_passages(conn, issue_id)


def _moved_takeaway(item: Takeaway, shifts: Shifts) -> dict[str, Any]:
    values: dict[str, Any] = {
        "found_ms": _move(item.found_ms, shifts),
        "found_end_ms": _move(item.found_end_ms, shifts),
    }
    if item.origin in ("drafted", "author"):
        values["stated_ms"] = _move(item.stated_ms, shifts)
        values["stated_end_ms"] = _move(item.stated_end_ms, shifts)
    elif item.verdict == "confirmed" and item.stated_ms is not None:
        stays = abs(shifts.move(item.stated_ms) - item.stated_ms) <= _SAME_MS
        values["verdict"] = "confirmed" if stays else "moved"
    return values


def _move(ms: int | None, shifts: Shifts) -> int | None:
    return None if ms is None else shifts.move(ms)
