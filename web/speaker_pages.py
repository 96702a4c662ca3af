"""Speakers' names on the site and in the API: what a transcript calls them, and who they are."""

from flask import Blueprint, Response, flash, jsonify, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from corpus.catalogue import episodes, speakers
from corpus.errors import NotHeldError, UsageError
from corpus.homes import now_ms
from web.current import MAX_ID, current_house
from web.documents import Document
from web.takeaway_pages import go_back, tell

blueprint = Blueprint("speakers", __name__)


@blueprint.post(f"/episodes/<int(max={MAX_ID}):episode_id>/speakers")
def name(episode_id: int) -> BaseResponse:
    """Correct a speaker's name, by the form of the episode's page."""
    from ingest.speaker_edits import name_speaker

    back = go_back(url_for("episodes.show", episode_id=episode_id))
    try:
        undo_id, said = name_speaker(
            current_house().catalogue,
            episode_id,
            request.form.get("label", ""),
            request.form.get("name", ""),
            for_show=request.form.get("for_show") == "1",
            now_ms=now_ms(),
        )
    except NotHeldError as error:
        flash(f"{error}.", "problem")
    else:
        tell(f"Done: {said}.", undo_id, back.location)
    return back


@blueprint.get(f"/api/v1/episodes/<int(max={MAX_ID}):episode_id>/speakers")
def list_speakers(episode_id: int) -> Response:
    """Answer the speakers of an episode: label, name, and for what a correction holds."""
    with current_house().catalogue.read() as conn:
        return jsonify({"speakers": speaker_documents(conn, episode_id)})


@blueprint.post(f"/api/v1/episodes/<int(max={MAX_ID}):episode_id>/speakers")
def name_by_program(episode_id: int) -> Response:
    """Correct a speaker's name; answer all speakers with the undo's id."""
    from ingest.speaker_edits import name_speaker

    asked = request.get_json(silent=True)
    if not isinstance(asked, dict) or not isinstance(asked.get("label"), str):
        raise UsageError("The body", "names no speaker", 'send {"label": "...", "name": "..."}')
    given = asked.get("name")
    if given is not None and not isinstance(given, str):
        raise UsageError("name", "is no text", "send a text, or null to take the name away")
    undo_id, said = name_speaker(
        current_house().catalogue,
        episode_id,
        asked["label"],
        given or "",
        for_show=asked.get("for_show") is not False,
        now_ms=now_ms(),
    )
    with current_house().catalogue.read() as conn:
        documents = speaker_documents(conn, episode_id)
    return jsonify({"speakers": documents, "said": said, "undo_id": undo_id})


def speaker_documents(conn: Connection, episode_id: int) -> list[Document]:
    """Return the speakers of an episode as ``earmark speakers --json`` prints them.

    Raises:
        NotHeldError: If there is no such episode.
    """
    episodes.get_episode(conn, episode_id)
    names = speakers.find_names(conn, episode_id)
    found: list[Document] = []
    for label in speakers.list_labels(conn, episode_id):
        held = names.get(label)
        scope = None if held is None else "show" if held.episode_id is None else "episode"
        found.append({"label": label, "name": held.name if held else label, "corrected_for": scope})
    return found
