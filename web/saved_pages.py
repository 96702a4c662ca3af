"""Saved searches on the site: saved, listed with what is new, removed, as feeds."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from corpus.catalogue import saved
from corpus.errors import UsageError
from corpus.homes import now_ms
from web.asking import read_search_arguments
from web.current import current_house
from web.digests import find_new, format_search_atom, make_digest
from web.documents import MAX_ID
from web.refused_forms import refuse
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
        return refuse(error, back.location)
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
