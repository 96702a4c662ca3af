"""Which words a text says something with, and which pieces of them a model reads."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from search.said_words import NO_WORDS, SaidWords
from search.tokens import STOP_WORDS, fold, spell

_LEAST_NORM = 1e-9


class Word(NamedTuple):
    """A word as a model's tokeniser cuts it."""

    term: str
    """Its stem."""
    first: int
    """The first of its pieces, and the one after its last."""
    last: int


def find_words(encoding: Any, text: str) -> list[Word]:
    """Return the words of ``text``, each stem where it comes first, without stop words.

    ``encoding`` is what a tokeniser of the library tokenizers made of the text.
    """
    found: dict[str, Word] = {}
    numbers, offsets = encoding.word_ids, encoding.offsets
    first = 0
    while first < len(numbers):
        last = first + 1
        while last < len(numbers) and numbers[last] == numbers[first]:
            last += 1
        if numbers[first] is not None:  # else it is none of the text's own
            word = text[offsets[first][0] : offsets[last - 1][1]]
            terms = () if fold(word) in STOP_WORDS else _spell(word)
            if terms:
                found.setdefault(terms[-1], Word(terms[-1], first, last))
        first = last
    return list(found.values())


def join_pieces(words: list[Word], pieces: NDArray[np.floating]) -> SaidWords:
    """Return words with the mean of their pieces, of which ``pieces`` has a row each."""
    if not words:
        return NO_WORDS
    places = [piece for word in words for piece in range(word.first, word.last)]
    sizes = [word.last - word.first for word in words]
    sums = np.add.reduceat(np.asarray(pieces[places], np.float32), np.cumsum([0, *sizes[:-1]]))
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    vectors = np.asarray(sums / np.maximum(lengths, _LEAST_NORM), np.float32)
    return SaidWords(tuple(word.term for word in words), vectors)


def _spell(word: str) -> tuple[str, ...]:
    return tuple(term for spelling in spell(word) for term in spelling.terms)
