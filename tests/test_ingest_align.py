import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.moments import MAX_MS
from corpus.records import Segment
from ingest.align import align_notes
from ingest.ordering import Grid, believe_order
from tests.fake_embedder import FakeEmbedder
from tests.made_up_talk import DURATION_MS, SENTENCE_MS, STARTS, SUBJECTS, TALK


@pytest.mark.parametrize("embedder", [FakeEmbedder(256), None], ids=["meaning", "words"])
@pytest.mark.parametrize("seed", [None, 1, 2])
def test_notes_are_put_where_their_subject_begins_in_any_order(embedder, seed):
    notes = list(SUBJECTS)
    if seed is not None:
        random.Random(seed).shuffle(notes)
    found = align_notes(notes, TALK, embedder, duration_ms=DURATION_MS)
    off = [one.start_ms - STARTS[note] for one, note in zip(found, notes, strict=True)]
    assert max(map(abs, off)) <= SENTENCE_MS
    assert all(one.confidence > 0.5 for one in found)


def test_the_order_of_a_list_places_a_note_that_says_nothing_of_its_own():
    notes = ["Timesheets", "Choosing a printer", "Zebras", "Office dogs", "Paying interns"]
    found = align_notes(notes, TALK, None, duration_ms=DURATION_MS)
    assert STARTS["Choosing a printer"] < found[2].start_ms < STARTS["Office dogs"]


def test_a_list_read_out_at_the_start_is_not_where_its_subjects_begin():
    preview = "Today we have timesheets, choosing a printer, why retainers fail and office dogs."
    intro = (Segment(start_ms=0, end_ms=8_000, text=preview, speaker="Host"),)
    later = tuple(
        Segment(start_ms=s.start_ms + 60_000, end_ms=s.end_ms + 60_000, text=s.text) for s in TALK
    )
    found = align_notes(list(SUBJECTS), intro + later, FakeEmbedder(256))
    assert [one.start_ms for one in found[1:4]] == [
        STARTS[title] + 60_000 for title in list(SUBJECTS)[1:4]
    ]


@pytest.mark.parametrize(
    ("notes", "segments"),
    [
        ([], TALK),
        (["Office dogs"], ()),
        (["", "  ", "💡"], TALK),
        (["Office dogs"], (Segment(start_ms=0, end_ms=10, text=""),)),
    ],
)
def test_what_cannot_be_aligned_has_no_place(notes, segments):
    found = align_notes(notes, segments, FakeEmbedder())
    assert [(one.start_ms, one.confidence) for one in found] == [(None, 0.0)] * len(notes)


def peaks(*places, bins=200):
    rows = np.full((len(places), bins), 1e-4)
    rows[np.arange(len(places)), places] = 1
    return rows / rows.sum(axis=1, keepdims=True)


def grid_of(bins):
    return Grid.over(np.arange(bins, dtype=np.int64) * 5_000)


def test_order_is_believed_where_the_list_ascends():
    rows = peaks(10, 40, 70, 100, 130, 160)
    rows[3] = 1 / 200
    likely = believe_order(grid_of(200), rows)
    assert likely[3, 71:130].sum() > 0.8


def test_order_is_not_believed_where_the_list_jumps():
    rows = peaks(160, 10, 130, 40, 100, 70)
    assert believe_order(grid_of(200), rows) == pytest.approx(rows, abs=0.01)


texts = st.text(max_size=40)
odd_segments = st.lists(
    st.builds(
        Segment,
        start_ms=st.integers(-10, 10**20),
        end_ms=st.integers(-10, 10**20),
        text=texts,
        speaker=st.sampled_from([None, "A"]),
    ),
    max_size=6,
)


@settings(max_examples=40, deadline=None)
@given(st.lists(texts, max_size=6), odd_segments, st.one_of(st.none(), st.integers(0, 10**9)))
def test_any_input_gives_one_place_each_within_the_episode(notes, segments, duration_ms):
    for embedder in (None, FakeEmbedder(16)):
        found = align_notes(notes, segments, embedder, duration_ms=duration_ms)
        assert len(found) == len(notes)
        for one in found:
            assert 0 <= one.confidence <= 1
            assert one.start_ms is None or 0 <= one.start_ms < MAX_MS
