"""The application factory: reads top to bottom."""

import secrets
from typing import TYPE_CHECKING

from flask import Flask

from web import (
    api,
    episode_pages,
    error_pages,
    issue_pages,
    library_pages,
    media,
    saved_pages,
    search_pages,
    speaker_pages,
    takeaway_api,
    takeaway_pages,
    tray_api,
    tray_pages,
)
from web.security import add_headers, refuse_other_origins
from web.templating import add_filters

if TYPE_CHECKING:
    from web.wiring import House


def create_app(house: "House") -> Flask:
    """Return the site over a house; nothing heavy is loaded before a page needs it."""
    app = Flask(__name__)
    app.config.update(
        # Nothing is kept in the session but messages between two pages of one visit.
        SECRET_KEY=secrets.token_bytes(32),
        MAX_CONTENT_LENGTH=2_000_000_000,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]  # documents are written to be read
    app.extensions["earmark"] = house
    app.before_request(refuse_other_origins)
    app.after_request(add_headers)
    add_filters(app)
    for module in (search_pages, episode_pages, issue_pages, takeaway_pages, library_pages):
        app.register_blueprint(module.blueprint)
    for other in (tray_pages, tray_api, takeaway_api, speaker_pages, saved_pages, media, api):
        app.register_blueprint(other.blueprint)
    error_pages.register(app)
    return app
