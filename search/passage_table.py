"""What filters ask of every passage, in memory: its owner, its kind and who speaks in it.

A database that is asked for half of a million ids needs longer than the search itself. Here it is a
few arrays of 32 bytes a passage, read once and kept current by the change log.
"""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, Text, select, type_coerce

from corpus.catalogue import Catalogue
from corpus.catalogue.passages import last_change
from corpus.catalogue.schema import changes, passages
from search.source import Ids, Place
from search.vectors import are_among

_CHUNK = 50_000
_SOME = 500  # ids in one statement, well below the least limit of any database


@dataclass(frozen=True, slots=True)
class Rows:
    """The passages as columns, by ascending id."""

    ids: Ids
    episode_ids: NDArray[np.int32]
    """0 where it is of no episode."""
    issue_ids: NDArray[np.int32]
    kinds: NDArray[np.int32]
    """Places in ``names``."""
    speakers: NDArray[np.int32]
    """Places in ``names``, where the names of all who speak stand as one JSON text."""
    starts: NDArray[np.int64]
    """Milliseconds; -1 where it has no time."""
    names: tuple[str, ...]
    seq: int
    """The last change that is known."""

    def get_places(self, ids: Sequence[int]) -> dict[int, Place]:
        """Return where those of ``ids`` are that are held."""
        wanted = np.unique(np.asarray(ids, np.int64))
        wanted = wanted[are_among(wanted, self.ids)]
        at = np.searchsorted(self.ids, wanted)
        columns = (wanted, self.episode_ids[at], self.issue_ids[at], self.starts[at])
        return {
            id_: Place(
                ("episode", episode_id) if episode_id else ("issue", issue_id),
                None if start_ms < 0 else start_ms,
            )
            for id_, episode_id, issue_id, start_ms in zip(
                *(column.tolist() for column in columns), strict=True
            )
        }

    def find_name(self, name: str) -> int:
        """Return where a text stands among ``names``; -1 where it does not."""
        return self.names.index(name) if name in self.names else -1


class PassageTable:
    """Reads the columns when they are first asked for; any number of threads may ask."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._lock = threading.Lock()
        self._rows: Rows | None = None
        self._state = ""

    @property
    def is_read(self) -> bool:
        """Whether the columns are in memory already."""
        return self._rows is not None

    def get(self) -> Rows:
        """Return the columns as they are now."""
        with self._lock:
            state = self._catalogue.state()
            if self._rows is None or state != self._state:
                self._rows = self._read_changes(self._rows)
                self._state = state
            return self._rows

    def _read_changes(self, rows: Rows | None) -> Rows:
        with self._catalogue.read() as conn:
            newest = last_change(conn)
            if rows is None or rows.seq > newest:
                return _read(conn, newest)
            return _follow(conn, rows, newest) if rows.seq < newest else rows


def _read(conn: Connection, seq: int) -> Rows:
    chunks = _iter_chunks(conn)
    rows = _empty(seq)
    parts = []
    for chunk in chunks:
        part = _columns(chunk, rows)
        rows = replace(rows, names=part.names)
        parts.append(part)
    return _join(parts, rows)


def _iter_chunks(conn: Connection) -> Iterator[Sequence[Sequence[object]]]:
    last = 0
    while True:
        statement = _select().where(passages.c.id > last).order_by(passages.c.id).limit(_CHUNK)
        chunk = conn.execute(statement).fetchall()
        if not chunk:
            return
        last = chunk[-1][0]
        yield chunk


def _follow(conn: Connection, rows: Rows, seq: int) -> Rows:
    statement = select(changes.c.passage_id).where(changes.c.seq > rows.seq).distinct()
    touched = sorted(int(id_) for id_ in conn.execute(statement).scalars())
    if len(touched) > len(rows.ids) // 2:
        return _read(conn, seq)
    found: list[Sequence[object]] = []
    for start in range(0, len(touched), _SOME):
        some = touched[start : start + _SOME]
        found += conn.execute(_select().where(passages.c.id.in_(some)).order_by(passages.c.id))
    stays = ~np.isin(rows.ids, np.asarray(touched, np.int64))
    kept = replace(
        rows,
        ids=rows.ids[stays],
        episode_ids=rows.episode_ids[stays],
        issue_ids=rows.issue_ids[stays],
        kinds=rows.kinds[stays],
        speakers=rows.speakers[stays],
        starts=rows.starts[stays],
    )
    new = _columns(found, rows)
    return _join([kept, new], replace(new, seq=seq))


def _select() -> Select[Any]:
    # Speakers as the text that is stored: parsing a million lists takes seconds.
    return select(
        passages.c.id,
        passages.c.episode_id,
        passages.c.issue_id,
        passages.c.kind,
        type_coerce(passages.c.speakers, Text),
        passages.c.start_ms,
    )


def _empty(seq: int) -> Rows:
    return Rows(
        np.empty(0, np.int64),
        np.empty(0, np.int32),
        np.empty(0, np.int32),
        np.empty(0, np.int32),
        np.empty(0, np.int32),
        np.empty(0, np.int64),
        (),
        seq,
    )


def _columns(found: Sequence[Sequence[object]], before: Rows) -> Rows:
    """Return rows as columns, with the names that they add to those known before."""
    if not found:
        return replace(_empty(before.seq), names=before.names)
    ids, episode_ids, issue_ids, kinds, speakers, starts = zip(*found, strict=True)
    places = {name: place for place, name in enumerate(before.names)}
    for name in (*kinds, *speakers):
        places.setdefault(str(name), len(places))
    return Rows(
        np.asarray(ids, np.int64),
        np.asarray([id_ or 0 for id_ in episode_ids], np.int32),
        np.asarray([id_ or 0 for id_ in issue_ids], np.int32),
        np.asarray([places[str(kind)] for kind in kinds], np.int32),
        np.asarray([places[str(names)] for names in speakers], np.int32),
        np.asarray([-1 if start is None else start for start in starts], np.int64),
        tuple(places),
        before.seq,
    )


def _join(parts: Sequence[Rows], last: Rows) -> Rows:
    if not parts:
        return last
    ids = np.concatenate([part.ids for part in parts])
    order = np.argsort(ids, kind="stable")
    return Rows(
        ids[order],
        np.concatenate([part.episode_ids for part in parts])[order],
        np.concatenate([part.issue_ids for part in parts])[order],
        np.concatenate([part.kinds for part in parts])[order],
        np.concatenate([part.speakers for part in parts])[order],
        np.concatenate([part.starts for part in parts])[order],
        last.names,
        last.seq,
    )
