"""Chapters as they are held: a publisher's own, proposed ones, and those that were accepted."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from corpus.catalogue.schema import chapters
from corpus.errors import NotHeldError
from corpus.holdings import HeldChapter


def put_subjects(conn: Connection, episode_id: int, subjects: Sequence[str]) -> bool:
    """Replace what is proposed of an episode by these subjects; those that stay keep their times.

    Nothing is proposed beside published chapters, nor what was accepted already.

    Returns:
        Whether any subject is new.
    """
    held = list_held(conn, episode_id)
    if any(each.origin == "published" for each in held):
        subjects = ()
    accepted = {each.title for each in held if each.origin == "accepted"}
    wanted = {t: at for at, t in enumerate(dict.fromkeys(subjects)) if t not in accepted}
    proposed = {each.title: each.id for each in held if each.is_proposed}
    drop_chapters(conn, [id_ for title, id_ in proposed.items() if title not in wanted])
    rows = []
    for title, position in wanted.items():
        if title in proposed:
            change_chapter(conn, proposed[title], position=position)
            continue
        row = {"episode_id": episode_id, "position": position, "title": title}
        rows.append({**row, "origin": "proposed"})
    if rows:
        conn.execute(chapters.insert(), rows)
    return bool(rows)


def list_proposed(conn: Connection, episode_id: int) -> tuple[HeldChapter, ...]:
    """Return the chapters that wait to be accepted, in the order of the show notes."""
    return tuple(each for each in list_held(conn, episode_id) if each.is_proposed)


def list_held(conn: Connection, episode_id: int) -> tuple[HeldChapter, ...]:
    """Return all chapters of an episode as they are held, in their publisher's order."""
    statement = select(chapters).where(chapters.c.episode_id == episode_id)
    rows = conn.execute(statement.order_by(chapters.c.position, chapters.c.id))
    return tuple(_chapter(row) for row in rows)


def get_chapter(conn: Connection, chapter_id: int) -> HeldChapter:
    """Return a chapter.

    Raises:
        NotHeldError: If there is none of this id.
    """
    row = conn.execute(select(chapters).where(chapters.c.id == chapter_id)).first()
    if row is None:
        raise NotHeldError(f"chapter {chapter_id}", "is not held", "see: earmark chapters EPISODE")
    return _chapter(row)


def change_chapter(conn: Connection, chapter_id: int, **values: Any) -> None:
    """Change columns of a chapter."""
    conn.execute(update(chapters).where(chapters.c.id == chapter_id).values(values))


def drop_chapters(conn: Connection, ids: Sequence[int]) -> None:
    """Remove chapters."""
    conn.execute(delete(chapters).where(chapters.c.id.in_(list(ids))))


def _chapter(row: Row[Any]) -> HeldChapter:
    return HeldChapter(**row._mapping)
