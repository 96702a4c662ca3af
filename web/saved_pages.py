"""Saved searches on the site and in the API: saved, listed with what is new, removed, as feeds."""

from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from corpus.catalogue import saved
from corpus.errors import UsageError
from corpus.homes import now_ms
from web.asking import read_search_arguments
from web.current import MAX_ID, current_house
from web.digests import digest_document, find_new, format_search_atom, make_digest, saved_document
from web.search_pages import read_state
from web.takeaway_pages import go_back, tell

blueprint = Blueprint("saved", __name__)
blueprint.add_app_template_global(read_state, "search_state")


@blueprint.get("/saved")
def list_all() -> str:
    """Show the saved searches, each with what is new since it was last seen."""
    newest, parts = make_digest(current_house())
    return render_template("saved.html", parts=parts, newest=newest)


@blueprint.post("/saved")
def save() -> BaseResponse:
    """Save the search that the form holds."""
    asked = read_state(read_search_arguments(request.form))
    back = redirect(url_for("search.search", **asked), 303)  # type: ignore[arg-type]
    try:
        with current_house().catalogue.write() as conn:
            name = request.form.get("name", "")
            _, undo_id = saved.save_search(conn, name, asked, now_ms=now_ms())
    except UsageError as error:
        flash(f"{error}.", "problem")
    else:
        tell("Saved. What is new for it is told in your digest.", undo_id, back.location)
    return back


@blueprint.post(f"/saved/<int(max={MAX_ID}):saved_id>/remove")
def remove(saved_id: int) -> BaseResponse:
    """Remove a saved search."""
    with current_house().catalogue.write() as conn:
        undo_id, said = saved.remove_saved(conn, saved_id, now_ms=now_ms())
    back = redirect(url_for("saved.list_all"), 303)
    tell(f"Done: {said}.", undo_id, back.location)
    return back


@blueprint.post("/saved/seen")
def see() -> BaseResponse:
    """Let all that the page showed count as seen."""
    up_to = request.form.get("up_to", 0, type=int)
    with current_house().catalogue.write() as conn:
        undo_id = saved.mark_seen(conn, up_to, now_ms=now_ms())
    back = go_back(url_for("saved.list_all"))
    tell("Marked as seen.", undo_id, back.location)
    return back


@blueprint.get(f"/saved/<int(max={MAX_ID}):saved_id>.atom")
def feed(saved_id: int) -> Response:
    """Answer a saved search's answers as an Atom feed, what came in last first."""
    house = current_house()
    with house.catalogue.read() as conn:
        held = saved.get_saved(conn, saved_id)
    site = (house.settings.public_url or request.url_root).rstrip("/")
    text = format_search_atom(find_new(house, held, since=0), site)
    return Response(text, content_type="application/atom+xml")


@blueprint.get("/api/v1/saved")
def list_by_program() -> Response:
    """Answer the document of ``earmark saved --json``."""
    with current_house().catalogue.read() as conn:
        return jsonify({"saved": [saved_document(one) for one in saved.list_saved(conn)]})


@blueprint.post("/api/v1/saved")
def save_by_program() -> tuple[Response, int]:
    """Save a search: a name, and what its address asks for."""
    body: Any = request.get_json(silent=True)
    asked = body.get("asked") if isinstance(body, dict) else None
    if not isinstance(asked, dict) or not isinstance(body.get("name"), str):
        problem = "is no search with a name"
        raise UsageError("The body", problem, 'send {"name": "...", "asked": {"q": "..."}}')
    state = read_state(read_search_arguments({k: str(v) for k, v in asked.items()}))
    with current_house().catalogue.write() as conn:
        saved_id, undo_id = saved.save_search(conn, body["name"], state, now_ms=now_ms())
        document = saved_document(saved.get_saved(conn, saved_id))
    return jsonify({**document, "undo_id": undo_id}), 201


@blueprint.delete(f"/api/v1/saved/<int(max={MAX_ID}):saved_id>")
def remove_by_program(saved_id: int) -> Response:
    """Remove a saved search; answer it as it was, with the undo's id."""
    with current_house().catalogue.write() as conn:
        document = saved_document(saved.get_saved(conn, saved_id))
        undo_id, _ = saved.remove_saved(conn, saved_id, now_ms=now_ms())
    return jsonify({**document, "undo_id": undo_id})


@blueprint.get("/api/v1/digest")
def digest() -> Response:
    """Answer the document of ``earmark digest --json``."""
    return jsonify(digest_document(*make_digest(current_house())))
