"""The tray out of the catalogue and back into it: nothing of it twice."""

from sqlalchemy import Connection

from corpus.catalogue import episodes, tray
from corpus.formats.interchange_tray import InterchangePick, InterchangeTray, InterchangeUse
from corpus.holdings import Pick


def read_tray(conn: Connection) -> InterchangeTray:
    """Return the tray with its picks in order, and every text used out of it."""
    held = tray.list_tray(conn)
    used = tray.list_uses(conn)
    pointed_at = [*(entry.episode_id for entry in held), *(use.episode_id for use in used)]
    ids = sorted({id_ for id_ in pointed_at if id_ is not None})
    guids: dict[int | None, str] = {}
    for start in range(0, len(ids), 500):
        for episode in episodes.list_episodes(conn, ids=ids[start : start + 500]):
            guids[episode.id] = episode.guid
    return InterchangeTray(
        picks=tuple(
            InterchangePick(
                text=entry.text,
                original=entry.original,
                episode_guid=guids.get(entry.episode_id),
                start_ms=entry.start_ms,
                end_ms=entry.end_ms,
                speaker=entry.speaker,
                sentence=entry.sentence,
                episode=entry.episode,
                show=entry.show,
            )
            for entry in held
        ),
        uses=tuple(
            InterchangeUse(
                text=use.text,
                label=use.label,
                used=use.used,
                episode_guid=guids.get(use.episode_id),
                start_ms=use.start_ms,
            )
            for use in used
        ),
    )


def store_tray(conn: Connection, line: InterchangeTray, *, now_ms: int) -> bool:
    """Add to the tray what it does not hold yet; return whether anything is new."""
    changed = False
    for pick in line.picks:
        entry_id, undo_id = tray.add_to_tray(conn, _pick(conn, pick), now_ms=now_ms)
        if undo_id is None:
            continue
        changed = True
        if pick.text != pick.original:
            tray.edit_entry(conn, entry_id, pick.text, now_ms=now_ms)
    for use in line.uses:
        episode_id = _episode_id(conn, use.episode_guid)
        made = tray.UsedText(
            text=use.text,
            label=use.label,
            used=use.used,
            episode_id=episode_id,
            start_ms=use.start_ms,
        )
        changed |= tray.add_use(conn, made, now_ms=now_ms)
    return changed


def _pick(conn: Connection, pick: InterchangePick) -> Pick:
    return Pick(
        text=pick.original,
        episode_id=_episode_id(conn, pick.episode_guid),
        start_ms=pick.start_ms,
        end_ms=pick.end_ms,
        speaker=pick.speaker,
        sentence=pick.sentence,
        episode=pick.episode,
        show=pick.show,
    )


def _episode_id(conn: Connection, guid: str | None) -> int | None:
    found = episodes.find_by_any_guid(conn, guid) if guid else None
    return found.id if found else None
