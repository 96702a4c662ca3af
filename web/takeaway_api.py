"""What a program decides about takeaways: accept, remove, take back."""

from flask import Blueprint, Response, jsonify

from corpus.catalogue import takeaways
from corpus.homes import now_ms
from web.current import MAX_ID, current_house
from web.documents import Document
from web.held_documents import checked_document, takeaway_document

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


@blueprint.post(f"/api/v1/undos/<int(max={MAX_ID}):undo_id>")
def undo(undo_id: int) -> Response:
    """Take back a change to a takeaway or to the tray."""
    from ingest.takeaway_edits import take_back

    done = take_back(current_house().catalogue, undo_id, now_ms=now_ms())
    return jsonify({"subject": done.subject, "said": done.said})


def _document(takeaway_id: int) -> Document:
    with current_house().catalogue.read() as conn:
        held = takeaways.get_takeaway(conn, takeaway_id)
    return {**checked_document(held), **takeaway_document(held)}
