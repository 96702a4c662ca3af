"""Joins what the words found with what the meaning found, and keeps hits apart.

Both lists are put on a scale from 0 to 1 and added up. How much the meaning counts depends on the
question: where the best passage has most of its words, somebody quotes a heading or a name; where
none has, somebody asks in words of her own.
"""

from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from search.hits import Why
from search.keywords import Scored, Weighed
from search.source import Place
from search.vectors import Near

SCALE_DEPTH = 200
"""The score at this place of a list is its zero."""

# On questions of users the best passage has 0.24 to 0.45 (p10, p90) of the words' weight, on
# headings and time-coded notes 0.4 to 1.1 (pairs of words count too).
COVERAGE = (0.35, 0.6)
MEANING_WEIGHTS = (0.4, 0.8)
"""Where the best passage has much of the question's words, and where it has little."""


class Fused(NamedTuple):  # as Place
    """A candidate with its joined score, from 0 to 1."""

    id: int
    score: float
    why: Why


def fuse(by_words: Scored, by_meaning: Near, meaning_weight: float) -> list[Fused]:
    """Return all candidates of both lists, the best first.

    ``by_words`` and ``by_meaning`` are ordered, and may name each other's candidates behind their
    own: a candidate's score counts in both, wherever it was found.
    """
    # Few are found by words where the words are rare: the last of them is still found by a word.
    words = _scale(by_words, last=0.0)
    meaning = _scale(by_meaning, last=by_meaning[-1][1] if len(by_meaning) > 1 else 0.0)
    weight = meaning_weight if by_meaning else 0.0
    if not by_words:
        weight = 1.0
    fused = [
        Fused(
            id_,
            (1 - weight) * words.get(id_, 0.0) + weight * meaning.get(id_, 0.0),
            _why(words.get(id_, 0.0), meaning.get(id_, 0.0)),
        )
        for id_ in words.keys() | meaning.keys()
    ]
    return sorted(fused, key=lambda one: (-one.score, one.id))


def find_own_words(by_words: Scored, weighed: Weighed) -> float:
    """Return how surely a question is in the asker's own words, from 0 (quoted) to 1."""
    if not by_words or not weighed.best_possible:
        return 1.0
    covered = by_words[0][1] / weighed.best_possible
    little, much = COVERAGE
    return min(1.0, max(0.0, (much - covered) / (much - little)))


def weigh_meaning(own_words: float) -> float:
    """Return how much the meaning is to count for a question, from 0 to 1."""
    least, most = MEANING_WEIGHTS
    return least + own_words * (most - least)


def group(ranked: Sequence[Fused], places: Mapping[int, Place], apart_ms: int) -> list[Fused]:
    """Return the best of all candidates that begin within ``apart_ms`` of it in one source."""
    kept: list[Fused] = []
    starts: dict[tuple[str, int], list[int]] = {}
    for one in ranked:
        place = places.get(one.id)
        if place is None:
            continue
        if place.start_ms is None:
            kept.append(one)
            continue
        taken = starts.setdefault(place.source, [])
        at = bisect_left(taken, place.start_ms - apart_ms)
        if at == len(taken) or taken[at] > place.start_ms + apart_ms:
            insort(taken, place.start_ms)
            kept.append(one)
    return kept


def is_apart(one: Place, other: Place, apart_ms: int) -> bool:
    """Return whether two passages are of different sources, or further apart in one."""
    if one.source != other.source:
        return True
    if one.start_ms is None or other.start_ms is None:
        return False
    return abs(one.start_ms - other.start_ms) > apart_ms


def _scale(scored: Sequence[tuple[int, float]], *, last: float) -> dict[int, float]:
    """Return the scores on a scale from 0 to 1; ``last`` is the zero of a list that ends early."""
    if not scored:
        return {}
    top = scored[0][1]
    zero = scored[SCALE_DEPTH - 1][1] if len(scored) >= SCALE_DEPTH else last
    width = top - zero
    if width <= 0:
        return {id_: 1.0 for id_, _ in scored}
    return {id_: max(0.0, (score - zero) / width) for id_, score in scored}


def _why(words: float, meaning: float) -> Why:
    if words and meaning:
        return "both"
    return "words" if words else "meaning"
