"""The API, described for programs: an OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.0)."""

from importlib.metadata import PackageNotFoundError, version
from typing import Any, get_args

from corpus.holdings import JobState
from corpus.records import PassageKind
from web.asking import MOST_HITS
from web.documents import Document

_WORD = {"type": "string"}
_DATE = {
    "type": "string",
    "description": "A date, or its year or month: 2024, 2024-05, 2024-05-31.",
}

_SEARCH: dict[str, dict[str, Any]] = {
    "q": {**_WORD, "description": "The question; see the README for the signs it may hold."},
    "k": {"type": "integer", "minimum": 1, "maximum": MOST_HITS, "default": 10},
    "offset": {"type": "integer", "minimum": 0, "default": 0},
    "mode": {"enum": ["hybrid", "keyword", "semantic"], "default": "hybrid"},
    "show": {**_WORD, "description": "A show's title, or part of it."},
    "speaker": {**_WORD, "description": "A speaker's name, or part of it."},
    "kind": {"enum": list(get_args(PassageKind))},
    "after": _DATE,
    "before": _DATE,
    "like": {"type": "integer", "description": "A passage's id: find others like it."},
}
_JOBS: dict[str, dict[str, Any]] = {
    "state": {"enum": list(get_args(JobState))},
    "limit": {"type": "integer", "minimum": 1, "maximum": 500, "default": 100},
}
_TAKEAWAYS: dict[str, dict[str, Any]] = {
    "of": {**_WORD, "description": "An episode's id, guid or title, or an issue as issue:3."}
}

_TAKEAWAY = ("id", "text", "stated_ms", "found_ms", "start_ms", "verdict", "origin")
_DECIDED = (*_TAKEAWAY, "said", "undo_id")
_SAVED = ("id", "name", "asked", "url", "feed_url")
_ENTRY = ("id", "position", "text", "original", "start_ms", "episode_id", "said_before")
_FLAG = {"type": "boolean"}
_NUMBER = {"type": "integer", "minimum": 0}

# Path, what it answers, what may be asked of it, and the keys that the answer always has.
_PATHS: tuple[tuple[str, str, dict[str, dict[str, Any]], tuple[str, ...]], ...] = (
    (
        "/api/v1/search",
        "The passages that answer a question",
        _SEARCH,
        ("query", "mode", "took_ms", "total", "problems", "hits"),
    ),
    ("/api/v1/shows", "The podcasts and newsletters held", {}, ("shows",)),
    ("/api/v1/episodes", "The episodes held", {}, ("episodes",)),
    (
        "/api/v1/episodes/{episode_id}",
        "An episode with chapters, takeaways and transcript",
        {},
        ("id", "guid", "title", "show", "chapters", "takeaways", "transcript", "problems"),
    ),
    (
        "/api/v1/episodes/{episode_id}/speakers",
        "Who speaks in an episode: label, name, and for what a correction holds",
        {},
        ("speakers",),
    ),
    ("/api/v1/issues", "The newsletter issues held", {}, ("issues",)),
    (
        "/api/v1/issues/{issue_id}",
        "An issue with its text, its takeaways and its episode",
        {},
        ("id", "title", "episode", "blocks", "takeaways", "problems"),
    ),
    ("/api/v1/takeaways", "Takeaways with what their check found", _TAKEAWAYS, ("takeaways",)),
    (
        "/api/v1/takeaways/{takeaway_id}",
        "A takeaway with what its check found",
        {},
        _TAKEAWAY,
    ),
    ("/api/v1/saved", "Saved searches", {}, ("saved",)),
    ("/api/v1/digest", "What is new for the saved searches", {}, ("up_to", "searches")),
    ("/api/v1/tray", "What is picked for the next issue, in order", {}, ("tray",)),
    ("/api/v1/tray/{entry_id}", "An entry of the tray", {}, _ENTRY),
    ("/api/v1/jobs", "Long work: what runs, what failed and why", _JOBS, ("jobs", "counts")),
    ("/api/v1/status", "What is held and how it stands", {}, ("shows", "episodes", "problems")),
    ("/api/v1/openapi.json", "This document", {}, ("openapi", "info", "paths")),
)


def openapi_document() -> Document:
    """Return the description of the API."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Earmark",
            "version": _version(),
            "description": "Times are integer milliseconds; what is unknown is null; keys are only "
            "ever added.",
        },
        "paths": {
            path: {"get": _operation(path, summary, asked, keys), **_changes(path)}
            for path, summary, asked, keys in _PATHS
        }
        | {
            "/api/v1/takeaways/{takeaway_id}/accept": {
                "post": _operation(
                    "/api/v1/takeaways/{takeaway_id}/accept",
                    "Accept a draft, or the moment that a check found",
                    {},
                    _DECIDED,
                )
            },
            "/api/v1/saved/{saved_id}": {
                "delete": _operation(
                    "/api/v1/saved/{saved_id}", "Remove a saved search", {}, (*_SAVED, "undo_id")
                )
            },
            "/api/v1/undos/{undo_id}": {
                "post": _operation(
                    "/api/v1/undos/{undo_id}",
                    "Take back a change to a takeaway or to the tray",
                    {},
                    ("subject", "said"),
                )
            },
        },
        "components": {
            "schemas": {
                "Error": {
                    "type": "object",
                    "required": ["error"],
                    "properties": {
                        "error": _WORD,
                        "subject": {"type": ["string", "null"]},
                        "remedy": {"type": ["string", "null"]},
                    },
                }
            }
        },
    }


def _operation(
    path: str, summary: str, asked: dict[str, dict[str, Any]], keys: tuple[str, ...]
) -> Document:
    named = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    parameters: list[Document] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "integer"}}
        for name in named
    ]
    parameters += [
        {"name": name, "in": "query", "required": False, "schema": schema}
        for name, schema in asked.items()
    ]
    schema = {"type": "object", "required": list(keys)}
    refusal = {"schema": {"$ref": "#/components/schemas/Error"}}
    return {
        "summary": summary,
        "parameters": parameters,
        "responses": {
            "200": {"description": summary, "content": {"application/json": {"schema": schema}}},
            "default": {
                "description": "What is wrong and what to do",
                "content": {"application/json": refusal},
            },
        },
    }


def _changes(path: str) -> Document:
    """Return the operations of a path that change something."""
    if path == "/api/v1/tray":
        adding = _operation(path, "The entry, which was in the tray already", {}, _ENTRY)
        added = dict(adding["responses"]["200"], description="The entry that was added")
        adding["summary"] = "Put a takeaway, a passage, a sentence or a text into the tray"
        adding["responses"]["201"] = added
        names = ("takeaway_id", "passage_id", "start_ms", "episode_id", "at_ms")
        asked = {"type": "object", "properties": {**dict.fromkeys(names, _NUMBER), "text": _WORD}}
        body = {"required": True, "content": {"application/json": {"schema": asked}}}
        return {"post": {**adding, "requestBody": body}}
    if path == "/api/v1/tray/{entry_id}":
        return {
            "delete": _operation(path, "Take an entry out of the tray", {}, (*_ENTRY, "undo_id"))
        }
    if path == "/api/v1/saved":
        saving = _operation(path, "Save a search", {}, (*_SAVED, "undo_id"))
        saving["responses"]["201"] = saving["responses"].pop("200")
        search = {"type": "object", "properties": {"name": _WORD, "asked": {"type": "object"}}}
        body = {"required": True, "content": {"application/json": {"schema": search}}}
        return {"post": {**saving, "requestBody": body}}
    if path == "/api/v1/episodes/{episode_id}/speakers":
        named = {"label": _WORD, "name": {"type": ["string", "null"]}, "for_show": _FLAG}
        asked = {"type": "object", "required": ["label"], "properties": named}
        body = {"required": True, "content": {"application/json": {"schema": asked}}}
        keys = ("speakers", "said", "undo_id")
        naming = _operation(path, "Correct a speaker's name; no name takes it away", {}, keys)
        return {"post": {**naming, "requestBody": body}}
    if path == "/api/v1/takeaways/{takeaway_id}":
        return {"delete": _operation(path, "Remove a draft", {}, _DECIDED)}
    return {}


def _version() -> str:
    try:
        return version("earmark")
    except PackageNotFoundError:
        return "0"
