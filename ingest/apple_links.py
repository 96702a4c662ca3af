"""Links into Apple's podcast directory, and the feeds behind them."""

import json
import re
from urllib.parse import urlsplit

from corpus.errors import FormatError

_HOSTS = frozenset(
    ("podcasts.apple.com", "itunes.apple.com", "geo.itunes.apple.com", "pcr.apple.com")
)
_ID = re.compile(r"/id(\d{4,15})(?=[/?#]|$)")


def find_lookup_url(url: str) -> str | None:
    """Return where Apple tells about the podcast that a link names; None for any other link.

    https://performance-partners.apple.com/search-api

    >>> find_lookup_url("https://podcasts.apple.com/de/podcast/a-show/id394775318?i=1")
    'https://itunes.apple.com/lookup?id=394775318&entity=podcast'
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if (parts.hostname or "") not in _HOSTS:
        return None
    match = _ID.search(parts.path)
    return f"https://itunes.apple.com/lookup?id={match[1]}&entity=podcast" if match else None


def parse_lookup(data: bytes) -> str:
    """Return the feed's address in an answer of Apple's lookup.

    Raises:
        FormatError: If the answer names none.
    """
    try:
        found = json.loads(data)
        results = found["results"] if isinstance(found, dict) else []
        feeds = [
            item["feedUrl"] for item in results if isinstance(item, dict) and "feedUrl" in item
        ]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise FormatError("Apple's directory", f"answers what cannot be read: {error}") from error
    address = next(
        (feed for feed in feeds if isinstance(feed, str) and feed.startswith("http")), ""
    )
    if not address:
        problem = "names no feed for this podcast"
        raise FormatError("Apple's directory", problem, "add the address of its feed")
    return address
