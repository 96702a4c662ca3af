"""Takeaways: what authors wrote, where it was said, and how sure that is."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from corpus.catalogue.schema import takeaways
from corpus.errors import NotHeldError
from corpus.holdings import Takeaway
from corpus.records import ParsedTakeaway, TakeawayOrigin

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

    What was found for one whose text and time are unchanged is kept.

    Returns:
        Whether anything changed.
    """
    owner = takeaways.c.issue_id == issue_id
    if issue_id is None:
        owner = (takeaways.c.episode_id == episode_id) & takeaways.c.issue_id.is_(None)
        owner &= takeaways.c.origin == origin
    rows = conn.execute(select(takeaways).where(owner).order_by(takeaways.c.position)).all()
    held = [_takeaway(row) for row in rows]
    wanted = [_key(item.text, item.start_ms, item.end_ms, item.section) for item in parsed]
    if wanted == [_key(h.text, h.stated_ms, h.stated_end_ms, h.section) for h in held]:
        return False
    found = {(h.text, h.stated_ms): {name: getattr(h, name) for name in _FOUND} for h in held}
    conn.execute(delete(takeaways).where(owner))
    values = [
        {
            "episode_id": episode_id,
            "issue_id": issue_id,
            "origin": origin,
            "position": position,
            "text": item.text,
            "section": item.section,
            "stated_ms": item.start_ms,
            "stated_end_ms": item.end_ms,
            "link": item.link,
            "label": item.label,
            **dict.fromkeys(_FOUND),
            "verdict": "unchecked",
            **found.get((item.text, item.start_ms), {}),
        }
        for position, item in enumerate(parsed)
    ]
    if values:
        conn.execute(takeaways.insert(), values)
    return True


def _key(*parts: Any) -> tuple[Any, ...]:
    return parts


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
    values["verdict"] = "unchecked"
    moved = takeaways.c.episode_id.is_distinct_from(episode_id)
    conn.execute(update(takeaways).where(takeaways.c.issue_id == issue_id, moved).values(values))


def set_found(conn: Connection, takeaway_id: int, **values: Any) -> None:
    """Record a check: found_ms, found_end_ms, verdict, confidence, sentence, speaker."""
    conn.execute(update(takeaways).where(takeaways.c.id == takeaway_id).values(values))


def _takeaway(row: Row[Any]) -> Takeaway:
    return Takeaway(**row._mapping)
