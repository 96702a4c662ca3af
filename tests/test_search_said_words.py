"""Words with what they mean where they stand: finding, keeping and comparing them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.said_words import (
    NO_WORDS,
    PACKED_BYTES,
    WORD_DIMENSION,
    compare_words,
    pack_words,
    sum_up,
)
from search.word_finding import Word, find_words, join_pieces


def unit_rows(count, seed=0):
    rows = np.random.default_rng(seed).standard_normal((count, WORD_DIMENSION))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@given(st.integers(0, 700), st.integers(1, 60))
def test_words_that_are_kept_are_as_near_as_before(kept, asked):
    rows, others = unit_rows(kept), unit_rows(asked, seed=1)
    packed = pack_words(rows)
    assert packed.shape == (kept, PACKED_BYTES)
    assert np.abs(compare_words(packed, others) - rows @ others.T).max(initial=0) < 0.08


def test_a_word_is_nearest_to_itself_when_kept():
    rows = unit_rows(200)
    assert (compare_words(pack_words(rows), rows).argmax(axis=0) == np.arange(200)).all()


def test_what_is_too_large_to_be_kept_is_kept_as_large_as_can_be():
    row = np.zeros((1, WORD_DIMENSION), np.float32)
    row[0, 0], row[0, -1] = 1, -1
    (cosine,) = compare_words(pack_words(row), row)
    assert 0.4 < cosine[0] < 0.5


def test_passages_are_as_near_as_their_words_by_weight():
    nearest = np.array([[1.0, 0.0], [0.5, 0.5]], np.float32)
    assert sum_up(nearest, [3.0, 1.0]) == pytest.approx([0.75, 0.5])
    assert sum_up(nearest, [0.0, 0.0]) == pytest.approx([0, 0])


class Encoding:
    """What a tokeniser says of a text: pieces, their word and where they stand."""

    def __init__(self, *pieces):
        self.word_ids = [word for word, _, _ in pieces]
        self.offsets = [(start, end) for _, start, end in pieces]


def test_words_are_found_with_their_pieces():
    text = "The kilns, kiln!"
    pieces = [(None, 0, 0), (0, 0, 3), (1, 4, 8), (1, 8, 9), (2, 9, 10), (3, 11, 15), (4, 15, 16)]
    assert find_words(Encoding(*pieces, (None, 0, 0)), text) == [Word("kiln", 2, 4)]


@pytest.mark.parametrize("text", ["", "the", "Of", "?!"])
def test_a_text_that_says_nothing_has_no_words(text):
    pieces = [(None, 0, 0), (0, 0, len(text)), (None, 0, 0)]
    assert find_words(Encoding(*pieces), text) == []
    assert join_pieces([], np.ones((3, WORD_DIMENSION))) is NO_WORDS


def test_a_word_is_the_mean_of_its_pieces():
    pieces = unit_rows(5)
    said = join_pieces([Word("a", 1, 3), Word("b", 4, 5)], pieces)
    mean = pieces[1] + pieces[2]
    assert said.terms == ("a", "b")
    assert said.vectors[0] == pytest.approx(mean / np.linalg.norm(mean), abs=1e-6)
    assert said.vectors[1] == pytest.approx(pieces[4], abs=1e-6)
