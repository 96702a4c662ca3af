"""The tray: what is picked for the next issue, in its author's order and words."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, delete, func, select, update

from corpus.catalogue.rows import insert_id
from corpus.catalogue.schema import issues, takeaways, tray, tray_uses
from corpus.catalogue.undos import Before, read_before, remember
from corpus.errors import NotHeldError, UsageError
from corpus.holdings import Pick, Said, TrayEntry

MOST_LETTERS = 5_000
"""Letters of a text in the tray at most."""


def list_tray(conn: Connection) -> tuple[TrayEntry, ...]:
    """Return what is in the tray, in order."""
    rows = conn.execute(select(tray).order_by(tray.c.position, tray.c.id))
    return tuple(TrayEntry(**row._mapping) for row in rows)


def count_tray(conn: Connection) -> int:
    """Return how much is in the tray."""
    return int(conn.execute(select(func.count()).select_from(tray)).scalar_one())


def get_entry(conn: Connection, entry_id: int) -> TrayEntry:
    """Return an entry of the tray.

    Raises:
        NotHeldError: If there is none of this id.
    """
    row = conn.execute(select(tray).where(tray.c.id == entry_id)).first()
    if row is None:
        raise NotHeldError(f"entry {entry_id}", "is not in the tray", "see: earmark tray")
    return TrayEntry(**row._mapping)


def add_to_tray(conn: Connection, pick: Pick, *, now_ms: int) -> tuple[int, int | None]:
    """Put a pick at the tray's end, once.

    Returns:
        The entry's id, and an undo's where it was not in the tray already.

    Raises:
        UsageError: If it has no words.
    """
    entry_id, is_new = _put(conn, pick, now_ms)
    return entry_id, _remember_new(conn, [entry_id], now_ms) if is_new else None


def _put(conn: Connection, pick: Pick, now_ms: int) -> tuple[int, bool]:
    text = _words(pick.text)
    for entry in list_tray(conn):
        same = (entry.original, entry.episode_id, entry.start_ms)
        if same == (text, pick.episode_id, pick.start_ms):
            return entry.id, False
    last = conn.execute(select(func.max(tray.c.position))).scalar()
    values = asdict(pick) | {"text": text, "original": text, "added_ms": now_ms}
    values["position"] = 0 if last is None else int(last) + 1
    return insert_id(conn, tray, values), True


def add_all_to_tray(
    conn: Connection, picks: Sequence[Pick], *, now_ms: int
) -> tuple[int, int | None]:
    """Put picks at the tray's end, each once.

    Returns:
        How many were not in the tray already, and the undo's id where there are any.
    """
    new = []
    for pick in picks:
        entry_id, is_new = _put(conn, pick, now_ms)
        new += [entry_id] if is_new else []
    return len(new), _remember_new(conn, new, now_ms) if new else None


def _remember_new(conn: Connection, ids: Sequence[int], now_ms: int) -> int:
    before = [Before(table=tray, id=entry_id, row=None) for entry_id in ids]
    said = "added to the tray" if len(ids) == 1 else f"added {len(ids)} to the tray"
    return remember(conn, before, subject="tray", said=said, now_ms=now_ms)


def edit_entry(conn: Connection, entry_id: int, text: str, *, now_ms: int) -> int:
    """Word an entry anew; its original stays. Return the undo's id.

    Raises:
        NotHeldError: If there is no such entry.
        UsageError: If no words are left.
    """
    get_entry(conn, entry_id)
    text = _words(text)
    before = read_before(conn, tray, [entry_id])
    conn.execute(update(tray).where(tray.c.id == entry_id).values(text=text))
    return remember(conn, before, subject="tray", said="reworded", now_ms=now_ms)


def _words(text: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise UsageError("The text", "is empty", "write at least a word, or remove the entry")
    return text[:MOST_LETTERS]


def set_speaker(conn: Connection, entry_id: int, speaker: str) -> None:
    """Say who speaks in an entry, after a name was corrected."""
    conn.execute(update(tray).where(tray.c.id == entry_id).values(speaker=speaker))


def move_entry(conn: Connection, entry_id: int, place: int, *, now_ms: int) -> int:
    """Move an entry to a place, from 0; before the first and behind the last are those.

    Returns:
        The undo's id.

    Raises:
        NotHeldError: If there is no such entry.
    """
    get_entry(conn, entry_id)
    ids = [entry.id for entry in list_tray(conn) if entry.id != entry_id]
    ids.insert(min(max(place, 0), len(ids)), entry_id)
    before = read_before(conn, tray, ids)
    for position, id_ in enumerate(ids):
        conn.execute(update(tray).where(tray.c.id == id_).values(position=position))
    said = f"moved to place {ids.index(entry_id) + 1} of {len(ids)}"
    return remember(conn, before, subject="tray", said=said, now_ms=now_ms)


def shift_entry(conn: Connection, entry_id: int, by: int, *, now_ms: int) -> int:
    """Move an entry up (-1) or down (1); return the undo's id.

    Raises:
        NotHeldError: If there is no such entry.
    """
    get_entry(conn, entry_id)
    ids = [entry.id for entry in list_tray(conn)]
    return move_entry(conn, entry_id, max(ids.index(entry_id) + by, 0), now_ms=now_ms)


def remove_entries(conn: Connection, ids: Sequence[int] | None = None, *, now_ms: int) -> int:
    """Take entries out of the tray, or all; return the undo's id.

    Raises:
        NotHeldError: If one is not in the tray.
    """
    wanted = [entry.id for entry in list_tray(conn)] if ids is None else list(ids)
    for entry_id in wanted:
        get_entry(conn, entry_id)
    before = read_before(conn, tray, wanted)
    conn.execute(delete(tray).where(tray.c.id.in_(wanted)))
    said = "emptied the tray" if ids is None else "removed from the tray"
    return remember(conn, before, subject="tray", said=said, now_ms=now_ms)


def mark_used(conn: Connection, label: str, used: str, *, now_ms: int) -> tuple[int, int]:
    """Remember that all that is in the tray was used in an issue of a date.

    Returns:
        How many texts, and the undo's id.

    Raises:
        UsageError: If the issue has no name, or nothing is in the tray.
    """
    label = " ".join(label.split())[:200]
    held = list_tray(conn)
    if not label or not held:
        problem = "has nothing in it" if not held else "was used in an issue without a name"
        raise UsageError("The tray", problem, "" if not held else "name the issue")
    before = []
    for entry in held:
        values = {
            "text": entry.text,
            "episode_id": entry.episode_id,
            "start_ms": entry.start_ms,
            "label": label,
            "used": used,
            "added_ms": now_ms,
        }
        before.append(Before(table=tray_uses, id=insert_id(conn, tray_uses, values), row=None))
    said = f"marked as used in {label}"
    return len(held), remember(conn, before, subject="tray", said=said, now_ms=now_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedText:
    """A text out of the tray, and the issue it was used in."""

    text: str
    label: str
    used: str
    """The date of the issue."""
    episode_id: int | None
    start_ms: int | None


def list_uses(conn: Connection) -> tuple[UsedText, ...]:
    """Return every text used out of the tray, in order."""
    names = ("text", "label", "used", "episode_id", "start_ms")
    columns = [tray_uses.c[name] for name in names]
    rows = conn.execute(select(*columns).order_by(tray_uses.c.id))
    return tuple(UsedText(**row._mapping) for row in rows)


def add_use(conn: Connection, use: UsedText, *, now_ms: int) -> bool:
    """Remember that a text was used in an issue, once; return whether that is new."""
    if use in list_uses(conn):
        return False
    insert_id(conn, tray_uses, {**asdict(use), "added_ms": now_ms})
    return True


def list_said(conn: Connection) -> tuple[Said, ...]:
    """Return every takeaway of an issue, and every text used out of the tray."""
    written = select(
        takeaways.c.text, takeaways.c.issue_id, issues.c.title, issues.c.published
    ).join(issues, issues.c.id == takeaways.c.issue_id)
    said = [
        Said(
            text=row.text,
            label=row.title or f"Issue {row.issue_id}",
            date=(row.published or "")[:10] or None,
            issue_id=row.issue_id,
        )
        for row in conn.execute(written)
    ]
    said += [
        Said(text=row.text, label=row.label, date=row.used, issue_id=None)
        for row in conn.execute(select(tray_uses).order_by(tray_uses.c.id))
    ]
    return tuple(said)
