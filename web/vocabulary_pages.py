"""What means the same: the page where the owner edits it."""

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from corpus.catalogue import vocabulary
from corpus.errors import UsageError
from corpus.homes import now_ms
from web.current import current_house
from web.refused_forms import refuse, say_wrong
from web.takeaway_pages import go_back, tell
from web.vocabulary_documents import read_meanings, vocabulary_document

blueprint = Blueprint("vocabulary", __name__)


@blueprint.get("/vocabulary")
def show() -> str:
    """Show what means the same."""
    with current_house().catalogue.read() as conn:
        document = vocabulary_document(conn)
    return render_template("vocabulary.html", page=document)


@blueprint.post("/vocabulary")
def set_term() -> Response:
    """Let a term mean the same as other names."""
    here = url_for("vocabulary.show")
    term, meanings = request.form.get("term", ""), read_meanings(request.form.get("meanings", ""))
    try:
        with current_house().catalogue.write() as conn:
            undo_id = vocabulary.set_term(conn, term, meanings, now_ms=now_ms())
    except UsageError as error:
        is_named = any(letter.isalnum() for letter in term)
        return refuse(error, here, "meanings" if is_named else "term")
    tell(f"Questions with {' '.join(term.split())} find its other names too.", undo_id, here)
    return go_back(here)


@blueprint.post("/vocabulary/remove")
def remove_term() -> Response:
    """Let a term count for itself alone."""
    here, term = url_for("vocabulary.show"), request.form.get("term", "")
    try:
        with current_house().catalogue.write() as conn:
            undo_id = vocabulary.remove_term(conn, term, now_ms=now_ms())
    except UsageError as error:
        flash(say_wrong(error), "problem")
    else:
        tell(f"{' '.join(term.split())} counts for itself alone.", undo_id, here)
    return go_back(here)


@blueprint.post("/vocabulary/reset")
def reset() -> Response:
    """Return to the list as it came."""
    here = url_for("vocabulary.show")
    with current_house().catalogue.write() as conn:
        undo_id = vocabulary.reset_terms(conn, now_ms=now_ms())
    tell("The vocabulary is as it came.", undo_id, here)
    return go_back(here)
