"""Newsletter issues and the episodes they speak of."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Row, Select, and_, func, or_, select, update

from corpus.addresses import page_key
from corpus.catalogue.rows import as_json, digest, insert_id, records_of, title_key
from corpus.catalogue.same_issue import are_one_issue
from corpus.catalogue.schema import issues, shows
from corpus.errors import NotHeldError
from corpus.holdings import Issue, Proposal
from corpus.records import Block, EpisodeMention, Link, ParsedNewsletter

_LIGHT = [column for column in issues.c if column.name != "blocks"]
_FACTS = ("show_id", "title", "author", "published", "link")
_CLEARLY_MORE = 1.2  # times the letters that are held
_AS_MUCH = 0.8


def put_issue(
    conn: Connection,
    parsed: ParsedNewsletter,
    *,
    show_id: int | None,
    source: str | None,
    now_ms: int,
) -> tuple[int, bool]:
    """Store an issue; return its id and whether anything is new.

    An issue is known again by its link, else by its words: one sent twice is one issue. What
    comes again on another way replaces what is held only where it says clearly more, or was sent
    later with as much: a correction.
    """
    words = title_key(parsed.text)
    identities = [digest(["words", words])]
    if parsed.link:
        identities.insert(0, digest(["link", page_key(parsed.link)]))
    values = {
        "show_id": show_id,
        "title": parsed.title,
        "author": parsed.author,
        "published": parsed.published,
        "link": parsed.link,
        "source": source,
        "blocks": as_json(parsed.blocks),
        "mention": as_json(parsed.mention),
        "problems": list(parsed.problems),
        "content_hash": digest([parsed.title, parsed.published, parsed.blocks, parsed.takeaways]),
    }
    held = _find_held(conn, parsed, identities, values["content_hash"])
    if held is None:
        values |= {"identity": identities[0], "proposals": [], "added_ms": now_ms}
        return insert_id(conn, issues, values), True
    if held.content_hash == values["content_hash"]:
        return int(held.id), False
    changed = held.source == source or _is_richer(parsed, held)
    kept = {
        name: value
        for name, value in values.items()
        if value is not None and (changed or (name in _FACTS and getattr(held, name) is None))
    }
    if kept:
        conn.execute(update(issues).where(issues.c.id == held.id).values(kept))
    return int(held.id), changed


def _is_richer(parsed: ParsedNewsletter, held: Row[Any]) -> bool:
    letters = _letters(held.blocks)
    sent, before = parsed.published or "", held.published or ""
    # A date alone says nothing of what came first on that day.
    is_later = "T" in sent and "T" in before and sent > before
    return len(parsed.text) > (_AS_MUCH if is_later else _CLEARLY_MORE) * letters


def _find_held(
    conn: Connection, parsed: ParsedNewsletter, identities: Sequence[str], content_hash: str
) -> Row[Any] | None:
    """Return the row of an issue that is held already, whichever way it came."""
    columns = [issues.c[name] for name in ("id", "content_hash", "source", "blocks", *_FACTS)]
    known = or_(issues.c.identity.in_(identities), issues.c.content_hash == content_hash)
    if row := conn.execute(select(*columns).where(known)).first():
        return row
    near = [issues.c.title == parsed.title] if parsed.title else []
    if parsed.published:
        near.append(func.substr(issues.c.published, 1, 10).in_(_days_around(parsed.published)))
    if not near:
        return None
    for row in conn.execute(select(*columns).where(or_(*near)).order_by(issues.c.id)):
        held_text = "\n".join(block.text for block in _blocks(row.blocks))
        if are_one_issue((parsed.text, parsed.link), (held_text, row.link)):
            return row
    return None


def _days_around(published: str) -> list[str]:
    """Return the day of a UTC time, and those before and after it: clocks of mails differ."""
    try:
        day = date.fromisoformat(published[:10])
        return [(day + timedelta(days=by)).isoformat() for by in (-1, 0, 1)]
    except (ValueError, OverflowError):
        return [published[:10]]


def _letters(blocks: Sequence[dict[str, Any]] | None) -> int:
    return sum(len(row.get("text", "")) + 1 for row in blocks or ())


def get_issue(conn: Connection, issue_id: int) -> Issue:
    """Return an issue with its blocks.

    Raises:
        NotHeldError: If there is none of this id.
    """
    statement = select(issues, shows.c.title.label("show")).outerjoin(shows)
    row = conn.execute(statement.where(issues.c.id == issue_id)).first()
    if row is None:
        raise NotHeldError(f"issue {issue_id}", "is not held", "see: earmark list issues")
    return _issue(row)


def list_issues(
    conn: Connection,
    *,
    episode_id: int | None = None,
    ids: Sequence[int] | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> tuple[Issue, ...]:
    """Return issues, newest first, without their blocks."""
    statement = _select_light().order_by(issues.c.published.desc().nulls_last(), issues.c.id.desc())
    if episode_id is not None:
        statement = statement.where(issues.c.episode_id == episode_id)
    if ids is not None:
        statement = statement.where(issues.c.id.in_(ids))
    return tuple(_issue(row) for row in conn.execute(statement.limit(limit).offset(offset)))


def list_unjoined(conn: Connection) -> tuple[tuple[int, str | None], ...]:
    """Return the id and title of each issue of which nobody knows yet what it speaks of."""
    waiting = and_(issues.c.episode_id.is_(None), issues.c.joined_by.is_(None))
    rows = conn.execute(select(issues.c.id, issues.c.title).where(waiting))
    return tuple((row.id, row.title) for row in rows)


def is_link_held(conn: Connection, link: str) -> bool:
    """Tell whether the issue at an address is held."""
    identity = digest(["link", page_key(link)])
    known = or_(issues.c.identity == identity, issues.c.link == link)
    return conn.execute(select(issues.c.id).where(known)).first() is not None


def count_issues(conn: Connection) -> int:
    """Return how many issues are held."""
    return int(conn.execute(select(func.count()).select_from(issues)).scalar_one())


def set_join(
    conn: Connection,
    issue_id: int,
    *,
    episode_id: int | None,
    by: Literal["earmark", "author"],
    confidence: float | None,
    proposals: Sequence[Proposal],
) -> None:
    """Record which episode an issue speaks of, by whose word, and what else it could be."""
    values = {
        "episode_id": episode_id,
        "joined_by": by if episode_id is not None or by == "author" else None,
        "confidence": confidence,
        "proposals": as_json(list(proposals)),
    }
    conn.execute(update(issues).where(issues.c.id == issue_id).values(values))


def _select_light() -> Select[Any]:
    return select(*_LIGHT, shows.c.title.label("show")).outerjoin(
        shows, shows.c.id == issues.c.show_id
    )


def _blocks(rows: Sequence[dict[str, Any]] | None) -> tuple[Block, ...]:
    return tuple(
        Block(
            kind=row["kind"],
            text=row.get("text", ""),
            level=row.get("level"),
            links=records_of(Link, [{"text": "", **link} for link in row.get("links", ())]),
            cells=tuple(row.get("cells", ())),
        )
        for row in rows or ()
    )


def _issue(row: Row[Any]) -> Issue:
    values = dict(row._mapping)
    values.pop("identity")
    values["blocks"] = _blocks(values.get("blocks"))
    values["mention"] = records_of(EpisodeMention, [values["mention"] or {}])[0]
    values["proposals"] = records_of(
        Proposal, [{"reasons": (), **item} for item in values["proposals"] or ()]
    )
    values["problems"] = tuple(values["problems"] or ())
    return Issue(**values)
