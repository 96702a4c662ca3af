"""What is known of episodes' links: where they play elsewhere, and whose times may be off."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from corpus.catalogue import episodes, players, transcripts
from corpus.holdings import Episode, Takeaway
from corpus.settings import Settings
from ingest.audio_length import Drift, find_drift
from web.documents import Document
from web.held_documents import checked_document, takeaway_document
from web.links import LinkMaker


def list_drifts(conn: Connection, held: Sequence[Episode]) -> dict[int, Drift]:
    """Return which of some episodes have other audio now than their times belong to, by id."""
    known = transcripts.list_transcripts(conn, [episode.id for episode in held])
    found = {episode.id: find_drift(episode, known.get(episode.id)) for episode in held}
    return {id_: drift for id_, drift in found.items() if drift}


def list_by_ids(conn: Connection, ids: Iterable[int | None]) -> list[Episode]:
    """Return the episodes of some ids; unknown ones are passed over."""
    wanted = sorted({id_ for id_ in ids if id_ is not None})
    found: list[Episode] = []
    for start in range(0, len(wanted), 500):
        found += episodes.list_episodes(conn, ids=wanted[start : start + 500])
    return found


def make_links(
    conn: Connection, settings: Settings, ids: Iterable[int | None], player: str | None = None
) -> LinkMaker:
    """Return what makes the links of a block; the player is the setting's unless one is named."""
    held = list_by_ids(conn, ids)
    return LinkMaker(
        public_url=settings.public_url,
        player=player or settings.player,
        episodes={episode.id: episode for episode in held},
        named=players.list_pages(conn, [episode.id for episode in held]),
    )


def list_takeaway_documents(
    conn: Connection, found: Sequence[Takeaway], *, checked: bool = True
) -> list[Document]:
    """Return takeaways, each with why its time may be off, if it may; ``checked``: all of them."""
    drifts = list_drifts(conn, list_by_ids(conn, [item.episode_id for item in found]))
    documents = []
    for item in found:
        drift = drifts.get(item.episode_id or 0)
        problem = drift.problem if drift and item.start_ms is not None else None
        more = checked_document(item) if checked else {}
        documents.append({**more, **takeaway_document(item), "problem": problem})
    return documents
