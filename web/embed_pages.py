"""Moments on other sites: a page for a frame, and the documents by which programs find it."""

from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from corpus.errors import NotHeldError
from corpus.holdings import Episode
from web.current import current_house
from web.documents import MAX_ID
from web.embed_moments import (
    FRAME_HEIGHT,
    FRAME_WIDTH,
    MomentCard,
    find_shared,
    format_frame,
    make_card,
    parse_shared_url,
    play_url,
    site_url,
)
from web.episode_pages import read_moment
from web.links import moment_url
from web.security import allow_frames

blueprint = Blueprint("embed", __name__)

_DAY_S = 86_400


@blueprint.app_template_global("moment_card")
def moment_card(episode: Episode, at_ms: int | None) -> MomentCard:
    """Return what a link to an episode's page unfurls to."""
    with current_house().catalogue.read() as conn:
        return make_card(conn, episode, at_ms)


@blueprint.app_template_global("embed_code")
def embed_code(episode_id: int, at_ms: int | None, title: str) -> str:
    """Return the HTML that shows a moment on another site."""
    return format_frame(f"{site_url()}/embed{moment_url(episode_id, at_ms)}", title)


@blueprint.app_template_global("moment_address")
def moment_address(episode_id: int, at_ms: int | None) -> str:
    """Return the whole address of a moment, as it is handed on."""
    return site_url() + moment_url(episode_id, at_ms)


@blueprint.get(f"/embed/episodes/<int(max={MAX_ID}):episode_id>")
def embed(episode_id: int) -> Response:
    """Show a moment in a frame on another site: its sentence, and a player of that stretch."""
    at_ms, _ = read_moment(request.args.get("t"))
    try:
        with current_house().catalogue.read() as conn:
            shared = find_shared(conn, episode_id, at_ms)
            card = make_card(conn, shared.episode, at_ms)
    except NotHeldError:
        return allow_frames(Response(render_template("embed_gone.html", site=site_url()), 404))
    page = render_template("embed.html", shared=shared, card=card, audio=play_url(shared))
    return allow_frames(Response(page))


@blueprint.get("/oembed")
def oembed() -> ResponseReturnValue:
    """Answer how a shared address is embedded: https://oembed.com/#section2.3"""
    if request.args.get("format", "json") != "json":
        abort(501, "Only JSON is spoken here: leave out the format.")
    found = parse_shared_url(request.args.get("url", ""))
    if found is None:
        abort(404, "That is no address of an episode on this site.")
    at_ms, _ = read_moment(found[1])
    with current_house().catalogue.read() as conn:
        shared = find_shared(conn, found[0], at_ms)
        card = make_card(conn, shared.episode, at_ms)
    return jsonify(_rich(shared.episode, shared.sentence, card))


def _rich(episode: Episode, sentence: str | None, card: MomentCard) -> dict[str, Any]:
    width = _least(request.args.get("maxwidth"), FRAME_WIDTH)
    height = _least(request.args.get("maxheight"), FRAME_HEIGHT)
    title = f"{episode.title} – {episode.show}"
    return {
        "version": "1.0",
        "type": "rich",
        "title": f"“{sentence}” {title}" if sentence else title,
        "author_name": episode.show,
        "provider_name": "Earmark",
        "provider_url": f"{site_url()}/",
        "cache_age": _DAY_S,
        "width": width,
        "height": height,
        "html": format_frame(card.embed_url, title, width=width, height=height),
    }


def _least(text: str | None, ours: int) -> int:
    """Return the smaller of our measure and the asker's; what is no number asks for nothing."""
    asked = text or ""
    is_number = asked.isascii() and asked.isdigit() and 0 < len(asked) < 6
    return min(max(int(asked), 1), ours) if is_number else ours


@blueprint.get("/opensearch.xml")
def opensearch() -> Response:
    """Describe the search to browsers: https://github.com/dewitt/opensearch, draft 6."""
    page = render_template("opensearch.xml", site=site_url())
    return Response(page, content_type="application/opensearchdescription+xml; charset=utf-8")
