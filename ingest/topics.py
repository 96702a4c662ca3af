"""What an episode is about, from beginning to end: sections cut where the talk turns.

A section is a run of passages that mean much the same. Of all ways to cut an episode into so many
sections the one is taken whose passages lie nearest to the mean of their section: the drops of
similarity that TextTiling looks for (Hearst 1997), chosen together instead of one by one.
Vectors that were kept when the episode was indexed tell what is meant; without them, its words do.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.holdings import HeldPassage
from ingest.terms import is_filler, split_terms, weigh_terms
from ingest.topic_names import Words, name_sections
from search.meaning import Rows, unit

FEWEST, MOST = 3, 14
_USUAL_FEWEST = 6
_USUAL_MS = 5 * 60_000
_LEAST_MS = 60_000
_LEAST_PASSAGES = 3
_EVEN = 2.5
"""A section lasts at least one part of so many of an even share."""
_MOST_ROWS = 600
"""The passages of five hours; of longer episodes neighbours are taken together."""
_LAST_MS = 30_000
"""How long the last passage lasts where nothing tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A section of an episode, and the words that tell it from the others."""

    start_ms: int
    end_ms: int
    names: tuple[str, ...]
    """The most telling first; none where it says too little."""


def find_topics(
    passages: Sequence[HeldPassage],
    vectors: Mapping[str, NDArray[np.float32]],
    words: Words | None = None,
) -> tuple[Topic, ...]:
    """Return the sections of an episode in order; none where it is too short to have some.

    Args:
        passages: What is said in it, in order; those without a time are left out.
        vectors: By passage text. Where one is missing, words alone tell where the talk turns.
        words: How often words occur in everything that is held, to tell which are common.
    """
    said = [one for one in passages if one.start_ms is not None]
    if len(said) < FEWEST * _LEAST_PASSAGES:
        return ()
    starts = np.maximum.accumulate(np.array([one.start_ms for one in said], np.int64))
    end_ms = max(said[-1].end_ms or 0, int(starts[-1]) + _LAST_MS)
    count = count_sections(end_ms - int(starts[0]), len(said))
    if count < FEWEST:
        return ()
    texts = [one.text for one in said]
    cuts = cut_sections(starts, _get_rows(texts, vectors), count, end_ms=end_ms)
    ends = [*cuts[1:], len(said)]
    sections = [texts[start:end] for start, end in zip(cuts, ends, strict=True)]
    speakers = dict.fromkeys(one.speaker for one in said if one.speaker)
    moments = [*(int(starts[cut]) for cut in cuts), end_ms]
    return tuple(
        Topic(start_ms=start_ms, end_ms=until_ms, names=names)
        for start_ms, until_ms, names in zip(
            moments, moments[1:], name_sections(sections, words, speakers), strict=False
        )
    )


def count_sections(length_ms: int, passages: int) -> int:
    """Return into how many sections an episode is cut: one for about five minutes.

    >>> [count_sections(minutes * 60_000, minutes * 2) for minutes in (3, 10, 24, 55, 300)]
    [2, 6, 6, 11, 14]
    """
    usual = min(max(round(length_ms / _USUAL_MS), _USUAL_FEWEST), MOST)
    return min(usual, length_ms // _LEAST_MS, passages // _LEAST_PASSAGES)


def cut_sections(
    starts: NDArray[np.int64], rows: Rows, count: int, *, end_ms: int
) -> tuple[int, ...]:
    """Return the first passage of each section, 0 first.

    Args:
        starts: When each passage begins, ascending, in milliseconds.
        rows: What each means.
        count: How many sections there are to be; fewer come out where so many do not fit.
        end_ms: When the last passage ends.
    """
    step = -(-len(starts) // _MOST_ROWS)
    merged = np.add.reduceat(rows, np.arange(0, len(rows), step), axis=0)
    moments = np.append(starts[::step], end_ms)
    least_ms = (end_ms - int(starts[0])) / max(count, 1) / _EVEN
    gain = _gain(merged)
    gain[moments[None, :] - moments[:, None] < least_ms] = -np.inf
    return tuple(step * cut for cut in _best_cuts(gain, count))


def _gain(rows: Rows) -> Rows:
    """Return for each run of rows, from (down) and to (across), how much alike they are.

    It is the squared length of their sum over their number: what is least left of the distance
    to the run's mean where it is greatest.
    """
    centred = rows - rows.mean(axis=0)
    sums = np.vstack([np.zeros((1, rows.shape[1])), np.cumsum(centred, axis=0)])
    products = sums @ sums.T
    squares = np.diag(products)
    lengths = squares[None, :] + squares[:, None] - 2 * products
    numbers = np.arange(len(sums))[None, :] - np.arange(len(sums))[:, None]
    return np.where(numbers > 0, lengths / np.maximum(numbers, 1), -np.inf)


def _best_cuts(gain: Rows, count: int) -> tuple[int, ...]:
    """Return where to cut for the greatest sum of gains, into ``count`` runs or as many as fit."""
    best, ways = [gain[0]], []
    for _ in range(count - 1):
        reached = best[-1][:, None] + gain
        ways.append(reached.argmax(axis=0))
        best.append(reached.max(axis=0))
    while len(best) > 1 and not np.isfinite(best[-1][-1]):
        best.pop()
        ways.pop()
    at, cuts = len(gain) - 1, []
    for way in reversed(ways):
        at = int(way[at])
        cuts.append(at)
    return (0, *reversed(cuts))


def _get_rows(texts: Sequence[str], vectors: Mapping[str, NDArray[np.float32]]) -> Rows:
    if all(text in vectors for text in texts):
        return np.array([vectors[text] for text in texts], np.float64)
    return _rows_of_words(texts)


def _rows_of_words(texts: Sequence[str]) -> Rows:
    """Return a row for each text: its telling words and, for half, those of its neighbours."""
    said = [[term for term in split_terms(text) if not is_filler(term)] for text in texts]
    idf = weigh_terms(said)
    counts = Counter(term for terms in said for term in set(terms))
    again = sorted(term for term, count in counts.items() if count > 1)
    places = {term: place for place, term in enumerate(again)}
    rows = np.zeros((len(texts), max(len(places), 1)))
    for row, terms in zip(rows, said, strict=True):
        for term in terms:
            if term in places:
                row[places[term]] += idf[term]
    rows = unit(rows)
    rows[1:] += rows[:-1] / 2
    return unit(rows)
