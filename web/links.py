"""Addresses of moments: on Earmark's own pages and in the publisher's audio."""

from urllib.parse import urlsplit

from corpus.holdings import Episode
from corpus.moments import format_seconds

Link = dict[str, str | bool]


def moment_url(episode_id: int, start_ms: int | None) -> str:
    """Return the path of an episode's page, opened at a moment where one is given.

    >>> moment_url(12, 1_694_200)
    '/episodes/12?t=1694.2'
    """
    at = "" if start_ms is None else f"?t={format_seconds(start_ms)}"
    return f"/episodes/{episode_id}{at}"


def moment_links(episode: Episode, start_ms: int | None, base: str = "") -> list[Link]:
    """Return where a moment can be opened, each saying whether it opens exactly there.

    ``base`` is the address of the site where it is known, without a slash at its end.
    """
    exact = start_ms is not None
    links: list[Link] = [
        {"label": "Earmark", "href": base + moment_url(episode.id, start_ms), "exact": exact}
    ]
    if episode.audio_url and episode.audio_url.startswith(("http://", "https://")):
        # Media fragments: https://www.w3.org/TR/media-frags/#naming-time
        at = f"#t={format_seconds(start_ms)}" if start_ms is not None else ""
        links.append({"label": "audio", "href": episode.audio_url + at, "exact": exact})
    elif episode.media_path or episode.audio_url:
        at = f"#t={format_seconds(start_ms)}" if start_ms is not None else ""
        href = f"{base}/episodes/{episode.id}/audio{at}"
        links.append({"label": "audio", "href": href, "exact": exact})
    if episode.link:
        links.append({"label": "episode page", "href": episode.link, "exact": False})
    return links


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
