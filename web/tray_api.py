"""The tray over HTTP: the documents of ``earmark tray --json``."""

from typing import get_args

from flask import Blueprint, Response

from corpus.catalogue import tray
from corpus.homes import now_ms
from ingest.picking import pick_issue
from ingest.takeaway_blocks import TakeawayStyle
from web.api_operations import Operation, asked, sent, serve
from web.api_schemas import (
    COUNT,
    ID,
    MAYBE_ID,
    MOMENT,
    PLAYER,
    TEXT,
    Schema,
    joined,
    many,
    record,
    ref,
)
from web.blocks import tray_block
from web.current import current_house
from web.documents import Document
from web.episode_links import make_links
from web.tray_documents import one_document, read_date, read_pick, tray_document

blueprint = Blueprint("tray_api", __name__)

_WORDS: Schema = {"type": "string", "pattern": r"\S", "description": "Not blank."}
_PICK: Schema = {
    "type": "object",
    "description": "A takeaway, a passage (and a moment in it), a moment of an episode, or a text.",
    "properties": {
        "takeaway_id": ID,
        "passage_id": ID,
        "start_ms": MOMENT,
        "episode_id": ID,
        "at_ms": MOMENT,
        "text": _WORDS,
    },
    "oneOf": [
        {"required": ["takeaway_id"]},
        {"required": ["passage_id"]},
        {"required": ["episode_id", "at_ms"]},
        {"required": ["text"]},
    ],
}
_CHANGE: Schema = {
    "type": "object",
    "description": "Its new wording, or its new place, from 1.",
    "properties": {"text": _WORDS, "place": ID},
    "oneOf": [{"required": ["text"]}, {"required": ["place"]}],
}
_USE = {
    "type": "object",
    "required": ["issue"],
    "properties": {
        "issue": _WORDS,
        "date": {**TEXT, "description": "Of the issue: 2026-06-01; today where it is not named."},
    },
}
_STYLE: Schema = {"enum": [*get_args(TakeawayStyle)], "default": "text"}


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/tray",
        summary="What is picked for the next issue, in order",
        gives=record(tray=many(ref("TrayEntry"))),
        revalidates=True,
    ),
)
def list_entries() -> Document:
    """Answer the document of ``earmark tray --json``."""
    with current_house().catalogue.read() as conn:
        return tray_document(conn, current_house())


@serve(
    blueprint,
    Operation(
        method="POST",
        path="/api/v1/tray",
        summary="Put a takeaway, a passage, a sentence or a text into the tray",
        gives=joined("TrayEntry", undo_id=MAYBE_ID),
        status=201,
        also={200: "It was in the tray already"},
        sent=_PICK,
    ),
)
def add_entry() -> tuple[Document, int]:
    """Put something into the tray: 201, or 200 where it was in it already."""
    with current_house().catalogue.write() as conn:
        entry_id, undo_id = tray.add_to_tray(conn, read_pick(conn, sent()), now_ms=now_ms())
        document = one_document(conn, current_house(), entry_id)
    return {**document, "undo_id": undo_id}, 200 if undo_id is None else 201


@serve(
    blueprint,
    Operation(
        method="POST",
        path="/api/v1/tray/issues/{issue_id}",
        summary="Put all takeaways of an issue that are said in its episode into the tray",
        gives=record(added=COUNT, known=COUNT, undo_id=MAYBE_ID),
    ),
)
def add_issue(issue_id: int) -> Document:
    """Put an issue's takeaways into the tray; answer how many, and the undo's id."""
    with current_house().catalogue.write() as conn:
        picks = pick_issue(conn, issue_id)
        new, undo_id = tray.add_all_to_tray(conn, picks, now_ms=now_ms())
    return {"added": new, "known": len(picks) - new, "undo_id": undo_id}


@serve(
    blueprint,
    Operation(
        method="DELETE",
        path="/api/v1/tray",
        summary="Empty the tray",
        gives=record(undo_id=ID),
    ),
)
def clear() -> Document:
    """Empty the tray; answer the undo's id."""
    with current_house().catalogue.write() as conn:
        return {"undo_id": tray.remove_entries(conn, now_ms=now_ms())}


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/tray/block",
        summary="The tray, ready to paste",
        gives=TEXT,
        media="text/plain",
        asked={"format": _STYLE, "player": PLAYER},
        revalidates=True,
    ),
)
def get_tray_block() -> Response:
    """Answer what ``earmark tray --format`` prints."""
    house = current_house()
    with house.catalogue.read() as conn:
        held = tray.list_tray(conn)
        ids = [entry.episode_id for entry in held]
        links = make_links(conn, house.settings, ids, asked().get("player"))
    style = asked().get("format", "text")
    text = tray_block(held, style, links) if held else ""
    return Response(f"{text}\n", content_type="text/plain; charset=utf-8")


@serve(
    blueprint,
    Operation(
        method="POST",
        path="/api/v1/tray/use",
        summary="Remember in which issue all that is in the tray was used",
        gives=record(used=COUNT, undo_id=ID),
        sent=_USE,
    ),
)
def use_tray() -> Document:
    """Remember the use of the tray; answer how many texts, and the undo's id."""
    used = read_date(sent().get("date"))
    with current_house().catalogue.write() as conn:
        count, undo_id = tray.mark_used(conn, sent()["issue"], used, now_ms=now_ms())
    return {"used": count, "undo_id": undo_id}


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/tray/{entry_id}",
        summary="An entry of the tray",
        gives=ref("TrayEntry"),
        revalidates=True,
    ),
)
def get_entry(entry_id: int) -> Document:
    """Answer an entry of the tray."""
    with current_house().catalogue.read() as conn:
        return one_document(conn, current_house(), entry_id)


@serve(
    blueprint,
    Operation(
        method="PATCH",
        path="/api/v1/tray/{entry_id}",
        summary="Word an entry anew, or move it",
        gives=joined("TrayEntry", undo_id=ID),
        sent=_CHANGE,
    ),
)
def change_entry(entry_id: int) -> Document:
    """Word an entry anew, its original is kept; or move it to a place, from 1."""
    change = sent()
    with current_house().catalogue.write() as conn:
        if "text" in change:
            undo_id = tray.edit_entry(conn, entry_id, change["text"], now_ms=now_ms())
        else:
            undo_id = tray.move_entry(conn, entry_id, change["place"] - 1, now_ms=now_ms())
        return {**one_document(conn, current_house(), entry_id), "undo_id": undo_id}


@serve(
    blueprint,
    Operation(
        method="DELETE",
        path="/api/v1/tray/{entry_id}",
        summary="Take an entry out of the tray",
        gives=joined("TrayEntry", undo_id=ID),
    ),
)
def remove_entry(entry_id: int) -> Document:
    """Take an entry out of the tray; answer it as it was, with the undo's id."""
    with current_house().catalogue.write() as conn:
        document = one_document(conn, current_house(), entry_id)
        undo_id = tray.remove_entries(conn, [entry_id], now_ms=now_ms())
    return {**document, "undo_id": undo_id}
