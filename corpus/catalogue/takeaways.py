"""Takeaways: what authors wrote, where it was said, and how sure that is."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from corpus.catalogue.schema import takeaways
from corpus.errors import NotHeldError
from corpus.holdings import Takeaway
from corpus.records import ParsedTakeaway, TakeawayOrigin

_WRITTEN = ("section", "link", "label")
_FOUND = ("found_ms", "found_end_ms", "verdict", "confidence", "sentence", "speaker")


def put_takeaways(
    conn: Connection,
    parsed: Sequence[ParsedTakeaway],
    *,
    origin: TakeawayOrigin,
    episode_id: int | None = None,
    issue_id: int | None = None,
) -> bool:
    """Replace the takeaways of an issue, or those of one origin of an episode.

    One whose text stays is the same takeaway still: what was found for it, and what somebody
    accepted, is kept unless its source now writes another time.

    Returns:
        Whether anything changed.
    """
    owner = takeaways.c.issue_id == issue_id
    if issue_id is None:
        owner = (takeaways.c.episode_id == episode_id) & takeaways.c.issue_id.is_(None)
        owner &= takeaways.c.origin == origin
    rows = conn.execute(select(takeaways).where(owner).order_by(takeaways.c.position)).all()
    left: dict[str, list[Takeaway]] = {}
    for row in rows:
        left.setdefault(row.text, []).append(_takeaway(row))
    changed, new = False, []
    for position, item in enumerate(parsed):
        held = _take_same(left, item)
        values = {"position": position, **{name: getattr(item, name) for name in _WRITTEN}}
        if held is None:
            owned = {"episode_id": episode_id, "issue_id": issue_id, "origin": origin}
            new.append({**owned, **values, **_as_written(item)})
            continue
        if held.written_ms != item.start_ms:
            values |= _as_written(item)
        elif held.stated_ms == held.written_ms:
            values["stated_end_ms"] = item.end_ms
        else:  # another moment was accepted: what belongs to the written one is gone with it
            values["label"] = held.label
        differ = {name: value for name, value in values.items() if getattr(held, name) != value}
        if differ:
            changed = True
            change_takeaway(conn, held.id, **differ)
    gone = [held.id for alike in left.values() for held in alike]
    drop_takeaways(conn, gone)
    add_takeaways(conn, new)
    return changed or bool(gone or new)


def _take_same(left: dict[str, list[Takeaway]], item: ParsedTakeaway) -> Takeaway | None:
    """Take out of ``left`` the takeaway of this text, of this time first; None if there is none."""
    alike = left.get(item.text, [])
    same = next((held for held in alike if held.written_ms == item.start_ms), None)
    same = same or next(iter(alike), None)
    if same is not None:
        alike.remove(same)
    return same


def _as_written(item: ParsedTakeaway) -> dict[str, Any]:
    """Return what follows from a text and a time that nobody has checked yet."""
    return {
        "text": item.text,
        "stated_ms": item.start_ms,
        "stated_end_ms": item.end_ms,
        "written_ms": item.start_ms,
        "label": item.label,
        "settled": None,
        **dict.fromkeys(_FOUND),
        "verdict": "unchecked",
    }


def list_takeaways(
    conn: Connection, *, episode_id: int | None = None, issue_id: int | None = None
) -> tuple[Takeaway, ...]:
    """Return takeaways in their author's order: of an episode, of an issue, or all."""
    statement = select(takeaways)
    if episode_id is not None:
        statement = statement.where(takeaways.c.episode_id == episode_id)
    if issue_id is not None:
        statement = statement.where(takeaways.c.issue_id == issue_id)
    order = (takeaways.c.issue_id, takeaways.c.episode_id, takeaways.c.position, takeaways.c.id)
    return tuple(_takeaway(row) for row in conn.execute(statement.order_by(*order)))


def get_takeaway(conn: Connection, takeaway_id: int) -> Takeaway:
    """Return a takeaway.

    Raises:
        NotHeldError: If there is none of this id.
    """
    held = find_takeaway(conn, takeaway_id)
    if held is None:
        remedy = "see: earmark takeaways --json"
        raise NotHeldError(f"takeaway {takeaway_id}", "is not held", remedy)
    return held


def find_takeaway(conn: Connection, takeaway_id: int) -> Takeaway | None:
    """Return a takeaway, or None where there is none of this id."""
    row = conn.execute(select(takeaways).where(takeaways.c.id == takeaway_id)).first()
    return _takeaway(row) if row else None


def add_takeaways(conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add takeaways with what is known of each; what is not named is unknown."""
    every = {column.name: None for column in takeaways.c if column.name != "id"}
    if rows:
        conn.execute(takeaways.insert(), [{**every, **row} for row in rows])


def change_takeaway(conn: Connection, takeaway_id: int, **values: Any) -> None:
    """Change columns of a takeaway."""
    conn.execute(update(takeaways).where(takeaways.c.id == takeaway_id).values(values))


def drop_takeaways(conn: Connection, ids: Sequence[int]) -> None:
    """Remove takeaways."""
    conn.execute(delete(takeaways).where(takeaways.c.id.in_(list(ids))))


def count_takeaways(conn: Connection) -> int:
    """Return how many takeaways are held."""
    return int(conn.execute(select(func.count()).select_from(takeaways)).scalar_one())


def set_episode_of_issue(conn: Connection, issue_id: int, episode_id: int | None) -> None:
    """Let the takeaways of an issue point into another episode; what was found is forgotten."""
    values: dict[str, Any] = {"episode_id": episode_id, **dict.fromkeys(_FOUND)}
    values |= {"verdict": "unchecked", "settled": None}
    moved = takeaways.c.episode_id.is_distinct_from(episode_id)
    conn.execute(update(takeaways).where(takeaways.c.issue_id == issue_id, moved).values(values))


def set_found(conn: Connection, takeaway_id: int, **values: Any) -> None:
    """Record a check: found_ms, found_end_ms, verdict, confidence, sentence, speaker."""
    conn.execute(update(takeaways).where(takeaways.c.id == takeaway_id).values(values))


def _takeaway(row: Row[Any]) -> Takeaway:
    return Takeaway(**row._mapping)
