"""The catalogue as the source of passages for search."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Select, Table, and_, bindparam, func, select

from corpus.catalogue import Catalogue
from corpus.catalogue.passages import held_passage, last_change
from corpus.catalogue.rows import put_new
from corpus.catalogue.schema import (
    changes,
    episodes,
    issues,
    passages,
    shows,
    vectors,
    word_vectors,
)
from corpus.records import Passage
from search.embedder import Vectors
from search.passage_table import PassageTable, Rows
from search.query import Filters
from search.said_words import PACKED_BYTES, PackedWords
from search.source import Change, HeldPassage, HeldText, Ids, Place
from search.tokens import fold_name

_SOME = 500  # ids in one statement, well below the least limit of any database
_STORED = np.dtype("<f4")
_PLACES = (
    "SELECT id, CASE WHEN episode_id IS NULL THEN 'issue' ELSE 'episode' END, "
    "coalesce(episode_id, issue_id), start_ms FROM passages WHERE id IN ({})"
)
_LET_THROUGH = 8
"""Sets of ids that are kept, eight bytes for each."""
_UNDATED, _IN_TIME, _OUT_OF_TIME = 0, 1, 2

_newsletters = shows.alias("newsletters")
_here, _there = passages.alias("here"), passages.alias("there")


class CatalogueSource:
    """Implements :class:`search.source.PassageSource` over a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._table = PassageTable(catalogue)
        # Who filters asks more than once; of a million passages that takes as long as the search.
        self._let_through = lru_cache(maxsize=_LET_THROUGH)(self._find_let_through)

    def get_passages(self, ids: Sequence[int]) -> list[HeldPassage]:
        """Return those of ``ids`` that are held, in the order asked for."""
        found: dict[int, HeldPassage] = {}
        with self._catalogue.read() as conn:
            for some in _cut(ids):
                for row in conn.execute(_PASSAGES, {"some": some}):
                    found[row.id] = _search_passage(row)
        return [found[wanted] for wanted in ids if wanted in found]

    def get_texts(self, ids: Sequence[int]) -> list[HeldText]:
        """Return the texts of those of ``ids`` that are held, in the order asked for."""
        found: dict[int, HeldText] = {}
        names = *_owner_titles(), passages.c.speakers
        statement = _join_owners(select(passages.c.id, passages.c.kind, passages.c.text, *names))
        with self._catalogue.read() as conn:
            for some in _cut(ids):
                rows = conn.execute(statement.where(passages.c.id.in_(some)))
                for id_, kind, text, title, show, speakers in rows:
                    found[id_] = HeldText(id_, kind, text, title, show, tuple(speakers))
        return [found[wanted] for wanted in ids if wanted in found]

    def get_places(self, ids: Sequence[int]) -> Mapping[int, Place]:
        """Return where those of ``ids`` are that are held, without loading their texts."""
        if self._table.is_read:
            return self._table.get().get_places(ids)
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
        found: dict[int, list[int]] = defaultdict(list)
        of_episodes, of_issues = _select_neighbours(reach)
        with self._catalogue.read() as conn:
            for some in _cut(ids):
                for statement in (of_episodes, of_issues):
                    for id_, beside in conn.execute(statement.where(_here.c.id.in_(some))):
                        found[id_].append(beside)
        return {id_: tuple(around) for id_, around in found.items()}

    def find_ids(self, filters: Filters) -> Ids:
        """Return the ids that ``filters`` let through, ascending; they cannot be written to."""
        return self._let_through(filters, self._catalogue.state())

    def _find_let_through(self, filters: Filters, _state: str) -> Ids:
        """Find them, in this state of the catalogue or a later one."""
        rows = self._table.get()
        passes = np.ones(len(rows.ids), bool)
        if filters.kind is not None:
            passes &= rows.kinds == rows.find_name(filters.kind)
        if filters.speaker is not None:
            # Kinds stand among the names too; only lists of names are speakers.
            part = fold_name(filters.speaker)
            wanted = [name[:1] == "[" and _is_among(part, name) for name in rows.names]
            passes &= np.asarray(wanted, bool)[rows.speakers]
        if (filters.show, filters.after, filters.before) != (None, None, None):
            with self._catalogue.read() as conn:
                passes &= _owned(rows, conn, filters)
        ids = rows.ids[passes]
        ids.flags.writeable = False
        return ids

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

    def get_words(self, hashes: Sequence[str], model: str) -> dict[str, PackedWords]:
        """Return the words kept for ``model``, by the ``text_hash`` of the text that has them."""
        found: dict[str, PackedWords] = {}
        columns = select(word_vectors.c.content_hash, word_vectors.c.words)
        with self._catalogue.read() as conn:
            for some in _cut(hashes):
                of_some = word_vectors.c.content_hash.in_(some)
                for row in conn.execute(columns.where(word_vectors.c.model == model, of_some)):
                    kept = np.frombuffer(row.words, np.uint8)
                    found[row.content_hash] = kept.reshape(-1, PACKED_BYTES)
        return found

    def put_words(self, hashes: Sequence[str], words: Sequence[PackedWords], model: str) -> None:
        """Keep the words of texts; what is kept of one already stays as it is."""
        rows = [
            {"content_hash": hash_, "model": model, "words": packed.tobytes()}
            for hash_, packed in zip(hashes, words, strict=True)
        ]
        with self._catalogue.write() as conn:
            put_new(conn, word_vectors, rows)


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


def _owner_titles() -> tuple[ColumnElement[str], ColumnElement[str]]:
    title = func.coalesce(episodes.c.title, issues.c.title, "").label("title_of_owner")
    show = func.coalesce(shows.c.title, _newsletters.c.title, "").label("show_of_owner")
    return title, show


# Made once: making it takes as long as running it.
_PASSAGES = _join_owners(select(passages, *_owner_titles())).where(
    passages.c.id.in_(bindparam("some", expanding=True))
)


def _select_neighbours(reach: int) -> tuple[Select[Any], Select[Any]]:
    """Return what selects ids with those around them: in an episode's own texts, in issues."""
    near = and_(
        _there.c.kind == _here.c.kind,
        _there.c.position.between(_here.c.position - reach, _here.c.position + reach),
    )
    # Not "IS NULL": SQLite would take the index of issues for that, and read every episode.
    no_issue = and_(*(func.coalesce(one.c.issue_id, 0) == 0 for one in (_here, _there)))
    own = and_(near, no_issue, _there.c.episode_id == _here.c.episode_id)
    issued = and_(near, _there.c.issue_id == _here.c.issue_id)
    pairs = select(_here.c.id, _there.c.id).order_by(_here.c.id, _there.c.position)
    return pairs.join(_there, own), pairs.join(_there, issued)


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


def _owned(rows: Rows, conn: Connection, filters: Filters) -> NDArray[np.bool_]:
    """Return which passages are of an episode or an issue that the filters let through.

    One that is of both is named by either's show, and dated by its episode where that has a date.
    """
    episode_named, episode_dated = _judge_owners(conn, episodes, filters)
    issue_named, issue_dated = _judge_owners(conn, issues, filters)
    named = episode_named[rows.episode_ids] | issue_named[rows.issue_ids]
    dated = episode_dated[rows.episode_ids]
    dated = np.where(dated == _UNDATED, issue_dated[rows.issue_ids], dated)
    passes: NDArray[np.bool_] = named & (dated == _IN_TIME)
    return passes


def _judge_owners(
    conn: Connection, table: Table, filters: Filters
) -> tuple[NDArray[np.bool_], NDArray[np.int8]]:
    """Return by the id of an owner whether its show is the right one, and how its date is."""
    # Names are compared here, not by the database, which may only fold letters of ASCII.
    part = fold_name(filters.show or "")
    titles = conn.execute(select(shows.c.id, shows.c.title))
    right = {None} if filters.show is None else set()
    right |= {id_ for id_, title in titles if part in fold_name(title)}
    held = conn.execute(select(table.c.id, table.c.show_id, table.c.published)).fetchall()
    size = max((id_ for id_, _, _ in held), default=0) + 1
    named, dated = np.zeros(size, bool), np.full(size, _UNDATED, np.int8)
    if filters.after is None and filters.before is None:
        dated[:] = _IN_TIME
    for id_, show_id, published in held:
        named[id_] = show_id in right
        if published is not None:
            in_time = filters.after is None or published >= filters.after
            in_time &= filters.before is None or published < filters.before
            dated[id_] = _IN_TIME if in_time else _OUT_OF_TIME
    return named, dated


def _is_among(part: str, names: str) -> bool:
    return any(part in fold_name(name) for name in json.loads(names))
