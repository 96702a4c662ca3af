"""The API: the documents of the command line, over HTTP."""

from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request

from corpus.catalogue import episodes
from corpus.errors import EarmarkError, NotHeldError, UsageError
from web.answers import SearchArguments, answer_document
from web.held_documents import (
    episode_document,
    list_issue_documents,
    show_document,
    whole_episode_document,
)
from web.wiring import House

blueprint = Blueprint("api", __name__)

_MOST_HITS = 100


def house() -> House:
    """Return the house that the running application serves."""
    found: House = current_app.extensions["earmark"]
    return found


def read_search_arguments() -> SearchArguments:
    """Return what a request asks for; what cannot be read falls back to the default."""
    asked = request.args
    mode = asked.get("mode", "hybrid")
    return SearchArguments(
        query=asked.get("q", ""),
        k=min(max(asked.get("k", 10, type=int), 1), _MOST_HITS),
        offset=min(max(asked.get("offset", 0, type=int), 0), 10_000),
        mode=mode if mode in ("hybrid", "keyword", "semantic") else "hybrid",
        show=asked.get("show") or None,
        speaker=asked.get("speaker") or None,
        kind=asked.get("kind") or None,
        after=asked.get("after") or None,
        before=asked.get("before") or None,
    )


@blueprint.get("/healthz")
def healthz() -> Response:
    """Answer 200 when the process can serve: its catalogue can be read."""
    with house().catalogue.read() as conn:
        return jsonify({"status": "ok", "episodes": episodes.count_episodes(conn)})


@blueprint.get("/api/v1/search")
def search() -> Response:
    """Answer the document of ``earmark search --json``."""
    return jsonify(answer_document(house(), read_search_arguments()))


@blueprint.get("/api/v1/shows")
def list_shows() -> Response:
    """Answer the document of ``earmark list shows --json``."""
    from corpus.catalogue import shows

    with house().catalogue.read() as conn:
        return jsonify({"shows": [show_document(show) for show in shows.list_shows(conn)]})


@blueprint.get("/api/v1/episodes")
def list_episodes() -> Response:
    """Answer the document of ``earmark list episodes --json``."""
    with house().catalogue.read() as conn:
        found = episodes.list_episodes(conn)
    return jsonify({"episodes": [episode_document(episode) for episode in found]})


@blueprint.get("/api/v1/episodes/<int:episode_id>")
def get_episode(episode_id: int) -> Response:
    """Answer the document of ``earmark show --json``."""
    with house().catalogue.read() as conn:
        episode = episodes.get_episode(conn, episode_id)
    return jsonify(whole_episode_document(house().catalogue, episode))


@blueprint.get("/api/v1/issues")
def list_issues() -> Response:
    """Answer the document of ``earmark list issues --json``."""
    return jsonify({"issues": list_issue_documents(house().catalogue)})


@blueprint.get("/api/v1/status")
def status() -> Response:
    """Answer the document of ``earmark status --json``."""
    from web.commands.status_command import status_document

    return jsonify(status_document(house()))


@blueprint.errorhandler(EarmarkError)
def tell_error(error: EarmarkError) -> tuple[Response, int]:
    """Answer an error as a document: what is wrong and what to do."""
    status = (
        404 if isinstance(error, NotHeldError) else 400 if isinstance(error, UsageError) else 500
    )
    document: dict[str, Any] = {
        "error": str(error),
        "subject": error.subject,
        "remedy": error.remedy or None,
    }
    return jsonify(document), status
