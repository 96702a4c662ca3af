"""Podcasting 2.0 JSON transcripts.

https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/examples/transcripts/transcripts.md
"""

from typing import Any

from corpus.formats.clock import find_time
from corpus.formats.drafts import Draft, clean_speaker, finish_transcript
from corpus.formats.json_rows import Row, first_of, join_equal_times, rows_of, text_of
from corpus.records import ParsedTranscript


def is_podcast_json(value: Any) -> bool:
    """Tell whether a JSON value is a Podcasting 2.0 transcript."""
    rows = rows_of(value.get("segments")) if isinstance(value, dict) else rows_of(value)
    return any("startTime" in row or "body" in row for row in rows[:50])


def parse_podcast_json(value: Any) -> ParsedTranscript:
    """Return what a Podcasting 2.0 transcript says; segments of equal times become one."""
    document = value if isinstance(value, dict) else {"segments": value}
    rows = rows_of(document.get("segments"))
    drafts = join_equal_times(map(_draft, rows))
    return finish_transcript("podcast-json", drafts, language=document.get("language"))


def _draft(row: Row) -> Draft:
    return Draft(
        text=text_of(row, "body", "text"),
        start_ms=find_time(first_of(row, "startTime", "start")),
        end_ms=find_time(first_of(row, "endTime", "end")),
        speaker=clean_speaker(row.get("speaker")),
    )
