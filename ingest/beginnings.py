"""What speaks for the talk that a note names to begin at a place.

A note (a heading, a question, a chapter's title) names a subject that lasts for minutes. So it
counts that its words and its meaning come up from here on, that most of what the episode says of
it is said from here on, that the talk changes here, and that somebody says that it does.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from corpus.records import Segment
from ingest.terms import is_filler, split_terms, weigh_terms
from ingest.timeline import Timeline, find_meaning
from search.embedder import PassageEmbedder
from search.meaning import Rows, unit

FEATURES = (
    "opens",
    "first_minute_of_it",
    "goes_on",
    "turns_60",
    "turns_240",
    "named",
    "kept",
    "share_2",
    "share_8",
    "phrase",
    "another_speaks",
    "announced",
    "length",
    "teaser",
    "farewell",
)
"""In the order in which `iter_features` yields them."""

_OFTEN = 1.5
"""A word said this often tells 50 % of what it can."""
_COMMON_IDF = 1.2
_PHRASES = 2
"""Two neighbouring words said again, so many times, tell all that phrases can."""
_TEASER_MS = 60_000
_FAREWELL = 0.95

_ANNOUNCES = re.compile(
    r"\b(?:let['’]?s (?:talk|move|get|dive|start|jump|go)|next (?:question|topic|one|up)"
    r"|mov(?:e|ing) on|talk about|what about|speaking of|question (?:from|is)|tell (?:us|me)"
    r"|I(?:['’]d| would) (?:love|like) to|first (?:up|question|thing)|so what|curious|before we"
    r"|switch(?:ing)? gears|turn to|asks?)\b",
    re.IGNORECASE,
)


def announces_subject(text: str) -> bool:
    """Tell whether a sentence has words that lead to another subject: "Let's talk about ..."."""
    return bool(_ANNOUNCES.search(text))


def iter_features(
    notes: Sequence[str],
    segments: Sequence[Segment],
    timeline: Timeline,
    embedder: PassageEmbedder | None,
) -> Iterator[Rows]:
    """Yield each of `FEATURES`, shape (notes, places) or, where all notes share it, (1, places).

    Without an embedder, those of meaning are zero.

    Raises:
        ModelError: If the embedder has no weights.
    """
    if embedder is None:
        yield from [np.zeros((1, len(timeline.starts)))] * 5
    else:
        meaning = find_meaning(segments, embedder)
        wanted = unit(embedder.embed_passages(notes) - meaning.mean)
        for from_s, to_s in ((0, 15), (0, 60), (60, 240)):
            yield np.asarray(wanted @ meaning.around(timeline.starts, from_s, to_s).T, np.float64)
        for around_s in (60, 240):
            yield meaning.turns(timeline.starts, around_s)[None]
    yield from _weigh_words(notes, timeline)
    yield from _weigh_places(timeline)


def _weigh_words(notes: Sequence[str], timeline: Timeline) -> list[Rows]:
    words = _Words(timeline)
    rows = [words.weigh(split_terms(note)) for note in notes]
    return [np.array(feature) for feature in zip(*rows, strict=True)]


class _Words:
    """The terms of every place."""

    def __init__(self, timeline: Timeline) -> None:
        said = [split_terms(one.text) for one in timeline.sentences]
        self._timeline = timeline
        self._idf = weigh_terms(said)
        self._held = [frozenset(terms) for terms in said]
        self._pairs = [frozenset(pairwise(terms)) for terms in said]

    def weigh(self, terms: Sequence[str]) -> tuple[Rows, ...]:
        """Return, for each place: named soon, kept being named, share of all naming, phrases."""
        sums, once = self._timeline.sums, tuple(dict.fromkeys(terms))
        weights = np.array([self._telling(term) for term in once])
        found = np.array([[term in held for term in once] for held in self._held], np.float64)
        total = found.sum(axis=0)
        every, spoken = _shares(weights), _shares(weights * (total > 0), total > 0)
        kept = sums(found, 0, 240)
        shares = [sums(found, 0, to_s) / (total + 1) for to_s in (120, 480)]
        return (
            (sums(found, 0, 20) > 0) @ every,
            kept / (kept + _OFTEN) @ every,
            *(one @ spoken for one in shares),
            self._phrases(frozenset(pairwise(terms))),
        )

    def _telling(self, term: str) -> float:
        idf = 0.0 if is_filler(term) else self._idf.get(term, self._idf[""])
        return max(0.0, idf - _COMMON_IDF)

    def _phrases(self, wanted: frozenset[tuple[str, str]]) -> Rows:
        counts = np.array([[len(wanted & pairs)] for pairs in self._pairs], np.float64)
        most = max(1, min(len(wanted), _PHRASES))
        heard = np.minimum(self._timeline.sums(counts, 0, 60)[:, 0], _PHRASES)
        return np.asarray(heard / most, np.float64)


def _shares(weights: Rows, instead: Rows | None = None) -> Rows:
    """Return weights that sum to one; equal ones where none is left."""
    if not weights.any() and instead is not None and instead.any():
        weights = instead.astype(np.float64)
    if not weights.any():
        weights = np.ones(len(weights))
    return np.asarray(weights / weights.sum(), np.float64)


def _weigh_places(timeline: Timeline) -> Iterator[Rows]:
    sentences, starts = timeline.sentences, timeline.starts
    changes = [one.speaker != other.speaker for one, other in pairwise(sentences)]
    yield np.array([[True, *changes]], np.float64)
    yield timeline.flags([announces_subject(one.text) for one in sentences], 0, 15)[None]
    yield np.log([[len(one.text.split()) for one in sentences]])
    yield np.asarray(starts < _TEASER_MS, np.float64)[None]
    yield np.asarray(starts > _FAREWELL * starts[-1], np.float64)[None]
