"""Finds what earlier issues have told already, so that no reader is told it twice."""

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from corpus.catalogue.rows import title_key
from corpus.holdings import Said, Takeaway

Vector = NDArray[np.float32]

ALIKE = 84.0
"""How alike (0..100) the words of two texts are that say the same. Put in other words it is higher
than two takeaways on one subject reach, and lower than one that was shortened by a word or two."""
NEAR = 0.72
"""Cosine of two texts that mean the same, where their words are ``_RELATED`` too: paraphrases reach
0.75 to 0.86 with MiniLM, two takeaways on one subject 0.4 to 0.55."""
_RELATED = 50.0
_LONGEST = 400  # letters compared of a text: the cost grows with their square
_MOST_SHOWN = 3

_NEGATION = re.compile(
    r"not|no|never|nobody|nothing|none|neither|nor|without|cannot|hardly|rarely|stop|avoid|refuse"
    r"|(?:ca|do|does|did|wo|should|is|are|was|were|could|would)nt"
)
# Of two texts of the same words, one of each pair says the opposite of the other.
_OPPOSITES = (
    "raise lower", "increase decrease", "more less", "more fewer", "before after",
    "early late", "earlier later", "fast slow", "faster slower", "long short", "longer shorter",
    "easy hard", "easier harder", "cheap expensive", "cheaper dearer", "best worst", "good bad",
    "better worse", "keep drop", "win lose", "accept reject", "hire fire", "buy sell", "open close",
    "start end", "begin finish", "first last", "internal external", "public private", "big small",
    "bigger smaller", "strong weak", "same different", "always seldom", "everybody few",
)  # fmt: skip
_CANONICAL = {pair.split()[1]: pair.split()[0] for pair in _OPPOSITES}
_APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidBefore:
    """An earlier issue's text that says nearly what a text says."""

    said: Said
    likeness: float
    """0 to 1."""
    is_opposite: bool
    """Whether one of the two denies what the other says: a hint, judged by single words."""


def find_said_before(
    texts: Sequence[str], said: Sequence[Said], vectors: Mapping[str, Vector] | None = None
) -> tuple[tuple[SaidBefore, ...], ...]:
    """Return for each text what said nearly the same, the most alike first, three at most.

    Alike are texts of nearly the same words in any order (the indel similarity of their sorted
    words, rapidfuzz ``fuzz.ratio``, words of denial left out), and, where ``vectors`` has unit
    vectors of both by their texts, those of much the same meaning that share words too.
    """
    if not texts or not said:
        return tuple(() for _ in texts)
    asked = [_key(text) for text in texts]
    known = [_key(each.text) for each in said]
    scores = process.cdist(
        [key.words for key in asked],
        [key.words for key in known],
        scorer=fuzz.ratio,
        score_cutoff=_RELATED,
    )
    near = _cosines(texts, [each.text for each in said], vectors or {})
    found = []
    for row, meant, key in zip(scores, near, asked, strict=True):
        alike = [
            SaidBefore(
                said=said[at],
                likeness=float(max(row[at] / 100, meant[at])),
                is_opposite=key.is_contrary != known[at].is_contrary,
            )
            for at in ((row >= ALIKE) | ((row >= _RELATED) & (meant >= NEAR))).nonzero()[0]
            if key.words and known[at].words
        ]
        alike.sort(key=lambda one: (-one.likeness, one.said.date or ""))
        found.append(tuple(_one_an_issue(alike)[:_MOST_SHOWN]))
    return tuple(found)


def _cosines(
    texts: Sequence[str], said: Sequence[str], vectors: Mapping[str, Vector]
) -> NDArray[np.float32]:
    """Return how near texts are in meaning; 0 where a vector is missing."""
    size = next((len(vector) for vector in vectors.values()), 1)
    nothing = np.zeros(size, np.float32)
    mine, theirs = (
        np.stack([vectors.get(text, nothing) for text in side]) for side in (texts, said)
    )
    near: NDArray[np.float32] = np.minimum(mine @ theirs.T, 1.0)
    return near


def find_said_elsewhere(
    held: Sequence[Takeaway], said: Sequence[Said], vectors: Mapping[str, Vector] | None = None
) -> tuple[tuple[SaidBefore, ...], ...]:
    """Return for each takeaway what issues other than its own have told."""
    return tuple(
        tuple(b for b in found if item.issue_id is None or b.said.issue_id != item.issue_id)
        for item, found in zip(
            held, find_said_before([item.text for item in held], said, vectors), strict=True
        )
    )


def denies(text: str) -> bool:
    """Tell whether a text denies, judged by single words: twice is once again not."""
    return _key(text).denies


def _one_an_issue(alike: Sequence[SaidBefore]) -> list[SaidBefore]:
    firsts: dict[tuple[int | None, str], SaidBefore] = {}
    for each in alike:
        firsts.setdefault((each.said.issue_id, each.said.label), each)
    return list(firsts.values())


@dataclass(frozen=True, slots=True)
class _Key:
    """What texts are compared by."""

    words: str
    """Sorted, one word for each pair of opposites."""
    is_contrary: bool
    """Whether it denies, or says the other of a pair of opposites: both at once is neither."""
    denies: bool


@functools.lru_cache(maxsize=20_000)  # the same takeaways are compared with every page shown
def _key(text: str) -> _Key:
    words = title_key(_APOSTROPHE.sub("", text[:_LONGEST])).split()
    kept = [word for word in words if not _NEGATION.fullmatch(word)]
    denials = len(words) - len(kept)
    opposites = sum(word in _CANONICAL for word in kept)
    return _Key(
        words=" ".join(sorted(_CANONICAL.get(word, word) for word in kept)),
        is_contrary=(denials + opposites) % 2 == 1,
        denies=denials % 2 == 1,
    )
