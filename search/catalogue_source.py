"""The catalogue as the source of passages for search."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Select, Text, and_, func, or_, select, type_coerce

from corpus.catalogue import Catalogue
from corpus.catalogue.passages import held_passage, last_change
from corpus.catalogue.rows import put_new
from corpus.catalogue.schema import changes, episodes, issues, passages, shows, vectors
from corpus.records import Passage
from search.embedder import Vectors
from search.query import Filters
from search.source import Change, HeldPassage, Ids, Place

_SOME = 500  # ids in one statement, well below the least limit of any database
_STORED = np.dtype("<f4")
_PLACES = (
    "SELECT id, CASE WHEN episode_id IS NULL THEN 'issue' ELSE 'episode' END, "
    "coalesce(episode_id, issue_id), start_ms FROM passages WHERE id IN ({})"
)

_newsletters = shows.alias("newsletters")


class CatalogueSource:
    """Implements :class:`search.source.PassageSource` over a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def get_passages(self, ids: Sequence[int]) -> list[HeldPassage]:
        """Return those of ``ids`` that are held, in the order asked for."""
        found: dict[int, HeldPassage] = {}
        with self._catalogue.read() as conn:
            for some in _cut(ids):
                for row in conn.execute(_select_passages().where(passages.c.id.in_(some))):
                    found[row.id] = _search_passage(row)
        return [found[wanted] for wanted in ids if wanted in found]

    def get_places(self, ids: Sequence[int]) -> Mapping[int, Place]:
        """Return where those of ``ids`` are that are held, without loading their texts."""
        found: dict[int, Place] = {}
        with self._catalogue.read() as conn:
            for some in _cut(ids):
                # Hundreds of bound parameters cost several times what the query itself does.
                named = ",".join(str(int(id_)) for id_ in some)
                for id_, kind_of, owner, start_ms in conn.exec_driver_sql(_PLACES.format(named)):
                    found[id_] = Place(source=(kind_of, owner), start_ms=start_ms)
        return found

    def find_neighbours(self, ids: Sequence[int], reach: int) -> Mapping[int, tuple[int, ...]]:
        """Return, for each held id, those at most ``reach`` away in the same text and kind."""
        here, there = passages.alias("here"), passages.alias("there")
        same = and_(
            there.c.kind == here.c.kind,
            there.c.position.between(here.c.position - reach, here.c.position + reach),
            or_(
                and_(here.c.issue_id.is_not(None), there.c.issue_id == here.c.issue_id),
                and_(
                    here.c.issue_id.is_(None),
                    there.c.issue_id.is_(None),
                    there.c.episode_id == here.c.episode_id,
                ),
            ),
        )
        statement = select(here.c.id, there.c.id).join(there, same)
        statement = statement.order_by(here.c.id, there.c.position)
        found: dict[int, list[int]] = defaultdict(list)
        with self._catalogue.read() as conn:
            for some in _cut(ids):
                for id_, beside in conn.execute(statement.where(here.c.id.in_(some))):
                    found[id_].append(beside)
        return {id_: tuple(around) for id_, around in found.items()}

    def find_ids(self, filters: Filters) -> Ids:
        """Return the ids that ``filters`` let through, ascending."""
        with self._catalogue.read() as conn:
            conditions = list(_conditions(conn, filters))
            statement = _join_owners(select(passages.c.id)).where(*conditions)
            rows = conn.execute(statement.order_by(passages.c.id)).scalars().all()
        return np.fromiter(rows, dtype=np.int64, count=len(rows))

    def list_ids(self, after: int, limit: int) -> list[int]:
        """Return up to ``limit`` ids above ``after``, ascending."""
        statement = select(passages.c.id).where(passages.c.id > after)
        with self._catalogue.read() as conn:
            found = conn.execute(statement.order_by(passages.c.id).limit(limit)).scalars()
            return [int(id_) for id_ in found]

    def list_changes(self, after: int, limit: int) -> list[Change]:
        """Return up to ``limit`` changes with a ``seq`` above ``after``, in order."""
        statement = select(changes).where(changes.c.seq > after)
        with self._catalogue.read() as conn:
            return [
                Change(seq=row.seq, passage_id=row.passage_id, action=row.op)
                for row in conn.execute(statement.order_by(changes.c.seq).limit(limit))
            ]

    def last_change(self) -> int:
        """Return the highest ``seq``, or 0."""
        with self._catalogue.read() as conn:
            return last_change(conn)

    def get_vectors(self, hashes: Sequence[str], model: str) -> dict[str, NDArray[np.float32]]:
        """Return the vectors kept for ``model``, by the ``text_hash`` of what was embedded."""
        found: dict[str, NDArray[np.float32]] = {}
        columns = select(vectors.c.content_hash, vectors.c.vector)
        with self._catalogue.read() as conn:
            for some in _cut(hashes):
                condition = and_(vectors.c.model == model, vectors.c.content_hash.in_(some))
                for row in conn.execute(columns.where(condition)):
                    kept = np.frombuffer(row.vector, dtype=_STORED)
                    found[row.content_hash] = kept.astype(np.float32, copy=False)
        return found

    def put_vectors(self, hashes: Sequence[str], vectors_: Vectors, model: str) -> None:
        """Keep vectors; one that is kept already stays as it is."""
        rows = [
            {"content_hash": hash_, "model": model, "vector": vector.astype(_STORED).tobytes()}
            for hash_, vector in zip(hashes, vectors_, strict=True)
        ]
        with self._catalogue.write() as conn:
            put_new(conn, vectors, rows)


def _cut(values: Sequence[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(values), _SOME):
        yield list(values[start : start + _SOME])


def _join_owners(statement: Select[Any]) -> Select[Any]:
    return (
        statement.select_from(passages)
        .outerjoin(episodes, episodes.c.id == passages.c.episode_id)
        .outerjoin(shows, shows.c.id == episodes.c.show_id)
        .outerjoin(issues, issues.c.id == passages.c.issue_id)
        .outerjoin(_newsletters, _newsletters.c.id == issues.c.show_id)
    )


def _select_passages() -> Select[Any]:
    title = func.coalesce(episodes.c.title, issues.c.title, "").label("title_of_owner")
    show = func.coalesce(shows.c.title, _newsletters.c.title, "").label("show_of_owner")
    return _join_owners(select(passages, title, show))


def _search_passage(row: Any) -> HeldPassage:
    held = held_passage(row)
    return HeldPassage(
        id=held.id,
        episode_id=held.episode_id,
        issue_id=held.issue_id,
        title=row.title_of_owner,
        show=row.show_of_owner,
        passage=Passage(
            text=held.text,
            kind=held.kind,
            start_ms=held.start_ms,
            end_ms=held.end_ms,
            speaker=held.speaker,
            sentences=held.sentences,
        ),
    )


def _conditions(conn: Connection, filters: Filters) -> Iterator[ColumnElement[bool]]:
    if filters.show is not None:
        # Names are compared here, not by the database, which may only fold letters of ASCII.
        named = conn.execute(select(shows.c.id, shows.c.title))
        ids = [row.id for row in named if filters.show.casefold() in row.title.casefold()]
        yield or_(episodes.c.show_id.in_(ids), issues.c.show_id.in_(ids))
    if filters.speaker is not None:
        # As text, as it is stored: a list would be taken for a row of values.
        stored = type_coerce(passages.c.speakers, Text)
        known = conn.execute(select(stored).distinct()).scalars()
        yield stored.in_([names for names in known if _is_among(filters.speaker, names)])
    if filters.kind is not None:
        yield passages.c.kind == filters.kind
    published = func.coalesce(episodes.c.published, issues.c.published)
    if filters.after is not None:
        yield published >= filters.after
    if filters.before is not None:
        yield published < filters.before


def _is_among(part: str, names: str) -> bool:
    return any(part.casefold() in name.casefold() for name in json.loads(names))
