"""The words that a text says something with, each by what it means where it stands.

A model that embeds a text has a vector for each of its words on the way. A question's words are
compared with those of a passage one by one, and each counts by the one nearest to it (late
interaction: Khattab and Zaharia, "ColBERT", 2020). ``docs/search.md`` tells what that brings.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search.products import iter_parts

WORD_DIMENSION = 128
"""Numbers of a word's vector: its coordinates where the model's own vectors differ most."""
PACKED_BYTES = WORD_DIMENSION // 2
_STEPS = 32.0  # in 1: vectors of length 1 have few numbers beyond 7 of these
_MOST = 7

PackedWords = NDArray[np.uint8]
"""Words in 4 bits a number, a row of ``PACKED_BYTES`` each: the first half of the numbers in the
low bits, the other in the high ones."""


@dataclass(frozen=True, slots=True)
class SaidWords:
    """The words of a text, each stem once, where it comes first; no stop words."""

    terms: tuple[str, ...]
    """Their stems."""
    vectors: NDArray[np.float32]
    """A row of length 1 for each; shape (words, ``WORD_DIMENSION``)."""


NO_WORDS = SaidWords((), np.empty((0, WORD_DIMENSION), np.float32))


def pack_words(vectors: NDArray[np.float32]) -> PackedWords:
    """Return words' vectors as they are kept."""
    steps = np.clip(np.round(vectors * _STEPS), -_MOST, _MOST).astype(np.int8) + _MOST + 1
    halves = steps.astype(np.uint8)
    half = WORD_DIMENSION // 2
    return np.asarray(halves[:, :half] | halves[:, half:] << 4, np.uint8)


def compare_words(packed: PackedWords, asked: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the cosine of each kept word to each of a question's: shape (kept, asked)."""
    half = WORD_DIMENSION // 2
    first, second = asked[:, :half].T / _STEPS, asked[:, half:].T / _STEPS
    # The steps are kept from 1 on, so that a product is too large by as much for every word.
    too_much = (_MOST + 1) * (first.sum(axis=0) + second.sum(axis=0))
    cosines = np.empty((len(packed), len(asked)), np.float32)
    for part in iter_parts(len(packed), half * len(asked)):
        some = packed[part]
        low, high = (some & 15).astype(np.float32), (some >> 4).astype(np.float32)
        cosines[part] = low @ first + high @ second
    return np.asarray(cosines - too_much, np.float32)


def sum_up(nearest: NDArray[np.float32], weights: Sequence[float]) -> NDArray[np.float32]:
    """Return how near passages are to a question, by the ``nearest`` of each of its words.

    Shape (passages, words) becomes (passages,): the mean, each word by its weight.
    """
    weighed = np.asarray(weights, np.float32)
    # Not as a product of matrices, which for a few words warns of what is in memory beside them.
    sums = (nearest * weighed).sum(axis=1)
    return np.asarray(sums / max(float(weighed.sum()), 1e-9), np.float32)
