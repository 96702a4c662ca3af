"""Which episode an issue speaks of, over HTTP: what is proposed, and what its author picks."""

from flask import Blueprint

from corpus.homes import now_ms
from web.api_operations import Operation, sent, serve
from web.api_schemas import ID, SHARE, TEXT, joined, many, maybe, record, ref
from web.current import current_house
from web.documents import Document
from web.join_documents import join_document, list_join_documents

blueprint = Blueprint("join_api", __name__)

_PROPOSED = record(episode_id=ID, confidence=SHARE, reasons=many(TEXT), episode=ref("Episode"))
_JOINED = joined("Issue", proposals=many(_PROPOSED))


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/joins",
        summary="The issues whose episode is not sure, each with the episodes it could be",
        gives=record(issues=many(_JOINED)),
        revalidates=True,
    ),
)
def list_unsure() -> Document:
    """Answer the document of ``earmark join --json``."""
    return {"issues": list_join_documents(current_house().catalogue)}


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/issues/{issue_id}/episode",
        summary="The episode an issue speaks of, why, and which others it could be",
        gives=_JOINED,
        revalidates=True,
    ),
)
def get_join(issue_id: int) -> Document:
    """Answer the document of ``earmark join issue:3 --json``."""
    return join_document(current_house().catalogue, issue_id)


@serve(
    blueprint,
    Operation(
        method="PUT",
        path="/api/v1/issues/{issue_id}/episode",
        summary="Say which episode an issue speaks of, or that it speaks of none",
        gives={"allOf": [_JOINED, record(said=TEXT, undo_id=ID)]},
        sent={
            "type": "object",
            "required": ["episode_id"],
            "properties": {"episode_id": maybe(ID)},
        },
    ),
)
def pick_episode(issue_id: int) -> Document:
    """Join an issue to an episode, or with null to none; its times are checked there."""
    from ingest.joining import join_issue

    house = current_house()
    wanted = sent()["episode_id"]
    undo_id, said = join_issue(house.catalogue, issue_id, wanted, now_ms=now_ms())
    return {**join_document(house.catalogue, issue_id), "said": said, "undo_id": undo_id}
