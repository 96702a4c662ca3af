"""Where an episode plays elsewhere, and whether its times are still right: named on its page."""

from flask import Blueprint, flash, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from corpus.catalogue import episodes, players, transcripts
from corpus.errors import NotHeldError, UsageError
from corpus.homes import now_ms
from corpus.players import player_label, read_page
from web.current import current_house
from web.documents import MAX_ID
from web.refused_forms import refuse, say_wrong
from web.takeaway_pages import go_back, tell

blueprint = Blueprint("players", __name__)


@blueprint.post(f"/episodes/<int(max={MAX_ID}):episode_id>/players")
def name_page(episode_id: int) -> Response:
    """Keep the address at which an episode plays elsewhere."""
    here = url_for("episodes.show", episode_id=episode_id, _anchor="players")
    try:
        with current_house().catalogue.write() as conn:
            page, undo_id = keep_page(conn, episode_id, request.form.get("url", ""))
    except UsageError as error:
        return refuse(error, here)
    tell(f"Links to moments now lead to {page} too.", undo_id, here)
    return go_back(here)


@blueprint.post(f"/episodes/<int(max={MAX_ID}):episode_id>/players/forget")
def forget_page(episode_id: int) -> Response:
    """Forget where an episode plays on a player."""
    here = url_for("episodes.show", episode_id=episode_id, _anchor="players")
    player = request.form.get("player", "")[:300]
    try:
        with current_house().catalogue.write() as conn:
            undo_id = players.drop_page(conn, episode_id, player, now_ms=now_ms())
    except NotHeldError as error:
        flash(say_wrong(error), "problem")
    else:
        tell(f"Forgot its address on {player_label(player)}.", undo_id, here)
    return go_back(here)


def keep_page(conn: Connection, episode_id: int, address: str) -> tuple[str, int]:
    """Keep where an episode plays; return its player's name and the undo's id.

    Raises:
        NotHeldError: If there is no such episode.
        UsageError: If it is no address of an episode.
    """
    page = read_page(address)
    episodes.get_episode(conn, episode_id)
    return page.label, players.put_page(conn, episode_id, page.player, page.url, now_ms=now_ms())


@blueprint.post(f"/episodes/<int(max={MAX_ID}):episode_id>/listen-again")
def listen_again(episode_id: int) -> Response:
    """Queue getting an episode's audio again, so that its times follow it."""
    from ingest.moving import ask_to_relisten

    here = url_for("episodes.show", episode_id=episode_id)
    try:
        with current_house().catalogue.write() as conn:
            ask_to_relisten(conn, episodes.get_episode(conn, episode_id), now_ms=now_ms())
    except UsageError as error:
        flash(say_wrong(error), "problem")
    else:
        flash("Its audio is being listened to again; its times will follow.", "done")
    return go_back(here)


@blueprint.post(f"/episodes/<int(max={MAX_ID}):episode_id>/transcribe")
def transcribe(episode_id: int) -> Response:
    """Queue hearing what is said in an episode that has no transcript."""
    from ingest.moving import ask_to_transcribe

    try:
        with current_house().catalogue.write() as conn:
            ask_to_transcribe(conn, episodes.get_episode(conn, episode_id), now_ms=now_ms())
    except UsageError as error:
        flash(say_wrong(error), "problem")
    else:
        flash("Its audio is being listened to; its words will stand here.", "done")
    return go_back(url_for("episodes.show", episode_id=episode_id))


@blueprint.post(f"/episodes/<int(max={MAX_ID}):episode_id>/times-right")
def settle(episode_id: int) -> Response:
    """Take an episode's times for right in its audio as it is now."""
    here = url_for("episodes.show", episode_id=episode_id)
    undo_id = settle_times(episode_id)
    tell("Its times are taken for right.", undo_id, here)
    return go_back(here)


def settle_times(episode_id: int) -> int:
    """Take an episode's times for right in its audio as it is now; return the undo's id.

    Raises:
        NotHeldError: If there is no such episode, or it has no transcript.
    """
    from ingest.moving import settle_audio

    with current_house().catalogue.write() as conn:
        episode = episodes.get_episode(conn, episode_id)
        held = transcripts.find_transcript(conn, episode_id)
        if held is None:
            raise NotHeldError(f"“{episode.title}”", "has no transcript yet")
        return settle_audio(conn, episode, held, now_ms())
