"""What means the same, over HTTP: the documents of ``earmark vocabulary --json``."""

from flask import Blueprint

from corpus.catalogue import vocabulary
from corpus.catalogue.vocabulary import MOST_LETTERS, MOST_MEANINGS
from corpus.homes import now_ms
from web.api_operations import Operation, asked, sent, serve
from web.api_schemas import ID, TEXT, Schema, many, record, ref
from web.current import current_house
from web.documents import Document
from web.vocabulary_documents import vocabulary_document

blueprint = Blueprint("vocabulary_api", __name__)

_LISTED = {"vocabulary": many(ref("Term")), "removed": many(TEXT)}
_NAME: Schema = {"type": "string", "pattern": r"\S", "maxLength": MOST_LETTERS}
_NAMES: Schema = {**many(_NAME), "minItems": 1, "maxItems": MOST_MEANINGS}


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/vocabulary",
        summary="What means the same",
        gives=record(**_LISTED),
        revalidates=True,
    ),
)
def list_terms() -> Document:
    """Answer the document of ``earmark vocabulary --json``."""
    with current_house().catalogue.read() as conn:
        return vocabulary_document(conn)


@serve(
    blueprint,
    Operation(
        method="POST",
        path="/api/v1/vocabulary",
        summary="Let a term mean the same as others",
        gives=record(**_LISTED, undo_id=ID),
        sent=record(term=_NAME, meanings=_NAMES),
    ),
)
def set_term() -> Document:
    """Set a term; answer the list with the undo's id."""
    entry = sent()
    with current_house().catalogue.write() as conn:
        undo_id = vocabulary.set_term(conn, entry["term"], entry["meanings"], now_ms=now_ms())
        return {**vocabulary_document(conn), "undo_id": undo_id}


@serve(
    blueprint,
    Operation(
        method="DELETE",
        path="/api/v1/vocabulary",
        summary="Let a term count for itself alone",
        gives=record(**_LISTED, undo_id=ID),
        asked={"term": _NAME},
        needs=("term",),
    ),
)
def remove_term() -> Document:
    """Remove the term that the address names; answer the list with the undo's id."""
    with current_house().catalogue.write() as conn:
        undo_id = vocabulary.remove_term(conn, asked()["term"], now_ms=now_ms())
        return {**vocabulary_document(conn), "undo_id": undo_id}
