"""SubRip (SRT) and SubViewer as YouTube writes it (SBV)."""

from corpus.formats.captions import draft_cues
from corpus.formats.cues import (
    find_arrow_timing,
    find_sbv_timing,
    scan_cues,
    split_lines,
    tell_arrows,
)
from corpus.formats.drafts import finish_transcript
from corpus.records import ParsedTranscript


def parse_srt(text: str) -> ParsedTranscript:
    """Return what a SubRip text says: with or without numbers, comma or point, empty lines inside.

    The format has no standard; this reads what https://en.wikipedia.org/wiki/SubRip describes.
    """
    found = scan_cues(split_lines(text), find_arrow_timing)
    problems = [*found.problems, *tell_arrows(text, found)]
    return finish_transcript("srt", draft_cues(found.cues), problems=problems)


def parse_sbv(text: str) -> ParsedTranscript:
    """Return what a SubViewer text says: ``0:00:01.000,0:00:02.000`` above the words."""
    found = scan_cues(split_lines(text), find_sbv_timing)
    return finish_transcript("sbv", draft_cues(found.cues), problems=found.problems)
