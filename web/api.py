"""The API: the documents of the command line, over HTTP."""

from typing import get_args

from flask import Blueprint, Response, jsonify, request

from corpus.catalogue import episodes, jobs, takeaways
from corpus.errors import UsageError
from corpus.holdings import JobState
from web.answers import answer_document
from web.asking import read_search_arguments
from web.choosing import choose_scope
from web.current import MAX_ID, current_house
from web.episode_documents import whole_episode_document
from web.episode_links import list_takeaway_documents
from web.held_documents import (
    episode_document,
    job_document,
    list_issue_documents,
    list_show_documents,
)
from web.issue_documents import whole_issue_document
from web.openapi import openapi_document

blueprint = Blueprint("api", __name__)

_MOST_JOBS = 500


@blueprint.get("/healthz")
def healthz() -> Response:
    """Answer 200 when the process can serve: its catalogue can be read."""
    with current_house().catalogue.read() as conn:
        return jsonify({"status": "ok", "episodes": episodes.count_episodes(conn)})


@blueprint.get("/api/v1/search")
def search() -> Response:
    """Answer the document of ``earmark search --json``."""
    return jsonify(answer_document(current_house(), read_search_arguments(request.args)))


@blueprint.get("/api/v1/shows")
def list_shows() -> Response:
    """Answer the document of ``earmark list shows --json``."""
    with current_house().catalogue.read() as conn:
        return jsonify({"shows": list_show_documents(conn)})


@blueprint.get("/api/v1/episodes")
def list_episodes() -> Response:
    """Answer the document of ``earmark list episodes --json``."""
    with current_house().catalogue.read() as conn:
        found = episodes.list_episodes(conn)
    return jsonify({"episodes": [episode_document(episode) for episode in found]})


@blueprint.get(f"/api/v1/episodes/<int(max={MAX_ID}):episode_id>")
def get_episode(episode_id: int) -> Response:
    """Answer the document of ``earmark show --json``."""
    house = current_house()
    with house.catalogue.read() as conn:
        episode = episodes.get_episode(conn, episode_id)
    return jsonify(whole_episode_document(house.catalogue, episode))


@blueprint.get("/api/v1/issues")
def list_issues() -> Response:
    """Answer the document of ``earmark list issues --json``."""
    return jsonify({"issues": list_issue_documents(current_house().catalogue)})


@blueprint.get(f"/api/v1/issues/<int(max={MAX_ID}):issue_id>")
def get_issue(issue_id: int) -> Response:
    """Answer an issue with its text, its takeaways and its episode."""
    return jsonify(whole_issue_document(current_house().catalogue, issue_id))


@blueprint.get("/api/v1/takeaways")
def list_takeaways() -> Response:
    """Answer the document of ``earmark takeaways --json``, with what their check found.

    ``of`` names an episode (id, guid, title) or an issue (``issue:3``); without it, all.
    """
    with current_house().catalogue.read() as conn:
        scope = choose_scope(conn, request.args.get("of") or None)
        found = takeaways.list_takeaways(conn, episode_id=scope.episode_id, issue_id=scope.issue_id)
        documents = list_takeaway_documents(conn, found)
    return jsonify({"takeaways": documents})


@blueprint.get("/api/v1/jobs")
def list_jobs() -> Response:
    """Answer the document of ``earmark jobs --json``, with how many jobs are in each state."""
    state = request.args.get("state") or None
    if state is not None and state not in get_args(JobState):
        known = ", ".join(get_args(JobState))
        raise UsageError(state[:40], "is no state of a job", f"choose from: {known}")
    limit = min(max(request.args.get("limit", 100, type=int), 1), _MOST_JOBS)
    with current_house().catalogue.read() as conn:
        found = jobs.list_jobs(conn, state=state, limit=limit)  # type: ignore[arg-type]
        counts = jobs.count_jobs(conn)
    return jsonify({"jobs": [job_document(job) for job in found], "counts": counts})


@blueprint.get("/api/v1/status")
def status() -> Response:
    """Answer the document of ``earmark status --json``."""
    from web.commands.status_command import status_document

    return jsonify(status_document(current_house()))


@blueprint.get("/api/v1/openapi.json")
def describe() -> Response:
    """Answer the description of this API."""
    return jsonify(openapi_document())
