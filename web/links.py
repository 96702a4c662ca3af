"""Addresses of moments: on Earmark's own pages, in the publisher's audio, on other players."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from corpus.holdings import Episode
from corpus.moments import format_seconds
from corpus.players import PLAYERS, PlayerPage, find_page, link_moment, player_label

if TYPE_CHECKING:
    from ingest.audio_length import Drift

CHOICES = ("earmark", "audio", *PLAYERS)
"""Where links of a block may lead."""
Link = dict[str, str | bool]
PageUrls = Mapping[str, str]
"""Where an episode plays elsewhere: address by player, as its listener named them."""


def moment_url(episode_id: int, start_ms: int | None) -> str:
    """Return the path of an episode's page, opened at a moment where one is given.

    >>> moment_url(12, 1_694_200)
    '/episodes/12?t=1694.2'
    """
    at = "" if start_ms is None else f"?t={format_seconds(start_ms)}"
    return f"/episodes/{episode_id}{at}"


def player_pages(episode: Episode, named: PageUrls) -> tuple[PlayerPage, ...]:
    """Return where else an episode plays: what its listener named, then what its feed says."""
    found = {
        player: PlayerPage(player=player, label=player_label(player), url=url)
        for player, url in named.items()
    }
    for url in (episode.link, *episode.other_urls):
        if page := find_page(url):
            found.setdefault(page.player, page)
    return tuple(found.values())


def moment_links(
    episode: Episode,
    start_ms: int | None,
    base: str = "",
    *,
    named: PageUrls | None = None,
    drift: "Drift | None" = None,
) -> list[Link]:
    """Return where a moment can be opened, each saying whether it opens exactly there.

    Where the audio has changed its length since, labels say so and nothing is exact but a copy held
    here. ``base`` is the address of the site where it is known, without a slash at its end.
    """
    exact = start_ms is not None
    own = base + moment_url(episode.id, start_ms)
    links: list[Link] = [{"label": "Earmark", "href": own, "exact": exact}]
    if drift and exact and not drift.is_held_right:
        links[0] |= {"label": f"Earmark, {drift.elsewhere}", "exact": False}
    elsewhere = [*_audio_link(episode, start_ms, base)]
    for page in player_pages(episode, named or {}):
        there = link_moment(page.url, start_ms)
        elsewhere.append({"label": page.label, "href": there.href, "exact": there.is_exact})
    if episode.link and find_page(episode.link) is None:
        elsewhere.append({"label": "episode page", "href": episode.link, "exact": False})
    for link in elsewhere:
        if drift and link["exact"]:
            link |= {"label": f"{link['label']}, {drift.elsewhere}", "exact": False}
        links.append(link)
    return links


def _audio_link(episode: Episode, start_ms: int | None, base: str) -> list[Link]:
    # Media fragments: https://www.w3.org/TR/media-frags/#naming-time
    at = f"#t={format_seconds(start_ms)}" if start_ms is not None else ""
    exact = start_ms is not None
    if episode.audio_url and episode.audio_url.startswith(("http://", "https://")):
        return [{"label": "audio", "href": episode.audio_url + at, "exact": exact}]
    if episode.media_path or episode.audio_url:
        href = f"{base}/episodes/{episode.id}/audio{at}"
        return [{"label": "audio", "href": href, "exact": exact}]
    return []


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkMaker:
    """Makes the links of a block to where its author wants them to lead."""

    public_url: str = ""
    """The address of the site; without one there are no links to it."""
    player: str = "earmark"
    """``earmark``, ``audio``, or a player's name."""
    episodes: Mapping[int, Episode] = field(default_factory=dict)
    named: Mapping[int, PageUrls] = field(default_factory=dict)

    def url(self, episode_id: int | None, start_ms: int | None) -> str | None:
        """Return where a moment opens: on the player wanted, else on Earmark's own page."""
        if episode_id is None:
            return None
        base = self.public_url.rstrip("/")
        own = base + moment_url(episode_id, start_ms) if base else None
        episode = self.episodes.get(episode_id)
        if episode is None or self.player == "earmark":
            return own
        if self.player == "audio":
            address = episode.audio_url or ""
            if not address.startswith(("http://", "https://")):
                return own
            return address if start_ms is None else f"{address}#t={format_seconds(start_ms)}"
        for page in player_pages(episode, self.named.get(episode_id, {})):
            if page.player == self.player:
                return link_moment(page.url, start_ms).href
        return own


def safe_href(href: str | None) -> str | None:
    """Return an address that a link may carry, or None: nothing that runs.

    >>> safe_href("https://example.com/"), safe_href("javascript:alert(1)")
    ('https://example.com/', None)
    """
    if not href:
        return None
    try:
        parts = urlsplit(href.strip())
    except ValueError:
        return None
    ours = not parts.scheme and not parts.netloc and href.startswith("/")
    return href.strip() if ours or parts.scheme in ("http", "https", "mailto") else None
