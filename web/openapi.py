"""The API, described for programs: an OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.0).

It is written from the operations that the application serves, each of which is held to it.
"""

from collections import Counter
from http import HTTPStatus
from typing import Any

from flask import Flask

from web.api_operations import Operation, is_id
from web.api_schemas import COMPONENTS, ID, TEXT, ref
from web.documents import Document
from web.version import software_version

_ABOUT = (
    "Times are integer milliseconds; what is unknown is null; keys are only ever added. HEAD is "
    "answered wherever GET is. Lists come in pages: follow `next`. An answer with an ETag is not "
    "sent again to who sends it back as If-None-Match."
)
_BROKEN = {400: "The request is not as described here", 404: "Nothing of this id or name is held"}
_CANNOT = "It cannot be done as things stand"


def openapi_document(app: Flask) -> Document:
    """Return the description of the API that an application serves."""
    paths: dict[str, Document] = {}
    for operation, name in sorted(_operations(app), key=lambda pair: pair[0].path):
        paths.setdefault(operation.path, {})[operation.method.lower()] = _describe(operation, name)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Earmark", "version": software_version(), "description": _ABOUT},
        "paths": paths,
        "components": {"schemas": COMPONENTS},
    }


def _operations(app: Flask) -> list[tuple[Operation, str]]:
    found = [
        (view.operation, endpoint)
        for endpoint, view in app.view_functions.items()
        if hasattr(view, "operation")
    ]
    names = Counter(endpoint.rpartition(".")[2] for _, endpoint in found)
    return [(operation, _name(endpoint, names)) for operation, endpoint in found]


def _name(endpoint: str, names: Counter[str]) -> str:
    """Return a name that no other operation has: accept, but chapter_accept."""
    part, _, name = endpoint.rpartition(".")
    return name if names[name] == 1 else f"{part.removesuffix('_api')}_{name}"


def _describe(operation: Operation, name: str) -> Document:
    described: Document = {
        "operationId": name,
        "summary": operation.summary,
        "parameters": _parameters(operation),
        "responses": _responses(operation),
    }
    if operation.sent is not None:
        body = {"application/json": {"schema": operation.sent}}
        described["requestBody"] = {"required": not operation.may_be_empty, "content": body}
    elif operation.takes is not None:
        whole = {"schema": {"type": "string", "format": "binary", "minLength": 1}}
        described["requestBody"] = {"required": True, "content": {operation.takes: whole}}
    return described


def _parameters(operation: Operation) -> list[Document]:
    named = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    placed: list[Document] = [
        {"name": name, "in": "path", "required": True, "schema": ID if is_id(name) else TEXT}
        for name in named
    ]
    return placed + [
        {
            "name": name,
            "in": "query",
            "required": name in operation.needs,
            "allowEmptyValue": name not in operation.needs,
            "schema": schema,
        }
        for name, schema in operation.asked.items()
    ]


def _responses(operation: Operation) -> Document:
    content: dict[str, Any] = {operation.media: {}}
    if operation.media == "application/json":
        content = {operation.media: {"schema": operation.gives}}
    good: Document = {"description": operation.summary, "content": content}
    if operation.revalidates:
        good["headers"] = {"ETag": {"schema": {"type": "string"}}}
    answers = {str(operation.status): good}
    for status, meaning in operation.also.items():
        answers[str(status)] = {**good, "description": meaning}
    if operation.revalidates:
        answers["304"] = {"description": "It is unchanged"}
    refused = {**_BROKEN, 409: _CANNOT, 500: "Something is wrong here; the log says what"}
    if operation.sent is not None or operation.takes is not None:
        refused |= {413: "It is too large", 415: "It is of another kind"}
    problem = {"application/problem+json": {"schema": ref("Problem")}}
    for status, meaning in refused.items():
        assert HTTPStatus(status)
        answers[str(status)] = {"description": meaning, "content": problem}
    return answers
