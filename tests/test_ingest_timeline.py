import numpy as np
import pytest

from corpus.records import Segment
from ingest.beginnings import FEATURES, announces_subject, iter_features
from ingest.noteworthy import get_features, iter_openings
from ingest.sentences import Spoken
from ingest.timeline import Meaning, Timeline, unit
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


def test_openings_are_where_the_subject_turns_and_apart():
    timeline, meaning = every_ten_seconds(180), Meaning.of(three_subjects(), FakeEmbedder(256))
    found = list(iter_openings(timeline, get_features(timeline, meaning, None), 3))
    openings = [int(timeline.starts[at]) for at, _ in found]
    for turn_ms, opening in zip((SUBJECT_MS, 2 * SUBJECT_MS), sorted(openings[:2]), strict=True):
        assert abs(opening - turn_ms) <= 30_000
    assert np.diff(sorted(openings)).min() >= 1_790_000 / 12
    assert all("the subject turns" in reasons for _, reasons in found[:2])


def test_an_opening_near_the_title_comes_first_and_says_so():
    embedder = FakeEmbedder(256)
    timeline, meaning = every_ten_seconds(180), Meaning.of(three_subjects(), embedder)
    title = unit(embedder.embed_passages(["Printer paper"]) - meaning.mean)[0]
    at, reasons = next(iter_openings(timeline, get_features(timeline, meaning, title), 3))
    assert abs(timeline.starts[at] - 2 * SUBJECT_MS) <= 30_000
    assert "it is near the title" in reasons
