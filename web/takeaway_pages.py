"""Takeaways on the site: drafted, accepted, removed, taken back, and as a feed."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from corpus.catalogue import takeaways
from corpus.errors import MomentError, NotHeldError, UsageError
from corpus.homes import now_ms
from corpus.moments import parse_moment
from web.atom import list_feed_entries
from web.current import current_house
from web.documents import MAX_ID
from web.refused_forms import refuse, say_wrong
from web.takeaway_api import ask_for_drafts

blueprint = Blueprint("takeaways", __name__)


@blueprint.get("/takeaways.atom")
def feed() -> Response:
    """Answer an Atom feed of the takeaways of the newest issues and episodes."""
    from ingest.takeaway_publishing import format_atom

    house = current_house()
    site = (house.settings.public_url or request.url_root).rstrip("/")
    with house.catalogue.read() as conn:
        entries = list_feed_entries(conn, site)
    return Response(format_atom(entries, site=site), content_type="application/atom+xml")


@blueprint.post(f"/episodes/<int(max={MAX_ID}):episode_id>/draft")
def draft(episode_id: int) -> Response:
    """Queue the drafting of an episode's takeaways."""
    ask_for_drafts(episode_id, reworded=request.form.get("rephrase") == "1")
    flash("Takeaways are being drafted; open this page again in a moment.", "done")
    return redirect(url_for("episodes.show", episode_id=episode_id), 303)


@blueprint.post(f"/takeaways/<int(max={MAX_ID}):takeaway_id>/accept")
def accept(takeaway_id: int) -> Response:
    """Accept a draft, or the moment that a check found."""
    from ingest.takeaway_edits import accept_takeaway

    back = go_back(_page_of(takeaway_id))
    try:
        undo_id, said = accept_takeaway(current_house().catalogue, takeaway_id, now_ms=now_ms())
    except UsageError:
        flash("There is nothing to accept in it any more.", "problem")
    else:
        tell(f"Done: {said}.", undo_id, back.location)
    return back


@blueprint.post(f"/takeaways/<int(max={MAX_ID}):takeaway_id>/time")
def set_time(takeaway_id: int) -> Response:
    """Give a takeaway the time that somebody wrote."""
    from ingest.takeaway_edits import set_takeaway_time

    back = go_back(_page_of(takeaway_id))
    try:
        start_ms = parse_moment(request.form.get("at", "")[:40])
        catalogue = current_house().catalogue
        undo_id, said = set_takeaway_time(catalogue, takeaway_id, start_ms, now_ms=now_ms())
    except (MomentError, UsageError) as error:
        return refuse(error, back.location)
    tell(f"Done: {said}.", undo_id, back.location)
    return back


@blueprint.post(f"/takeaways/<int(max={MAX_ID}):takeaway_id>/remove")
def remove(takeaway_id: int) -> Response:
    """Remove a draft."""
    from ingest.takeaway_edits import remove_draft

    back = go_back(_page_of(takeaway_id))
    try:
        undo_id, said = remove_draft(current_house().catalogue, takeaway_id, now_ms=now_ms())
    except UsageError as error:
        flash(say_wrong(error), "problem")
    else:
        tell(f"Done: {said}.", undo_id, back.location)
    return back


@blueprint.post(f"/undo/<int(max={MAX_ID}):undo_id>")
def undo(undo_id: int) -> Response:
    """Take back a change to a takeaway or to the tray."""
    from ingest.takeaway_edits import take_back

    try:
        done = take_back(current_house().catalogue, undo_id, now_ms=now_ms())
    except NotHeldError as error:
        flash(say_wrong(error), "problem")
    else:
        back = go_back("/")
        tell(f"{done.told}.", done.undo_id, back.location)
        return back
    return go_back("/")


def _page_of(takeaway_id: int) -> str:
    with current_house().catalogue.read() as conn:
        held = takeaways.get_takeaway(conn, takeaway_id)
    if held.issue_id is not None:
        return url_for("issues.show", issue_id=held.issue_id)
    if held.episode_id is not None:
        return url_for("episodes.show", episode_id=held.episode_id)
    return url_for("issues.list_all")


def tell(said: str, undo_id: int, back: str | None) -> None:
    """Say on the next page what was done, and offer to take it back."""
    flash(said, "done")
    flash((undo_id, back or "/"), "undo")  # type: ignore[arg-type]  # a pair survives the session


def go_back(otherwise: str) -> Response:
    """Return to the page on this site that a form was sent from."""
    back = request.form.get("back", "")
    # Another site's address would begin with two slashes, or a browser's reading of "/\".
    is_ours = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable()
    # A longer one would not fit into the cookie that offers to take the change back.
    return redirect(back if is_ours and len(back) <= 2000 else otherwise, 303)
