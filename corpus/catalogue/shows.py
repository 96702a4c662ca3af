"""Shows: podcasts and newsletters that are followed."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select, update

from corpus.catalogue.rows import insert_id, title_key
from corpus.catalogue.schema import episodes, issues, shows
from corpus.errors import NotHeldError
from corpus.holdings import Show, ShowKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowFacts:
    """What a source says of a show."""

    kind: ShowKind
    title: str
    feed_url: str | None = None
    podcast_guid: str | None = None
    link: str | None = None
    author: str | None = None
    language: str | None = None
    image_url: str | None = None


def put_show(conn: Connection, facts: ShowFacts, *, now_ms: int) -> int:
    """Store a show, or what is new about one that is held; return its id.

    A show is known again by its feed's address, then its podcast:guid, then its name.
    """
    known = {
        name: getattr(facts, name)
        for name in ("feed_url", "podcast_guid", "link", "author", "language", "image_url")
        if getattr(facts, name) is not None
    }
    named = {"title": facts.title, "title_key": title_key(facts.title)}
    held = find_show(conn, facts)
    if held is None:
        values = {"kind": facts.kind, "added_ms": now_ms, **named, **known}
        return insert_id(conn, shows, values)
    changed = {
        name: value
        for name, value in {**named, **known}.items()
        if name != "title_key" and getattr(held, name) != value
    }
    if held.ended_ms is not None and facts.feed_url:
        changed |= {"ended_ms": None, "last_problem": None}  # somebody added it again
    if changed:
        if "title" in changed:
            changed["title_key"] = named["title_key"]
            others = [name for name in held.former_titles if name != facts.title]
            changed["former_titles"] = [*others, held.title]
        conn.execute(update(shows).where(shows.c.id == held.id).values(changed))
    return held.id


def find_show(conn: Connection, facts: ShowFacts) -> Show | None:
    """Return the held show that these facts speak of."""
    of_kind = shows.c.kind == facts.kind
    tries: list[Any] = []
    if facts.feed_url:
        # One feed is one show, whatever it was taken for.
        tries.append(shows.c.feed_url == facts.feed_url)
    if facts.podcast_guid:
        tries.append(of_kind & (shows.c.podcast_guid == facts.podcast_guid))
    same_name = shows.c.title_key == title_key(facts.title)
    # Two feeds may bear one name: a name alone joins only where no other address speaks against.
    named = of_kind & same_name
    tries.append(named & shows.c.feed_url.is_(None) if facts.feed_url else named)
    for condition in tries:
        statement = select(shows).where(condition).order_by(shows.c.id)
        if row := conn.execute(statement).first():
            return _show(row)
    return None


def get_show(conn: Connection, show_id: int) -> Show:
    """Return a show.

    Raises:
        NotHeldError: If there is none of this id.
    """
    row = conn.execute(select(shows).where(shows.c.id == show_id)).first()
    if row is None:
        raise NotHeldError(f"show {show_id}", "is not held", "see: earmark list shows")
    return _show(row)


def list_shows(conn: Connection, kind: ShowKind | None = None) -> tuple[Show, ...]:
    """Return all shows by name."""
    statement = select(shows).order_by(shows.c.title_key, shows.c.id)
    if kind:
        statement = statement.where(shows.c.kind == kind)
    return tuple(_show(row) for row in conn.execute(statement))


def is_empty(conn: Connection, show_id: int) -> bool:
    """Tell whether nothing of a show is held yet."""
    held = [
        select(table.c.id).where(table.c.show_id == show_id).limit(1)
        for table in (episodes, issues)
    ]
    return not any(conn.execute(statement).first() for statement in held)


def list_due_shows(conn: Connection, now_ms: int) -> tuple[Show, ...]:
    """Return the shows whose feed should be asked again by now."""
    statement = select(shows).where(
        shows.c.feed_url.is_not(None),
        shows.c.ended_ms.is_(None),
        (shows.c.next_poll_ms.is_(None)) | (shows.c.next_poll_ms <= now_ms),
    )
    return tuple(_show(row) for row in conn.execute(statement.order_by(shows.c.id)))


def set_poll(conn: Connection, show_id: int, **values: Any) -> None:
    """Record how a poll went: etag, last_modified, content_hash, next_poll_ms, failures, ..."""
    conn.execute(update(shows).where(shows.c.id == show_id).values(values))


def _show(row: Row[Any]) -> Show:
    values = dict(row._mapping)
    values.pop("title_key")
    values["former_titles"] = tuple(values["former_titles"] or ())
    return Show(**values)
