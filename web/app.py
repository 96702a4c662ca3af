"""The application factory: reads top to bottom."""

import secrets
from typing import TYPE_CHECKING

from flask import Flask

from web import (
    api,
    chapter_api,
    chapter_pages,
    checkup_pages,
    embed_pages,
    episode_pages,
    error_pages,
    issue_pages,
    jobs_api,
    join_api,
    library_api,
    library_pages,
    media,
    player_api,
    player_pages,
    reading_pages,
    refused_forms,
    saved_api,
    saved_pages,
    search_pages,
    speaker_api,
    speaker_pages,
    takeaway_api,
    takeaway_pages,
    tray_api,
    tray_pages,
    trust_api,
    trust_pages,
    upkeep_api,
    vocabulary_api,
    vocabulary_pages,
)
from web.api_operations import IdConverter
from web.haste import Crowd
from web.kept_answers import KeptAnswers
from web.revalidation import make_state_reader
from web.security import add_headers, refuse_other_origins
from web.templating import add_filters
from web.topics import KeptTopics

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
    app.extensions["earmark_answers"] = KeptAnswers()
    app.extensions["earmark_crowd"] = Crowd()
    app.extensions["earmark_state"] = make_state_reader(house)
    app.extensions["earmark_topics"] = KeptTopics()
    app.before_request(refuse_other_origins)
    app.after_request(add_headers)
    add_filters(app)
    refused_forms.register(app)
    for module in (search_pages, episode_pages, issue_pages, takeaway_pages, library_pages):
        app.register_blueprint(module.blueprint)
    for page in (tray_pages, player_pages, reading_pages, trust_pages, vocabulary_pages):
        app.register_blueprint(page.blueprint)
    for other in (speaker_pages, saved_pages, media, embed_pages, chapter_pages, checkup_pages):
        app.register_blueprint(other.blueprint)
    app.url_map.converters["id"] = IdConverter
    for part in (api, library_api, jobs_api, takeaway_api, tray_api, upkeep_api):
        app.register_blueprint(part.blueprint)
    app.register_blueprint(join_api.blueprint)
    for more in (player_api, speaker_api, saved_api, trust_api, vocabulary_api, chapter_api):
        app.register_blueprint(more.blueprint)
    error_pages.register(app)
    return app
