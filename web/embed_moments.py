"""A moment as it is shown elsewhere: its sentence, what is said around it, and where it plays."""

import html
import re
from bisect import bisect_right
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from flask import request, url_for
from sqlalchemy import Connection

from corpus.catalogue import episodes, shows, transcripts
from corpus.holdings import Episode
from corpus.moments import format_seconds
from ingest.audio_length import Drift, find_drift
from ingest.picking import iter_turns
from web.current import current_house
from web.documents import MAX_ID
from web.links import moment_url
from web.media import find_audio_file

_PAGE = re.compile(r"/(?:embed/)?episodes/(\d{1,10})", re.ASCII)


FRAME_WIDTH = 600
FRAME_HEIGHT = 260


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedMoment:
    """An episode, and what is said at the moment that was shared."""

    episode: Episode
    start_ms: int | None
    end_ms: int | None = None
    speaker: str | None = None
    sentence: str | None = None
    before: str | None = None
    """The sentence before it."""
    after: str | None = None
    drift: Drift | None = None
    """How the audio differs now from the one that the moment belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentCard:
    """What a link to an episode's page unfurls to; addresses are whole."""

    url: str
    embed_url: str
    oembed_url: str
    picture: str | None
    """At its publisher: it is named to others, never fetched for them."""


def site_url() -> str:
    """Return the address under which others reach the site, without a slash at its end."""
    return (current_house().settings.public_url or request.url_root).rstrip("/")


def make_card(conn: Connection, episode: Episode, at_ms: int | None) -> MomentCard:
    """Return what a link to an episode, or to a moment of it, unfurls to."""
    site = site_url()
    path = moment_url(episode.id, at_ms)
    picture = episode.image_url or shows.get_show(conn, episode.show_id).image_url
    return MomentCard(
        url=site + path,
        embed_url=f"{site}/embed{path}",
        oembed_url=site + url_for("embed.oembed", url=site + path),
        picture=picture if (picture or "").startswith(("https://", "http://")) else None,
    )


def format_frame(
    address: str, title: str, *, width: int = FRAME_WIDTH, height: int = FRAME_HEIGHT
) -> str:
    """Return the HTML of a frame that shows an address, to be pasted into another site.

    >>> format_frame("https://example.com/embed/episodes/1?t=20", 'Say "no"', width=400)
    ... # doctest: +ELLIPSIS
    '<iframe src="https://example.com/embed/episodes/1?t=20" width="400" height="260" title="Say...'
    """
    return (
        f'<iframe src="{html.escape(address)}" width="{width}" height="{height}" '
        f'title="{html.escape(title)}" loading="lazy" style="border:0"></iframe>'
    )


def find_shared(conn: Connection, episode_id: int, at_ms: int | None) -> SharedMoment:
    """Return an episode with the sentence at a moment, and those beside it where it is known.

    Raises:
        NotHeldError: If there is no such episode.
    """
    episode = episodes.get_episode(conn, episode_id)
    if at_ms is None:
        return SharedMoment(episode=episode, start_ms=None)
    held = transcripts.find_transcript(conn, episode_id)
    drift = find_drift(episode, held)
    spoken = transcripts.list_segments(conn, episode_id)
    turns = iter_turns(spoken, (held.duration_ms if held else None) or None)
    said = [
        (one.start_ms or 0, one.end_ms, speaker, passage.text[one.start : one.end])
        for speaker, passage in turns
        for one in passage.sentences
    ]
    at = bisect_right([one[0] for one in said], at_ms) - 1
    if at < 0:
        return SharedMoment(episode=episode, start_ms=at_ms, drift=drift)
    _, end_ms, speaker, sentence = said[at]
    return SharedMoment(
        episode=episode,
        start_ms=at_ms,
        # A pause between two sentences belongs to none; playing goes on from it.
        end_ms=end_ms if end_ms is not None and end_ms > at_ms else None,
        speaker=speaker,
        sentence=sentence,
        before=said[at - 1][3] if at else None,
        after=said[at + 1][3] if at + 1 < len(said) else None,
        drift=drift,
    )


def play_url(shared: SharedMoment) -> str | None:
    """Return where exactly the shared stretch plays, or None where there is no audio.

    Media fragments name its beginning and its end: https://www.w3.org/TR/media-frags/#naming-time
    """
    url = url_for("media.audio", episode_id=shared.episode.id)
    if find_audio_file(current_house().home.media, shared.episode) is None:
        address = shared.episode.audio_url or ""
        if not address.startswith(("https://", "http://")):
            return None
        url = address.partition("#")[0]
    if shared.start_ms is None:
        return url
    until = "" if shared.end_ms is None else f",{format_seconds(shared.end_ms)}"
    return f"{url}#t={format_seconds(shared.start_ms)}{until}"


def parse_shared_url(address: str) -> tuple[int, str | None] | None:
    """Return the episode and the moment's text that one of this site's addresses names."""
    try:
        parts = urlsplit(address)
        site = urlsplit(site_url())
    except ValueError:
        return None
    page = parts.path.removeprefix(site.path)
    match = _PAGE.fullmatch(page)
    if match is None or parts.netloc not in (site.netloc, request.host):
        return None
    moment = parse_qs(parts.query, max_num_fields=20).get("t")
    return (min(int(match[1]), MAX_ID), moment[0] if moment else None)
