"""Small things the catalogue remembers: sources added, problems met, settings made."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, select, update

from corpus.catalogue.rows import upsert
from corpus.catalogue.schema import problems, settings, sources


def find_source(conn: Connection, source: str) -> tuple[str, str] | None:
    """Return kind and content hash of a source that was added before."""
    row = conn.execute(select(sources).where(sources.c.source == source)).first()
    return None if row is None else (row.kind, row.content_hash)


def find_source_ms(conn: Connection, source: str) -> int | None:
    """Return when a source was last read."""
    row = conn.execute(select(sources.c.added_ms).where(sources.c.source == source)).first()
    return None if row is None else int(row.added_ms)


def list_sources(conn: Connection, kinds: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """Return the sources of these kinds, each with when it was last read."""
    statement = select(sources).where(sources.c.kind.in_(kinds)).order_by(sources.c.source)
    return tuple((row.source, row.added_ms) for row in conn.execute(statement))


def list_source_names(conn: Connection, prefix: str) -> frozenset[str]:
    """Return the sources whose names begin so."""
    begins = sources.c.source.startswith(prefix, autoescape=True)
    return frozenset(conn.execute(select(sources.c.source).where(begins)).scalars())


def touch_source(conn: Connection, source: str, *, now_ms: int) -> None:
    """Say that a source was asked for again."""
    conn.execute(update(sources).where(sources.c.source == source).values(added_ms=now_ms))


def put_source(conn: Connection, source: str, *, kind: str, content_hash: str, now_ms: int) -> None:
    """Remember that a source was added with this content."""
    row = {"source": source, "kind": kind, "content_hash": content_hash, "added_ms": now_ms}
    upsert(conn, sources, [row], ("source",))


def set_problems(conn: Connection, subject: str, found: Sequence[str], *, now_ms: int) -> None:
    """Replace what is known to be wrong with a subject (``show:3``, ``episode:12``)."""
    conn.execute(delete(problems).where(problems.c.subject == subject))
    rows = [{"subject": subject, "problem": text, "added_ms": now_ms} for text in found]
    if rows:
        conn.execute(problems.insert(), rows)


def list_problems(
    conn: Connection, subject: str | None = None, limit: int = 200
) -> tuple[tuple[str, str], ...]:
    """Return (subject, problem) pairs, newest first."""
    statement = select(problems).order_by(problems.c.id.desc()).limit(limit)
    if subject:
        statement = statement.where(problems.c.subject == subject)
    return tuple((row.subject, row.problem) for row in conn.execute(statement))


def list_settings(conn: Connection) -> dict[str, Any]:
    """Return the settings that were made."""
    return {row.name: row.value for row in conn.execute(select(settings))}


def put_setting(conn: Connection, name: str, value: Any) -> None:
    """Make a setting."""
    upsert(conn, settings, [{"name": name, "value": value}], ("name",))


def drop_setting(conn: Connection, name: str) -> None:
    """Return a setting to its default."""
    conn.execute(delete(settings).where(settings.c.name == name))
