"""Aligns notes without times (headings, questions, chapter titles) to where their talk begins.

A note names a subject that lasts for minutes, so what counts is not one sentence but that its
words and its meaning come up from here on, that the talk changes here, and that another speaker
starts. Weights were fitted as a conditional logit on shows' own time-coded notes
(bench/align_notes.py). The list's order is used as far as the transcript bears it out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.records import Segment
from ingest.check import spoken_within
from ingest.evidence import Floats, unit_rows
from ingest.ordering import Chances, Grid, believe_order
from ingest.sentences import Spoken, split_sentences
from ingest.terms import is_filler, split_terms, weigh_terms
from search.embedder import Embedder

_FEW_WORDS = 4
"""Shorter sentences ("Yeah, exactly.") begin no subject."""

# Fitted on half of 174 episodes of five shows, confirmed on the other half.
_OPENS, _GOES_ON, _PEAKS = 4.4, 2.8, 3.6
_NAMED, _KEEPS_NAMING = 1.8, 6.4
_TURNS, _ANOTHER_SPEAKS = 3.9, 1.6
_TAKEN = 3.0
_TAKEN_MS = 20_000
_OFTEN = 1.5
"""A word said this often tells 50 % of what it can."""
_COMMON_IDF = 1.2
_NEAR_MS = 12_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Aligned:
    """Where the talk that a note names begins."""

    start_ms: int | None
    """None where there is nothing to align to, or the note is empty."""
    confidence: float
    """0..1, that it begins within half a minute of there."""
    sentence: str | None = None
    speaker: str | None = None


_NOWHERE = Aligned(start_ms=None, confidence=0.0)


def align_notes(
    notes: Sequence[str],
    segments: Sequence[Segment],
    embedder: Embedder | None,
    *,
    duration_ms: int | None = None,
) -> tuple[Aligned, ...]:
    """Return where each note's subject begins, in the order of the notes.

    Whether the list is in the order of the talk is concluded from the transcript. Without an
    embedder only shared words count.

    Raises:
        ModelError: If the embedder has no weights.
    """
    sentences = _places(spoken_within(split_sentences(segments), duration_ms))
    asked = [at for at, note in enumerate(notes) if split_terms(note)]
    results = [_NOWHERE] * len(notes)
    if not sentences or not asked:
        return tuple(results)
    timeline = _Timeline(sentences)
    odds = _weigh_places([notes[at] for at in asked], timeline, embedder)
    chances = _exclude(odds, timeline)
    grid = Grid.over(timeline.starts)
    likely = believe_order(grid, grid.spread(chances))
    for at, row, own in zip(asked, likely, chances, strict=True):
        place = _settle(timeline.starts, grid.peak_ms(row), own)
        sentence = sentences[place]
        results[at] = Aligned(
            start_ms=sentence.start_ms,
            confidence=grid.mass_near(row, sentence.start_ms),
            sentence=sentence.text,
            speaker=sentence.speaker,
        )
    return tuple(results)


def _places(sentences: Sequence[Spoken]) -> list[Spoken]:
    telling = [one for one in sentences if len(one.text.split()) >= _FEW_WORDS]
    return sorted(telling or sentences, key=lambda one: one.start_ms)


class _Timeline:
    """The places of an episode and which of them lie in a stretch after each."""

    def __init__(self, sentences: Sequence[Spoken]) -> None:
        self.sentences = sentences
        self.starts = np.array([one.start_ms for one in sentences], np.int64)

    def stretch(self, from_s: int, to_s: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the first place and the one after the last, from and to seconds after each."""
        first = np.searchsorted(self.starts, self.starts + 1000 * from_s)
        after = np.searchsorted(self.starts, self.starts + 1000 * to_s)
        return first, np.maximum(first, after)

    def sums(self, rows: Chances, from_s: int, to_s: int) -> Chances:
        """Return the sums of rows (a row a place) over a stretch."""
        first, after = self.stretch(from_s, to_s)
        sums = np.vstack([np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0, dtype=np.float64)])
        return np.asarray(sums[after] - sums[first], np.float64)

    def highest(self, scores: Chances, from_s: int, to_s: int) -> Chances:
        """Return the highest score (a row a note) over a stretch; zero for an empty one."""
        first, after = self.stretch(from_s, to_s)
        padded = np.hstack([scores, np.full((len(scores), 1), -np.inf)])
        # reduceat takes pairs; every second result is of the gap between two stretches.
        pairs = np.stack([first, after], axis=1).ravel()
        best = np.maximum.reduceat(padded, pairs, axis=1)[:, ::2]
        return np.asarray(np.where(after > first, best, 0.0), np.float64)


def _weigh_places(notes: Sequence[str], timeline: _Timeline, embedder: Embedder | None) -> Chances:
    odds = _weigh_words(notes, timeline)
    speakers = [one.speaker for one in timeline.sentences]
    changes = [one != other for one, other in zip(speakers[1:], speakers, strict=False)]
    odds += _ANOTHER_SPEAKS * np.array([True, *changes])
    if embedder is None:
        return odds
    spoken = embedder.embed_passages([one.text for one in timeline.sentences])
    mean = spoken.mean(axis=0)
    wanted = unit_rows(embedder.embed_passages(notes) - mean)
    return odds + _weigh_meaning(wanted, spoken - mean, timeline)


def _weigh_meaning(wanted: Floats, vectors: Floats, timeline: _Timeline) -> Chances:
    spoken = vectors.astype(np.float64)

    def fit(from_s: int, to_s: int) -> Chances:
        return np.asarray(wanted @ _unit(timeline.sums(spoken, from_s, to_s)).T, np.float64)

    single = np.asarray(wanted @ unit_rows(vectors).T, np.float64)
    before = _unit(timeline.sums(spoken, -60, 0))
    after = _unit(timeline.sums(spoken, 0, 60))
    turns = 1 - (before * after).sum(axis=1)
    return np.asarray(
        _OPENS * fit(0, 15)
        + _GOES_ON * fit(30, 150)
        + _PEAKS * timeline.highest(single, 0, 60)
        + _TURNS * turns,
        np.float64,
    )


def _unit(rows: Chances) -> Chances:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-9), np.float64)


def _weigh_words(notes: Sequence[str], timeline: _Timeline) -> Chances:
    said = [split_terms(one.text) for one in timeline.sentences]
    idf = weigh_terms(said)
    held = [frozenset(terms) for terms in said]
    odds = []
    for note in notes:
        terms = tuple(dict.fromkeys(split_terms(note)))
        telling = [0.0 if is_filler(term) else idf.get(term, idf[""]) for term in terms]
        weights = np.maximum(np.array(telling) - _COMMON_IDF, 0.0)
        if not weights.any():
            weights = np.ones(len(terms))
        weights /= weights.sum()
        found = np.array([[term in words for term in terms] for words in held], np.float64)
        soon = timeline.sums(found, 0, 20) > 0
        often = timeline.sums(found, 0, 120)
        keeps = often / (often + _OFTEN)
        odds.append(_NAMED * (soon @ weights) + _KEEPS_NAMING * (keeps @ weights))
    return np.array(odds, np.float64)


def _exclude(odds: Chances, timeline: _Timeline) -> Chances:
    """Return chances; a place where other notes begin, as in a list read out, loses most."""
    chances = _as_chances(odds)
    reach = _TAKEN_MS // 1000
    near = timeline.sums(chances.T, -reach, reach).T
    others = np.clip(near.sum(axis=0) - near, 0, 1)
    return _as_chances(odds - _TAKEN * others)


def _as_chances(odds: Chances) -> Chances:
    shares = np.exp(odds - odds.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True), np.float64)


def _settle(starts: NDArray[np.int64], peak_ms: int, own: Chances) -> int:
    """Return the likeliest place near the peak."""
    off = np.abs(starts - peak_ms)
    near = off <= max(_NEAR_MS, int(off.min()))
    return int(np.where(near, own, -1.0).argmax())
