"""Speakers' names over HTTP: what a transcript calls them, and who they are."""

from flask import Blueprint
from sqlalchemy import Connection

from corpus.catalogue import episodes, speakers
from corpus.homes import now_ms
from web.api_operations import Operation, sent, serve
from web.api_schemas import ID, MAYBE_TEXT, TEXT, TRUTH, Schema, many, record, ref
from web.current import current_house
from web.documents import Document

blueprint = Blueprint("speaker_api", __name__)

_PATH = "/api/v1/episodes/{episode_id}/speakers"
_NAMED: Schema = {
    "type": "object",
    "required": ["label"],
    "properties": {
        "label": {**TEXT, "description": "As the transcript has it."},
        "name": {**MAYBE_TEXT, "description": "None takes the correction away."},
        "for_show": {**TRUTH, "default": True},
    },
}


@serve(
    blueprint,
    Operation(
        method="GET",
        path=_PATH,
        summary="Who speaks in an episode: label, name, and for what a correction holds",
        gives=record(speakers=many(ref("Speaker"))),
        revalidates=True,
    ),
)
def list_speakers(episode_id: int) -> Document:
    """Answer the speakers of an episode."""
    with current_house().catalogue.read() as conn:
        return {"speakers": speaker_documents(conn, episode_id)}


@serve(
    blueprint,
    Operation(
        method="POST",
        path=_PATH,
        summary="Correct a speaker's name",
        gives=record(speakers=many(ref("Speaker")), said=TEXT, undo_id=ID),
        sent=_NAMED,
    ),
)
def name_speaker(episode_id: int) -> Document:
    """Correct a speaker's name; answer all speakers with the undo's id."""
    from ingest import speaker_edits

    asked = sent()
    undo_id, said = speaker_edits.name_speaker(
        current_house().catalogue,
        episode_id,
        asked["label"],
        asked.get("name") or "",
        for_show=asked.get("for_show", True),
        now_ms=now_ms(),
    )
    with current_house().catalogue.read() as conn:
        documents = speaker_documents(conn, episode_id)
    return {"speakers": documents, "said": said, "undo_id": undo_id}


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
