"""What is answered where something went wrong: a document to programs, a page to people."""

import logging
from http import HTTPStatus

from flask import Flask, Response, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, InternalServerError

from corpus.errors import EarmarkError, FormatError, NotHeldError, UsageError
from web.refused_forms import say_wrong

_log = logging.getLogger(__name__)

_SENTENCES = {
    404: "No page has this address. It may have been mistyped, or what it showed is gone.",
    405: "This address only takes what a form sends. Go to the page that has the form.",
    413: "More than 2 GB cannot be handed over here. Put it into a folder, and add that instead.",
}
"""What people are told where the server itself has only a word for programs."""
_FOR_PROGRAMS = ("/api/", "/oembed")
_TITLES = {
    400: "That cannot be done",
    403: "Not allowed",
    404: "Nothing is here",
    405: "That cannot be done here",
    413: "That file is too large",
}


def register(app: Flask) -> None:
    """Let the application answer every error in a way that helps."""
    app.register_error_handler(EarmarkError, _tell_error)
    app.register_error_handler(HTTPException, _tell_http_error)


def _tell_error(error: EarmarkError) -> ResponseReturnValue:
    status = 500
    if isinstance(error, NotHeldError):
        status = 404
    elif isinstance(error, (UsageError, FormatError)):
        # What is asked for as the API describes it cannot be done only as things stand.
        status = 409 if g.get("is_sound") else 400
    else:
        _log.error("%s: %s", request.path, error)
    told = None
    if isinstance(error, NotHeldError):
        # Its remedy is a command, which nobody types into a page.
        told = f"{say_wrong(error)} It may have been removed, or the address mistyped."
    return _answer(
        status, str(error), subject=error.subject, remedy=error.remedy or None, told=told
    )


def _tell_http_error(error: HTTPException) -> ResponseReturnValue:
    if isinstance(error, InternalServerError):
        # Flask has written the trace to the log.
        return _answer(500, "Something went wrong on this page; the log of the site says what.")
    if error.code is None or error.code < 400:
        return error.get_response()
    told = _SENTENCES.get(error.code)
    answer = _answer(error.code, error.description or error.name, told=told)
    for name, value in error.get_headers():
        # Such as Allow, which belongs to the answer whatever it looks like.
        if name.lower() not in ("content-type", "content-length"):
            answer.headers[name] = value
    return answer


def _answer(
    status: int,
    message: str,
    *,
    subject: str | None = None,
    remedy: str | None = None,
    told: str | None = None,
) -> Response:
    """Answer with what is wrong; people are told ``told`` instead, where it is given."""
    if not request.path.startswith(_FOR_PROGRAMS):
        title = _TITLES.get(status, "Something went wrong")
        typed = request.form.to_dict() if request.method == "POST" else {}
        page = render_template("error.html", title=title, message=told or message, typed=typed)
        return Response(page, status, content_type="text/html; charset=utf-8")
    # https://www.rfc-editor.org/rfc/rfc9457; a type of its own would say no more than the status.
    answer = jsonify(
        {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": message,
            "error": message,
            "subject": subject,
            "remedy": remedy,
        }
    )
    answer.status_code = status
    answer.content_type = "application/problem+json"
    return answer
