"""The tray as JSON documents, and what may be asked to be put into it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from corpus.catalogue import tray
from corpus.errors import UsageError
from corpus.holdings import Pick, TrayEntry
from corpus.moments import MAX_MS, format_moment
from ingest.audio_length import Drift
from ingest.picking import pick_moment, pick_passage, pick_takeaway
from ingest.said_before import SaidBefore, find_said_before
from web.documents import MAX_ID, Document
from web.episode_links import list_by_ids, list_drifts
from web.links import moment_url
from web.sayings import load_vectors

if TYPE_CHECKING:
    from web.wiring import House

_HOW = "name takeaway_id, passage_id, episode_id with at_ms, or text"


def read_pick(conn: Connection, asked: Mapping[str, Any]) -> Pick:
    """Return what a form or a document asks to put into the tray.

    Raises:
        NotHeldError: If what it names is not held.
        UsageError: If it names nothing, or no number where one belongs.
    """
    if asked.get("takeaway_id") not in (None, ""):
        return pick_takeaway(conn, _number(asked, "takeaway_id", MAX_ID))
    if asked.get("passage_id") not in (None, ""):
        has_moment = asked.get("start_ms") not in (None, "")
        at_ms = _number(asked, "start_ms", MAX_MS) if has_moment else None
        return pick_passage(conn, _number(asked, "passage_id", MAX_ID), at_ms)
    if asked.get("episode_id") not in (None, ""):
        episode_id = _number(asked, "episode_id", MAX_ID)
        if asked.get("text") in (None, ""):
            return pick_moment(conn, episode_id, _number(asked, "at_ms", MAX_MS))
        raise UsageError("text", "stands beside an episode_id", _HOW)
    if not isinstance(asked.get("text"), str):
        raise UsageError("The tray", "was given nothing to take", _HOW)
    return Pick(text=asked["text"])


def _number(asked: Mapping[str, Any], name: str, most: int) -> int:
    value = asked.get(name)
    text = str(value)
    is_one = not isinstance(value, bool) and text.isascii() and text.isdigit() and len(text) < 16
    if not is_one or int(text) > most:
        raise UsageError(name, "is no whole number in its range", _HOW)
    return int(text)


def read_date(text: str | None) -> str:
    """Return a date as the catalogue holds it; today where none is named.

    Raises:
        UsageError: If it is no date.
    """
    if not text:
        return date.today().isoformat()
    try:
        return date.fromisoformat(text.strip()[:40]).isoformat()
    except ValueError:
        raise UsageError(text[:40], "is no date", "write it as 2026-06-01") from None


def list_tray_with_said(
    conn: Connection, house: "House"
) -> tuple[tuple[TrayEntry, tuple[SaidBefore, ...]], ...]:
    """Return the tray, each entry with what issues have told already."""
    held = tray.list_tray(conn)
    found = _find_said(conn, house, [entry.text for entry in held])
    return tuple(zip(held, found, strict=True))


def tray_document(conn: Connection, house: "House") -> Document:
    """Return the tray in order."""
    rows = list_tray_with_said(conn, house)
    held = list_by_ids(conn, [entry.episode_id for entry, _ in rows])
    drifts = list_drifts(conn, held)
    return {"tray": [entry_document(*row, drifts.get(row[0].episode_id or 0)) for row in rows]}


def one_document(conn: Connection, house: "House", entry_id: int) -> Document:
    """Return an entry of the tray.

    Raises:
        NotHeldError: If it is not in the tray.
    """
    entry = tray.get_entry(conn, entry_id)
    (found,) = _find_said(conn, house, [entry.text])
    drifts = list_drifts(conn, list_by_ids(conn, [entry.episode_id]))
    return entry_document(entry, found, drifts.get(entry.episode_id or 0))


def _find_said(
    conn: Connection, house: "House", texts: list[str]
) -> tuple[tuple[SaidBefore, ...], ...]:
    said = tray.list_said(conn)
    return find_said_before(texts, said, load_vectors(house, texts, said))


def entry_document(
    entry: TrayEntry, before: Sequence[SaidBefore], drift: Drift | None = None
) -> Document:
    """Return an entry with what issues have told already."""
    return {
        "id": entry.id,
        "position": entry.position,
        "text": entry.text,
        "original": entry.original,
        "start_ms": entry.start_ms,
        "end_ms": entry.end_ms,
        "moment": None if entry.start_ms is None else format_moment(entry.start_ms),
        "speaker": entry.speaker,
        "sentence": entry.sentence,
        "episode": entry.episode,
        "show": entry.show,
        "episode_id": entry.episode_id,
        "takeaway_id": entry.takeaway_id,
        "passage_id": entry.passage_id,
        "url": None if entry.episode_id is None else moment_url(entry.episode_id, entry.start_ms),
        "problem": drift.problem if drift and entry.start_ms is not None else None,
        "said_before": [
            {
                "label": each.said.label,
                "date": each.said.date,
                "issue_id": each.said.issue_id,
                "text": each.said.text,
                "likeness": round(each.likeness, 2),
                "is_opposite": each.is_opposite,
            }
            for each in before
        ],
    }
