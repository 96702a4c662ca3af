"""Between rows and records: the small conversions that all subjects share."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Record = TypeVar("Record")


def as_json(value: Any) -> Any:
    """Return records as plain JSON values, leaving out what is unknown."""
    if isinstance(value, (str, int, float, type(None))):
        return value  # first, since nearly all that a transcript consists of is one of these
    if is_dataclass(value) and not isinstance(value, type):
        return {k: as_json(v) for k, v in asdict(value).items() if v not in (None, (), [])}
    if isinstance(value, (list, tuple)):
        return [as_json(item) for item in value]
    if isinstance(value, dict):
        return {k: as_json(v) for k, v in value.items() if v not in (None, (), [])}
    return value


def records_of(cls: type[Record], rows: Iterable[Mapping[str, Any]] | None) -> tuple[Record, ...]:
    """Return JSON objects as records of a flat class; lists in them become tuples."""
    names = {field.name for field in fields(cls)}  # type: ignore[arg-type]
    return tuple(
        cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in row.items() if k in names})
        for row in rows or ()
    )


def digest(value: Any) -> str:
    """Return a content hash of JSON values or records; equal content gives equal hashes."""
    text = json.dumps(as_json(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return digest_text(text)


def digest_text(text: str) -> str:
    """Return a content hash of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def title_key(title: str) -> str:
    """Return a title folded so that spellings of one name are equal.

    >>> title_key("The Handbook: Ops & You")
    'the handbook ops you'
    """
    folded = unicodedata.normalize("NFKD", title).casefold()
    kept = "".join(c for c in folded if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", kept)) or title.strip()


def upsert(
    conn: Connection, table: Table, rows: Sequence[Mapping[str, Any]], key: Sequence[str]
) -> None:
    """Insert rows; where a row with this key stands, replace its other columns."""
    if not rows:
        return
    insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in key}
    conn.execute(statement.on_conflict_do_update(index_elements=key, set_=changed), rows)


def put_new(conn: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; where one with the same key stands, it stays as it is."""
    if rows:
        insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
        conn.execute(insert(table).on_conflict_do_nothing(), rows)


def insert_rows(
    conn: Connection, table: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert many rows of plain values in the order of ``names``, JSON as text already.

    Past what SQLAlchemy does with each value, which costs twice what the database does.
    """
    if rows:
        quote = conn.dialect.identifier_preparer.quote
        marks = ", ".join(["?" if conn.dialect.paramstyle == "qmark" else "%s"] * len(names))
        columns = ", ".join(map(quote, names))
        statement = f"INSERT INTO {quote(table.name)} ({columns}) VALUES ({marks})"
        conn.exec_driver_sql(statement, list(rows))


def insert_id(conn: Connection, table: Table, values: Mapping[str, Any]) -> int:
    """Insert a row and return its id."""
    key = conn.execute(table.insert().values(values)).inserted_primary_key
    assert key is not None
    return int(key[0])
