"""Questions whose answers are known, one JSON object a line.

``{"query_id", "query", "episode_id", "start", "end", "kind"}``: ``episode_id`` is the episode's
guid, times are seconds. ``query_id``, ``end`` and ``kind`` may be missing.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from corpus.errors import FormatError
from corpus.moments import MAX_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownQuestion:
    """A question and the moment that answers it."""

    id: str
    text: str
    guid: str
    start_ms: int
    end_ms: int | None
    kind: str


def iter_questions(lines: Iterable[str]) -> Iterator[KnownQuestion | FormatError]:
    """Yield the question of each line that is not blank, or what is wrong with it."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield parse_question(line, number)
            except FormatError as error:
                yield error


def parse_question(line: str, number: int = 1) -> KnownQuestion:
    """Return the question that a line holds.

    Raises:
        FormatError: If it is no JSON object, or lacks its words, episode or start.
    """
    name = f"line {number}"
    try:
        said = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise FormatError(name, f"is no JSON: {str(error)[:120]}") from error
    if not isinstance(said, dict):
        raise FormatError(name, "is no JSON object")
    text, guid = said.get("query"), said.get("episode_id")
    start_ms = _milliseconds(said.get("start"))
    if not isinstance(text, str) or not text.strip():
        raise FormatError(name, "has no query")
    if guid in (None, "") or start_ms is None:
        raise FormatError(name, "lacks episode_id or start")
    end_ms = _milliseconds(said.get("end"))
    return KnownQuestion(
        id=str(said.get("query_id") or number),
        text=text,
        guid=str(guid),
        start_ms=start_ms,
        end_ms=None if end_ms is None or end_ms < start_ms else end_ms,
        kind=str(said.get("kind") or "question"),
    )


def _milliseconds(seconds: Any) -> int | None:
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        return None
    if not 0 <= seconds <= MAX_MS / 1000:  # not a number is not in it either
        return None
    return round(seconds * 1000)
