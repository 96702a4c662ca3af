"""What the JSON transcripts have in common: rows with a start, an end, words and a speaker."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from corpus.errors import FormatError
from corpus.formats.clock import find_time
from corpus.formats.drafts import Draft, clean_speaker, squeeze
from corpus.records import Word

Row = Mapping[str, Any]


def load_json(text: str, name: str = "") -> tuple[Any, tuple[str, ...]]:
    """Return the value of a JSON text and its problems; whole rows of a cut-off file are kept.

    Raises:
        FormatError: If it is no JSON and holds no whole row.
    """
    try:
        return json.loads(text), ()
    except RecursionError as error:
        raise FormatError(name, "is JSON nested too deeply to be a transcript") from error
    except ValueError as error:
        rows = _whole_rows(text)
        if not rows:
            raise FormatError(name, f"is broken JSON: {str(error)[:120]}") from error
        problem = f"broken JSON, {len(rows)} whole rows before the break read: {str(error)[:120]}"
        return {"segments": rows}, (problem,)


def _whole_rows(text: str) -> list[Row]:
    """Return the objects of the first array of objects in ``text``, up to where it breaks."""
    at = text.find("[")
    while at >= 0 and text[at + 1 :].lstrip()[:1] != "{":
        at = text.find("[", at + 1, 5000)  # the rows begin near the top
    rows: list[Row] = []
    decoder = json.JSONDecoder()
    while 0 <= at < len(text):
        at = text.find("{", at + 1)
        if at < 0 or text[at - 1 : at] == ":":
            break
        try:
            row, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        rows.append(row)
    return rows


def rows_of(value: object) -> list[Row]:
    """Return the objects of an array; whatever else stands in it is no row."""
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def first_of(row: Row, *keys: str) -> object:
    """Return the first value in ``row`` that is there and not null."""
    return next((row[key] for key in keys if row.get(key) is not None), None)


def text_of(row: Row, *keys: str) -> str:
    """Return the first text in ``row`` under ``keys``, else an empty one."""
    return next((row[key] for key in keys if isinstance(row.get(key), str)), "")


def words_of_rows(rows: Iterable[Row], *, per_unit_ms: int = 1000) -> tuple[Word, ...]:
    """Return the words whose times can be read; a word without any takes those between its
    neighbours (whisperx gives numbers no times).
    """
    words: list[Word] = []
    waiting: list[str] = []
    for row in rows:
        text = squeeze(text_of(row, "word", "text", "value", "punctuated_word"))
        start = find_time(first_of(row, "start", "startTime"), per_unit_ms=per_unit_ms)
        end = find_time(first_of(row, "end", "endTime"), per_unit_ms=per_unit_ms)
        if not text:
            continue
        if start is None:
            waiting.append(text)
            continue
        if waiting:
            before = words[-1].end_ms if words else start
            gap = Word(start_ms=min(before, start), end_ms=start, text=" ".join(waiting))
            words.append(gap)
            waiting = []
        words.append(Word(start_ms=start, end_ms=max(start, end or start), text=text))
    if waiting and words:
        end = words[-1].end_ms
        words.append(Word(start_ms=end, end_ms=end, text=" ".join(waiting)))
    return tuple(words)


def join_equal_times(drafts: Iterable[Draft]) -> list[Draft]:
    """Return ``drafts`` with neighbours of the same times and speaker as one.

    Hosts that break a sentence into caption lines after timing it write them so.
    """
    groups: list[list[Draft]] = []
    for draft in drafts:
        last = groups[-1][0] if groups else None
        if last and draft.start_ms is not None and _moment(last) == _moment(draft):
            groups[-1].append(draft)
        else:
            groups.append([draft])
    return [
        group[0]
        if len(group) == 1
        else Draft(
            text=" ".join(draft.text for draft in group),
            start_ms=group[0].start_ms,
            end_ms=group[0].end_ms,
            speaker=group[0].speaker,
            words=tuple(word for draft in group for word in draft.words),
        )
        for group in groups
    ]


def _moment(draft: Draft) -> tuple[int | None, int | None, str | None]:
    return draft.start_ms, draft.end_ms, draft.speaker


def names_by_id(value: object) -> dict[str, str]:
    """Return the names of speakers that rows refer to by their ids."""
    names: dict[str, str] = {}
    for row in rows_of(value):
        key = clean_speaker(first_of(row, "id", "identifier", "key"))
        name = clean_speaker(first_of(row, "name", "title", "label"))
        if key and name:
            names[key] = name
    return names
