"""Who speaks: names that people gave to the labels of transcripts.

A correction is kept beside the transcripts, which stay as they were read. One for a whole show
holds wherever a transcript of the same origin has the same label; one for an episode goes first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select

from corpus.catalogue.rows import insert_id
from corpus.catalogue.schema import episodes, segments, speaker_names, transcripts
from corpus.catalogue.undos import Before, read_before, remember
from corpus.errors import NotHeldError
from corpus.holdings import SpeakerName
from corpus.records import Segment

MOST_LETTERS = 200
"""Letters of a name at most."""


def list_labels(conn: Connection, episode_id: int) -> tuple[str, ...]:
    """Return the speakers of an episode as its transcript calls them, in order of appearance."""
    first = func.min(segments.c.position)
    statement = (
        select(segments.c.speaker)
        .join(transcripts, transcripts.c.id == segments.c.transcript_id)
        .where(transcripts.c.episode_id == episode_id, segments.c.speaker.is_not(None))
        .group_by(segments.c.speaker)
        .order_by(first)
    )
    return tuple(conn.execute(statement).scalars())


def find_names(conn: Connection, episode_id: int) -> dict[str, SpeakerName]:
    """Return the corrections that hold for an episode, by label."""
    held = _scope(conn, episode_id)
    if held is None:
        return {}
    ours = (speaker_names.c.show_id == held.show_id) & (speaker_names.c.origin == held.origin)
    here = speaker_names.c.episode_id.is_(None) | (speaker_names.c.episode_id == episode_id)
    rows = conn.execute(select(speaker_names).where(ours, here).order_by(speaker_names.c.id))
    found = [_speaker_name(row) for row in rows]
    # What holds for the episode alone comes last, and so it wins.
    ordered = sorted(found, key=lambda one: one.episode_id is not None)
    return {one.label: one for one in ordered}


def list_names(conn: Connection) -> tuple[SpeakerName, ...]:
    """Return all corrections."""
    rows = conn.execute(select(speaker_names).order_by(speaker_names.c.id))
    return tuple(_speaker_name(row) for row in rows)


def _scope(conn: Connection, episode_id: int) -> Any:
    statement = (
        select(episodes.c.show_id, transcripts.c.origin)
        .join(transcripts, transcripts.c.episode_id == episodes.c.id)
        .where(episodes.c.id == episode_id)
    )
    return conn.execute(statement).first()


def _speaker_name(row: Row[Any]) -> SpeakerName:
    return SpeakerName(**{key: value for key, value in row._mapping.items() if key != "added_ms"})


def name_segments(
    spoken: Sequence[Segment], names: Mapping[str, SpeakerName]
) -> tuple[Segment, ...]:
    """Return segments by the names that their labels were given."""
    named = {label: each.name for label, each in names.items()}
    return tuple(
        replace(one, speaker=named[one.speaker]) if one.speaker in named else one for one in spoken
    )


def put_name(
    conn: Connection, episode_id: int, label: str, name: str, *, for_show: bool, now_ms: int
) -> tuple[int, str]:
    """Give a label of an episode's transcript a name; no name, or the label, takes it away.

    Args:
        for_show: Whether it holds for the show's other episodes too.

    Returns:
        The undo's id, and what was done.

    Raises:
        NotHeldError: If the transcript has no such label.
    """
    held = _scope(conn, episode_id)
    if held is None or label not in list_labels(conn, episode_id):
        remedy = "see: earmark speakers EPISODE"
        raise NotHeldError(repr(label[:MOST_LETTERS]), "is no speaker of this episode", remedy)
    name = " ".join(name.split())[:MOST_LETTERS]
    before = _drop_names(conn, held, label, episode_id, for_show=for_show)
    # The label itself is a name only where the show's correction is not to hold.
    if name and (name != label or label in find_names(conn, episode_id)):
        values = {
            "show_id": held.show_id,
            "episode_id": None if for_show else episode_id,
            "origin": held.origin,
            "label": label,
            "name": name,
            "added_ms": now_ms,
        }
        new_id = insert_id(conn, speaker_names, values)
        before.append(Before(table=speaker_names, id=new_id, row=None))
    now = find_names(conn, episode_id).get(label)
    said = f"“{label}” is now called {now.name if now else f'“{label}” again'}"
    subject = f"speaker:{episode_id}"
    return remember(conn, before, subject=subject, said=said, now_ms=now_ms), said


def _drop_names(
    conn: Connection, held: Any, label: str, episode_id: int, *, for_show: bool
) -> list[Before]:
    label_is = (
        (speaker_names.c.show_id == held.show_id)
        & (speaker_names.c.origin == held.origin)
        & (speaker_names.c.label == label)
    )
    # A show's correction asked for here must hold here: what holds for the episode alone goes.
    here = speaker_names.c.episode_id == episode_id
    scope = here | speaker_names.c.episode_id.is_(None) if for_show else here
    ids = list(conn.execute(select(speaker_names.c.id).where(label_is, scope)).scalars())
    before = read_before(conn, speaker_names, ids)
    conn.execute(delete(speaker_names).where(speaker_names.c.id.in_(ids)))
    return list(before)


def list_named_alike(conn: Connection, episode_id: int) -> tuple[int, ...]:
    """Return the episodes that a correction for the show of one holds for: of the same origin."""
    held = _scope(conn, episode_id)
    if held is None:
        return ()
    statement = (
        select(episodes.c.id)
        .join(transcripts, transcripts.c.episode_id == episodes.c.id)
        .where(episodes.c.show_id == held.show_id, transcripts.c.origin == held.origin)
        .order_by(episodes.c.id)
    )
    return tuple(conn.execute(statement).scalars())
