"""Saved searches: questions that are asked again, and how far their answers were seen."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, delete, func, select, update

from corpus.catalogue.rows import insert_id
from corpus.catalogue.schema import passages, saved_searches
from corpus.catalogue.undos import Before, read_before, remember
from corpus.errors import NotHeldError, UsageError
from corpus.holdings import SavedSearch

MOST_LETTERS = 120
"""Letters of a name at most."""


def list_saved(conn: Connection) -> tuple[SavedSearch, ...]:
    """Return the saved searches in the order in which they were saved."""
    rows = conn.execute(select(saved_searches).order_by(saved_searches.c.id))
    return tuple(SavedSearch(**row._mapping) for row in rows)


def get_saved(conn: Connection, saved_id: int) -> SavedSearch:
    """Return a saved search.

    Raises:
        NotHeldError: If there is none of this id.
    """
    row = conn.execute(select(saved_searches).where(saved_searches.c.id == saved_id)).first()
    if row is None:
        raise NotHeldError(f"saved search {saved_id}", "is not held", "see: earmark saved")
    return SavedSearch(**row._mapping)


def newest_passage(conn: Connection) -> int:
    """Return the id of the newest passage; 0 for none."""
    return int(conn.execute(select(func.max(passages.c.id))).scalar() or 0)


def save_search(
    conn: Connection, name: str, asked: Mapping[str, str], *, now_ms: int
) -> tuple[int, int]:
    """Save a search; what answers it now counts as seen.

    Args:
        name: What a person calls it.
        asked: What its address asks for, by name.

    Returns:
        Its id, and the undo's.

    Raises:
        UsageError: If it has no name or asks for nothing.
    """
    name = " ".join(name.split())[:MOST_LETTERS]
    if not name or not (asked.get("q") or asked.get("like")):
        problem = "has no name" if not name else "asks for nothing"
        raise UsageError("The search", problem, "name it, and ask something")
    values = {
        "name": name,
        "asked": dict(asked),
        "seen_passage_id": newest_passage(conn),
        "seen_ms": now_ms,
        "added_ms": now_ms,
    }
    saved_id = insert_id(conn, saved_searches, values)
    before = [Before(table=saved_searches, id=saved_id, row=None)]
    said = f"saved the search “{name}”"
    return saved_id, remember(conn, before, subject="saved", said=said, now_ms=now_ms)


def remove_saved(conn: Connection, saved_id: int, *, now_ms: int) -> tuple[int, str]:
    """Remove a saved search; return the undo's id and what was done.

    Raises:
        NotHeldError: If there is none of this id.
    """
    held = get_saved(conn, saved_id)
    before = read_before(conn, saved_searches, [saved_id])
    conn.execute(delete(saved_searches).where(saved_searches.c.id == saved_id))
    said = f"removed the search “{held.name}”"
    return remember(conn, before, subject="saved", said=said, now_ms=now_ms), said


def mark_seen(
    conn: Connection, up_to: int, *, now_ms: int, ids: Sequence[int] | None = None
) -> int:
    """Let passages up to an id count as seen, for these saved searches or all; return the undo."""
    wanted = [one.id for one in list_saved(conn)] if ids is None else list(ids)
    before = read_before(conn, saved_searches, wanted)
    # Nothing that is seen becomes new again by a page that was left open.
    later = saved_searches.c.seen_passage_id < min(up_to, newest_passage(conn))
    statement = update(saved_searches).where(saved_searches.c.id.in_(wanted), later)
    values = {"seen_passage_id": min(up_to, newest_passage(conn)), "seen_ms": now_ms}
    conn.execute(statement.values(values))
    return remember(conn, before, subject="saved", said="marked as seen", now_ms=now_ms)
