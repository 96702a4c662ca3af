"""Finds words within one transcript, whatever their case, accents and quotation marks."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from web.highlighting import Piece
from web.reading_view import ParagraphView

MOST_FOUND = 50
MOST_LETTERS = 200
_MARKS = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSentence:
    """A sentence that holds what was looked for."""

    start_ms: int
    speaker: str | None
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found in a transcript."""

    asked: str
    total: int
    """How many sentences hold it."""
    sentences: tuple[FoundSentence, ...]
    """The first of them."""


def find_words(paragraphs: Sequence[ParagraphView], asked: str) -> Found | None:
    """Return the sentences that hold ``asked``, in order; None where nothing is asked."""
    asked = " ".join(asked.split())[:MOST_LETTERS]
    needle, _ = _fold(asked)
    if not needle:
        return None
    found: list[FoundSentence] = []
    total = 0
    for paragraph in paragraphs:
        for one in paragraph.sentences:
            spans = list(_spans(one.text, needle))
            total += bool(spans)
            if spans and len(found) < MOST_FOUND:
                pieces = tuple(_cut(one.text, spans))
                found.append(
                    FoundSentence(start_ms=one.start_ms, speaker=paragraph.speaker, pieces=pieces)
                )
    return Found(asked=asked, total=total, sentences=tuple(found))


def _spans(text: str, needle: str) -> Iterator[tuple[int, int]]:
    folded, places = _fold(text)
    at = folded.find(needle)
    while at >= 0:
        behind = at + len(needle)
        yield places[at], places[behind - 1] + 1
        at = folded.find(needle, behind)


def _fold(text: str) -> tuple[str, Sequence[int]]:
    """Return text as it is compared, and for each of its letters the place it comes from."""
    text = text.translate(_MARKS)
    if text.isascii():
        return text.lower(), range(len(text))
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        for each in unicodedata.normalize("NFKD", letter).casefold():
            if not unicodedata.combining(each):
                letters.append(each)
                places.append(place)
    return "".join(letters), places


def _cut(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[Piece]:
    reached = 0
    for start, end in spans:
        if start > reached:
            yield Piece(text=text[reached:start])
        yield Piece(text=text[max(start, reached) : end], is_marked=True)
        reached = end
    if reached < len(text):
        yield Piece(text=text[reached:])
