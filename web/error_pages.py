"""What is answered where something went wrong: a document to programs, a page to people."""

import logging

from flask import Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, InternalServerError

from corpus.errors import EarmarkError, NotHeldError, UsageError

_log = logging.getLogger(__name__)

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
    if isinstance(error, (NotHeldError, UsageError)):
        status = 404 if isinstance(error, NotHeldError) else 400
    else:
        _log.error("%s: %s", request.path, error)
    return _answer(status, str(error), subject=error.subject, remedy=error.remedy or None)


def _tell_http_error(error: HTTPException) -> ResponseReturnValue:
    if isinstance(error, InternalServerError):
        # Flask has written the trace to the log.
        return _answer(500, "Something went wrong on this page; the log of the site says what.")
    if error.code is None or error.code < 400:
        return error.get_response()
    return _answer(error.code, error.description or error.name)


def _answer(
    status: int, message: str, *, subject: str | None = None, remedy: str | None = None
) -> ResponseReturnValue:
    if request.path.startswith("/api/"):
        return jsonify({"error": message, "subject": subject, "remedy": remedy}), status
    title = _TITLES.get(status, "Something went wrong")
    return render_template("error.html", title=title, message=message), status
