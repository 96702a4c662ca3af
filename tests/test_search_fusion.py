import pytest

from search.fusion import MEANING_WEIGHTS, Fused, find_own_words, fuse, group, weigh_meaning
from search.keywords import Weighed
from search.source import Place


@pytest.mark.parametrize(
    ("words", "meaning", "weight", "order"),
    [
        ([], [], 0.4, []),
        ([(1, 9.0), (2, 5.0)], [], 0.4, [1, 2]),
        ([], [(3, 0.8), (4, 0.1)], 0.4, [3, 4]),
        ([(1, 9.0), (2, 8.0), (3, 0.0)], [(2, 0.9), (1, 0.1), (3, 0.0)], 0.5, [2, 1, 3]),
        ([(1, 9.0), (2, 8.0), (3, 0.0)], [(2, 0.9), (1, 0.1), (3, 0.0)], 0.0, [1, 2, 3]),
        ([(1, 9.0), (2, 0.0)], [(2, 0.9), (1, 0.0)], 1.0, [2, 1]),
        ([(7, 1.0), (5, 1.0)], [(5, 0.5), (7, 0.5)], 0.5, [5, 7]),
    ],
)
def test_fuse(words, meaning, weight, order):
    fused = fuse(words, meaning, weight)
    assert [one.id for one in fused] == order
    assert all(0 <= one.score <= 1 for one in fused)


def test_what_found_a_hit_is_told():
    fused = fuse([(1, 9.0), (2, 8.0), (4, 1.0)], [(1, 0.9), (3, 0.8), (4, 0.1)], 0.5)
    found = {1: "both", 2: "words", 3: "meaning", 4: "words"}
    assert {one.id: one.why for one in fused} == found


def _place(start_s, episode=1, kind="transcript"):
    return Place((kind, episode), None if start_s is None else start_s * 1000)


def test_group_keeps_the_best_of_each_minute():
    ranked = [Fused(id_, 1 - id_ / 10, "words") for id_ in range(8)]
    places = {
        0: _place(100),
        1: _place(130),
        2: _place(190),
        3: _place(100, episode=2),
        4: _place(101, kind="takeaway"),
        5: _place(None, kind="issue"),
        6: _place(None, kind="issue"),
    }
    assert [one.id for one in group(ranked, places, 45_000)] == [0, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("best", "own_words"),
    [(None, 1.0), (0.0, 1.0), (3.4, 1.0), (4.75, 0.5), (6.1, 0.0), (11.0, 0.0)],
)
def test_the_less_of_a_question_is_found_together_the_more_it_is_in_own_words(best, own_words):
    found = [] if best is None else [(1, best), (2, 0.1)]
    assert find_own_words(found, Weighed({"kiln": 2.0}, (), 10.0)) == pytest.approx(own_words)


def test_meaning_counts_more_for_a_question_in_own_words():
    assert (weigh_meaning(0.0), weigh_meaning(1.0)) == pytest.approx(MEANING_WEIGHTS)


def test_a_question_of_unknown_words_is_in_own_words():
    assert find_own_words([], Weighed({}, ())) == 1.0
