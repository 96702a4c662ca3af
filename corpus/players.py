"""Where else an episode plays, and how a link there opens at a moment.

Only forms that are known to open at a second are called exact: YouTube's, Spotify's and Vimeo's own
"copy link at current time", Pocket Casts' (its apps read ``t`` as media fragments do:
https://github.com/Automattic/pocket-casts-android/issues/2227), Overcast's share links
(``overcast.fm/+ID/28:10``), SoundCloud's, and media files
(https://www.w3.org/TR/media-frags/#naming-time). All others open the episode.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit

from corpus.errors import UsageError
from corpus.moments import format_moment, format_seconds

PlayerName = Literal[
    "youtube", "spotify", "pocketcasts", "overcast", "vimeo", "soundcloud",
    "apple", "castro", "castbox", "podcastaddict", "podverse", "fountain", "amazon",
]  # fmt: skip
PLAYERS: tuple[str, ...] = get_args(PlayerName)
"""Players that are told apart; a page elsewhere goes by the name of its host."""

_LABELS: dict[str, str] = {
    "youtube": "YouTube",
    "spotify": "Spotify",
    "pocketcasts": "Pocket Casts",
    "overcast": "Overcast",
    "vimeo": "Vimeo",
    "soundcloud": "SoundCloud",
    "apple": "Apple Podcasts",
    "castro": "Castro",
    "castbox": "Castbox",
    "podcastaddict": "Podcast Addict",
    "podverse": "Podverse",
    "fountain": "Fountain",
    "amazon": "Amazon Music",
}
_MEDIA = (".mp3", ".m4a", ".mp4", ".ogg", ".oga", ".opus", ".aac", ".wav", ".flac", ".webm")
_YOUTUBE_ID = r"[\w-]{6,20}"
# Player -> hosts, and the paths of an episode there.
_PAGES: dict[str, tuple[tuple[str, ...], str]] = {
    "youtube": (
        ("youtube.com", "m.youtube.com", "youtube-nocookie.com"),
        rf"/watch|/(?:live|embed|shorts|v)/({_YOUTUBE_ID})/?",
    ),
    "spotify": (("open.spotify.com",), r"(?:/intl-[\w-]+)?(?:/embed)?/episode/(\w+)/?"),
    "pocketcasts": (
        ("pca.st", "pocketcasts.com"),
        r"/episode/[\w-]+/?|/(?!podcast|itunes|private)\w+/?|/podcasts?/[^/]+/[^/]+/[^/]+/[^/]+/?",
    ),
    "overcast": (("overcast.fm",), r"(/\+[\w-]+)(?:/[\d:]*)?"),
    "vimeo": (("vimeo.com", "player.vimeo.com"), r"/(?:video/)?\d+(?:/\w+)?/?"),
    "soundcloud": (("soundcloud.com", "m.soundcloud.com"), r"/[\w-]+/(?!sets/?)[\w-]+/?"),
    "apple": (("podcasts.apple.com", "itunes.apple.com"), r"/.*"),
    "castro": (("castro.fm",), r"/episode/.+"),
    "castbox": (("castbox.fm",), r"/episode/.+"),
    "podcastaddict": (("podcastaddict.com",), r"/.*episode/.+"),
    "podverse": (("podverse.fm",), r"/(?:episode|clip)/.+"),
    "fountain": (("fountain.fm",), r"/episode/.+"),
    "amazon": (("music.amazon.com",), r"/podcasts/.+/episodes/.+"),
}
_HOSTS = {host: player for player, (hosts, _) in _PAGES.items() for host in hosts}
_HOSTS["youtu.be"] = "youtube"
_OPENS = {"t", "start", "time_continue"}  # what an address may say of a moment already


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerPage:
    """A page on which an episode plays."""

    player: str
    label: str
    url: str
    """As it was given, whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLink:
    """A link to an episode elsewhere."""

    href: str
    is_exact: bool
    """Whether it opens at the moment, or only the episode."""


def read_page(text: str) -> PlayerPage:
    """Return the page that a person names by its address, or by Spotify's own form of one.

    Raises:
        UsageError: If it is no address of the web, or a player's page of something else.
    """
    text = text.strip()
    spotify = re.fullmatch(r"spotify:episode:(\w{1,40})", text, re.ASCII)
    url = f"https://open.spotify.com/episode/{spotify[1]}" if spotify else text
    parts = _split(url)
    if parts is None or len(url) > 2_000:
        raise UsageError(
            text[:60], "is no address of a page", "copy it from the player’s share menu"
        )
    player = _player_of(parts)
    if player in _PAGES and not _is_episode(player, parts):
        label = _LABELS[player]
        raise UsageError(text[:60], f"is no episode on {label}", "open the episode there first")
    return PlayerPage(player=player, label=player_label(player), url=url)


@lru_cache(maxsize=4096)  # of the same episodes, for every answer
def find_page(url: str | None) -> PlayerPage | None:
    """Return an episode's page on a player that is known, else None."""
    parts = _split(url or "")
    if parts is None or url is None:
        return None
    player = _player_of(parts)
    if player not in _PAGES or not _is_episode(player, parts):
        return None
    return PlayerPage(player=player, label=player_label(player), url=url)


def player_label(player: str) -> str:
    """Return a player's name as its makers write it; a host as it is."""
    return _LABELS.get(player, player)


@lru_cache(maxsize=4096)
def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        is_page = parts.scheme in ("http", "https") and bool(parts.hostname) and url.isprintable()
    except ValueError:
        return None
    return parts if is_page and not re.search(r'[\s<>"\\]', url) else None


def _host(parts: SplitResult) -> str:
    return (parts.hostname or "").removeprefix("www.")


def _player_of(parts: SplitResult) -> str:
    host = _host(parts)
    return _HOSTS.get(host, host)


def _is_episode(player: str, parts: SplitResult) -> bool:
    if player == "youtube":
        return _youtube_id(parts) is not None
    if player == "apple":
        return any(name == "i" and value.isdigit() for name, value in parse_qsl(parts.query))
    return re.fullmatch(_PAGES[player][1], parts.path, re.ASCII) is not None


def _youtube_id(parts: SplitResult) -> str | None:
    if _host(parts) == "youtu.be":
        match = re.fullmatch(rf"/({_YOUTUBE_ID})/?", parts.path, re.ASCII)
        return match[1] if match else None
    if match := re.fullmatch(_PAGES["youtube"][1], parts.path, re.ASCII):
        if match[1]:
            return str(match[1])
        named = dict(parse_qsl(parts.query)).get("v", "")
        return named if re.fullmatch(_YOUTUBE_ID, named, re.ASCII) else None
    return None


def link_moment(url: str, start_ms: int | None) -> PageLink:
    """Return the link that opens an episode's page at a moment, as near as its player can.

    >>> link_moment("https://youtu.be/dQw4w9WgXcQ", 90_500).href
    'https://youtu.be/dQw4w9WgXcQ?t=90'
    >>> link_moment("https://overcast.fm/+UtNTAcN2Y", 1_694_000).href
    'https://overcast.fm/+UtNTAcN2Y/28:14'
    """
    parts = _split(url)
    if parts is None or start_ms is None or start_ms < 0:
        return PageLink(href=url, is_exact=False)
    player = _player_of(parts)
    build = _BUILDERS.get(player) if player in _PAGES and _is_episode(player, parts) else None
    if build is None and player not in _PAGES and parts.path.lower().endswith(_MEDIA):
        build = _at_fragment
    if build is None:
        return PageLink(href=url, is_exact=False)
    return PageLink(href=build(parts, start_ms), is_exact=True)


def _with_query(parts: SplitResult, **added: str) -> str:
    kept = [
        pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in _OPENS
    ]
    query = urlencode([*kept, *added.items()], quote_via=quote)
    return parts._replace(query=query, fragment="").geturl()


def _on_youtube(parts: SplitResult, start_ms: int) -> str:
    seconds = start_ms // 1000
    if _host(parts) == "youtu.be":
        return _with_query(parts, t=str(seconds))
    if parts.path == "/watch":
        return _with_query(parts, t=f"{seconds}s")
    # Embedded players and shorts know no t.
    return f"https://www.youtube.com/watch?v={_youtube_id(parts)}&t={seconds}s"


def _at_seconds(parts: SplitResult, start_ms: int) -> str:
    return _with_query(parts, t=str(start_ms // 1000))


def _on_overcast(parts: SplitResult, start_ms: int) -> str:
    match = re.fullmatch(_PAGES["overcast"][1], parts.path, re.ASCII)
    path = f"{match[1] if match else parts.path}/{format_moment(start_ms)}"
    return parts._replace(path=path, query="", fragment="").geturl()


def _at_clock(parts: SplitResult, start_ms: int) -> str:
    return parts._replace(fragment=f"t={format_moment(start_ms)}").geturl()


def _at_unit(parts: SplitResult, start_ms: int) -> str:
    return parts._replace(fragment=f"t={start_ms // 1000}s").geturl()


def _at_fragment(parts: SplitResult, start_ms: int) -> str:
    return parts._replace(fragment=f"t={format_seconds(start_ms)}").geturl()


_BUILDERS: dict[str, Callable[[SplitResult, int], str]] = {
    "youtube": _on_youtube,
    "spotify": _at_seconds,
    "pocketcasts": _at_seconds,
    "overcast": _on_overcast,
    "vimeo": _at_unit,
    "soundcloud": _at_clock,
}
EXACT: tuple[str, ...] = tuple(_BUILDERS)
"""Players whose links open at a second."""
