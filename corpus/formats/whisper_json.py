"""What speech recognisers write: Whisper, whisperx, faster-whisper, whisper.cpp, and their kin."""

from typing import Any

from corpus.formats.clock import find_time
from corpus.formats.drafts import Draft, clean_speaker, finish_transcript
from corpus.formats.json_rows import Row, first_of, rows_of, text_of, words_of_rows
from corpus.records import ParsedTranscript


def is_whisper_json(value: Any) -> bool:
    """Tell whether a JSON value is a recogniser's: timed segments, or whisper.cpp's offsets."""
    if isinstance(value, dict) and rows_of(value.get("transcription")):
        return True
    return any("start" in row for row in _segments(value)[:50])


def parse_whisper_json(value: Any) -> ParsedTranscript:
    """Return what a recogniser wrote, with its words where they have times."""
    document = value if isinstance(value, dict) else {}
    language = document.get("language")
    if cpp := rows_of(document.get("transcription")):
        result = document.get("result")
        language = result.get("language") if isinstance(result, dict) else language
        return finish_transcript("whisper-json", map(_cpp_draft, cpp), language=language)
    return finish_transcript("whisper-json", map(_draft, _segments(value)), language=language)


def _segments(value: Any) -> list[Row]:
    return rows_of(value.get("segments")) if isinstance(value, dict) else rows_of(value)


def _draft(row: Row) -> Draft:
    words = words_of_rows(rows_of(row.get("words")))
    text = text_of(row, "text", "body") or " ".join(word.text for word in words)
    start, end = find_time(row.get("start")), find_time(row.get("end"))
    if words:
        start = words[0].start_ms if start is None else start
        end = words[-1].end_ms if end is None else end
    return Draft(
        text=text,
        start_ms=start,
        end_ms=end,
        speaker=clean_speaker(first_of(row, "speaker", "speaker_label")),
        words=words,
    )


def _cpp_draft(row: Row) -> Draft:
    offsets, stamps = row.get("offsets"), row.get("timestamps")
    start = end = None
    if isinstance(offsets, dict):
        start = find_time(offsets.get("from"), per_unit_ms=1)
        end = find_time(offsets.get("to"), per_unit_ms=1)
    elif isinstance(stamps, dict):
        start, end = find_time(stamps.get("from")), find_time(stamps.get("to"))
    return Draft(text=text_of(row, "text"), start_ms=start, end_ms=end)
