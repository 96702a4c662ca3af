"""Operations of the API: each says what it takes and gives, and is held to what it says.

The OpenAPI document (`web.openapi`) is written from the same words, so that it cannot lie about
what may be asked: a request that is not as described gets 400, and no view sees it. One that is,
and cannot be done as things stand (two episodes bear that name), gets 409.
"""

import functools
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, abort, g, jsonify, request
from werkzeug.routing import BaseConverter

from corpus.errors import UsageError
from web.documents import MAX_ID, Document
from web.revalidation import find_unchanged, mark, read_state

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

Schema = Mapping[str, Any]
View = Callable[..., Any]

MOST_BODY_BYTES = 1_000_000
_NAME = re.compile(r"\{(\w+)\}")
# JSON Schema: a number without a fraction is an integer, 1.0 too.
_INTEGER = re.compile(r"(-?[0-9]{1,18})(?:\.0{1,9})?", re.ASCII)
_TRUTHS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What an operation takes and gives, as JSON Schema has it."""

    method: str
    path: str
    """With names in braces, as OpenAPI writes it: those that end in _id are ids, others texts."""
    summary: str
    gives: Schema
    """Of its answer, where that is JSON."""
    status: int = 200
    also: Mapping[int, str] = field(default_factory=dict)
    """Other good answers of the same kind: status and what it means."""
    media: str = "application/json"
    """Of its answer."""
    asked: Mapping[str, Schema] = field(default_factory=dict)
    """Of each parameter in the query; one without content counts as absent."""
    needs: tuple[str, ...] = ()
    """The parameters of the query that must be there."""
    sent: Schema | None = None
    """Of its JSON body."""
    may_be_empty: bool = False
    """Whether no body at all is as good as an empty object."""
    takes: str | None = None
    """The media type of a body that is not JSON."""
    revalidates: bool = False
    """Whether an unchanged answer is not sent again."""


def serve(blueprint: Blueprint, operation: Operation) -> Callable[[View], View]:
    """Register a view for an operation; it gets the ids of the path and returns a document.

    A document with a status other than 200 is returned as a pair; a Response goes out as it is.
    """

    query = _Described(
        {"type": "object", "properties": operation.asked, "required": list(operation.needs)}
    )
    body = _Described(operation.sent) if operation.sent is not None else None

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def answer(**named: Any) -> Response:
            if max((id_ for name, id_ in named.items() if is_id(name)), default=0) > MAX_ID:
                abort(404, "Nothing of this id is held.")
            g.asked = _read_query(operation, query)
            g.sent = _read_body(body, may_be_empty=operation.may_be_empty) if body else {}
            if operation.takes:
                _check_handed_over(operation.takes)
            g.is_sound = True
            if not operation.revalidates:
                return _respond(view(**named))
            state = read_state()
            return find_unchanged(state) or _mark_final(_respond(view(**named)), state)

        answer.operation = operation  # type: ignore[attr-defined]
        rule = _NAME.sub(_part_of_rule, operation.path)
        blueprint.add_url_rule(
            rule, endpoint=view.__name__, view_func=answer, methods=[operation.method]
        )
        return answer

    return decorate


def is_id(name: str) -> bool:
    """Return whether what stands under a name in a path is an id."""
    return name.endswith("_id")


def _part_of_rule(match: re.Match[str]) -> str:
    return f"<id:{match[1]}>" if is_id(match[1]) else f"<{match[1]}>"


def asked() -> Document:
    """Return the parameters of the request, each as its schema has it; absent ones are absent."""
    found: Document = g.asked
    return found


def sent() -> Document:
    """Return the JSON body of the request."""
    found: Document = g.sent
    return found


def _respond(given: Any) -> Response:
    if isinstance(given, Response):
        return given
    document, status = given if isinstance(given, tuple) else (given, 200)
    answer = jsonify(document)
    answer.status_code = status
    return answer


def _mark_final(answer: Response, state: str) -> Response:
    if g.get("is_provisional"):
        answer.headers["Cache-Control"] = "no-store"
        return answer
    return mark(answer, state)


class IdConverter(BaseConverter):
    """Reads an id out of a path; one of too many digits is a path that nothing is served at."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        """Return the id."""
        return int(value)


class _Described:
    """A schema that a value is held to; its library loads with the first value."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema

    @functools.cached_property
    def _validator(self) -> "Draft202012Validator":
        from jsonschema import Draft202012Validator

        return Draft202012Validator(self._schema)

    def hold(self, subject: str, value: Any) -> None:
        """Refuse a value that is not as described, naming the worst of it.

        Raises:
            UsageError: If it is not.
        """
        from jsonschema.exceptions import best_match

        worst = best_match(self._validator.iter_errors(value))
        if worst is not None:
            where = ".".join(str(part) for part in worst.absolute_path) or subject
            described = "see /api/v1/openapi.json for what may be asked"
            raise UsageError(where, worst.message[:200], described)


def _read_query(operation: Operation, described: _Described) -> Document:
    found: Document = {}
    for name, schema in operation.asked.items():
        values = [value for value in request.args.getlist(name) if value]
        if len(values) > 1:
            raise UsageError(name, "is given more than once", "give it once")
        if values:
            found[name] = _typed(values[0], schema)
    described.hold("The request", found)
    return found


def _typed(text: str, schema: Schema) -> Any:
    if schema.get("type") == "integer" and (match := _INTEGER.fullmatch(text)):
        return int(match[1])
    if schema.get("type") == "boolean":
        return _TRUTHS.get(text, text)
    return text


def _check_handed_over(media: str) -> None:
    if request.mimetype != media:
        abort(415, f"Send the file itself, with the content type {media}.")
    if not request.content_length:
        raise UsageError("The request", "holds nothing", "send the file as its body")


def _read_body(described: _Described, *, may_be_empty: bool) -> Document:
    request.max_content_length = MOST_BODY_BYTES
    data = request.get_data()
    if may_be_empty and not data:
        return {}
    if not request.is_json:
        abort(415, "Send JSON, with the content type application/json.")
    try:
        body = json.loads(data)
        json.dumps(body, ensure_ascii=False).encode()  # halves of letters can be kept nowhere
    except (ValueError, RecursionError):
        raise UsageError("The request", "holds no JSON", "send one JSON object") from None
    described.hold("The request", body)
    assert isinstance(body, dict)
    return body
