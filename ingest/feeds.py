"""Feeds: RSS, Atom and JSON Feed as podcasters and newsletter hosts really write them."""

from corpus.errors import FormatError
from corpus.records import ParsedFeed


def parse_feed(data: bytes, base_url: str | None = None) -> ParsedFeed:
    """Return what a feed says; what is wrong with it stands under ``problems``.

    Raises:
        FormatError: If it is no feed at all.
    """
    raise FormatError(base_url or "feed", "is no feed")
