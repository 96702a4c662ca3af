"""Takeaways to hand on: a reading page that stands by itself, and a JSON Feed."""

from flask import Blueprint, Response, request

from ingest.takeaway_page import POLICY
from ingest.takeaway_publishing import format_json_feed
from web.atom import list_feed_entries
from web.choosing import choose_scope
from web.current import current_house
from web.reading_page import reading_page

blueprint = Blueprint("reading", __name__)


@blueprint.get("/takeaways.html")
def page() -> Response:
    """Answer the reading page of an episode, of an issue (``of=issue:3``), or of everything."""
    house = current_house()
    with house.catalogue.read() as conn:
        scope = choose_scope(conn, request.args.get("of") or None)
        text = reading_page(conn, house.settings, scope)
    answer = Response(text, content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = f"{POLICY}; frame-ancestors 'none'"
    return answer


@blueprint.get("/takeaways.json")
def json_feed() -> Response:
    """Answer a JSON Feed of the takeaways of the newest issues and episodes."""
    house = current_house()
    site = (house.settings.public_url or request.url_root).rstrip("/")
    with house.catalogue.read() as conn:
        entries = list_feed_entries(conn, site)
    text = format_json_feed(entries, site=site)
    return Response(text, content_type="application/feed+json; charset=utf-8")
