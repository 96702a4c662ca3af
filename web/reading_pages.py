"""Takeaways to hand on: a reading page that stands by itself, files, and a JSON Feed."""

from typing import get_args

from flask import Blueprint, Response, request

from corpus.catalogue import takeaways
from corpus.errors import UsageError
from ingest.takeaway_page import POLICY
from ingest.takeaway_publishing import PublishStyle, format_json_feed
from web.atom import list_feed_entries
from web.blocks import publish_takeaways, takeaway_block
from web.choosing import choose_scope
from web.current import current_house
from web.episode_links import make_links
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


FILES = {
    "text": ("text/plain", "takeaways.txt"),
    "md": ("text/markdown", "takeaways.md"),
    "html": ("text/html", "takeaways-mail.html"),
    "csv": ("text/csv", "takeaways.csv"),
    # Lines for a feed, which are no document by themselves.
    "soundbites": ("text/plain", "soundbites.xml"),
    "chapters": ("application/json+chapters", "chapters.json"),
    "vtt": ("text/vtt", "takeaways.vtt"),
}
"""By style: the media type and the name of a file of takeaways."""


@blueprint.get("/takeaways/file")
def file() -> Response:
    """Hand out the takeaways of an episode, of an issue or of all as a file; no drafts."""
    house = current_house()
    wanted = request.args.get("format", "text")
    if wanted not in FILES:
        known = ", ".join(FILES)
        raise UsageError(f"“{wanted[:40]}”", "is no form of takeaways", f"choose from: {known}")
    style = wanted
    with house.catalogue.read() as conn:
        scope = choose_scope(conn, request.args.get("of") or None)
        held = takeaways.list_takeaways(conn, episode_id=scope.episode_id, issue_id=scope.issue_id)
        links = make_links(conn, house.settings, [item.episode_id for item in held])
    found = [item for item in held if not item.is_draft]
    if style in get_args(PublishStyle):
        text = publish_takeaways(found, style)  # type: ignore[arg-type]
    else:
        text = takeaway_block(found, style, links)  # type: ignore[arg-type]
    return make_file(text, *FILES[style])


def make_file(text: str, kind: str, name: str) -> Response:
    """Return a text as a file to keep."""
    # Without a mark, spreadsheets take UTF-8 for something else: “quotes” would come out broken.
    mark = "\ufeff" if kind == "text/csv" else ""
    answer = Response(f"{mark}{text}\n", content_type=f"{kind}; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
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
