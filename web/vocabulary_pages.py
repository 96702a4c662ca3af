"""What means the same: the page where the owner edits it, and the API."""

from flask import Blueprint, Response, flash, jsonify, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from corpus.catalogue import vocabulary
from corpus.errors import UsageError
from corpus.homes import now_ms
from web.current import current_house
from web.takeaway_pages import go_back, tell
from web.vocabulary_documents import read_entry, read_meanings, vocabulary_document

blueprint = Blueprint("vocabulary", __name__)


@blueprint.get("/vocabulary")
def show() -> str:
    """Show what means the same."""
    with current_house().catalogue.read() as conn:
        document = vocabulary_document(conn)
    return render_template("vocabulary.html", page=document)


@blueprint.post("/vocabulary")
def set_term() -> AnyResponse:
    """Let a term mean the same as other names."""
    here = url_for("vocabulary.show")
    term, meanings = request.form.get("term", ""), read_meanings(request.form.get("meanings", ""))
    try:
        with current_house().catalogue.write() as conn:
            undo_id = vocabulary.set_term(conn, term, meanings, now_ms=now_ms())
    except UsageError as error:
        flash(f"{error}.", "problem")
    else:
        tell(f"Questions with {' '.join(term.split())} find its other names too.", undo_id, here)
    return go_back(here)


@blueprint.post("/vocabulary/remove")
def remove_term() -> AnyResponse:
    """Let a term count for itself alone."""
    here, term = url_for("vocabulary.show"), request.form.get("term", "")
    try:
        with current_house().catalogue.write() as conn:
            undo_id = vocabulary.remove_term(conn, term, now_ms=now_ms())
    except UsageError as error:
        flash(f"{error}.", "problem")
    else:
        tell(f"{' '.join(term.split())} counts for itself alone.", undo_id, here)
    return go_back(here)


@blueprint.post("/vocabulary/reset")
def reset() -> AnyResponse:
    """Return to the list as it came."""
    here = url_for("vocabulary.show")
    with current_house().catalogue.write() as conn:
        undo_id = vocabulary.reset_terms(conn, now_ms=now_ms())
    tell("The vocabulary is as it came.", undo_id, here)
    return go_back(here)


@blueprint.get("/api/v1/vocabulary")
def list_terms() -> Response:
    """Answer the document of ``earmark vocabulary --json``."""
    with current_house().catalogue.read() as conn:
        return jsonify(vocabulary_document(conn))


@blueprint.post("/api/v1/vocabulary")
def put_term() -> Response:
    """Set a term; answer the list with the undo's id."""
    asked = request.get_json(silent=True)
    term, meanings = read_entry(asked if isinstance(asked, dict) else {})
    with current_house().catalogue.write() as conn:
        undo_id = vocabulary.set_term(conn, term, meanings, now_ms=now_ms())
        return jsonify({**vocabulary_document(conn), "undo_id": undo_id})


@blueprint.delete("/api/v1/vocabulary")
def delete_term() -> Response:
    """Remove the term that the address names; answer the list with the undo's id."""
    with current_house().catalogue.write() as conn:
        undo_id = vocabulary.remove_term(conn, request.args.get("term", ""), now_ms=now_ms())
        return jsonify({**vocabulary_document(conn), "undo_id": undo_id})
