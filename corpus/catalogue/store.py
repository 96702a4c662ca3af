"""Opens the catalogue: one engine, SQLite with manners, migrations before first use."""

import itertools
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import ConnectionPoolEntry

from corpus.catalogue.schema import APPLICATION_ID, SCHEMA_VERSION
from corpus.errors import CatalogueError

BUSY_MS = 60_000


class Catalogue:
    """The catalogue behind ``database_url``; hands out one transaction at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.writes = 0
        """How many transactions that may write this process has ended."""
        self._counter = itertools.count(1)
        self._watching = threading.Lock()
        self._watcher: Any = None
        self._watch = ""

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._engine.dialect.name

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that only reads; it sees one moment of the catalogue."""
        with self._engine.connect() as conn, conn.begin():
            yield conn

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that may write; keep it short, with no network or model inside."""
        try:
            with self._engine.execution_options(earmark_write=True).begin() as conn:
                yield conn
        finally:
            self.writes = next(self._counter)

    def state(self) -> str:
        """Return a short text that is another one after each commit, of whatever process.

        It costs some microseconds and reads no rows. Another process gives other texts for the
        same state: SQLite counts for one connection (https://sqlite.org/pragma.html#pragma_data_version),
        so one connection is kept for nothing else.
        """
        if self.dialect != "sqlite":
            with self.read() as conn:
                return str(conn.execute(text("SELECT pg_current_snapshot()::text")).scalar())
        with self._watching:
            if self._watcher is None:
                held = self._engine.raw_connection()
                held.detach()
                self._watcher, self._watch = held, secrets.token_hex(4)
            cursor = self._watcher.cursor()
            (version,) = cursor.execute("PRAGMA data_version").fetchone()
            cursor.close()
            return f"{self._watch}-{version}"

    def close(self) -> None:
        """Close all connections."""
        with self._watching:
            if self._watcher is not None:
                self._watcher.close()
                self._watcher = None
        self._engine.dispose()


def open_catalogue(home: Path, database_url: str | None = None) -> Catalogue:
    """Open the catalogue of a data folder, making or migrating it first where needed.

    Raises:
        CatalogueError: If the file is no catalogue, is newer than this software, or is not to
            be opened.
    """
    url = database_url or f"sqlite:///{home / 'corpus.sqlite'}"
    if url.startswith("sqlite"):
        home.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_manners)
        event.listen(engine, "begin", _begin)
    try:
        if _version(engine) != SCHEMA_VERSION:
            _migrate(engine, home)
    except (DatabaseError, sqlite3.DatabaseError) as error:
        engine.dispose()
        cause = getattr(error, "orig", None) or error
        raise CatalogueError(
            url, str(cause), "restore a backup, or choose another --home"
        ) from error
    return Catalogue(engine)


def _set_manners(dbapi: Any, record: ConnectionPoolEntry) -> None:
    # Without this the driver opens transactions by its own rules and never for DDL.
    dbapi.isolation_level = None
    cursor = dbapi.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin(conn: Connection) -> None:
    # A transaction that starts as a reader and then writes can fail without waiting.
    writes = conn.get_execution_options().get("earmark_write")
    conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _version(engine: Engine) -> int:
    """Return the number of the newest migration that ran; 0 for a new catalogue."""
    with engine.connect() as conn:
        if engine.dialect.name == "sqlite":
            return _sqlite_version(conn, str(engine.url.database))
        found = conn.execute(text("SELECT to_regclass('alembic_version')")).scalar()
        if found is None:
            return 0
        revision = conn.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return int(revision or 0)


def _sqlite_version(conn: Connection, name: str) -> int:
    application = conn.exec_driver_sql("PRAGMA application_id").scalar()
    version = int(conn.exec_driver_sql("PRAGMA user_version").scalar() or 0)
    tables = conn.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar()
    if application != APPLICATION_ID and tables:
        raise CatalogueError(name, "is not Earmark's", "choose another --home")
    if version > SCHEMA_VERSION:
        problem = f"was written by a newer Earmark (schema {version}, this one {SCHEMA_VERSION})"
        raise CatalogueError(name, problem, "update Earmark, or restore an older backup")
    return version


def _migrate(engine: Engine, home: Path) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.execution_options(earmark_write=True).begin() as conn:
        # Asked again under the lock: another process may have been faster.
        if engine.dialect.name == "sqlite":
            before = _sqlite_version(conn, str(engine.url.database))
            if before == SCHEMA_VERSION:
                return
            if before:
                _copy_before(conn, home, before)
        config.attributes["connection"] = conn
        command.upgrade(config, "head")
        if engine.dialect.name == "sqlite":
            conn.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
            conn.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _copy_before(conn: Connection, home: Path, version: int) -> None:
    backups = home / "backups"
    backups.mkdir(exist_ok=True)
    path = backups / f"before-schema-{SCHEMA_VERSION}-was-{version}.sqlite"
    source = sqlite3.connect(f"file:{conn.engine.url.database}?mode=ro", uri=True)
    target = sqlite3.connect(path)
    try:
        source.backup(target)
    finally:
        target.close()
        source.close()
