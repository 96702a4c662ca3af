"""The API: the documents of the command line, over HTTP. Here: search, and what is told of all."""

from flask import Blueprint, Response, current_app, jsonify, request

from corpus.catalogue import episodes
from corpus.records import PassageKind
from search.hits import Mode
from web.api_operations import Operation, serve
from web.api_schemas import ID, TEXT, Schema, many, one_of, record, ref
from web.asking import DEEPEST, MOST_HITS, read_search_arguments
from web.current import current_house
from web.documents import Document
from web.kept_answers import answer_kept
from web.openapi import openapi_document

blueprint = Blueprint("api", __name__)

_DATE: Schema = {
    "type": "string",
    "pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$",
    "description": "A date, or its year or month: 2024, 2024-05, 2024-05-31.",
}
_SEARCH: dict[str, Schema] = {
    "q": {**TEXT, "description": "The question; see the README for the signs it may hold."},
    "k": {"type": "integer", "minimum": 1, "maximum": MOST_HITS, "default": 10},
    "offset": {"type": "integer", "minimum": 0, "maximum": DEEPEST, "default": 0},
    "mode": {**one_of(Mode), "default": "hybrid"},
    "show": {**TEXT, "description": "A show's title, or part of it."},
    "speaker": {**TEXT, "description": "A speaker's name, or part of it."},
    "kind": one_of(PassageKind),
    "after": _DATE,
    "before": _DATE,
    "like": {**ID, "description": "A passage's id: find others like it; q then only filters."},
}
_SETTING = record(
    name=TEXT,
    value={"type": ["string", "integer", "boolean"]},
    origin={"enum": ["environment", "catalogue", "default"]},
    help=TEXT,
)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Answer 200 when the process can serve: its catalogue can be read."""
    with current_house().catalogue.read() as conn:
        return jsonify({"status": "ok", "episodes": episodes.count_episodes(conn)})


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/search",
        summary="The passages that answer a question",
        gives=ref("Answer"),
        asked=_SEARCH,
        revalidates=True,
    ),
)
def search() -> Response:
    """Answer the document of ``earmark search --json``."""
    told = answer_kept(read_search_arguments(request.args))
    return Response(told.text, content_type="application/json")


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/status",
        summary="What is held and how it stands",
        gives=ref("Status"),
    ),
)
def status() -> Document:
    """Answer the document of ``earmark status --json``."""
    from web.commands.status_command import status_document

    return status_document(current_house())


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/settings",
        summary="Every setting with its value and where it comes from",
        gives=record(settings=many(_SETTING)),
    ),
)
def settings() -> Document:
    """Answer the document of ``earmark settings --json``."""
    from web.commands.settings_command import settings_document

    return settings_document(current_house())


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/openapi.json",
        summary="This document",
        gives=record(openapi=TEXT, info={"type": "object"}, paths={"type": "object"}),
    ),
)
def describe() -> Document:
    """Answer the description of this API."""
    return openapi_document(current_app)
