"""Drafts takeaways for an episode that has none: its own best sentences, with their seconds.

Extractive on purpose, so that every draft can be heard at its second. The episode is cut where
its subject turns; after each of the strongest turns the sentence is taken that states most of
what is then spoken of, and no two drafts say the same (maximal marginal relevance, Carbonell and
Goldstein 1998).
"""

import math
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.records import Segment
from ingest.check import spoken_within
from ingest.evidence import unit_rows
from ingest.sentences import Spoken, split_sentences
from ingest.terms import is_filler, split_terms, weigh_terms
from search.embedder import Embedder

Scores = NDArray[np.float64]

_AROUND_MS = ((60_000, 0.4), (120_000, 0.3), (240_000, 0.3))
"""Stretches before and after a place whose subjects are compared, and what each tells."""
_SUBJECT_MS = 150_000
_OPENING_MS = 30_000
_GREETING_MS = 90_000
_FAREWELL = 0.95
_EDGE = 0.5
_SMALL_TALK_MS = 15_000
_LEAST_WORDS, _GOOD_WORDS, _MOST_WORDS = 7, 16, 45
_REDUNDANT = 0.5
_HASHED = 512

_SMALL_TALK = re.compile(
    r"\b(?:sponsor\w*|coupon|promo|discount|percent off|\d+ ?% off|brought to you|sign up|patreon"
    r"|subscribe|newsletter|leave (?:us )?a review|five stars?|dot com|\w+\.(?:com|io|org|fm)"
    r"|welcome (?:back )?to|thank(?:s| you)(?: so much| very much)?,? for|my name is|i'?m your host"
    r"|joining (?:me|us)|nice to (?:meet|see)|see you (?:next|in)|bye|tune in|this episode"
    r"|our website|show notes|twitter|linkedin)\b",
    re.IGNORECASE,
)
_FILLED = re.compile(
    r"(?:(?<=\s)|^)(?:u[hm]+|e[rh]m?|you know|i mean|sort of|kind of)(?:,\s*|\s+)", re.IGNORECASE
)
_OPENER = re.compile(
    r"^(?:(?:and|but|so|well|now|yeah|yes|okay|ok|right|like|oh|exactly|absolutely)\b[,.]?\s+)+",
    re.IGNORECASE,
)
_LEANS_BACK = re.compile(r"^(?:it|that|this|they|he|she|those|these|which|there)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A takeaway that nobody has read yet."""

    text: str
    """The sentence without its fillers."""
    start_ms: int
    end_ms: int
    sentence: str
    """As it is said."""
    speaker: str | None = None
    reason: str = ""
    """Why it was taken, for a person."""


@dataclass(frozen=True, slots=True)
class _Talk:
    """The telling sentences of an episode and what they mean."""

    sentences: Sequence[Spoken]
    starts: NDArray[np.int64]
    vectors: Scores
    """Unit rows, the episode's mean taken away."""
    turns: Scores
    """How much the subject turns before each sentence, 0..2."""
    quality: Scores
    """How well each would stand alone as a takeaway."""


def draft_takeaways(
    segments: Sequence[Segment],
    embedder: Embedder | None,
    n: int = 9,
    *,
    duration_ms: int | None = None,
) -> tuple[Drafted, ...]:
    """Return up to ``n`` takeaways in order of time, spread over the episode.

    Raises:
        ModelError: If the embedder has no weights.
    """
    sentences = sorted(
        spoken_within(split_sentences(segments), duration_ms), key=lambda one: one.start_ms
    )
    telling = [one for one in sentences if len(one.text.split()) >= _LEAST_WORDS]
    if n < 1 or not telling:
        return ()
    talk = _understand(telling, embedder)
    chosen: list[int] = []
    for opening in _pick_turns(talk, n):
        best = _pick_sentence(talk, opening, chosen)
        if best is not None:
            chosen.append(best)
    return tuple(_draft(talk, at) for at in sorted(chosen))


def _understand(sentences: Sequence[Spoken], embedder: Embedder | None) -> _Talk:
    terms = [split_terms(one.text) for one in sentences]
    weights = weigh_terms(terms)
    if embedder is None:
        rows = _hashed(terms, weights)
    else:
        rows = embedder.embed_passages([one.text for one in sentences]).astype(np.float64)
    vectors = unit_rows(np.asarray(rows - rows.mean(axis=0), np.float32)).astype(np.float64)
    starts = np.array([one.start_ms for one in sentences], np.int64)
    fitting = np.array([_fit_to_stand_alone(one.text) for one in sentences])
    chatter = np.array([bool(_SMALL_TALK.search(one.text)) for one in sentences])
    near = _sum_over(chatter[:, None].astype(np.float64), starts, -_SMALL_TALK_MS, _SMALL_TALK_MS)
    quality = fitting - 0.6 * (near[:, 0] > 0) - 1.0 * chatter
    return _Talk(sentences, starts, vectors, _find_turns(vectors, starts), quality)


def _hashed(terms: Sequence[Sequence[str]], weights: Mapping[str, float]) -> Scores:
    rows = np.zeros((len(terms), _HASHED))
    for row, words in zip(rows, terms, strict=True):
        for term in words:
            if not is_filler(term):
                row[zlib.crc32(term.encode("utf-8", "replace")) % _HASHED] += weights.get(term, 1.0)
    return rows


def _find_turns(vectors: Scores, starts: NDArray[np.int64]) -> Scores:
    turns = np.zeros(len(starts))
    for around_ms, share in _AROUND_MS:
        before = _sum_over(vectors, starts, -around_ms, 0)
        after = _sum_over(vectors, starts, 0, around_ms)
        lengths = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
        turns += share * (1 - (before * after).sum(axis=1) / np.maximum(lengths, 1e-9))
    since = starts - starts[0]
    greeting = since < min(_GREETING_MS, since[-1] / 20)
    return np.asarray(
        turns - _EDGE * greeting - _EDGE * (since > _FAREWELL * since[-1]), np.float64
    )


def _sum_over(rows: Scores, starts: NDArray[np.int64], from_ms: int, to_ms: int) -> Scores:
    sums = np.vstack([np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0)])
    first, after = (np.searchsorted(starts, starts + ms) for ms in (from_ms, to_ms))
    return np.asarray(sums[np.maximum(first, after)] - sums[first], np.float64)


def _pick_turns(talk: _Talk, n: int) -> list[int]:
    """Return up to ``n`` places where the subject turns, strongest first, well apart."""
    span_ms = int(talk.starts[-1] - talk.starts[0])
    apart_ms = span_ms / (3.0 * n)
    picked: list[int] = []
    for at in np.argsort(-talk.turns, kind="stable"):
        if all(abs(int(talk.starts[at] - talk.starts[one])) >= apart_ms for one in picked):
            picked.append(int(at))
        if len(picked) == n:
            break
    return picked


def _pick_sentence(talk: _Talk, opening: int, chosen: Sequence[int]) -> int | None:
    since = talk.starts - talk.starts[opening]
    about = talk.vectors[(since >= 0) & (since < _SUBJECT_MS)].sum(axis=0)
    about = about / max(float(np.linalg.norm(about)), 1e-9)
    worth = talk.vectors @ about + talk.quality
    if chosen:
        worth = worth - _REDUNDANT * (talk.vectors @ talk.vectors[list(chosen)].T).max(axis=1)
        worth[list(chosen)] = -np.inf
    worth = np.where((since >= 0) & (since < _OPENING_MS), worth, -np.inf)
    best = int(worth.argmax())
    return best if math.isfinite(float(worth[best])) else None


def _fit_to_stand_alone(text: str) -> float:
    """Return up to 1 for a statement of a good length that leans on nothing before it."""
    words = len(text.split())
    length = min(1.0, words / _GOOD_WORDS) if words <= _MOST_WORDS else 0.3
    plain = _OPENER.sub("", text)
    asks = text.rstrip("\"'”’ ").endswith("?")
    personal = len(re.findall(r"\b(?:I|I'm|my|me)\b", text)) / words
    return 0.6 * length - 0.6 * asks - 0.25 * bool(_LEANS_BACK.match(plain)) - personal


def _draft(talk: _Talk, at: int) -> Drafted:
    sentence = talk.sentences[at]
    return Drafted(
        text=clean_fillers(sentence.text),
        start_ms=sentence.start_ms,
        end_ms=sentence.end_ms,
        sentence=sentence.text,
        speaker=sentence.speaker,
        reason="states what is spoken of after the subject turns",
    )


def clean_fillers(text: str) -> str:
    """Return a spoken sentence without "um", "you know" and openers such as "so".

    >>> clean_fillers("So, um, you know, a brief fits on one page.")
    'A brief fits on one page.'
    """
    plain = _OPENER.sub("", _FILLED.sub("", _OPENER.sub("", " ".join(text.split()))))
    plain = plain.lstrip(" ,;–—-") or " ".join(text.split())
    return plain[:1].upper() + plain[1:]
