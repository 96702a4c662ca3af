"""A passage as a page shows it: its best sentence in the light, the rest around it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

BEFORE = 120
"""Letters shown at most before the best sentence: few, so that the eye meets it soon."""
AFTER = 240
"""Letters shown at most after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of letters that looks the same all through."""

    text: str
    is_best: bool = False
    """Part of the sentence that answers."""
    is_marked: bool = False
    """A word of the question."""


def cut_passage(text: str, spans: Iterable[Sequence[int]], best: str | None) -> tuple[Piece, ...]:
    """Return a passage in pieces; joined they are its text, shortened around the best sentence.

    ``spans`` are offsets into ``text``; those that are none are passed over.

    >>> [p.text for p in cut_passage("We met. Say no. Then go.", [(8, 11)], "Say no.") if p.is_best]
    ['Say', ' no.']
    """
    start, end = _find_best(text, best)
    first, last = _window(text, start, end)
    marked = list(_merge(spans, len(text)))
    edges = {first, start, end, last, *(edge for span in marked for edge in span)}
    cuts = sorted(edge for edge in edges if first <= edge <= last)
    pieces = [
        Piece(
            text=text[a:b],
            is_best=start <= a < end,
            is_marked=any(s <= a < e for s, e in marked),
        )
        for a, b in pairwise(cuts)
    ]
    if first > 0:
        pieces.insert(0, Piece(text="… "))
    if last < len(text):
        pieces.append(Piece(text=" …"))
    return tuple(pieces)


def _find_best(text: str, best: str | None) -> tuple[int, int]:
    at = text.find(best) if best else -1
    return (0, len(text)) if at < 0 or not best else (at, at + len(best))


def _window(text: str, start: int, end: int) -> tuple[int, int]:
    first = max(0, start - BEFORE)
    last = min(len(text), end + AFTER)
    if first > 0:
        space = text.find(" ", first, start)
        first = start if space < 0 else space + 1
    if last < len(text):
        space = text.rfind(" ", end, last)
        last = end if space < 0 else space
    return first, last


def _merge(spans: Iterable[Sequence[int]], length: int) -> Iterator[tuple[int, int]]:
    reached = 0
    for first, last in sorted((int(span[0]), int(span[1])) for span in spans):
        start, end = max(first, reached), min(last, length)
        if start < end:
            yield start, end
            reached = end
