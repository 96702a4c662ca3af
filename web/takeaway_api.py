"""What a program decides about takeaways: accept, remove, take back."""

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from corpus.catalogue import episodes, jobs, takeaways
from corpus.errors import UsageError
from corpus.homes import now_ms
from ingest.plans import draft_job
from web.choosing import choose_scope
from web.current import MAX_ID, current_house
from web.documents import Document
from web.episode_links import list_takeaway_documents

blueprint = Blueprint("takeaway_api", __name__)


@blueprint.get(f"/api/v1/takeaways/<int(max={MAX_ID}):takeaway_id>")
def get_takeaway(takeaway_id: int) -> Response:
    """Answer a takeaway with what its check found."""
    return jsonify(_document(takeaway_id))


@blueprint.post(f"/api/v1/takeaways/<int(max={MAX_ID}):takeaway_id>/accept")
def accept(takeaway_id: int) -> Response:
    """Accept a draft, or the moment that a check found; answer it with the undo's id."""
    from ingest.takeaway_edits import accept_takeaway

    undo_id, said = accept_takeaway(current_house().catalogue, takeaway_id, now_ms=now_ms())
    return jsonify({**_document(takeaway_id), "said": said, "undo_id": undo_id})


@blueprint.delete(f"/api/v1/takeaways/<int(max={MAX_ID}):takeaway_id>")
def remove(takeaway_id: int) -> Response:
    """Remove a draft; answer it as it was, with the undo's id."""
    from ingest.takeaway_edits import remove_draft

    document = _document(takeaway_id)
    undo_id, said = remove_draft(current_house().catalogue, takeaway_id, now_ms=now_ms())
    return jsonify({**document, "said": said, "undo_id": undo_id})


@blueprint.get("/api/v1/drafts")
def get_drafts() -> Response:
    """Answer the drafts that wait to be accepted; ``of`` names an episode."""
    from ingest.drafting import list_drafts

    with current_house().catalogue.read() as conn:
        scope = choose_scope(conn, request.args.get("of") or None)
        documents = list_takeaway_documents(conn, list_drafts(conn, scope.episode_id))
    return jsonify({"drafts": documents})


@blueprint.post(f"/api/v1/episodes/<int(max={MAX_ID}):episode_id>/draft")
def queue_draft(episode_id: int) -> ResponseReturnValue:
    """Queue the drafting of an episode's takeaways: 202; ``rephrase`` words them anew."""
    asked = request.get_json(silent=True)
    reworded = isinstance(asked, dict) and asked.get("rephrase") is True
    ask_for_drafts(episode_id, reworded=reworded)
    return jsonify({"episode_id": episode_id, "queued": "rephrase" if reworded else "draft"}), 202


def ask_for_drafts(episode_id: int, *, reworded: bool) -> None:
    """Queue the drafting of an episode's takeaways.

    Raises:
        NotHeldError: If there is no such episode.
        UsageError: If they cannot be reworded: no server is named.
    """
    house = current_house()
    if reworded and not house.settings.rephrase_url:
        raise UsageError("Nothing", "words drafts anew yet", "set rephrase_url")
    with house.catalogue.write() as conn:
        episode = episodes.get_episode(conn, episode_id)
        job = draft_job(episode.id, episode.title, reworded=reworded)
        jobs.queue_jobs(conn, [job], now_ms=now_ms())


@blueprint.post(f"/api/v1/undos/<int(max={MAX_ID}):undo_id>")
def undo(undo_id: int) -> Response:
    """Take back a change to a takeaway or to the tray."""
    from ingest.takeaway_edits import take_back

    done = take_back(current_house().catalogue, undo_id, now_ms=now_ms())
    return jsonify({"subject": done.subject, "said": done.said})


def _document(takeaway_id: int) -> Document:
    with current_house().catalogue.read() as conn:
        held = takeaways.get_takeaway(conn, takeaway_id)
        return list_takeaway_documents(conn, [held])[0]
