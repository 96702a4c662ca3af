"""Proposed chapters on the site: accepted one by one or all at once, removed; all with undo."""

from functools import partial
from typing import Protocol

from flask import Blueprint, flash, request, url_for
from werkzeug.wrappers import Response

from corpus.catalogue import Catalogue, chapters
from corpus.errors import MomentError, UsageError
from corpus.homes import now_ms
from corpus.moments import parse_moment
from web.current import current_house
from web.documents import MAX_ID
from web.refused_forms import refuse, say_wrong
from web.takeaway_pages import go_back, tell

blueprint = Blueprint("chapters", __name__)


class Change(Protocol):
    """What can be done to an episode's proposed chapters, or to one of them."""

    def __call__(self, catalogue: Catalogue, id_: int, /, *, now_ms: int) -> tuple[int, str]:
        """Return the undo's id and what was done, in words.

        Raises:
            UsageError: If there is nothing to do.
        """


@blueprint.post(f"/episodes/<int(max={MAX_ID}):episode_id>/chapters/accept")
def accept_all(episode_id: int) -> Response:
    """Accept all proposed chapters that have a time."""
    from ingest.chapter_proposals import accept_all as accept

    return _try(accept, episode_id, url_for("episodes.show", episode_id=episode_id))


@blueprint.post(f"/chapters/<int(max={MAX_ID}):chapter_id>/accept")
def accept(chapter_id: int) -> Response:
    """Accept a proposed chapter."""
    from ingest.chapter_proposals import accept_chapter

    return _try(accept_chapter, chapter_id, _page_of(chapter_id))


@blueprint.post(f"/chapters/<int(max={MAX_ID}):chapter_id>/time")
def set_time(chapter_id: int) -> Response:
    """Give a proposed chapter the time that somebody wrote."""
    from ingest.chapter_proposals import set_chapter_time

    page = _page_of(chapter_id)
    try:
        start_ms = parse_moment(request.form.get("at", "")[:40])
        return _change(partial(set_chapter_time, start_ms=start_ms), chapter_id, page)
    except (MomentError, UsageError) as error:
        return refuse(error, go_back(page).location)


@blueprint.post(f"/chapters/<int(max={MAX_ID}):chapter_id>/remove")
def remove(chapter_id: int) -> Response:
    """Remove a proposed chapter."""
    from ingest.chapter_proposals import remove_proposed

    return _try(remove_proposed, chapter_id, _page_of(chapter_id))


def _change(change: Change, id_: int, page: str) -> Response:
    """Do what was asked, tell it with its undo, and lead back.

    Raises:
        UsageError: If there is nothing to do.
    """
    back = go_back(page)
    undo_id, said = change(current_house().catalogue, id_, now_ms=now_ms())
    tell(f"Done: {said}.", undo_id, back.location)
    return back


def _try(change: Change, id_: int, page: str) -> Response:
    """Do what was asked by a button alone, and lead back; say so where there is nothing to do."""
    try:
        return _change(change, id_, page)
    except UsageError as error:
        flash(say_wrong(error), "problem")
        return go_back(page)


def _page_of(chapter_id: int) -> str:
    with current_house().catalogue.read() as conn:
        held = chapters.get_chapter(conn, chapter_id)
    return url_for("episodes.show", episode_id=held.episode_id)
