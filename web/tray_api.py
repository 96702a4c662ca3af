"""The tray over HTTP: the documents of ``earmark tray --json``."""

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from corpus.catalogue import tray
from corpus.errors import UsageError
from corpus.homes import now_ms
from web.current import MAX_ID, current_house
from web.tray_documents import one_document, read_pick, tray_document

blueprint = Blueprint("tray_api", __name__)


@blueprint.get("/api/v1/tray")
def list_entries() -> Response:
    """Answer the document of ``earmark tray --json``."""
    with current_house().catalogue.read() as conn:
        return jsonify(tray_document(conn, current_house()))


@blueprint.post("/api/v1/tray")
def add_entry() -> ResponseReturnValue:
    """Put something into the tray: 201, or 200 where it was in it already."""
    asked = request.get_json(silent=True)
    if not isinstance(asked, dict):
        raise UsageError("The request", "holds no JSON object", "send one as application/json")
    with current_house().catalogue.write() as conn:
        entry_id, undo_id = tray.add_to_tray(conn, read_pick(conn, asked), now_ms=now_ms())
        document = one_document(conn, current_house(), entry_id)
    return jsonify(document), 200 if undo_id is None else 201


@blueprint.get(f"/api/v1/tray/<int(max={MAX_ID}):entry_id>")
def get_entry(entry_id: int) -> Response:
    """Answer an entry of the tray."""
    with current_house().catalogue.read() as conn:
        return jsonify(one_document(conn, current_house(), entry_id))


@blueprint.delete(f"/api/v1/tray/<int(max={MAX_ID}):entry_id>")
def remove_entry(entry_id: int) -> Response:
    """Take an entry out of the tray; answer it as it was, with the undo's id."""
    with current_house().catalogue.write() as conn:
        document = one_document(conn, current_house(), entry_id)
        undo_id = tray.remove_entries(conn, [entry_id], now_ms=now_ms())
    return jsonify({**document, "undo_id": undo_id})
