"""Proposed chapters on the site: accepted one by one or all at once, removed; all with undo."""

from flask import Blueprint, flash, url_for
from werkzeug.wrappers import Response

from corpus.catalogue import chapters
from corpus.errors import UsageError
from corpus.homes import now_ms
from web.current import current_house
from web.documents import MAX_ID
from web.takeaway_pages import go_back, tell

blueprint = Blueprint("chapters", __name__)


@blueprint.post(f"/episodes/<int(max={MAX_ID}):episode_id>/chapters/accept")
def accept_all(episode_id: int) -> Response:
    """Accept all proposed chapters that have a time."""
    from ingest.chapter_proposals import accept_all as accept

    back = go_back(url_for("episodes.show", episode_id=episode_id))
    try:
        undo_id, said = accept(current_house().catalogue, episode_id, now_ms=now_ms())
    except UsageError as error:
        flash(f"{error}.", "problem")
    else:
        tell(f"Done: {said}.", undo_id, back.location)
    return back


@blueprint.post(f"/chapters/<int(max={MAX_ID}):chapter_id>/accept")
def accept(chapter_id: int) -> Response:
    """Accept a proposed chapter."""
    from ingest.chapter_proposals import accept_chapter

    back = go_back(_page_of(chapter_id))
    try:
        undo_id, said = accept_chapter(current_house().catalogue, chapter_id, now_ms=now_ms())
    except UsageError as error:
        flash(f"{error}.", "problem")
    else:
        tell(f"Done: {said}.", undo_id, back.location)
    return back


@blueprint.post(f"/chapters/<int(max={MAX_ID}):chapter_id>/remove")
def remove(chapter_id: int) -> Response:
    """Remove a proposed chapter."""
    from ingest.chapter_proposals import remove_proposed

    back = go_back(_page_of(chapter_id))
    try:
        undo_id, said = remove_proposed(current_house().catalogue, chapter_id, now_ms=now_ms())
    except UsageError as error:
        flash(f"{error}.", "problem")
    else:
        tell(f"Done: {said}.", undo_id, back.location)
    return back


def _page_of(chapter_id: int) -> str:
    with current_house().catalogue.read() as conn:
        held = chapters.get_chapter(conn, chapter_id)
    return url_for("episodes.show", episode_id=held.episode_id)
