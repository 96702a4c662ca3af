"""Saved searches over HTTP, and the digest of what is new for them."""

from flask import Blueprint

from corpus.catalogue import saved
from corpus.homes import now_ms
from web.api_operations import Operation, sent, serve
from web.api_schemas import COUNT, ID, TEXT, Schema, joined, many, record, ref
from web.asking import read_search_arguments
from web.current import current_house
from web.digests import digest_document, make_digest, saved_document
from web.documents import Document
from web.search_pages import read_state

blueprint = Blueprint("saved_api", __name__)

_NAME: Schema = {"type": "string", "pattern": r"\S", "maxLength": saved.MOST_LETTERS}
_ASKED: Schema = {
    "type": "object",
    "description": "What the address of a search asks for: q, like, mode and the filters.",
    "minProperties": 1,
    "additionalProperties": {"type": ["string", "integer"]},
}


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/saved",
        summary="Saved searches",
        gives=record(saved=many(ref("SavedSearch"))),
        revalidates=True,
    ),
)
def list_saved() -> Document:
    """Answer the document of ``earmark saved --json``."""
    with current_house().catalogue.read() as conn:
        return {"saved": [saved_document(one) for one in saved.list_saved(conn)]}


@serve(
    blueprint,
    Operation(
        method="POST",
        path="/api/v1/saved",
        summary="Save a search; what answers it now counts as seen",
        gives=joined("SavedSearch", undo_id=ID),
        status=201,
        sent=record(name=_NAME, asked=_ASKED),
    ),
)
def save_search() -> tuple[Document, int]:
    """Save a search: a name, and what its address asks for."""
    given = {name: str(value) for name, value in sent()["asked"].items()}
    state = read_state(read_search_arguments(given))
    with current_house().catalogue.write() as conn:
        saved_id, undo_id = saved.save_search(conn, sent()["name"], state, now_ms=now_ms())
        document = saved_document(saved.get_saved(conn, saved_id))
    return {**document, "undo_id": undo_id}, 201


@serve(
    blueprint,
    Operation(
        method="DELETE",
        path="/api/v1/saved/{saved_id}",
        summary="Remove a saved search",
        gives=joined("SavedSearch", undo_id=ID),
    ),
)
def remove_saved(saved_id: int) -> Document:
    """Remove a saved search; answer it as it was, with the undo's id."""
    with current_house().catalogue.write() as conn:
        document = saved_document(saved.get_saved(conn, saved_id))
        undo_id, _ = saved.remove_saved(conn, saved_id, now_ms=now_ms())
    return {**document, "undo_id": undo_id}


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/digest",
        summary="What is new for the saved searches",
        gives=record(
            up_to={**COUNT, "description": "The newest passage that was looked at."},
            searches=many(joined("SavedSearch", problems=many(TEXT), new=many(ref("Hit")))),
        ),
    ),
)
def digest() -> Document:
    """Answer the document of ``earmark digest --json``."""
    return digest_document(*make_digest(current_house()))
