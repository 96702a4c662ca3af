"""Reads a file as what it is: the one place where kinds of input meet their readers."""

from typing import Literal

from corpus.errors import FormatError
from corpus.formats.transcripts import parse_transcript
from corpus.records import ParsedFeed, ParsedNewsletter, ParsedTranscript
from ingest.feeds import parse_feed
from ingest.newsletters import parse_newsletters
from ingest.sniff import sniff_kind

SourceKind = Literal["feed", "transcript", "newsletter", "audio", "interchange", "opml"]
Parsed = ParsedFeed | ParsedTranscript | ParsedNewsletter


def read_document(
    data: bytes, name: str, *, kind: SourceKind | None = None, base_url: str | None = None
) -> tuple[SourceKind, tuple[Parsed, ...]]:
    """Return what ``data`` is and what it says; a mailbox says several issues.

    Raises:
        FormatError: If it is nothing that Earmark reads as text, or is broken beyond reading.
    """
    kind = kind or sniff_kind(data, name)
    if kind == "feed":
        return kind, (parse_feed(data, base_url),)
    if kind == "transcript":
        return kind, (parse_transcript(data, name),)
    if kind == "newsletter":
        return kind, parse_newsletters(data, name, base_url=base_url)
    if kind is None:
        raise FormatError(name, "is nothing that Earmark can read", "say what it is with --as")
    return kind, ()
