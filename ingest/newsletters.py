"""Newsletter issues from web pages, mail and text."""

from corpus.errors import FormatError
from corpus.records import ParsedNewsletter


def parse_newsletters(
    data: bytes, name: str = "", *, base_url: str | None = None
) -> tuple[ParsedNewsletter, ...]:
    """Return the issues in a file: one, or those of a mailbox.

    Raises:
        FormatError: If there is no text in it.
    """
    raise FormatError(name, "is no newsletter issue")
