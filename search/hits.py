"""What a search is asked and what it answers."""

from dataclasses import dataclass
from typing import Literal

from corpus.records import Passage

Mode = Literal["hybrid", "keyword", "semantic"]
Why = Literal["words", "meaning", "both"]
Span = tuple[int, int]
"""Offsets in a text: of the first letter and behind the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """A question as somebody typed it, with what the page or the command line adds."""

    text: str
    k: int = 10
    offset: int = 0
    """How many hits to pass over: the pages before."""
    mode: Mode = "hybrid"
    show: str | None = None
    speaker: str | None = None
    kind: str | None = None
    after: str | None = None
    before: str | None = None
    like: int | None = None
    """A passage to find others like; the text then only filters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BestSentence:
    """The sentence of a passage that answers best."""

    text: str
    start: int
    """Offset of its first letter in the passage's text."""
    end: int
    start_ms: int | None
    end_ms: int | None
    speaker: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage that answers a question."""

    rank: int
    """From 1."""
    score: float
    """From 0 to 1; only to be compared within one answer."""
    why: Why
    passage_id: int
    passage: Passage
    spans: tuple[Span, ...]
    """What of the passage's text are words of the question, in order."""
    best: BestSentence | None
    """None only of a passage without text."""
    episode_id: int | None
    issue_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """A filter or sign of a question, without which it would have been answered."""

    name: str
    """The filter's name; ``word`` for an excluded word, ``quotes`` for all quotation marks."""
    said: str
    text: str
    """The question without it."""
    total: int
    """How many hits it would have then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchAnswer:
    """What was found."""

    hits: tuple[Hit, ...]
    total: int
    """How many hits all pages together have."""
    mode: Mode
    """What really ran: a model may be missing."""
    took_ms: int
    problems: tuple[str, ...] = ()
    suggestion: str | None = None
    """The question with words that occur nowhere in their nearest spelling, where there is one."""
    drops: tuple[Drop, ...] = ()
    """Where nothing was found: what to leave out, the one with most hits first."""
    found: tuple[int, ...] = ()
    """The passages of all pages together, the best first: what can be counted."""
