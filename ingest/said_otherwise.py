"""Tells whether two texts on one subject say the same or the opposite: judged by single words.

A hint, no more: it knows denials, pairs of opposites, numbers, and what is compared with what.
"""

import functools
import re
from dataclasses import dataclass
from typing import Literal

from corpus.catalogue.rows import title_key
from ingest.terms import is_filler, split_words, stem

Sense = Literal["same", "opposite", "other"]

_LONGEST = 400  # letters read of a text: what is done with its words grows with their square
_NEGATION = re.compile(
    r"not|no|never|nobody|nothing|none|neither|nor|without|cannot|hardly|rarely|stop|avoid|refuse"
    r"|(?:ca|do|does|did|wo|should|is|are|was|were|could|would)nt"
)
# Of two texts of the same words, one of each pair says the opposite of the other.
_OPPOSITES = (
    "raise lower", "increase decrease", "more less", "more fewer", "most least", "before after",
    "early late", "earlier later", "fast slow", "faster slower", "long short", "longer shorter",
    "easy hard", "easier harder", "cheap expensive", "cheaper dearer", "best worst", "good bad",
    "better worse", "keep drop", "win lose", "wins loses", "accept reject", "hire fire", "buy sell",
    "open close", "start end", "begin finish", "first last", "internal external", "public private",
    "big small", "bigger smaller", "strong weak", "same different", "always seldom",
    "everybody few", "love hate", "loves hates", "like dislike", "work fail", "works fails",
    "help hurt", "helps hurts", "safe risky", "simple complex", "right wrong", "high low",
    "higher lower", "include exclude", "included excluded", "possible impossible", "true false",
    "succeed fail", "free paid", "above below", "rise fall", "grow shrink",
)  # fmt: skip
_OTHERS: dict[str, set[str]] = {}
_CANONICAL: dict[str, str] = {}
for _one, _other in (pair.split() for pair in _OPPOSITES):
    _OTHERS.setdefault(_one, set()).add(_other)
    _OTHERS.setdefault(_other, set()).add(_one)
    # "raise lower" and "higher lower" make one word of three.
    _same = {_CANONICAL.get(_one, _one), _CANONICAL.get(_other, _other)}
    _CANONICAL |= {_one: min(_same), _other: min(_same)}
    _CANONICAL |= {word: min(_same) for word, known in _CANONICAL.items() if known in _same}
_APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")
_QUANTITIES = frozenset(
    ("percent", "half", "twice", "double", "triple", "dozen", "hundred", "thousand", "million")
) | frozenset(
    ("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
)


@dataclass(frozen=True, slots=True)
class Claim:
    """What texts are compared by."""

    words: str
    """Sorted, without denials, one word for each pair of opposites."""
    denies: bool
    """Whether it denies; twice is once again not."""
    denied: frozenset[str]
    """Stems of the words that its denials stand before."""
    stems: frozenset[str]
    plain: frozenset[str]
    """Its words as they are."""
    numbers: frozenset[str]
    sides: tuple[frozenset[str], frozenset[str]] | None
    """Stems before and behind its one "than"."""


@functools.lru_cache(maxsize=20_000)  # the same takeaways are compared with every page shown
def read_claim(text: str) -> Claim:
    """Return what a text is compared by."""
    words = title_key(_APOSTROPHE.sub("", text[:_LONGEST])).split()
    kept = [word for word in words if not _NEGATION.fullmatch(word)]
    return Claim(
        words=" ".join(sorted(_CANONICAL.get(word, word) for word in kept)),
        denies=(len(words) - len(kept)) % 2 == 1,
        denied=frozenset(_iter_denied(words)),
        stems=frozenset(map(stem, kept)),
        plain=frozenset(words),
        numbers=read_numbers(text[:_LONGEST]),
        sides=_sides(words),
    )


def _iter_denied(words: list[str]) -> list[str]:
    found = []
    for at, word in enumerate(words):
        if _NEGATION.fullmatch(word):
            after = (stem(each) for each in words[at + 1 :])
            found += [next((each for each in after if not is_filler(each)), "")]
    return [each for each in found if each]


def _sides(words: list[str]) -> tuple[frozenset[str], frozenset[str]] | None:
    if words.count("than") != 1:
        return None
    at = words.index("than")
    before, behind = (
        frozenset(term for term in map(stem, side) if not is_filler(term))
        for side in (words[:at], words[at + 1 :])
    )
    return before, behind


def read_numbers(text: str) -> frozenset[str]:
    """Return the numbers of a text: as digits, and words that are one.

    >>> sorted(read_numbers("Forty-two hours, or 5 % of the third month"))
    ['42', '5', 'percent', 'third']
    """
    words = split_words(text.replace("%", " percent "))
    # "One" is as often "somebody" as a number.
    digits = {word for word in words if word[0].isdigit() and word != "1"}
    return frozenset(digits | (_QUANTITIES & set(words)))


def denies(text: str) -> bool:
    """Tell whether a text denies, judged by single words: twice is once again not."""
    return read_claim(text).denies


def find_swapped(one: str, other: str) -> tuple[str, str] | None:
    """Return a word of the first text in whose place its opposite stands in the second."""
    return _find_swapped(read_claim(one), read_claim(other))


def _find_swapped(one: Claim, other: Claim) -> tuple[str, str] | None:
    for word in sorted(one.plain - other.plain):
        for opposite in sorted(_OTHERS.get(word, set()) & (other.plain - one.plain)):
            return word, opposite
    return None


def compare_claims(one: Claim, other: Claim, *, is_near: bool) -> Sense:
    """Return what one text is to another on its subject.

    Args:
        one: A text.
        other: Another.
        is_near: Whether they are of nearly the same words, denials and opposites left out; else
            they only mean much the same.
    """
    is_swapped = _find_swapped(one, other) is not None
    if one.denies != other.denies:
        return "same" if is_swapped or not _is_denial(one, other, is_near) else "opposite"
    if is_swapped:
        # "Open the year with a lunch" is nothing to "Close the year with a survey".
        return "opposite" if is_near and not _tell_apart(one, other) else "other"
    if not (one.numbers <= other.numbers or other.numbers <= one.numbers):
        return "opposite"
    return "opposite" if is_near and _is_turned_round(one, other) else "same"


def _is_denial(one: Claim, other: Claim, is_near: bool) -> bool:
    """Tell whether the text that denies, denies what the other one says."""
    denying, saying = (one, other) if one.denies else (other, one)
    return is_near or bool(denying.denied & saying.stems)


def _tell_apart(one: Claim, other: Claim) -> bool:
    """Tell whether both name something of their own, opposites aside."""
    opposites = {stem(word) for word in _CANONICAL}
    both = (one.stems - other.stems, other.stems - one.stems)
    return all(any(not is_filler(t) for t in own - opposites) for own in both)


def _is_turned_round(one: Claim, other: Claim) -> bool:
    if one.sides is None or other.sides is None:
        return False
    (before, behind), (others_before, others_behind) = one.sides, other.sides
    went = before & others_behind - behind - others_before
    came = behind & others_before - before - others_behind
    return bool(went and came)
