import numpy as np
import pytest

from bench.train_reranker import Examples, train
from search.fusion import Fused
from search.reranking import DEPTH, FEATURES, Evidence, make_features, rerank
from search.reranking_weights import WEIGHTS
from search.source import Place

QUOTED = Evidence({}, {}, own_words=0.0)
OWN_WORDS = Evidence({}, {}, own_words=1.0)


def _place(start_s, number=1, kind="episode"):
    return Place((kind, number), None if start_s is None else start_s * 1000)


def _fused(*scores):
    return [Fused(id_, score, "both") for id_, score in enumerate(scores)]


def _column(name, rows):
    return rows[:, FEATURES.index(name)].tolist()


def _order(fused, places, evidence=QUOTED):
    return [one.id for one in rerank(fused, places, evidence)]


def test_every_feature_has_a_weight_and_no_other_has():
    assert tuple(WEIGHTS) == FEATURES


def test_nothing_stays_nothing():
    assert rerank([], {}, QUOTED) == []


def test_an_episode_with_more_of_it_means_nothing_for_a_question_in_own_words():
    fused = _fused(0.9, 0.8, 0.7, 0.6)
    places = {0: _place(10, 7), 1: _place(100), 2: _place(230), 3: _place(360)}
    assert _order(fused, places, OWN_WORDS) == [0, 1, 2, 3]


def test_what_begins_right_beside_counts_for_a_question_in_own_words():
    fused = _fused(0.70, 0.69, 0.69)
    places = {0: _place(10, 7), 1: _place(100), 2: _place(130)}
    assert _order(fused, places, OWN_WORDS) == [1, 2, 0]


def test_words_count_for_a_question_in_own_words_and_meaning_by_itself_does_not():
    fused = _fused(0.5, 0.5, 0.5)
    places = {id_: _place(10, id_) for id_ in range(3)}
    evidence = Evidence({1: 0.3}, {2: 0.9}, own_words=1.0)
    assert _order(fused, places, evidence) == [1, 0, 2]


def test_a_candidate_of_an_episode_with_more_of_it_overtakes_a_lonely_one():
    fused = _fused(0.80, 0.79, 0.78, 0.77)
    places = {0: _place(10, 7), 1: _place(100), 2: _place(500), 3: _place(900)}
    assert _order(fused, places)[-1] == 0


def test_words_and_meaning_count_where_the_joined_scores_are_equal():
    fused = _fused(0.5, 0.5, 0.5)
    places = {id_: _place(10, id_) for id_ in range(3)}
    evidence = Evidence({1: 0.9}, {2: 0.2}, own_words=0.0)
    assert _order(fused, places, evidence) == [1, 2, 0]


def test_a_candidate_where_the_subject_turns_comes_first_among_equals():
    fused = _fused(0.5, 0.5, 0.5)
    places = {id_: _place(10, id_) for id_ in range(3)}
    turns = {0: (0.5, 0.5), 2: (1.5, 1.5)}  # of 1 nothing is known
    assert _order(fused, places, Evidence({}, {}, own_words=0.0, turns=turns)) == [2, 1, 0]
    assert _order(fused, places, Evidence({}, {}, own_words=1.0, turns=turns)) == [0, 1, 2]


@pytest.mark.parametrize("own_words", [0.0, 1.0])
def test_a_candidate_whose_words_are_near_comes_first_among_equals(own_words):
    fused = _fused(0.5, 0.5, 0.5)
    places = {id_: _place(10, id_) for id_ in range(3)}
    evidence = Evidence({}, {}, own_words, said={0: 0.4, 1: 0.6, 2: 0.5})
    assert _order(fused, places, evidence) == [1, 2, 0]


def test_a_candidate_without_words_is_as_near_as_is_usual():
    fused, said = _fused(0.5, 0.5, 0.5), {0: 0.4, 2: 0.6}
    places = {id_: _place(10, id_) for id_ in range(3)}
    rows = make_features(fused, places, Evidence({}, {}, own_words=0.0, said=said))
    assert _column("said", rows) == pytest.approx([-1, 0, 1])
    alone = make_features(fused[:1], places, Evidence({}, {}, own_words=0.0, said=said))
    assert _column("said", alone) == [0]


def test_equal_candidates_come_by_id():
    fused = [Fused(id_, 0.5, "both") for id_ in (3, 1, 2)]
    assert _order(fused, {id_: _place(10, id_) for id_ in (1, 2, 3)}) == [1, 2, 3]


@pytest.mark.parametrize(
    ("start_s", "band"),
    [
        (1, "after_1"),
        (39, "after_1"),
        (40, "after_2"),
        (75, "after_3"),
        (-20, "before_1"),
        (-74, "before_2"),
        (-109, "before_3"),
        (110, "after_4"),
        (599, "after_5"),
        (-110, "before_4"),
        (-240, "before_5"),
        (0, None),
        (600, None),
        (-600, None),
    ],
)
def test_what_begins_near_is_seen_in_its_band(start_s, band):
    places = {0: _place(900), 1: _place(900 + start_s)}
    row = make_features(_fused(0.4, 0.3), places, QUOTED)[:1]
    seen = {name for name in FEATURES if name.startswith(("before", "after"))}
    assert {name for name in seen if _column(name, row) != [0.0]} == ({band} if band else set())


def test_another_episode_is_never_near():
    places = {0: _place(200), 1: _place(210, 2)}
    assert _column("after_1", make_features(_fused(0.4, 0.3), places, QUOTED)) == [0.0, 0.0]


def test_what_has_no_time_stands_for_its_whole_source():
    places = {id_: _place(None, 1, "issue") for id_ in range(3)}
    rows = make_features(_fused(0.6, 0.4, 0.2), places, QUOTED)
    for name in ("source_best", "source_best_3", "source_best_5"):
        assert _column(name, rows) == pytest.approx([0.6, 0.4, 0.2])
    assert _column("after_1", rows) == _column("before_1", rows) == [0.0, 0.0, 0.0]


def test_scores_fall_and_those_far_behind_keep_their_order():
    fused = _fused(*np.linspace(1, 0, DEPTH + 20))
    places = {one.id: _place(60 * one.id, one.id % 9) for one in fused}
    ranked = rerank(fused, places, QUOTED)
    scores = [one.score for one in ranked]
    assert sorted(scores, reverse=True) == scores
    assert sum(scores) == pytest.approx(1)
    assert [one.id for one in ranked[DEPTH:]] == list(range(DEPTH, DEPTH + 20))
    assert {one.id for one in ranked} == {one.id for one in fused}


def test_what_the_source_dropped_meanwhile_comes_last():
    ranked = rerank(_fused(0.9, 0.5), {1: _place(10)}, QUOTED)
    assert [one.id for one in ranked] == [1, 0]


def test_training_finds_the_feature_that_tells_right_from_wrong():
    generator = np.random.default_rng(5)
    rows = generator.normal(size=(400, 4))
    right = np.zeros(400)
    for start in range(0, 400, 10):
        right[start + rows[start : start + 10, 2].argmax()] = 1.0
    examples = Examples(
        rows=rows,
        within=(right, right),
        starts=np.arange(0, 400, 10),
        weights=np.full(40, 1 / 40),
    )
    weights = train(examples)
    assert weights.argmax() == 2
    assert weights[2] > 5 * np.abs(np.delete(weights, 2)).max()
