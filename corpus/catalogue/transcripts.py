"""Transcripts with their segments, and the windows of transcriptions under way."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from corpus.catalogue.rows import digest, insert_id, upsert
from corpus.catalogue.schema import segments, transcripts, windows
from corpus.catalogue.speakers import find_names, name_segments
from corpus.holdings import Transcript
from corpus.records import Segment, TranscriptOrigin, Word


def put_transcript(
    conn: Connection,
    episode_id: int,
    spoken: Sequence[Segment],
    *,
    origin: TranscriptOrigin,
    now_ms: int,
    **facts: Any,
) -> tuple[int, bool]:
    """Replace an episode's transcript; return its id and whether anything changed.

    ``facts`` are the columns format, language, model, duration_ms, audio_hash and problems.
    """
    content_hash = digest([origin, [_segment_values(segment) for segment in spoken]])
    held = find_transcript(conn, episode_id)
    if held and held.content_hash == content_hash:
        return held.id, False
    conn.execute(delete(transcripts).where(transcripts.c.episode_id == episode_id))
    values = {"problems": [], **facts}
    values |= {"episode_id": episode_id, "origin": origin, "added_ms": now_ms}
    values["content_hash"] = content_hash
    transcript_id = insert_id(conn, transcripts, values)
    rows = [
        {"transcript_id": transcript_id, "position": position, **_segment_values(segment)}
        for position, segment in enumerate(spoken)
    ]
    if rows:
        conn.execute(segments.insert(), rows)
    return transcript_id, True


def _segment_values(segment: Segment) -> dict[str, Any]:
    words = [[word.start_ms, word.end_ms, word.text] for word in segment.words]
    return {
        "start_ms": segment.start_ms,
        "end_ms": segment.end_ms,
        "speaker": segment.speaker,
        "text": segment.text,
        "words": words or None,
    }


def find_transcript(conn: Connection, episode_id: int) -> Transcript | None:
    """Return what is known of an episode's transcript."""
    row = conn.execute(select(transcripts).where(transcripts.c.episode_id == episode_id)).first()
    if row is None:
        return None
    values = dict(row._mapping)
    values["problems"] = tuple(values["problems"] or ())
    return Transcript(**values)


def list_segments(conn: Connection, episode_id: int) -> tuple[Segment, ...]:
    """Return an episode's segments in order, by the names that people corrected."""
    names = find_names(conn, episode_id)
    return name_segments(tuple(iter_segments(conn, episode_id)), names)


def iter_segments(conn: Connection, episode_id: int) -> Iterator[Segment]:
    """Yield an episode's segments in order, with the labels that its transcript has."""
    statement = (
        select(segments)
        .join(transcripts, transcripts.c.id == segments.c.transcript_id)
        .where(transcripts.c.episode_id == episode_id)
        .order_by(segments.c.position)
    )
    for row in conn.execute(statement):
        yield _segment(row)


def _segment(row: Row[Any]) -> Segment:
    return Segment(
        start_ms=row.start_ms,
        end_ms=row.end_ms,
        speaker=row.speaker,
        text=row.text,
        words=tuple(Word(start_ms=w[0], end_ms=w[1], text=w[2]) for w in row.words or ()),
    )


def put_window(
    conn: Connection, episode_id: int, recipe: str, *, position: int, result: Any
) -> None:
    """Save a window of a transcription; ``result`` is JSON."""
    row = {"episode_id": episode_id, "recipe": recipe, "position": position, "result": result}
    upsert(conn, windows, [row], ("episode_id", "recipe", "position"))


def list_windows(conn: Connection, episode_id: int, recipe: str) -> dict[int, Any]:
    """Return the saved windows of a transcription by position."""
    statement = select(windows.c.position, windows.c.result).where(
        windows.c.episode_id == episode_id, windows.c.recipe == recipe
    )
    return {row.position: row.result for row in conn.execute(statement)}


def drop_windows(conn: Connection, episode_id: int) -> None:
    """Forget the windows of an episode whose transcript is stored."""
    conn.execute(delete(windows).where(windows.c.episode_id == episode_id))
