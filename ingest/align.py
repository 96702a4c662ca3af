"""Aligns notes without times (headings, questions, chapter titles) to where their talk begins.

What speaks for a place is in ingest/beginnings.py; its weights are those of a conditional logit,
fitted on shows' own time-coded notes (bench/train_aligner.py). No two notes begin at one place. The
list's order is used as far as the transcript bears it out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.records import Segment
from ingest.align_weights import WEIGHTS
from ingest.beginnings import FEATURES, iter_features
from ingest.check import spoken_within
from ingest.ordering import Chances, Grid, believe_order
from ingest.sentences import Spoken, split_sentences
from ingest.terms import split_terms
from ingest.timeline import Timeline
from search.embedder import PassageEmbedder

_FEW_WORDS = 4
"""Shorter sentences ("Yeah, exactly.") begin no subject."""

_TAKEN = 3.0
"""Log odds that a place loses where another note surely begins."""
_TAKEN_MS = 10_000
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
    embedder: PassageEmbedder | None,
    *,
    duration_ms: int | None = None,
) -> tuple[Aligned, ...]:
    """Return where each note's subject begins, in the order of the notes.

    Whether the list is in the order of the talk is concluded from the transcript. Without an
    embedder only shared words count.

    Raises:
        ModelError: If the embedder has no weights.
    """
    sentences = place_sentences(segments, duration_ms)
    asked = [at for at, note in enumerate(notes) if split_terms(note)]
    results = [_NOWHERE] * len(notes)
    if not sentences or not asked:
        return tuple(results)
    timeline = Timeline(sentences)
    features = iter_features([notes[at] for at in asked], segments, timeline, embedder)
    odds = np.zeros((len(asked), len(sentences)))
    # One feature at a time: all of them would be large for a long list of notes.
    for name, feature in zip(FEATURES, features, strict=True):
        odds += WEIGHTS[name] * feature
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


def place_sentences(segments: Sequence[Segment], duration_ms: int | None) -> list[Spoken]:
    """Return the sentences at which a note may begin, in order of time."""
    sentences = spoken_within(split_sentences(segments), duration_ms)
    telling = [one for one in sentences if len(one.text.split()) >= _FEW_WORDS]
    return sorted(telling or sentences, key=lambda one: one.start_ms)


def _exclude(odds: Chances, timeline: Timeline) -> Chances:
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
