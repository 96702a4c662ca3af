"""Finds what earlier issues have told already, so that no reader is told it twice."""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from corpus.catalogue.rows import title_key
from corpus.holdings import Said, Takeaway

ALIKE = 84.0
"""How alike (0..100) the words of two texts are that say the same. Put in other words it is higher
than two takeaways on one subject reach, and lower than one that was shortened by a word or two."""
_LONGEST = 400  # letters compared of a text: the cost grows with their square
_MOST_SHOWN = 3

_NEGATION = re.compile(
    r"not|no|never|nobody|nothing|none|neither|nor|without|cannot|hardly|rarely|stop|avoid|refuse"
    r"|(?:ca|do|does|did|wo|should|is|are|was|were|could|would)nt"
)
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
    texts: Sequence[str], said: Sequence[Said]
) -> tuple[tuple[SaidBefore, ...], ...]:
    """Return for each text what said nearly the same, the most alike first, three at most.

    Alike are texts of nearly the same words in any order: the indel similarity of their sorted
    words (rapidfuzz ``fuzz.ratio``), words of denial left out.
    """
    if not texts or not said:
        return tuple(() for _ in texts)
    asked = [_key(text) for text in texts]
    known = [_key(each.text) for each in said]
    scores = process.cdist(
        [words for words, _ in asked],
        [words for words, _ in known],
        scorer=fuzz.ratio,
        score_cutoff=ALIKE,
    )
    found = []
    for row, (words, denies) in zip(scores, asked, strict=True):
        alike = [
            SaidBefore(
                said=said[at],
                likeness=float(row[at]) / 100,
                is_opposite=denies != known[at][1],
            )
            for at in (row >= ALIKE).nonzero()[0]
            if words and known[at][0]
        ]
        alike.sort(key=lambda one: (-one.likeness, one.said.date or ""))
        found.append(tuple(_one_an_issue(alike)[:_MOST_SHOWN]))
    return tuple(found)


def find_said_elsewhere(
    held: Sequence[Takeaway], said: Sequence[Said]
) -> tuple[tuple[SaidBefore, ...], ...]:
    """Return for each takeaway what issues other than its own have told."""
    return tuple(
        tuple(b for b in found if item.issue_id is None or b.said.issue_id != item.issue_id)
        for item, found in zip(
            held, find_said_before([item.text for item in held], said), strict=True
        )
    )


def denies(text: str) -> bool:
    """Tell whether a text denies, judged by single words: twice is once again not."""
    return _key(text)[1]


def _one_an_issue(alike: Sequence[SaidBefore]) -> list[SaidBefore]:
    firsts: dict[tuple[int | None, str], SaidBefore] = {}
    for each in alike:
        firsts.setdefault((each.said.issue_id, each.said.label), each)
    return list(firsts.values())


@functools.lru_cache(maxsize=20_000)  # the same takeaways are compared with every page shown
def _key(text: str) -> tuple[str, bool]:
    """Return a text's words, sorted, and whether they deny."""
    words = title_key(_APOSTROPHE.sub("", text[:_LONGEST])).split()
    kept = [word for word in words if not _NEGATION.fullmatch(word)]
    return " ".join(sorted(kept)), (len(words) - len(kept)) % 2 == 1
