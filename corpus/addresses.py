"""What two addresses of one thing have in common. For comparing only, never for fetching."""

import re
from urllib.parse import SplitResult, unquote, urlsplit

# A host's name where a path has one: what follows a measuring service's prefix.
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,62})\.){1,8}([a-z]{2,24})(?::\d{1,5})?", re.I)
_MEDIA = frozenset(
    """
    mp3 mp4 m4a m4b m4v mov aac ogg oga opus flac wav webm html php aspx
    """.strip().split()
)
_FILE = re.compile(r"\.\w{2,5}$")


def page_key(url: str) -> str:
    """Return what identifies a page, however its address is written.

    >>> page_key("HTTP://www.Letter.example/p/one/#comments")
    'letter.example/p/one'
    """
    parts = _split(url)
    if parts is None:
        return url.strip()
    query = f"?{parts.query}" if parts.query else ""
    return f"{_host_of(parts.netloc)}{parts.path.rstrip('/')}{query}"


def media_key(url: str) -> str:
    """Return what identifies a media file, whatever measuring services stand before its address.

    They write the address behind their own (https://analytics.podtrac.com/faq, https://op3.dev/setup).
    The query often is a token that changes, so it counts only where there is no file name.

    >>> media_key("https://pdst.fm/e/chtbl.com/track/AB12/cdn.example/one.mp3?updated=7")
    'cdn.example/one.mp3'
    """
    parts = _split(url)
    if parts is None:
        return url.strip()
    path = unquote(parts.path) if "%2f" in parts.path.lower() else parts.path
    segments = [parts.netloc, *path.partition("?")[0].split("/")[1:]]
    # The last segment is a file, whatever it looks like.
    start = next((at for at in range(len(segments) - 2, 0, -1) if _is_host(segments[at])), 0)
    kept = "/".join([_host_of(segments[start]), *segments[start + 1 :]])
    return kept if _FILE.search(kept) or not parts.query else f"{kept}?{parts.query}"


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    return parts if parts.netloc else None


def _host_of(netloc: str) -> str:
    return netloc.rpartition("@")[2].lower().removeprefix("www.")


def _is_host(segment: str) -> bool:
    match = _HOST.fullmatch(segment)
    return match is not None and match[1].lower() not in _MEDIA
