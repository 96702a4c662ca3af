"""Lets everything that points into an episode follow its audio when that changes its length."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from corpus.catalogue import jobs, passages, transcripts, undos
from corpus.catalogue.jobs import NewJob
from corpus.catalogue.schema import transcripts as transcripts_table
from corpus.errors import UsageError
from corpus.holdings import Episode, Transcript
from corpus.moments import format_moment
from corpus.records import Segment
from ingest.chunker import CHUNKER_VERSION, chunk_segments
from ingest.following import follow_shifts
from ingest.plans import INDEX_JOB, relisten_job, transcribe_job
from ingest.shifts import Shifts, find_shifts, move_segments
from ingest.speech.transcriber import Transcribed
from ingest.storing import audio_facts
from ingest.workshop import Workshop


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

    A publisher's words stay, at their new times, but for those that were cut out. Takeaways keep
    what their author stated; where they are found moves, and of drafts and accepted ones the stated
    time too. One whose sentence is gone is not found any more, and told with both times. Nothing is
    stored where old and new have too little in common: then None is returned.
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
        if shifts.most_ms or shifts.lost:
            gone = follow_shifts(conn, episode, shifts, now_ms=now_ms)
            transcripts.set_transcript(conn, transcript_id, problems=[*facts["problems"], *gone])
        jobs.queue_jobs(conn, [INDEX_JOB], now_ms=now_ms)
    return shifts


def _told(shifts: Shifts) -> tuple[str, ...]:
    if not shifts.most_ms:
        return ()
    most = format_moment(shifts.most_ms + 500)
    return (f"its audio changed since it was first heard: times were moved by up to {most}",)
