"""Transcripts with their segments, and the windows of transcriptions under way."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from corpus.catalogue.rows import digest_text, insert_id, insert_rows, upsert
from corpus.catalogue.schema import json_text, segments, transcripts, windows
from corpus.catalogue.speakers import find_names, name_segments
from corpus.holdings import Transcript
from corpus.records import Segment, TranscriptOrigin, Word

_SEGMENT = ("start_ms", "end_ms", "speaker", "text", "words")


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

    ``facts`` are the columns format, language, model, duration_ms, audio_hash, feed_duration_ms,
    audio_bytes and problems.
    """
    rows = [_segment_row(segment) for segment in spoken]
    content_hash = digest_text(json_text([origin, rows]))
    held = find_transcript(conn, episode_id)
    if held and held.content_hash == content_hash:
        return held.id, False
    conn.execute(delete(transcripts).where(transcripts.c.episode_id == episode_id))
    values = {"problems": [], **facts}
    values |= {"episode_id": episode_id, "origin": origin, "added_ms": now_ms}
    values["content_hash"] = content_hash
    transcript_id = insert_id(conn, transcripts, values)
    placed = [(transcript_id, position, *row) for position, row in enumerate(rows)]
    insert_rows(conn, segments, ("transcript_id", "position", *_SEGMENT), placed)
    return transcript_id, True


def _segment_row(segment: Segment) -> tuple[Any, ...]:
    """Return what the columns of ``_SEGMENT`` hold."""
    words = [[word.start_ms, word.end_ms, word.text] for word in segment.words]
    times = segment.start_ms, segment.end_ms
    return *times, segment.speaker, segment.text, json_text(words) if words else None


def set_transcript(conn: Connection, transcript_id: int, **facts: Any) -> None:
    """Record facts about a transcript's audio, as :func:`put_transcript` names them."""
    conn.execute(update(transcripts).where(transcripts.c.id == transcript_id).values(facts))


def list_transcripts(conn: Connection, episode_ids: Sequence[int]) -> dict[int, Transcript]:
    """Return what is known of the transcripts of some episodes, by episode."""
    found: dict[int, Transcript] = {}
    for start in range(0, len(episode_ids), 500):
        some = list(episode_ids[start : start + 500])
        statement = select(transcripts).where(transcripts.c.episode_id.in_(some))
        found |= {row.episode_id: _transcript(row) for row in conn.execute(statement)}
    return found


def count_transcripts(conn: Connection) -> int:
    """Return how many episodes have a transcript."""
    return int(conn.execute(select(func.count()).select_from(transcripts)).scalar_one())


def find_transcript(conn: Connection, episode_id: int) -> Transcript | None:
    """Return what is known of an episode's transcript."""
    row = conn.execute(select(transcripts).where(transcripts.c.episode_id == episode_id)).first()
    return None if row is None else _transcript(row)


def _transcript(row: Row[Any]) -> Transcript:
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
