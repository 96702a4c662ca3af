"""Chapters in JSON: Podcasting 2.0's files, and the lists that Podlove's player reads.

https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/examples/chapters/jsonChapters.md
"""

import json
import math
from collections.abc import Iterable
from typing import Any

from corpus.errors import FormatError, MomentError
from corpus.moments import MAX_MS, parse_link_moment
from corpus.records import Chapter

_LONGEST_CLOCK = 40


def parse_chapters_json(data: bytes) -> tuple[Chapter, ...]:
    """Return the chapters in the order of their starts.

    Those that the file keeps out of its table of contents (``"toc": false``) only change a picture
    and are left out, as are those without a start.

    Raises:
        FormatError: If it is no list of chapters.
    """
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FormatError("", "is no chapter file", f"it is no valid JSON: {error}") from error
    rows = document.get("chapters") if isinstance(document, dict) else document
    if not isinstance(rows, list):
        raise FormatError("", "is no chapter file", 'it has no list of "chapters"')
    chapters = [chapter for row in rows if (chapter := _find_chapter(row))]
    if rows and not chapters:
        raise FormatError("", "is no chapter file", "none of its entries has a start time")
    return tuple(sorted(chapters, key=lambda chapter: chapter.start_ms))


def format_chapters_json(chapters: Iterable[Chapter]) -> str:
    """Return a chapter file of version 1.2.0; times in it are seconds."""
    rows = []
    for chapter in chapters:
        row: dict[str, Any] = {"startTime": _seconds(chapter.start_ms), "title": chapter.title}
        if chapter.end_ms is not None:
            row["endTime"] = _seconds(chapter.end_ms)
        if chapter.link:
            row["url"] = chapter.link
        rows.append(row)
    return json.dumps({"version": "1.2.0", "chapters": rows}, ensure_ascii=False, indent=2)


def _find_chapter(row: Any) -> Chapter | None:
    if not isinstance(row, dict) or row.get("toc") is False:
        return None
    start = _find_ms(row.get("startTime", row.get("start")))
    if start is None:
        return None
    link = _find_text(row.get("url") or row.get("href"))
    end = _find_ms(row.get("endTime", row.get("end")))
    return Chapter(
        start_ms=start,
        title=_find_text(row.get("title")) or "",
        end_ms=end if end is not None and end >= start else None,
        link=link,
    )


def _find_text(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    return value.encode("utf-8", "replace").decode().strip() or None


def _find_ms(value: Any) -> int | None:
    """Return the milliseconds of seconds or of a clock text; None where it is neither."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        known = math.isfinite(value) and 0 <= value * 1000 <= MAX_MS
        return round(value * 1000) if known else None
    if not isinstance(value, str) or len(value) > _LONGEST_CLOCK:
        return None
    try:
        ms = parse_link_moment(value)
    except MomentError:
        return None
    return ms if ms <= MAX_MS else None


def _seconds(ms: int) -> int | float:
    return ms // 1000 if ms % 1000 == 0 else ms / 1000
