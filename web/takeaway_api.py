"""Takeaways over HTTP: their lists and blocks, and what a program decides about them."""

from typing import get_args

from flask import Blueprint, Response

from corpus.catalogue import takeaways
from corpus.catalogue.pages import page_takeaways
from corpus.holdings import Takeaway
from corpus.homes import now_ms
from ingest.takeaway_publishing import PublishStyle
from web.api_operations import Operation, asked, serve
from web.api_schemas import ID, TEXT, joined, page_of, record, ref
from web.blocks import publish_takeaways, takeaway_block
from web.choosing import choose_scope
from web.current import current_house
from web.documents import Document
from web.held_documents import checked_document, takeaway_document
from web.paging import LIMIT, by_numbers, cut, limit_asked, number_key

blueprint = Blueprint("takeaway_api", __name__)

_OF = {**TEXT, "description": "An episode's id, guid or title, or an issue as issue:3."}
_BLOCKS = ("text", "md", "html", "csv")
_STYLES = {"enum": [*_BLOCKS, *get_args(PublishStyle)], "default": "text"}
_DECIDED = joined("CheckedTakeaway", said=TEXT, undo_id=ID)


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/takeaways",
        summary="Takeaways with what their check found",
        gives=page_of("takeaways", "CheckedTakeaway"),
        asked={"of": _OF, "cursor": by_numbers(4), "limit": LIMIT},
        revalidates=True,
    ),
)
def list_takeaways() -> Document:
    """Answer the document of ``earmark takeaways --json``, with what their check found.

    ``of`` names an episode (id, guid, title) or an issue (``issue:3``); without it, all.
    """
    limit = limit_asked()
    key = number_key()
    after = (key[0], key[1], key[2], key[3]) if key else None
    with current_house().catalogue.read() as conn:
        scope = choose_scope(conn, asked().get("of"))
        rows = page_takeaways(
            conn, after, limit + 1, episode_id=scope.episode_id, issue_id=scope.issue_id
        )
    found, following = cut(rows, limit)
    return {"takeaways": [_checked(item) for item in found], "next": following}


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/takeaways/block",
        summary="Takeaways ready to paste, or as podcast programs read them; no drafts",
        gives=TEXT,
        media="text/plain",
        asked={"of": _OF, "format": _STYLES},
        revalidates=True,
    ),
)
def get_block() -> Response:
    """Answer what ``earmark takeaways --format`` prints."""
    house = current_house()
    style = asked().get("format", "text")
    with house.catalogue.read() as conn:
        scope = choose_scope(conn, asked().get("of"))
        held = takeaways.list_takeaways(conn, episode_id=scope.episode_id, issue_id=scope.issue_id)
    found = [item for item in held if not item.is_draft]
    if style in _BLOCKS:
        text = takeaway_block(found, style, public_url=house.settings.public_url)
    else:
        text = publish_takeaways(found, style)
    # Plain text whatever it is: nothing that stands in it may run in a browser.
    return Response(f"{text}\n", content_type="text/plain; charset=utf-8")


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/takeaways/{takeaway_id}",
        summary="A takeaway with what its check found",
        gives=ref("CheckedTakeaway"),
        revalidates=True,
    ),
)
def get_takeaway(takeaway_id: int) -> Document:
    """Answer a takeaway with what its check found."""
    return _document(takeaway_id)


@serve(
    blueprint,
    Operation(
        method="POST",
        path="/api/v1/takeaways/{takeaway_id}/accept",
        summary="Accept a draft, or the moment that a check found",
        gives=_DECIDED,
    ),
)
def accept(takeaway_id: int) -> Document:
    """Accept a draft, or the moment that a check found; answer it with the undo's id."""
    from ingest.takeaway_edits import accept_takeaway

    undo_id, said = accept_takeaway(current_house().catalogue, takeaway_id, now_ms=now_ms())
    return {**_document(takeaway_id), "said": said, "undo_id": undo_id}


@serve(
    blueprint,
    Operation(
        method="DELETE",
        path="/api/v1/takeaways/{takeaway_id}",
        summary="Remove a draft",
        gives=_DECIDED,
    ),
)
def remove(takeaway_id: int) -> Document:
    """Remove a draft; answer it as it was, with the undo's id."""
    from ingest.takeaway_edits import remove_draft

    document = _document(takeaway_id)
    undo_id, said = remove_draft(current_house().catalogue, takeaway_id, now_ms=now_ms())
    return {**document, "said": said, "undo_id": undo_id}


@serve(
    blueprint,
    Operation(
        method="POST",
        path="/api/v1/undos/{undo_id}",
        summary="Take back a change to a takeaway or to the tray",
        gives=record(subject=TEXT, said=TEXT),
    ),
)
def undo(undo_id: int) -> Document:
    """Take back a change to a takeaway or to the tray."""
    from ingest.takeaway_edits import take_back

    done = take_back(current_house().catalogue, undo_id, now_ms=now_ms())
    return {"subject": done.subject, "said": done.said}


def _document(takeaway_id: int) -> Document:
    with current_house().catalogue.read() as conn:
        return _checked(takeaways.get_takeaway(conn, takeaway_id))


def _checked(held: Takeaway) -> Document:
    return {**checked_document(held), **takeaway_document(held)}
