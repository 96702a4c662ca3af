"""Takes back what a person did: the rows as they were before, kept with each change."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, delete, select, update

from corpus.catalogue.rows import insert_id
from corpus.catalogue.schema import metadata, undos
from corpus.errors import NotHeldError

KEPT = 500
"""Changes that can be taken back at most; older ones are forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """A row as it was: what to return to."""

    table: Table
    id: int
    row: dict[str, Any] | None
    """None where there was none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """What was taken back."""

    subject: str
    said: str


def read_before(conn: Connection, table: Table, ids: Sequence[int]) -> tuple[Before, ...]:
    """Return rows as they are now; call it before changing them."""
    found = conn.execute(select(table).where(table.c.id.in_(list(ids)))).mappings()
    rows = {int(row["id"]): dict(row) for row in found}
    return tuple(Before(table=table, id=id_, row=rows.get(id_)) for id_ in ids)


def remember(
    conn: Connection, before: Sequence[Before], *, subject: str, said: str, now_ms: int
) -> int:
    """Keep what a change replaced, in the transaction of the change; return the undo's id."""
    kept = [[each.table.name, each.id, each.row, _is_there(conn, each)] for each in before]
    values = {"subject": subject, "said": said, "before": kept, "made_ms": now_ms}
    undo_id = insert_id(conn, undos, values)
    conn.execute(delete(undos).where(undos.c.id <= undo_id - KEPT))
    return undo_id


def _is_there(conn: Connection, each: Before) -> bool:
    at = each.table.c.id == each.id
    return conn.execute(select(each.table.c.id).where(at)).first() is not None


def find_last_undo(conn: Connection, subject: str) -> int | None:
    """Return the undo of the last change to a subject (``takeaway:12``, ``tray``)."""
    statement = select(undos.c.id).where(undos.c.subject == subject)
    found = conn.execute(statement.order_by(undos.c.id.desc()).limit(1)).scalar()
    return None if found is None else int(found)


def forget(conn: Connection, subject: str) -> None:
    """Forget what was done to a subject: something else was built on it since."""
    conn.execute(delete(undos).where(undos.c.subject == subject))


def take_back(conn: Connection, undo_id: int) -> TakenBack:
    """Put rows back as they were before a change; it can be done once.

    Raises:
        NotHeldError: If it was taken back already, is too old, or what it changed is gone.
    """
    found = conn.execute(select(undos).where(undos.c.id == undo_id)).first()
    if found is None:
        raise NotHeldError("That", "can no longer be undone")
    for name, id_, row, was_kept in found.before:
        table = metadata.tables[name]
        at = table.c.id == id_
        if row is None:
            conn.execute(delete(table).where(at))
        elif was_kept:
            changed = conn.execute(update(table).where(at).values(_sound(conn, table, row)))
            if not changed.rowcount:
                raise NotHeldError(found.said, "cannot be undone: what it changed is gone")
        else:
            conn.execute(table.insert().values(_sound(conn, table, row)))
    conn.execute(delete(undos).where(undos.c.id == undo_id))
    return TakenBack(subject=found.subject, said=found.said)


def _sound(conn: Connection, table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """Return a row whose references lead somewhere: those to what has gone since are dropped."""
    sound = dict(row)
    for key in table.foreign_keys:
        name, target = key.parent.name, key.column
        wanted = sound.get(name)
        if wanted is None or conn.execute(select(target).where(target == wanted)).first():
            continue
        if key.ondelete != "SET NULL":
            raise NotHeldError(f"{table.name} {row['id']}", "cannot come back: its owner is gone")
        sound[name] = None
    return sound
