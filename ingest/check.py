"""Checks takeaways against the transcript: is it said, and is it said where the author says?

A takeaway is a paraphrase, so nothing is looked up: every sentence of the episode is a place
where it might begin, and "nowhere" is one more. Each place has log odds from what is said there
(`ingest.evidence`), from how near it is to the stated time, and from whether another takeaway
claims it more strongly. The best place wins if its neighbourhood outweighs "nowhere".
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.moments import MAX_MS
from corpus.records import Segment, Verdict
from ingest.evidence import Evidence, gather_evidence
from ingest.sentences import Spoken, split_sentences
from search.embedder import PassageEmbedder

AGREES_MS = 10_000
"""A takeaway said this near to its stated time is where the author says."""

# How much windows of one, two and three sentences tell.
_MEANING_SHARES = (1.0, 1.0, 0.6)
_WORD_SHARES = (1.0, 1.0, 0.5)
_CLAIMED = 0.5
"""What a place loses of the lead that another takeaway has on it."""
_CROWD = 20
_CROWD_SHARE = 0.5
"""A text that fits its best 20 places about alike stands out nowhere."""

# Log odds, set on recordings with paraphrases written by hand (bench/check_takeaways.py).
_NEAR = 4.0
_NEAR_FULL_MS = 1_500
_NEAR_FALL_MS = 4_000
_REACH = 1.3
_REACH_MS = 130_000
_NEIGHBOURHOOD_MS = 8_000

_FEW_LATE = 0.1
"""Share of sentences that may lie after the end, as an outro that was cut does."""


@dataclass(frozen=True, slots=True)
class _Scale:
    """How a score becomes log odds, and the log odds of "nowhere"."""

    slope: float
    nowhere: float


_WITH_MEANING = _Scale(slope=5.5, nowhere=8.0)
_BY_WORDS = _Scale(slope=10.0, nowhere=6.0)

Scores = NDArray[np.float64]


class Claim(Protocol):
    """What is checked: a `ParsedTakeaway`, or anything with its text and time."""

    @property
    def text(self) -> str:
        """The takeaway."""

    @property
    def start_ms(self) -> int | None:
        """The stated time, if any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What became of one takeaway."""

    verdict: Verdict
    """``unchecked`` where there is nothing to check by, or no stated time to confirm."""
    confidence: float
    """0..1, that the verdict holds; 0 where nothing was checked."""
    found_ms: int | None = None
    """Where its sentence begins."""
    found_end_ms: int | None = None
    sentence: str | None = None
    speaker: str | None = None


_UNCHECKED = Checked(verdict="unchecked", confidence=0.0)


def check_takeaways(
    takeaways: Sequence[Claim],
    segments: Sequence[Segment],
    embedder: PassageEmbedder | None,
    *,
    duration_ms: int | None = None,
) -> tuple[Checked, ...]:
    """Return, for each takeaway in order, whether it is said at its stated time.

    ``confirmed``: within ten seconds of it; ``moved``: elsewhere, at ``found_ms``; ``not found``:
    nowhere. A takeaway without a time is ``unchecked`` and has a found time where one is sure.
    Without an embedder only shared words count, which misses free paraphrases.

    Raises:
        ModelError: If the embedder has no weights.
    """
    sentences = spoken_within(split_sentences(segments), duration_ms)
    asked = [at for at, takeaway in enumerate(takeaways) if takeaway.text.strip()]
    if not sentences or not asked:
        return (_UNCHECKED,) * len(takeaways)
    evidence = gather_evidence([takeaways[at].text for at in asked], sentences, embedder)
    scores = _compete(_standing_out(_mix(evidence)))
    scale = _BY_WORDS if embedder is None else _WITH_MEANING
    results = [_UNCHECKED] * len(takeaways)
    for row, at in zip(scores, asked, strict=True):
        results[at] = _judge(row * scale.slope, takeaways[at].start_ms, sentences, scale)
    return tuple(results)


def spoken_within(sentences: Sequence[Spoken], duration_ms: int | None) -> tuple[Spoken, ...]:
    """Return the sentences that begin within the episode, cut to its end.

    A duration that much of the talk lies behind is wrong, as it often is in feeds, and ignored.
    """
    end_ms = min(duration_ms or MAX_MS, MAX_MS)
    late = sum(sentence.start_ms >= end_ms for sentence in sentences)
    if end_ms < 0 or late > _FEW_LATE * len(sentences):
        end_ms = MAX_MS
    return tuple(
        Spoken(
            start_ms=max(0, sentence.start_ms),
            end_ms=max(0, min(sentence.end_ms, end_ms)),
            text=sentence.text,
            speaker=sentence.speaker,
        )
        for sentence in sentences
        if sentence.start_ms < end_ms
    )


def _mix(evidence: Evidence) -> Scores:
    parts = [
        share * scores.astype(np.float64)
        for shares, kinds in (
            (_MEANING_SHARES, evidence.meaning),
            (_WORD_SHARES, evidence.words),
        )
        for share, scores in zip(shares, kinds, strict=True)
    ]
    return np.asarray(np.sum(parts, axis=0), np.float64)


def _standing_out(scores: Scores) -> Scores:
    crowd = np.sort(scores, axis=1)[:, -_CROWD:].mean(axis=1, keepdims=True)
    return np.asarray(scores - _CROWD_SHARE * crowd, np.float64)


def _compete(scores: Scores) -> Scores:
    """Weaken each takeaway's claim to places that another one fits better."""
    if len(scores) < 2:
        return scores
    ranked = np.sort(scores, axis=0)
    best, second = ranked[-1], ranked[-2]
    others = np.where(scores >= best, second, best)
    return np.asarray(scores - _CLAIMED * np.maximum(others - scores, 0), np.float64)


def _judge(
    said: Scores, stated_ms: int | None, sentences: Sequence[Spoken], scale: _Scale
) -> Checked:
    starts = np.array([sentence.start_ms for sentence in sentences], np.int64)
    odds = said if stated_ms is None else said + _expected_at(starts, stated_ms)
    best = int(odds.argmax())
    around = np.abs(starts - starts[best]) <= _NEIGHBOURHOOD_MS
    here, anywhere = _log_sum(odds[around]), _log_sum(np.append(odds, scale.nowhere))
    if here < scale.nowhere:
        sure = math.exp(scale.nowhere - anywhere)
        return Checked(verdict="not found", confidence=round(sure, 3))
    sentence = sentences[best]
    return Checked(
        verdict=_verdict(stated_ms, sentence.start_ms),
        confidence=round(math.exp(here - anywhere), 3),
        found_ms=sentence.start_ms,
        found_end_ms=sentence.end_ms,
        sentence=sentence.text,
        speaker=sentence.speaker,
    )


def _verdict(stated_ms: int | None, found_ms: int) -> Verdict:
    if stated_ms is None:
        return "unchecked"
    return "confirmed" if abs(stated_ms - found_ms) <= AGREES_MS else "moved"


def _expected_at(starts: NDArray[np.int64], stated_ms: int) -> Scores:
    """Return the log odds that a stated time lends: authors are right or a little off."""
    off = np.abs(starts - min(stated_ms, MAX_MS)).astype(np.float64)
    near = _NEAR * np.exp(-np.maximum(off - _NEAR_FULL_MS, 0) / _NEAR_FALL_MS)
    return np.asarray(near + _REACH * (off <= _REACH_MS), np.float64)


def _log_sum(odds: Scores) -> float:
    top = float(odds.max())
    return top + math.log(float(np.exp(odds - top).sum()))
