"""Lets what points into an episode follow its audio: takeaways, chapters, picks of the tray.

What was said in a part that is gone is found nowhere: it is flagged, and told with both times.
"""

from typing import Any

from sqlalchemy import Connection, update

from corpus.catalogue import chapters, takeaways, tray, undos
from corpus.catalogue.schema import chapters as chapters_table
from corpus.catalogue.schema import takeaways as takeaways_table
from corpus.catalogue.schema import tray as tray_table
from corpus.holdings import Episode, HeldChapter, Takeaway, TrayEntry
from corpus.moments import format_moment
from ingest.shifts import Shifts
from ingest.storing import put_chapter_passages, put_issue_passages, put_takeaway_passages

_SAME_MS = 2_000  # a stated time that would move by no more stays right
_MOST_TOLD = 20
_MOST_LETTERS = 120


def follow_shifts(
    conn: Connection, episode: Episode, shifts: Shifts, *, now_ms: int
) -> tuple[str, ...]:
    """Move all times that point into an episode; the old ones can be had back.

    Returns:
        What is not to be found in the new audio, for a person, with where it was said in the old
        one and where that place is now.
    """
    pointing = takeaways.list_takeaways(conn, episode_id=episode.id)
    held = chapters.list_held(conn, episode.id)
    picks = [entry for entry in tray.list_tray(conn) if entry.episode_id == episode.id]
    before = undos.read_before(conn, takeaways_table, [item.id for item in pointing])
    before += undos.read_before(conn, chapters_table, [each.id for each in held])
    before += undos.read_before(conn, tray_table, [entry.id for entry in picks])
    for item in pointing:
        takeaways.change_takeaway(conn, item.id, **_moved_takeaway(item, shifts))
        # Taken back, it would bring a time of the old audio.
        undos.forget(conn, f"takeaway:{item.id}")
    for each in held:
        chapters.change_chapter(conn, each.id, **_moved_chapter(each, shifts))
    for entry in picks:
        values = _moved_pick(entry, shifts)
        conn.execute(update(tray_table).where(tray_table.c.id == entry.id).values(values))
    for subject in (f"drafts:{episode.id}", f"chapters:{episode.id}"):
        undos.forget(conn, subject)
    if before:
        most = format_moment(shifts.most_ms + 500)
        said = f"moved the times of {len(before)} by up to {most}, as the audio has changed"
        undos.remember(conn, before, subject=f"episode:{episode.id}", said=said, now_ms=now_ms)
    refresh_passages(conn, episode.id)
    gone = [(item.text, _said_at(item)) for item in pointing if _is_lost(item, shifts)]
    gone += [(e.text, e.start_ms) for e in picks if e.start_ms is not None and _lost(e, shifts)]
    return _tell(gone, shifts)


def refresh_passages(conn: Connection, episode_id: int) -> None:
    """Let the search find an episode's takeaways and chapters at the moments now known."""
    put_takeaway_passages(conn, episode_id)
    put_chapter_passages(conn, episode_id)
    held = takeaways.list_takeaways(conn, episode_id=episode_id)
    for issue_id in sorted({item.issue_id for item in held if item.issue_id is not None}):
        put_issue_passages(conn, issue_id)


def _said_at(item: Takeaway) -> int | None:
    return item.stated_ms if item.found_ms is None else item.found_ms


def _is_lost(item: Takeaway, shifts: Shifts) -> bool:
    """Say whether the sentence of a takeaway is gone; of what was never found nothing is known."""
    if item.found_ms is not None:
        return shifts.has_lost(item.found_ms, item.found_end_ms)
    if item.verdict == "not found" or item.stated_ms is None:
        return False
    return shifts.has_lost(item.stated_ms, item.stated_end_ms)


def _lost(entry: TrayEntry, shifts: Shifts) -> bool:
    return entry.start_ms is not None and shifts.has_lost(entry.start_ms, entry.end_ms)


def _tell(gone: list[tuple[str, int | None]], shifts: Shifts) -> tuple[str, ...]:
    told = []
    for text, at_ms in dict.fromkeys(gone):
        short = text if len(text) <= _MOST_LETTERS else f"{text[:_MOST_LETTERS]}…"
        was, now = format_moment(at_ms or 0), format_moment(shifts.move(at_ms or 0))
        told.append(
            f"“{short}” was said at {was}; its audio as it is now has other words there, at {now}"
        )
    rest = len(told) - _MOST_TOLD
    return (*told[:_MOST_TOLD], *([f"and {rest} more were said in it"] if rest > 0 else []))


def _moved_takeaway(item: Takeaway, shifts: Shifts) -> dict[str, Any]:
    values: dict[str, Any] = {
        "found_ms": _move_start(item.found_ms, item.found_end_ms, shifts),
        "found_end_ms": _move(item.found_end_ms, shifts),
    }
    if item.origin in ("drafted", "author"):
        values["stated_ms"] = _move_start(item.stated_ms, item.stated_end_ms, shifts)
        values["stated_end_ms"] = _move(item.stated_end_ms, shifts)
    if _is_lost(item, shifts):
        # The words alone say how sure: matching them again, not the check that found them.
        gone = {"found_ms": None, "found_end_ms": None, "sentence": None, "speaker": None}
        return values | gone | {"verdict": "not found", "confidence": None}
    is_stated = item.origin not in ("drafted", "author") and item.stated_ms is not None
    if is_stated and item.verdict == "confirmed":
        stated_ms = item.stated_ms or 0
        stays = abs(shifts.move_start(stated_ms, item.stated_end_ms) - stated_ms) <= _SAME_MS
        values["verdict"] = "confirmed" if stays else "moved"
    return values


def _moved_chapter(each: HeldChapter, shifts: Shifts) -> dict[str, Any]:
    values: dict[str, Any] = {
        "start_ms": _move_start(each.start_ms, each.end_ms, shifts),
        "end_ms": _move(each.end_ms, shifts),
    }
    if each.is_proposed and each.start_ms is not None and shifts.has_lost(each.start_ms, None):
        return {"start_ms": None, "end_ms": None, "confidence": None, "sentence": None}
    return values


def _moved_pick(entry: TrayEntry, shifts: Shifts) -> dict[str, Any]:
    if _lost(entry, shifts):
        return {"start_ms": None, "end_ms": None}
    start_ms = _move_start(entry.start_ms, entry.end_ms, shifts)
    return {"start_ms": start_ms, "end_ms": _move(entry.end_ms, shifts)}


def _move(ms: int | None, shifts: Shifts) -> int | None:
    return None if ms is None else shifts.move(ms)


def _move_start(start_ms: int | None, end_ms: int | None, shifts: Shifts) -> int | None:
    return None if start_ms is None else shifts.move_start(start_ms, end_ms)
