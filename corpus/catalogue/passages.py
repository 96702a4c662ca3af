"""Passages and the log of their changes, which feeds the index."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    delete,
    func,
    literal,
    select,
    update,
)

from corpus.catalogue.rows import digest_text, insert_rows
from corpus.catalogue.schema import changes, json_text, passages
from corpus.holdings import HeldPassage
from corpus.records import Passage, PassageKind, Sentence

_PASSAGE = ("kind", "start_ms", "end_ms", "speaker", "text", "speakers", "sentences")
_SPOKEN = ("speaker", "speakers", "sentences")
"""Columns that tell who speaks."""


def put_passages(
    conn: Connection,
    wanted: Sequence[Passage],
    *,
    kinds: Iterable[PassageKind],
    chunker: str,
    episode_id: int | None = None,
    issue_id: int | None = None,
) -> bool:
    """Replace the passages of these kinds of one episode or issue, and log what changed.

    Those of an issue carry the episode it speaks of too; those of an episode no issue.

    A passage whose words and times stay keeps its id, so that what cites it stays true; who is
    said to speak may change.

    Returns:
        Whether anything changed.
    """
    owner = and_(passages.c.episode_id == episode_id, passages.c.issue_id.is_(None))
    if issue_id is not None:
        owner = and_(passages.c.issue_id == issue_id)
    scope = owner & passages.c.kind.in_(tuple(kinds))
    held = _held_by_hash(conn, scope)
    fresh, shifted, renamed = [], [], []
    for position, passage in enumerate(wanted):
        spoken = _spoken(passage)
        content_hash = _content_hash(episode_id, issue_id, passage)
        if not (same := held[content_hash]):
            row = (episode_id, issue_id, *_row(passage, spoken))
            fresh.append((*row, content_hash, position, chunker))
            continue
        kept = same.pop()
        if kept.position != position:
            shifted.append({"kept_id": kept.id, "position": position})
        if spoken != {name: kept._mapping[name] for name in _SPOKEN}:
            renamed.append({"kept_id": kept.id, **spoken})
    _change(conn, shifted)
    _change(conn, renamed)
    # What search keeps in memory follows this log: filters by speaker among it.
    _log(conn, sorted({row["kept_id"] for row in (*shifted, *renamed)}), "put")
    gone = [row.id for rows in held.values() for row in rows]
    for start in range(0, len(gone), 500):
        conn.execute(delete(passages).where(passages.c.id.in_(gone[start : start + 500])))
    _log(conn, gone, "drop")
    _insert(conn, fresh, scope)
    return bool(gone or fresh or shifted or renamed)


def _content_hash(episode_id: int | None, issue_id: int | None, passage: Passage) -> str:
    """Return a hash of all but who speaks: that may change, and the passage is the same."""
    cuts = [[one.start, one.end, one.start_ms, one.end_ms] for one in passage.sentences]
    times = passage.start_ms, passage.end_ms
    return digest_text(json_text([episode_id, issue_id, passage.kind, *times, passage.text, cuts]))


def _held_by_hash(conn: Connection, scope: ColumnElement[bool]) -> dict[str, list[Any]]:
    names = ("id", "content_hash", "position", *_SPOKEN)
    columns = [passages.c[name] for name in names]
    held: dict[str, list[Any]] = defaultdict(list)
    # Of equal ones the last stands first, so that they are taken in their order from the end.
    for row in conn.execute(select(*columns).where(scope).order_by(passages.c.id.desc())):
        held[row.content_hash].append(row)
    return held


def _change(conn: Connection, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        conn.execute(update(passages).where(passages.c.id == bindparam("kept_id")), rows)


def _spoken(passage: Passage) -> dict[str, Any]:
    """Return what the columns of ``_SPOKEN`` hold."""
    sentences = [[s.start, s.end, s.start_ms, s.end_ms, s.speaker] for s in passage.sentences]
    return {
        "speaker": passage.speaker,
        "speakers": list(passage.speakers),
        "sentences": sentences,
    }


def _row(passage: Passage, spoken: dict[str, Any]) -> tuple[Any, ...]:
    """Return what the columns of ``_PASSAGE`` hold."""
    return (
        passage.kind,
        passage.start_ms,
        passage.end_ms,
        spoken["speaker"],
        passage.text,
        json_text(spoken["speakers"]),
        json_text(spoken["sentences"]),
    )


def _insert(conn: Connection, rows: Sequence[tuple[Any, ...]], scope: ColumnElement[bool]) -> None:
    if rows:
        # Ids only rise, so that those that come now can be told from all that were there.
        last = conn.execute(select(func.max(passages.c.id))).scalar() or 0
        names = ("episode_id", "issue_id", *_PASSAGE, "content_hash", "position", "chunker")
        insert_rows(conn, passages, names, rows)
        new = select(passages.c.id, literal("put")).where(scope, passages.c.id > last)
        ordered = new.order_by(passages.c.id)
        conn.execute(changes.insert().from_select(["passage_id", "op"], ordered))


def _log(conn: Connection, ids: Sequence[int], op: str) -> None:
    insert_rows(conn, changes, ("passage_id", "op"), [(found, op) for found in ids])


def log_episode(conn: Connection, episode_id: int) -> None:
    """Log all passages of an episode as put: what stands beside them (a title) has changed."""
    statement = select(passages.c.id).where(passages.c.episode_id == episode_id)
    _log(conn, [int(found) for found in conn.execute(statement).scalars()], "put")


def list_passages(
    conn: Connection,
    *,
    episode_id: int | None = None,
    issue_id: int | None = None,
    kind: PassageKind | None = None,
) -> tuple[HeldPassage, ...]:
    """Return the passages of an episode or an issue in order."""
    statement = select(passages)
    if episode_id is not None:
        statement = statement.where(passages.c.episode_id == episode_id)
    if issue_id is not None:
        statement = statement.where(passages.c.issue_id == issue_id)
    if kind is not None:
        statement = statement.where(passages.c.kind == kind)
    order = (passages.c.kind, passages.c.position)
    return tuple(held_passage(row) for row in conn.execute(statement.order_by(*order)))


def get_passages(conn: Connection, ids: Sequence[int]) -> dict[int, HeldPassage]:
    """Return the held ones of these passages by id."""
    found = {}
    for start in range(0, len(ids), 500):
        some = passages.c.id.in_(ids[start : start + 500])
        for row in conn.execute(select(passages).where(some)):
            found[row.id] = held_passage(row)
    return found


def count_passages(conn: Connection) -> int:
    """Return how many passages are held."""
    return int(conn.execute(select(func.count()).select_from(passages)).scalar_one())


def read_spoken_state(conn: Connection, episode_id: int) -> tuple[int, int]:
    """Return what differs where the passages of an episode's transcript are others than before."""
    found = select(func.count(), func.coalesce(func.max(passages.c.id), 0)).where(
        passages.c.episode_id == episode_id, passages.c.kind == "transcript"
    )
    count, last = conn.execute(found).one()
    return int(count), int(last)


def last_change(conn: Connection) -> int:
    """Return the number of the newest change; 0 for none."""
    return int(conn.execute(select(func.max(changes.c.seq))).scalar() or 0)


def held_passage(row: Row[Any]) -> HeldPassage:
    """Return a row of the passages table as a record."""
    return HeldPassage(
        id=row.id,
        episode_id=row.episode_id,
        issue_id=row.issue_id,
        kind=row.kind,
        position=row.position,
        start_ms=row.start_ms,
        end_ms=row.end_ms,
        speaker=row.speaker,
        text=row.text,
        sentences=tuple(
            Sentence(start=s[0], end=s[1], start_ms=s[2], end_ms=s[3], speaker=s[4])
            for s in row.sentences
        ),
    )
