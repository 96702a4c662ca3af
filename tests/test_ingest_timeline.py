import math
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.records import Segment
from ingest.beginnings import FEATURES, announces_subject, iter_features
from ingest.noteworthy import choose_places, get_features, tell_opening, weigh_places
from ingest.sentences import Spoken
from ingest.show_habits import learn_habits
from ingest.timeline import Timeline, find_meaning
from search.meaning import Meaning, unit
from tests.fake_embedder import FakeEmbedder
from tests.made_up_episode import SEGMENTS


def every_ten_seconds(count):
    return Timeline(
        [Spoken(start_ms=10_000 * at, end_ms=10_000 * at + 9_000, text="x") for at in range(count)]
    )


def two_subjects():
    """Half a minute a passage; the subject changes at two minutes."""
    vectors = np.repeat(np.eye(2), 4, axis=0)
    return Meaning([30_000 * at for at in range(8)], vectors)


def test_sums_reach_from_and_to_seconds_after_each_place():
    rows = np.arange(5, dtype=float)[:, None]
    assert every_ten_seconds(5).sums(rows, 0, 20)[:, 0].tolist() == [1, 3, 5, 7, 4]
    assert every_ten_seconds(5).sums(rows, -10, 0)[:, 0].tolist() == [0, 0, 1, 2, 3]


def test_means_and_bests_are_of_the_same_stretch():
    column = np.array([4.0, 1, 2, 0, 3])
    assert every_ten_seconds(5).mean(column, -10, 20).tolist() == pytest.approx(
        [2.5, 7 / 3, 1, 5 / 3, 1.5]
    )
    assert every_ten_seconds(5).best(column, -10, 20).tolist() == [4, 4, 2, 3, 3]


def test_flags_tell_whether_a_marked_place_is_near():
    marked = [False, False, True, False, False]
    assert every_ten_seconds(5).flags(marked, -10, 10).tolist() == [0, 0, 1, 1, 0]


def test_the_subject_turns_most_where_it_changes():
    moments = np.array([60_000, 90_000, 120_000, 150_000])
    turns = two_subjects().turns(moments, 60)
    assert turns.argmax() == 2
    assert turns[2] == pytest.approx(2)
    assert turns[0] == pytest.approx(0)


def test_a_stretch_weighs_passages_by_how_long_they_last_in_it():
    vectors = np.array([[1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0]])
    meaning = Meaning([0, 30_000, 60_000], vectors)
    around = meaning.around(np.array([0]), 0, 40)[0]
    assert around == pytest.approx(unit(vectors.T @ [30, 10, 0] - 40 * meaning.mean))


def test_nothing_is_meant_before_the_first_passage():
    assert not two_subjects().around(np.array([0]), -60, 0).any()


def test_passages_may_come_in_any_order():
    meaning = Meaning([120_000, 0], np.array([[0.0, 1.0], [1.0, 0.0]]))
    assert meaning.around(np.array([0]), 0, 60)[0] == pytest.approx(unit(np.array([1.0, -1.0])))


@pytest.mark.parametrize(
    ("text", "announces"),
    [
        ("Let's talk about pricing.", True),
        ("Let’s move to invoices.", True),
        ("The next question is from Berlin.", True),
        ("Moving on, how do you hire?", True),
        ("We raised our prices twice.", False),
        ("", False),
    ],
)
def test_words_that_lead_to_another_subject_are_known(text, announces):
    assert announces_subject(text) is announces


@pytest.mark.parametrize("embedder", [FakeEmbedder(), None])
def test_each_feature_has_a_value_for_each_note_and_place(embedder):
    timeline = Timeline(
        [Spoken(start_ms=s.start_ms, end_ms=s.end_ms, text=s.text) for s in SEGMENTS]
    )
    features = list(iter_features(["Freelancers", "?"], SEGMENTS, timeline, embedder))
    assert len(features) == len(FEATURES)
    for feature in features:
        assert np.isfinite(feature).all()
        assert np.broadcast_shapes(feature.shape, (2, len(SEGMENTS))) == (2, len(SEGMENTS))


SUBJECTS = ("kennel leash puppy walk", "invoice deposit ledger", "printer paper proof")
SUBJECT_MS = 600_000


def three_subjects():
    """Ten minutes a subject, half a minute a passage."""
    return tuple(
        Segment(start_ms=start_ms, end_ms=start_ms + 29_000, text=f"{SUBJECTS[at]} {start_ms}.")
        for at in range(3)
        for start_ms in range(SUBJECT_MS * at, SUBJECT_MS * (at + 1), 30_000)
    )


def weigh(title=None, habits=None):
    embedder = FakeEmbedder(256)
    timeline, meaning = every_ten_seconds(180), find_meaning(three_subjects(), embedder)
    vector = unit(embedder.embed_passages([title]) - meaning.mean)[0] if title else None
    return timeline, weigh_places(timeline, get_features(timeline, meaning, vector, habits))


def test_a_note_is_likely_where_the_subject_turns_and_a_minute_around():
    timeline, chances = weigh()
    for turn_ms in (SUBJECT_MS, 2 * SUBJECT_MS):
        around = np.abs(timeline.starts - turn_ms)
        assert chances.noted[around <= 60_000].min() > chances.noted[around == 240_000].max()
    opening, reasons = tell_opening(timeline, chances, int(SUBJECT_MS // 10_000) + 2)
    assert abs(timeline.starts[opening] - SUBJECT_MS) <= 30_000
    assert "the subject turns" in reasons


def test_what_is_near_the_title_is_likelier_and_says_so():
    timeline, chances = weigh("Printer paper")
    at = int(2 * SUBJECT_MS // 10_000)
    assert chances.beginning[at] > weigh()[1].beginning[at]
    assert "it is near the title" in tell_opening(timeline, chances, at + 3)[1]


def test_what_a_show_often_notes_is_likelier():
    others = [([100_000 * n for n in range(1, 9)], 3_000_000)] * 12
    timeline, chances = weigh(habits=learn_habits(others))
    plain = weigh()[1].noted
    assert (chances.noted > plain)[timeline.starts < 400_000].all()
    assert (chances.noted < plain)[timeline.starts > 1_400_000].all()


def choose(starts_s, worth, n, apart_s):
    return choose_places(np.array(starts_s) * 1000, np.array(worth, float), n, apart_s * 1000)


@pytest.mark.parametrize(
    ("asked", "places"),
    [
        (([0, 50, 100], [2, 3, 2], 2, 60), [0, 2]),
        (([0, 50, 100], [2, 5, 2], 1, 60), [1]),
        (([0, 50, 100], [2, 3, 2], 9, 60), [0, 2]),
        (([0, 60], [-1, -2], 2, 60), [0, 1]),
        (([0, 59], [1, 2], 2, 60), [1]),
        (([0, 0, 0], [1, 3, 2], 2, 1), [1]),
        (([0, 60], [-math.inf, 1], 2, 60), [1]),
        (([0], [-math.inf], 1, 60), []),
        (([0], [1], 0, 60), []),
    ],
)
def test_places_are_chosen_for_what_they_are_worth_together(asked, places):
    assert choose(*asked) == places


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9)), min_size=1, max_size=7),
    st.integers(1, 4),
    st.integers(1, 20),
)
def test_no_other_choice_of_as_many_places_is_worth_more(known, n, apart_s):
    starts_s, worth = zip(*sorted(known), strict=True)
    places = choose(starts_s, worth, n, apart_s)
    allowed = [
        combination
        for size in range(1, n + 1)
        for combination in combinations(range(len(starts_s)), size)
        if all(starts_s[b] - starts_s[a] >= apart_s for a, b in pairwise(combination))
    ]
    longest = max(map(len, allowed))
    assert len(places) == longest
    totals = [sum(worth[at] for at in one) for one in allowed if len(one) == longest]
    assert sum(worth[at] for at in places) == max(totals)
