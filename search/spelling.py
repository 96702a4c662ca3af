"""Nearest spellings: what a word that occurs nowhere was probably meant to be.

The words to choose from are those of the keyword index itself, so a suggestion always finds
something. Which of several near words was meant is told by how far it is away, how often it occurs,
and whether it stands beside its neighbours anywhere (the noisy channel of Kernighan, Church and
Gale, 1990, with the index's pairs of words as its context).
"""

import math
import re
import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from rapidfuzz import process
from rapidfuzz.distance import OSA

from search.query import parse_query, replace_words
from search.tokens import CONTRACTED, STOP_WORDS, fold

LEAST_LETTERS = 4
"""Shorter words are near too many others."""
FAR_LETTERS = 8
"""From this length on, two slips are looked for where one is not enough."""
MOST_WORDS = 32
"""Words of a question that are looked at; nobody checks the spelling of a page."""

_CANDIDATES = 12
_SLIP_COST = 4.0  # natural logarithm of how much rarer a second slip is
_FIRST_LETTER_COST = 2.0
_STOP_WORD_COST = 4.0  # they stand everywhere, and nobody asks for them
_PAIR_WORTH = 2.0
_RARE = 3  # a word that occurs no more often may be a slip that happens to be a word
_LEAST_PAIRS = 3
_STALE_SHARE = 0.01
_WORD = re.compile(r"(?<![\w'’])[^\W\d_]+(?!['’](?!s\b))(?!\w)")  # no part of don't or 1Password


class Words(Protocol):
    """The words of an index; search.keywords.KeywordIndex has them."""

    def __len__(self) -> int: ...

    def list_words(self) -> list[tuple[str, int]]:
        """Return each folded word with the number of passages that have it."""

    def count_word(self, word: str) -> int:
        """Return in how many passages, with their speakers, or titles a word is, inflected too."""

    def count_pair(self, left: str, right: str) -> int:
        """Return in how many passages two words stand beside each other, in any inflection."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    word: str
    worth: float
    """Logarithm of how likely it is to be meant, up to a constant."""


class Speller:
    """Finds near words among those of one state of the index; any number of threads may."""

    def __init__(self, words: Sequence[tuple[str, int]]) -> None:
        self._counts = {
            word: count
            for word, count in words
            if len(word) >= LEAST_LETTERS and _WORD.fullmatch(word) and word[:-1] not in CONTRACTED
        }
        self._alike: dict[tuple[int, str], list[str]] = defaultdict(list)
        for word in self._counts:
            self._alike[len(word), word[0]].append(word)

    def correct(self, text: str, words: Words) -> str | None:
        """Return the question ``text`` with its slips mended, or None where there are none."""
        said = _list_said(text)
        folded = [fold(word) for word in said]
        choices = [self._choices(word, words) for word in folded]
        if not any(choices):
            return None
        chosen = _choose(folded, choices, words)
        mended = {
            old: new.capitalize() if old[0].isupper() else new
            for old, new in zip(said, chosen, strict=True)
            if new and new != fold(old)
        }
        return replace_words(text, mended) if mended else None

    def _choices(self, word: str, words: Words) -> list[_Candidate]:
        if not _is_doubtful(word, words):
            return []
        count = words.count_word(word)
        near = self._near(word, 1)
        if not near and not count and len(word) >= FAR_LETTERS:
            near = self._near(word, 2)
        found = [_weigh(word, other, self._counts[other], slips) for other, slips in near]
        found = sorted(found, key=lambda one: (-one.worth, one.word))[:_CANDIDATES]
        if count and found:
            # It is a word: only its neighbours can tell that another one was meant.
            found.append(_Candidate(word, math.log1p(count)))
        return found

    def _near(self, word: str, slips: int) -> list[tuple[str, int]]:
        found: list[tuple[str, int]] = []
        # The first letter is rarely wrong: it may be swapped with the second, or be too many.
        for first in {word[0], word[1]}:
            for length in range(len(word) - slips, len(word) + slips + 1):
                choices = self._alike.get((length, first), [])
                rows = process.extract(
                    word, choices, scorer=OSA.distance, score_cutoff=slips, limit=None
                )
                found += [(other, int(distance)) for other, distance, _ in rows if other != word]
        return found


class SpellingBook:
    """Keeps the speller of an index, and makes it anew where the index has grown."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._speller: Speller | None = None
        self._words: Words | None = None
        self._count = 0

    def correct(self, text: str, words: Words) -> str | None:
        """Return the question ``text`` with its slips mended, or None where there are none.

        Its words are looked up as they are now; of those to choose from, up to a hundredth of the
        passages may be missing.
        """
        if not any(_is_doubtful(fold(word), words) for word in _list_said(text)):
            return None
        return self._get(words).correct(text, words)

    def _get(self, words: Words) -> Speller:
        with self._lock:
            grown = abs(len(words) - self._count) > _STALE_SHARE * self._count
            if self._speller is None or self._words is not words or grown:
                self._count = len(words)
                self._speller, self._words = Speller(words.list_words()), words
            return self._speller


def _list_said(text: str) -> list[str]:
    return [match.group() for match in _WORD.finditer(parse_query(text).text)][:MOST_WORDS]


def _is_doubtful(word: str, words: Words) -> bool:
    if len(word) < LEAST_LETTERS or word in STOP_WORDS or not word.isascii():
        return False
    return words.count_word(word) <= _RARE


def _weigh(word: str, other: str, count: int, slips: int) -> _Candidate:
    worth = math.log1p(count) - _SLIP_COST * slips - _STOP_WORD_COST * (other in STOP_WORDS)
    return _Candidate(other, worth - _FIRST_LETTER_COST * (word[0] != other[0]))


def _choose(
    said: Sequence[str], choices: Sequence[Sequence[_Candidate]], words: Words
) -> list[str | None]:
    """Return for each word the one that makes the whole most likely (Viterbi's algorithm)."""
    columns = [
        list(some) or [_Candidate(word, 0.0)] for word, some in zip(said, choices, strict=True)
    ]
    best = [[(one.worth, 0) for one in columns[0]]]
    for before, here in pairwise(columns):
        best.append(
            [
                max(
                    (best[-1][place][0] + _beside(left, right, words) + right.worth, place)
                    for place, left in enumerate(before)
                )
                for right in here
            ]
        )
    place = max(range(len(columns[-1])), key=lambda at: best[-1][at][0])
    chosen: list[str | None] = []
    for column, row in zip(reversed(columns), reversed(best), strict=True):
        chosen.append(column[place].word)
        place = row[place][1]
    chosen.reverse()
    return [
        word if some and _is_sure(at, chosen, said, words) else None
        for at, (word, some) in enumerate(zip(chosen, choices, strict=True))
    ]


def _beside(left: _Candidate, right: _Candidate, words: Words) -> float:
    if left.word in STOP_WORDS or right.word in STOP_WORDS:
        return 0.0
    return _PAIR_WORTH * math.log1p(words.count_pair(left.word, right.word))


def _is_sure(at: int, chosen: Sequence[str | None], said: Sequence[str], words: Words) -> bool:
    """Tell whether a word may be replaced: one that occurs only where its neighbours ask for it."""
    word = chosen[at]
    if word is None or not words.count_word(said[at]):
        return True
    beside = list(pairwise(chosen[max(0, at - 1) : at + 2]))
    return any(
        left
        and right
        and not STOP_WORDS & {left, right}
        and words.count_pair(left, right) >= _LEAST_PAIRS
        for left, right in beside
    )
