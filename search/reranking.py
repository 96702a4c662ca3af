"""Puts the best candidates into a better order, from what they say of each other.

A moment that answers a question is rarely alone: what is said before and after it is about the
same, and its episode has more of it. So a candidate is judged by its own scores, by those of the
candidates that begin shortly before and after it, and by the best of its episode. All of this is
among the candidates already. Besides, how much the subject turns there, and how near its words are
to those of the question, are read from the index; no model computes anything. The weights come from
``bench/train_reranker.py``; how that was measured is in ``docs/search.md``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from search.fusion import Fused
from search.reranking_weights import WEIGHTS
from search.source import Place
from search.turns import TYPICAL

DEPTH = 150
"""The candidates that are put into order; a right one is among them for 93 % of the questions."""
BANDS_MS = tuple(pairwise((0, 40_000, 75_000, 110_000, 240_000, 600_000)))
"""How far from a candidate others begin that are looked at together: one passage each at first,
then the rest of a topic. An answer is sought where a topic begins, not where it goes on."""
FEATURES = (
    "joined",
    "joined_own_words",
    "words",
    "meaning",
    "before_1",
    "before_2",
    "before_3",
    "before_4",
    "before_5",
    "after_1",
    "after_2",
    "after_3",
    "after_4",
    "after_5",
    "source_best",
    "source_best_3",
    "source_best_5",
    "source_count",
    "near_own_words",
    "turn_words",
    "turn_meaning",
    "said",
    "said_own_words",
)

_LEAST_SPREAD = 1e-3

Features = NDArray[np.float64]
"""A row for each candidate, a column for each of ``FEATURES``."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What both lists say of the candidates, by id; one that a list does not name has 0."""

    words: Mapping[int, float]
    """The share of the best possible keyword score."""
    meaning: Mapping[int, float]
    """Cosine similarities."""
    own_words: float
    """How surely the question is asked in the asker's own words: 0 for a heading, 1 where hardly a
    word of it is found together anywhere."""
    turns: Mapping[int, tuple[float, float]] = field(default_factory=dict)
    """How much the subject turns where they begin, in words and in meaning (`search.turns`)."""
    said: Mapping[int, float] = field(default_factory=dict)
    """How near the question's words are to theirs, one by one (`search.said_words`)."""


Reranker = Callable[[Sequence[Fused], Mapping[int, Place], Evidence], list[Fused]]


def rerank(fused: Sequence[Fused], places: Mapping[int, Place], evidence: Evidence) -> list[Fused]:
    """Return ``fused`` with its best ``DEPTH`` in a better order, and the others behind.

    The score of those is the probability that the candidate is the right one, if one of them is
    (the softmax that the weights were trained with); of the others it is 0.
    """
    head = [one for one in fused if one.id in places][:DEPTH]
    if not head:
        return list(fused)
    sums = make_features(head, places, evidence) @ np.array([WEIGHTS[name] for name in FEATURES])
    chances = np.exp(sums - sums.max())
    chances /= chances.sum()
    judged = [
        Fused(one.id, float(chance), one.why) for one, chance in zip(head, chances, strict=True)
    ]
    known = {one.id for one in head}
    rest = [Fused(one.id, 0.0, one.why) for one in fused if one.id not in known]
    return sorted(judged, key=lambda one: (-one.score, one.id)) + rest


def make_features(
    head: Sequence[Fused], places: Mapping[int, Place], evidence: Evidence
) -> Features:
    """Return what is known of each candidate.

    The more a question is in own words, the less counts what is known by more than the joined score
    and the words: the words of such a question are found in many places together by chance. Of
    others near a candidate only the best next to it counts then.
    """
    joined = np.array([one.score for one in head])
    words = [evidence.words.get(one.id, 0.0) for one in head]
    meaning = [evidence.meaning.get(one.id, 0.0) for one in head]
    sources = np.unique([f"{places[one.id].source}" for one in head], return_inverse=True)[1]
    starts = np.array([_start(places[one.id]) for one in head])
    before, after = _neighbours(joined, sources, starts)
    around = np.array([meaning, *before, *after, *_sources(joined, sources, starts)])
    own, quoted = evidence.own_words, 1.0 - evidence.own_words
    near = np.maximum(before[0], after[0])
    turns = np.array([evidence.turns.get(one.id, TYPICAL) for one in head]).T
    said = _standardise(np.array([evidence.said.get(one.id, np.nan) for one in head]))
    return np.column_stack(
        [
            joined,
            own * joined,
            words,
            *(quoted * around),
            own * near,
            *(quoted * turns),
            quoted * said,
            own * said,
        ]
    )


def _standardise(values: Features) -> Features:
    """Return values as how far they are above what is usual here; 0 for what is not known."""
    known = values[~np.isnan(values)]
    if not len(known):
        return np.zeros_like(values)
    spread = max(float(known.std()), _LEAST_SPREAD)
    return np.asarray(np.nan_to_num((values - known.mean()) / spread))


def _start(place: Place) -> float:
    return np.nan if place.start_ms is None else float(place.start_ms)


def _neighbours(
    joined: Features, sources: NDArray[np.intp], starts: Features
) -> tuple[list[Features], list[Features]]:
    """Return the best joined score in each band before, and after; nothing is near no time."""
    one, other = np.nonzero(sources[:, np.newaxis] == sources[np.newaxis, :])
    away = starts[other] - starts[one]

    def find_best(far: Features) -> list[Features]:
        found = []
        for low, high in BANDS_MS:
            inside = (far >= low) & (far < high) & (far != 0)
            best = np.zeros(len(joined))
            np.maximum.at(best, one[inside], joined[other[inside]])
            found.append(best)
        return found

    return find_best(-away), find_best(away)


def _sources(joined: Features, sources: NDArray[np.intp], starts: Features) -> list[Features]:
    """Return the best score of a candidate's source, the means of its best, and how many it has.

    What has no time is a short text that says a thing once: it stands for all of its source, so
    that long recordings do not outdo it by their length.
    """
    order = np.lexsort((-joined, sources))
    held, scores = sources[order], joined[order]
    counts = np.bincount(held)
    firsts = np.cumsum(counts) - counts
    places = np.arange(len(held)) - firsts[held]
    means = [np.bincount(held, scores * (places < most)) / most for most in (3, 5)]
    rows = np.stack([scores[firsts], *means, np.log1p(counts)], axis=1)[sources]
    untimed = np.isnan(starts)
    rows[untimed, :3] = joined[untimed, np.newaxis]
    rows[untimed, 3] = np.log1p(3)
    return list(rows.T)
