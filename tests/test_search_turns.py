"""Where the subject turns: the same whichever order passages come in, and cheap to change."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.turns import TurnTable, find_turns, no_turns

MINUTE = 60_000


def find(subjects, words):
    """Half a minute a passage; a passage says one word, and its vector is of one subject."""
    starts = [30_000 * at for at in range(len(subjects))]
    return find_turns(starts, words, np.eye(4, dtype=np.float32)[list(subjects)])


def test_words_and_meaning_turn_each_where_it_changes():
    turns = find([0] * 6 + [1] * 10, ["anvil"] * 10 + ["cedar"] * 6)
    assert turns[6, 1] == pytest.approx(2)
    assert turns[10, 0] == pytest.approx(2)
    assert turns[6, 0] < 1e-6 > turns[10, 1]


def test_what_every_passage_says_is_no_subject():
    talk = ["so anvil"] * 8 + ["so cedar"] * 8
    assert find([0] * 16, talk)[8, 0] == pytest.approx(2)
    assert find([0] * 16, ["so anvil"] * 16)[8, 0] == pytest.approx(1, abs=1e-5)


def test_a_passage_alone_is_between_alike_and_unlike():
    assert find([0], ["anvil"]).tolist() == [[1, 1]]


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 60 * MINUTE), st.text(max_size=40), st.integers(0, 3)),
        min_size=1,
        max_size=30,
        unique_by=lambda row: row[0],
    ),
    st.randoms(use_true_random=False),
)
def test_turns_are_from_0_to_2_and_do_not_depend_on_the_order_of_passages(rows, mixing):
    def turn(some):
        starts, texts, subjects = zip(*some, strict=True)
        return find_turns(starts, texts, np.eye(4, dtype=np.float32)[list(subjects)])

    turns = turn(rows)
    assert ((turns > -1e-5) & (turns < 2 + 1e-5)).all()
    order = mixing.sample(range(len(rows)), len(rows))
    mixed = turn([rows[at] for at in order])
    assert np.allclose(mixed, turns[order], atol=1e-5)


def test_what_was_put_last_counts_and_the_former_table_stays():
    ids = np.array([3, 5], np.int64)
    before = no_turns().put(ids, np.array([[0.25, 0.5], [1, 1.5]], np.float32))
    after = before.put(ids[:1], np.array([[2, 0]], np.float32))
    assert before.get([5, 3, 9]) == {3: (0.25, 0.5), 5: (1, 1.5)}
    assert after.get([3, 5]) == {3: (2, 0), 5: (1, 1.5)}
    again = TurnTable(*after.list_of(np.array([1, 3, 5])))
    assert again.get(range(9)) == after.get(range(9))
    assert len(no_turns().list_of(ids)[0]) == 0
