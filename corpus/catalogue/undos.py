"""Takes back what a person did: the rows as they were before, kept with each change."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, delete, select, update
from sqlalchemy.exc import IntegrityError

from corpus.catalogue.rows import insert_id
from corpus.catalogue.schema import metadata, undos
from corpus.errors import NotHeldError

KEPT = 500
"""Changes that can be taken back at most; older ones are forgotten."""
_AGAIN = "again:"  # before the subject of an undo that does again what was taken back
_FOUND = {"found_ms", "found_end_ms", "verdict", "confidence", "sentence", "speaker"}
# What checks and neighbours write beside what a person decides: it stands in no undo's way.
_BESIDE = {
    "takeaways": frozenset({*_FOUND, "position"}),
    "chapters": frozenset({"confidence", "sentence", "position"}),
    "tray": frozenset({"position", "speaker"}),
}
# What use alone changes in something new: it can be taken away again all the same.
_BY_USE = {"saved_searches": frozenset({"seen_passage_id", "seen_ms"})}


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
    undo_id: int
    """The undo of this undo: what does it again."""
    is_again: bool
    """Whether an undo was taken back, so that what was done holds again."""
    is_stale: bool
    """Whether what a check found beside it has changed since, so that it has to be looked at."""

    @property
    def told(self) -> str:
        """What happened, for a person."""
        return f"Done again: {self.said}" if self.is_again else f"Taken back: {self.said}"


def read_before(conn: Connection, table: Table, ids: Sequence[int]) -> tuple[Before, ...]:
    """Return rows as they are now; call it before changing them."""
    found = conn.execute(select(table).where(table.c.id.in_(list(ids)))).mappings()
    rows = {int(row["id"]): dict(row) for row in found}
    return tuple(Before(table=table, id=id_, row=rows.get(id_)) for id_ in ids)


def remember(
    conn: Connection, before: Sequence[Before], *, subject: str, said: str, now_ms: int
) -> int:
    """Keep what a change replaced, in the transaction of the change; return the undo's id.

    Of a row that is still there, only what the change made of it counts: whatever else is done to
    the row meanwhile stays when the change is taken back.
    """
    differences = [_difference(conn, each) for each in before]
    kept = [each for each in differences if each[2:] != [{}, {}]]
    values = {"subject": subject, "said": said, "before": kept, "made_ms": now_ms}
    undo_id = insert_id(conn, undos, values)
    conn.execute(delete(undos).where(undos.c.id <= undo_id - KEPT))
    return undo_id


def _difference(conn: Connection, each: Before) -> list[Any]:
    row, now = each.row, _read(conn, each.table, each.id)
    if row is not None and now is not None:
        changed = [name for name in now if now[name] != row[name]]
        row, now = {name: row[name] for name in changed}, {name: now[name] for name in changed}
    return [each.table.name, each.id, row, now]


def _read(conn: Connection, table: Table, id_: int) -> dict[str, Any] | None:
    row = conn.execute(select(table).where(table.c.id == id_)).mappings().first()
    return None if row is None else dict(row)


def find_last_undo(conn: Connection, subject: str) -> int | None:
    """Return the undo of the last change to a subject (``takeaway:12``, ``tray``)."""
    statement = select(undos.c.id).where(undos.c.subject == subject)
    found = conn.execute(statement.order_by(undos.c.id.desc()).limit(1)).scalar()
    return None if found is None else int(found)


def forget(conn: Connection, subject: str) -> None:
    """Forget what was done to a subject: something else was built on it since."""
    known = undos.c.subject.in_([subject, f"{_AGAIN}{subject}"])
    conn.execute(delete(undos).where(known))


def take_back(conn: Connection, undo_id: int, *, now_ms: int) -> TakenBack:
    """Put rows back as they were before a change; it can be done once, and taken back itself.

    Raises:
        NotHeldError: If it was taken back already, is too old, or what it changed is gone or was
            changed again since.
    """
    found = conn.execute(select(undos).where(undos.c.id == undo_id)).first()
    if found is None:
        raise NotHeldError("That", "can no longer be undone")
    changes = [
        _Change(table=metadata.tables[name], id=id_, row=row, then=then)
        for name, id_, row, then in found.before
    ]
    stale = [_is_stale(each, _read(conn, each.table, each.id), found.said) for each in changes]
    now = [
        Before(table=each.table, id=each.id, row=_read(conn, each.table, each.id))
        for each in changes
    ]
    try:
        for each in changes:
            _restore(conn, each)
    except IntegrityError as error:  # a term was removed and set again, say
        problem = "cannot be undone: something else stands in its place"
        raise NotHeldError(found.said, problem) from error
    conn.execute(delete(undos).where(undos.c.id == undo_id))
    is_again = found.subject.startswith(_AGAIN)
    subject = found.subject.removeprefix(_AGAIN)
    again = subject if is_again else f"{_AGAIN}{subject}"
    return TakenBack(
        subject=subject,
        said=found.said,
        undo_id=remember(conn, now, subject=again, said=found.said, now_ms=now_ms),
        is_again=is_again,
        is_stale=any(stale),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """A row that was changed: what to return to, and what the change made of it."""

    table: Table
    id: int
    row: dict[str, Any] | None
    then: dict[str, Any] | None


def _is_stale(each: _Change, now: dict[str, Any] | None, said: str) -> bool:
    """Tell whether what was found beside a change differs since.

    Raises:
        NotHeldError: If what was changed is gone, or a person changed it again.
    """
    if each.row is None and now is None:
        return False
    beside = _BESIDE.get(each.table.name, frozenset())
    if each.then is not None and now is None:
        if each.row and each.then.keys() <= beside:
            return False  # a neighbour, which has gone since
        raise NotHeldError(said, "cannot be undone: what it changed is gone")
    if each.then is None and now is not None:
        raise NotHeldError(said, "cannot be undone: it is there again")
    if each.row is None:
        beside |= _BY_USE.get(each.table.name, frozenset())
    differ = {name for name, value in (each.then or {}).items() if (now or {}).get(name) != value}
    if differ - beside:
        raise NotHeldError(said, "cannot be undone: it was changed again since")
    return bool(differ - {"position"})


def _restore(conn: Connection, each: _Change) -> None:
    at = each.table.c.id == each.id
    if each.row is None:
        conn.execute(delete(each.table).where(at))
    elif each.then is None:
        conn.execute(each.table.insert().values(_sound(conn, each.table, each.row)))
    elif each.row:
        conn.execute(update(each.table).where(at).values(_sound(conn, each.table, each.row)))


def _sound(conn: Connection, table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """Return a row whose references lead somewhere: those to what has gone since are dropped."""
    sound = dict(row)
    for key in table.foreign_keys:
        name, target = key.parent.name, key.column
        wanted = sound.get(name)
        if wanted is None or conn.execute(select(target).where(target == wanted)).first():
            continue
        if key.ondelete != "SET NULL":
            raise NotHeldError("That", "cannot come back: its owner is gone")
        sound[name] = None
    return sound
