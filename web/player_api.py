"""Over HTTP: where an episode plays elsewhere, and whether its times are still right."""

from flask import Blueprint

from corpus.catalogue import episodes, players
from corpus.catalogue.pages import find_live_job
from corpus.homes import now_ms
from web.api_operations import Operation, sent, serve
from web.api_schemas import ID, TEXT, Schema, many, record, ref
from web.current import current_house
from web.documents import Document
from web.episode_documents import players_document
from web.held_documents import job_document
from web.player_pages import keep_page, settle_times

blueprint = Blueprint("player_api", __name__)

_PLAYERS = {"episode_id": ID, "players": many(ref("Player"))}
_PAGE: Schema = {
    "type": "string",
    "pattern": "^(https?://[A-Za-z0-9]|spotify:episode:)",
    "maxLength": 2000,
    "description": "The episode's address there, from the player's share menu.",
}


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/episodes/{episode_id}/players",
        summary="Where an episode plays elsewhere",
        gives=record(**_PLAYERS),
        revalidates=True,
    ),
)
def list_players(episode_id: int) -> Document:
    """Answer where an episode plays elsewhere."""
    return _document(episode_id)


@serve(
    blueprint,
    Operation(
        method="POST",
        path="/api/v1/episodes/{episode_id}/players",
        summary="Keep where an episode plays",
        gives=record(**_PLAYERS, undo_id=ID),
        sent=record(url=_PAGE),
    ),
)
def add_player(episode_id: int) -> Document:
    """Keep where an episode plays; answer all its players, with the undo's id."""
    with current_house().catalogue.write() as conn:
        _, undo_id = keep_page(conn, episode_id, sent()["url"])
    return {**_document(episode_id), "undo_id": undo_id}


@serve(
    blueprint,
    Operation(
        method="DELETE",
        path="/api/v1/episodes/{episode_id}/players/{player}",
        summary="Forget where an episode plays on a player",
        gives=record(**_PLAYERS, undo_id=ID),
    ),
)
def remove_player(episode_id: int, player: str) -> Document:
    """Forget where an episode plays on a player; answer the others, with the undo's id."""
    with current_house().catalogue.write() as conn:
        undo_id = players.drop_page(conn, episode_id, player[:300], now_ms=now_ms())
    return {**_document(episode_id), "undo_id": undo_id}


@serve(
    blueprint,
    Operation(
        method="POST",
        path="/api/v1/episodes/{episode_id}/listen-again",
        summary="Get an episode's audio as it is now; its times follow if it has changed",
        gives=record(episode_id=ID, queued=TEXT),
    ),
)
def listen_again(episode_id: int) -> Document:
    """Queue getting an episode's audio again, so that its times follow it."""
    from ingest.moving import ask_to_relisten

    with current_house().catalogue.write() as conn:
        ask_to_relisten(conn, episodes.get_episode(conn, episode_id), now_ms=now_ms())
    return {"episode_id": episode_id, "queued": "relisten"}


@serve(
    blueprint,
    Operation(
        method="POST",
        path="/api/v1/episodes/{episode_id}/transcribe",
        summary="Hear what is said in an episode that has no transcript",
        gives=ref("Job"),
        status=202,
    ),
)
def transcribe(episode_id: int) -> tuple[Document, int]:
    """Queue an episode's transcription, and getting its audio before; answer the job."""
    from ingest.moving import ask_to_transcribe

    with current_house().catalogue.write() as conn:
        episode = episodes.get_episode(conn, episode_id)
        wanted = ask_to_transcribe(conn, episode, now_ms=now_ms())
        queued = find_live_job(conn, wanted.kind, wanted.subject)
    assert queued is not None  # it was queued, or stood there already
    return job_document(queued), 202


@serve(
    blueprint,
    Operation(
        method="POST",
        path="/api/v1/episodes/{episode_id}/times-right",
        summary="Take an episode's times for right in its audio as it is now",
        gives=record(episode_id=ID, undo_id=ID),
    ),
)
def take_times_for_right(episode_id: int) -> Document:
    """Take an episode's times for right in its audio as it is now; answer the undo's id."""
    return {"episode_id": episode_id, "undo_id": settle_times(episode_id)}


def _document(episode_id: int) -> Document:
    with current_house().catalogue.read() as conn:
        episode = episodes.get_episode(conn, episode_id)
        named = players.list_pages(conn, [episode_id]).get(episode_id, {})
    return {"episode_id": episode_id, "players": players_document(episode, named)}
