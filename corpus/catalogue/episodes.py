"""Episodes and their chapters."""

from collections.abc import Container, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, or_, select, update

from corpus.addresses import media_key
from corpus.catalogue.rows import as_json, digest, insert_id, records_of, title_key
from corpus.catalogue.schema import chapters, episodes, shows
from corpus.errors import NotHeldError, UsageError
from corpus.holdings import Episode
from corpus.players import find_page
from corpus.records import Chapter, ParsedEpisode, Person, TranscriptRef

_LIGHT = [column for column in episodes.c if column.name not in ("title_key", "show_notes")]


def put_episode(
    conn: Connection,
    show_id: int,
    parsed: ParsedEpisode,
    *,
    language: str | None = None,
    listed: Container[str] = (),
    now_ms: int,
) -> tuple[int, bool]:
    """Store an episode as its feed tells it; return its id and whether anything is new.

    Its identity is its guid within the show. Where a feed has changed that, it is known again by
    its title and its audio; ``listed`` are the guids of the feed, whose episodes are others. What
    a feed no longer says is kept.
    """
    values = _values(parsed, language)
    # Where the audio is measured on its way is no news of the episode.
    heard = {"audio_url": media_key(values["audio_url"]) if values["audio_url"] else None}
    # Chapters are kept apart, and news all the same.
    values["content_hash"] = digest(values | heard | {"chapters": as_json(parsed.chapters)})
    values |= {"guid": parsed.guid, "title_key": title_key(values["title"])}
    held = _find_held(conn, show_id, parsed, listed)
    if held is None:
        values |= {"show_id": show_id, "added_ms": now_ms}
        return insert_id(conn, episodes, values), True
    changed = held.content_hash != values["content_hash"]
    if held.media_ms is not None:
        values["duration_ms"] = held.media_ms
    kept = {
        name: value
        for name, value in values.items()
        if value not in (None, "", []) and (changed or name in ("guid", "audio_url"))
    }
    if changed or any(getattr(held, name) != value for name, value in kept.items()):
        conn.execute(update(episodes).where(episodes.c.id == held.id).values(kept))
    return int(held.id), changed


def _find_held(
    conn: Connection, show_id: int, parsed: ParsedEpisode, listed: Container[str]
) -> Row[Any] | None:
    columns = [episodes.c[name] for name in ("id", "guid", "audio_url", "media_ms", "content_hash")]
    mine = select(*columns).where(episodes.c.show_id == show_id)
    if row := conn.execute(mine.where(episodes.c.guid == parsed.guid)).first():
        return row
    if not parsed.title or not parsed.enclosures:
        return None
    key = media_key(parsed.enclosures[0].url)
    for row in conn.execute(mine.where(episodes.c.title_key == title_key(parsed.title))):
        if row.audio_url and media_key(row.audio_url) == key and row.guid not in listed:
            return row
    return None


def _values(parsed: ParsedEpisode, language: str | None) -> dict[str, Any]:
    first = parsed.enclosures[0] if parsed.enclosures else None
    return {
        "title": parsed.title or parsed.published or "Untitled",
        "published": parsed.published,
        "link": parsed.link,
        "duration_ms": parsed.duration_ms,
        "feed_duration_ms": parsed.duration_ms,
        "season": parsed.season,
        "number": parsed.number,
        "language": language,
        "audio_url": first.url if first else None,
        "audio_type": first.type if first else None,
        "audio_bytes": first.bytes if first else None,
        "image_url": parsed.image_url,
        "persons": as_json(parsed.persons),
        "transcript_refs": as_json(parsed.transcripts),
        "chapters_url": parsed.chapters_url,
        "show_notes": parsed.show_notes,
        "other_urls": [each.url for each in parsed.enclosures[1:] if find_page(each.url)],
    }


def get_episode(conn: Connection, episode_id: int) -> Episode:
    """Return an episode with its show notes.

    Raises:
        NotHeldError: If there is none of this id.
    """
    row = conn.execute(_select_full().where(episodes.c.id == episode_id)).first()
    if row is None:
        raise NotHeldError(f"episode {episode_id}", "is not held", "see: earmark list episodes")
    return _episode(row)


def find_by_guid(conn: Connection, show_id: int, guid: str) -> Episode:
    """Return the episode of a show with this guid.

    Raises:
        NotHeldError: If there is none.
    """
    condition = (episodes.c.show_id == show_id) & (episodes.c.guid == guid)
    row = conn.execute(_select_full().where(condition)).first()
    if row is None:
        raise NotHeldError(guid, "is no held episode", "see: earmark list episodes")
    return _episode(row)


def find_by_any_guid(conn: Connection, guid: str) -> Episode | None:
    """Return an episode with this guid, of whatever show."""
    statement = _select_full().where(episodes.c.guid == guid).order_by(episodes.c.id)
    row = conn.execute(statement).first()
    return _episode(row) if row else None


def find_by_audio(conn: Connection, url: str) -> Episode | None:
    """Return an episode with this enclosure, whatever counts downloads in front of it."""
    key = media_key(url)
    columns = select(episodes.c.id, episodes.c.audio_url).where(episodes.c.audio_url.is_not(None))
    for row in conn.execute(columns):
        if row.audio_url == url or media_key(row.audio_url) == key:
            return get_episode(conn, row.id)
    return None


def list_ids_by_guid(conn: Connection, guid: str) -> tuple[int, ...]:
    """Return the ids of the episodes with this guid, of all shows."""
    found = conn.execute(select(episodes.c.id).where(episodes.c.guid == guid))
    return tuple(found.scalars())


def list_fitting(conn: Connection, reference: str, *, limit: int = 9) -> tuple[Episode, ...]:
    """Return the episodes that a person may mean: by id, guid or title, else by part of a title."""
    condition = or_(episodes.c.guid == reference, episodes.c.title_key == title_key(reference))
    if reference.isascii() and reference.isdigit():
        condition = or_(condition, episodes.c.id == int(reference[:18]))
    rows = conn.execute(_select_full().where(condition).limit(limit)).all()
    if not rows:
        part = episodes.c.title_key.contains(title_key(reference), autoescape=True)
        rows = conn.execute(_select_full().where(part).limit(limit)).all()
    return tuple(_episode(row) for row in rows)


def find_episode(conn: Connection, reference: str) -> Episode:
    """Return the episode that a person means: an id, a guid, or (part of) a title.

    Raises:
        NotHeldError: If none fits.
        UsageError: If several do.
    """
    found = list_fitting(conn, reference)
    if not found:
        raise NotHeldError(reference, "is no held episode", "see: earmark list episodes")
    if len(found) > 1:
        named = ", ".join(f"{one.id} {one.title}" for one in found[:5])
        raise UsageError(reference, f"fits several episodes: {named}", "give the id")
    return found[0]


def list_episodes(
    conn: Connection,
    *,
    show_id: int | None = None,
    ids: Sequence[int] | None = None,
    limit: int | None = None,
    offset: int = 0,
    with_show_notes: bool = False,
) -> tuple[Episode, ...]:
    """Return episodes, newest first; without their show notes unless these are asked for."""
    chosen = _select_full() if with_show_notes else _select_light()
    statement = chosen.order_by(episodes.c.published.desc().nulls_last(), episodes.c.id)
    if show_id is not None:
        statement = statement.where(episodes.c.show_id == show_id)
    if ids is not None:
        statement = statement.where(episodes.c.id.in_(ids))
    return tuple(_episode(row) for row in conn.execute(statement.limit(limit).offset(offset)))


def count_episodes(conn: Connection, show_id: int | None = None) -> int:
    """Return how many episodes are held."""
    statement = select(func.count()).select_from(episodes)
    if show_id is not None:
        statement = statement.where(episodes.c.show_id == show_id)
    return int(conn.execute(statement).scalar_one())


def set_media(
    conn: Connection, episode_id: int, *, path: str, media_hash: str, duration_ms: int | None
) -> None:
    """Record the audio that is held for an episode; duration in milliseconds where known."""
    values: dict[str, Any] = {"media_path": path, "media_hash": media_hash, "media_ms": duration_ms}
    if duration_ms is not None:
        values["duration_ms"] = duration_ms
    conn.execute(update(episodes).where(episodes.c.id == episode_id).values(values))


def add_transcript_ref(conn: Connection, episode_id: int, ref: TranscriptRef) -> None:
    """Record one more place where a transcript of an episode can be had."""
    refs = get_episode(conn, episode_id).transcript_refs
    if ref not in refs:
        values = {"transcript_refs": as_json([*refs, ref])}
        conn.execute(update(episodes).where(episodes.c.id == episode_id).values(values))


def put_chapters(conn: Connection, episode_id: int, found: Sequence[Chapter]) -> None:
    """Replace all chapters of an episode by those that its publisher gives.

    What was proposed or accepted before gives way: a publisher's own times are the better ones.
    """
    conn.execute(delete(chapters).where(chapters.c.episode_id == episode_id))
    rows = [
        {
            "episode_id": episode_id,
            "position": position,
            "start_ms": chapter.start_ms,
            "end_ms": chapter.end_ms,
            "title": chapter.title,
            "link": chapter.link,
            "origin": "published",
        }
        for position, chapter in enumerate(found)
    ]
    if rows:
        conn.execute(chapters.insert(), rows)


def list_chapters(conn: Connection, episode_id: int) -> tuple[Chapter, ...]:
    """Return the chapters of an episode in order of time; what is only proposed is none yet."""
    own = (chapters.c.episode_id == episode_id) & (chapters.c.origin != "proposed")
    statement = select(chapters).where(own, chapters.c.start_ms.is_not(None))
    return tuple(
        Chapter(start_ms=row.start_ms, end_ms=row.end_ms, title=row.title, link=row.link)
        for row in conn.execute(statement.order_by(chapters.c.start_ms, chapters.c.position))
    )


def _select_full() -> Select[Any]:
    return select(episodes, shows.c.title.label("show")).join(shows)


def _select_light() -> Select[Any]:
    return select(*_LIGHT, shows.c.title.label("show")).join(
        shows, shows.c.id == episodes.c.show_id
    )


def _episode(row: Row[Any]) -> Episode:
    values = dict(row._mapping)
    values.pop("title_key", None)
    values.setdefault("show_notes", "")
    values["persons"] = records_of(Person, values["persons"])
    values["transcript_refs"] = records_of(TranscriptRef, values["transcript_refs"])
    values["other_urls"] = tuple(values["other_urls"] or ())
    return Episode(**values)
