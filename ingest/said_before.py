"""Finds what earlier issues have told already, so that no reader is told it twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from corpus.holdings import Said, Takeaway
from ingest.said_otherwise import compare_claims, read_claim

Vector = NDArray[np.float32]

ALIKE = 84.0
"""How alike (0..100) the words of two texts are that say the same. Put in other words it is higher
than two takeaways on one subject reach, and lower than one that was shortened by a word or two."""
NEAR = 0.72
"""Cosine of two texts that mean the same, where their words are ``_RELATED`` too: paraphrases reach
0.75 to 0.86 with MiniLM, two takeaways on one subject 0.4 to 0.55."""
_RELATED = 50.0
_MOST_SHOWN = 3


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
    asked = [read_claim(text) for text in texts]
    known = [read_claim(each.text) for each in said]
    scores = process.cdist(
        [key.words for key in asked],
        [key.words for key in known],
        scorer=fuzz.ratio,
        score_cutoff=_RELATED,
    )
    near = _cosines(texts, [each.text for each in said], vectors or {})
    found = []
    for row, meant, key in zip(scores, near, asked, strict=True):
        alike = []
        for at in ((row >= ALIKE) | ((row >= _RELATED) & (meant >= NEAR))).nonzero()[0]:
            sense = compare_claims(key, known[at], is_near=bool(row[at] >= ALIKE))
            if key.words and known[at].words and sense != "other":
                likeness = float(max(row[at] / 100, meant[at]))
                one = SaidBefore(said=said[at], likeness=likeness, is_opposite=sense == "opposite")
                alike.append(one)
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


def _one_an_issue(alike: Sequence[SaidBefore]) -> list[SaidBefore]:
    firsts: dict[tuple[int | None, str], SaidBefore] = {}
    for each in alike:
        firsts.setdefault((each.said.issue_id, each.said.label), each)
    return list(firsts.values())
