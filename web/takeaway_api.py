"""Takeaways over HTTP: their lists and blocks, and what a program decides about them."""

from typing import get_args

from flask import Blueprint, Response

from corpus.catalogue import episodes, jobs, takeaways
from corpus.catalogue.pages import page_takeaways
from corpus.errors import UsageError
from corpus.homes import now_ms
from ingest.plans import draft_job
from ingest.takeaway_publishing import PublishStyle
from web.api_operations import Operation, asked, sent, serve
from web.api_schemas import ID, MOMENT, PLAYER, TEXT, TRUTH, joined, page_of, record, ref
from web.blocks import publish_takeaways, takeaway_block
from web.choosing import choose_scope
from web.current import current_house
from web.documents import Document
from web.episode_links import list_takeaway_documents, make_links
from web.paging import LIMIT, by_numbers, cut, limit_asked, number_key

blueprint = Blueprint("takeaway_api", __name__)

_OF = {**TEXT, "description": "An episode's id, guid or title, or an issue as issue:3."}
_PAGED = {"of": _OF, "cursor": by_numbers(4), "limit": LIMIT}
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
        asked=_PAGED,
        revalidates=True,
    ),
)
def list_takeaways() -> Document:
    """Answer the document of ``earmark takeaways --json``, with what their check found.

    ``of`` names an episode (id, guid, title) or an issue (``issue:3``); without it, all.
    """
    return _page("takeaways")


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/drafts",
        summary="Drafts that wait to be accepted",
        gives=page_of("drafts", "CheckedTakeaway"),
        asked=_PAGED,
        revalidates=True,
    ),
)
def list_drafts() -> Document:
    """Answer the drafts that wait to be accepted; ``of`` as of the takeaways."""
    return _page("drafts", only_drafts=True)


def _page(name: str, *, only_drafts: bool = False) -> Document:
    limit = limit_asked()
    key = number_key()
    after = (key[0], key[1], key[2], key[3]) if key else None
    with current_house().catalogue.read() as conn:
        scope = choose_scope(conn, asked().get("of"))
        rows = page_takeaways(
            conn,
            after,
            limit + 1,
            episode_id=scope.episode_id,
            issue_id=scope.issue_id,
            only_drafts=only_drafts,
        )
        found, following = cut(rows, limit)
        documents = list_takeaway_documents(conn, found)
    return {name: documents, "next": following}


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/takeaways/block",
        summary="Takeaways ready to paste, or as podcast programs read them; no drafts",
        gives=TEXT,
        media="text/plain",
        asked={"of": _OF, "format": _STYLES, "player": PLAYER},
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
        ids = [item.episode_id for item in held]
        links = make_links(conn, house.settings, ids, asked().get("player"))
    found = [item for item in held if not item.is_draft]
    if style in _BLOCKS:
        text = takeaway_block(found, style, links)
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
        method="PATCH",
        path="/api/v1/takeaways/{takeaway_id}",
        summary="Give a takeaway its time by hand, or keep the stated one; no check changes it",
        gives=_DECIDED,
        sent={"type": "object", "required": ["start_ms"], "properties": {"start_ms": MOMENT}},
    ),
)
def set_time(takeaway_id: int) -> Document:
    """Give a takeaway its time; answer it with the undo's id."""
    from ingest.takeaway_edits import set_takeaway_time

    start_ms = int(sent()["start_ms"])
    catalogue = current_house().catalogue
    undo_id, said = set_takeaway_time(catalogue, takeaway_id, start_ms, now_ms=now_ms())
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
        path="/api/v1/episodes/{episode_id}/draft",
        summary="Queue the drafting of takeaways; rephrase words them anew",
        gives=record(episode_id=ID, queued={"enum": ["draft", "rephrase"]}),
        status=202,
        sent={"type": "object", "properties": {"rephrase": {**TRUTH, "default": False}}},
        may_be_empty=True,
    ),
)
def queue_draft(episode_id: int) -> tuple[Document, int]:
    """Queue the drafting of an episode's takeaways: 202; ``rephrase`` words them anew."""
    reworded = sent().get("rephrase", False)
    ask_for_drafts(episode_id, reworded=reworded)
    return {"episode_id": episode_id, "queued": "rephrase" if reworded else "draft"}, 202


def ask_for_drafts(episode_id: int, *, reworded: bool) -> None:
    """Queue the drafting of an episode's takeaways.

    Raises:
        NotHeldError: If there is no such episode.
        UsageError: If they cannot be reworded: no server is named.
    """
    house = current_house()
    if reworded and not house.settings.rephrase_url:
        raise UsageError("Nothing", "words drafts anew yet", "set rephrase_url")
    with house.catalogue.write() as conn:
        episode = episodes.get_episode(conn, episode_id)
        job = draft_job(episode.id, episode.title, reworded=reworded)
        jobs.queue_jobs(conn, [job], now_ms=now_ms())


@serve(
    blueprint,
    Operation(
        method="POST",
        path="/api/v1/undos/{undo_id}",
        summary="Take back a change: to a takeaway, a join, chapters, the tray, a name, a mark",
        gives=record(subject=TEXT, said=TEXT, undo_id=ID),
    ),
)
def undo(undo_id: int) -> Document:
    """Take back a change that an answer gave an ``undo_id`` for; so can this be taken back."""
    from ingest.takeaway_edits import take_back

    done = take_back(current_house().catalogue, undo_id, now_ms=now_ms())
    return {"subject": done.subject, "said": done.said, "undo_id": done.undo_id}


def _document(takeaway_id: int) -> Document:
    with current_house().catalogue.read() as conn:
        held = takeaways.get_takeaway(conn, takeaway_id)
        return list_takeaway_documents(conn, [held])[0]
