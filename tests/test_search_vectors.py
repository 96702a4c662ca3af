"""One contract for every vector index."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.faiss_index import FaissIndex
from search.layered_index import LayeredIndex
from search.vectors import ExactIndex


def _layered(dimension):
    return LayeredIndex(FaissIndex(dimension))


def _layered_exact(dimension):
    return LayeredIndex(ExactIndex(dimension))


ALL = pytest.mark.parametrize(
    "make", [ExactIndex, FaissIndex, _layered, _layered_exact], ids=lambda make: make.__name__
)


@pytest.fixture(params=[ExactIndex, FaissIndex, _layered, _layered_exact], ids=lambda p: p.__name__)
def index(request):
    return request.param(4)


EAST, NORTH, UP, LATE = np.eye(4, dtype=np.float32)


def _rows(*vectors):
    return np.stack(vectors)


def test_an_empty_index_finds_nothing(index):
    assert len(index) == 0
    assert index.nearest(EAST, 5) == []
    assert index.dimension == 4


def test_the_nearest_comes_first(index):
    index.add([1, 2, 3], _rows(EAST, NORTH, (EAST + NORTH) / np.sqrt(2)))
    assert [id_ for id_, _ in index.nearest(EAST, 3)] == [1, 3, 2]
    assert index.nearest(EAST, 1) == [(1, pytest.approx(1.0))]


def test_a_short_answer_is_short(index):
    index.add([7], _rows(EAST))
    assert index.nearest(EAST, 10) == [(7, pytest.approx(1.0))]
    assert index.nearest(EAST, 0) == []


def test_adding_an_id_again_replaces_it(index):
    index.add([7], _rows(EAST))
    index.add([7], _rows(NORTH))
    assert len(index) == 1
    assert index.nearest(NORTH, 5) == [(7, pytest.approx(1.0))]


def test_every_layer_rounds_a_vector_in_the_same_way(index):
    vector = np.array([0.12345, 0.9, -0.3, 0.29], np.float32)
    index.add([7], _rows(vector))
    ((_, score),) = index.nearest(EAST, 1)
    assert score == float(np.float16(vector[0]))


def test_the_last_vector_of_an_id_named_twice_counts(index):
    index.add([7, 8, 7], _rows(EAST, UP, NORTH))
    assert len(index) == 2
    assert index.nearest(NORTH, 1) == [(7, pytest.approx(1.0))]


def test_what_was_removed_is_not_found_and_may_come_back(index):
    index.add([1, 2], _rows(EAST, NORTH))
    index.remove([1, 99])
    index.remove([])
    assert len(index) == 1
    assert [id_ for id_, _ in index.nearest(EAST, 5)] == [2]
    index.add([1], _rows(UP))
    assert index.nearest(UP, 1) == [(1, pytest.approx(1.0))]


def test_a_filter_lets_only_its_ids_through(index):
    index.add([1, 2, 3], _rows(EAST, NORTH, UP))
    allowed = np.array([2, 3, 99], np.int64)
    assert {id_ for id_, _ in index.nearest(EAST, 5, allowed)} == {2, 3}
    assert index.nearest(EAST, 5, np.empty(0, np.int64)) == []


def test_nothing_can_be_added(index):
    index.add([], np.empty((0, 4), np.float32))
    assert len(index) == 0


@ALL
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_any_history_of_changes_answers_as_the_exact_index(make, data):
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    index, oracle = make(8), ExactIndex(8)
    for _ in range(data.draw(st.integers(1, 6))):
        ids = data.draw(st.lists(st.integers(0, 30), max_size=12))
        if data.draw(st.booleans()):
            vectors = rng.normal(size=(len(ids), 8)).astype(np.float32)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9
            index.add(ids, vectors)
            oracle.add(ids, vectors)
        else:
            index.remove(ids)
            oracle.remove(ids)
    query = rng.normal(size=8).astype(np.float32)
    allowed = data.draw(st.none() | st.just(np.arange(0, 30, 3, dtype=np.int64)))
    k = data.draw(st.integers(1, 40))
    assert len(index) == len(oracle)
    found, expected = index.nearest(query, k, allowed), oracle.nearest(query, k, allowed)
    assert [id_ for id_, _ in found] == [id_ for id_, _ in expected]
    assert [score for _, score in found] == pytest.approx([s for _, s in expected], abs=1e-5)


@pytest.mark.parametrize("kind", [ExactIndex, FaissIndex])
def test_what_was_saved_is_loaded_and_can_be_changed(kind, tmp_path):
    index = kind(4)
    index.add([5, 3], _rows(EAST, NORTH))
    index.save(tmp_path / "vectors")
    loaded = kind.load(tmp_path / "vectors")
    assert len(loaded) == 2
    assert loaded.dimension == 4
    assert loaded.nearest(EAST, 2) == index.nearest(EAST, 2)
    loaded.add([5], _rows(UP))
    loaded.remove([3])
    assert loaded.nearest(UP, 2) == [(5, pytest.approx(1.0))]


@pytest.mark.parametrize("kind", [ExactIndex, FaissIndex])
def test_a_file_that_is_missing_or_no_index_is_an_os_error(kind, tmp_path):
    with pytest.raises(OSError):
        kind.load(tmp_path / "nowhere")
    (tmp_path / "noise").write_bytes(b"no index at all, but long enough to be one" * 9)
    with pytest.raises(OSError):
        kind.load(tmp_path / "noise")


def test_a_file_of_another_layout_is_an_os_error(tmp_path):
    import faiss

    eight_bits = faiss.IndexScalarQuantizer(4, faiss.ScalarQuantizer.QT_8bit)
    for name, inner in (("flat", faiss.IndexFlatIP(4)), ("eight", eight_bits)):
        faiss.write_index(faiss.IndexIDMap2(inner), str(tmp_path / name))
    faiss.write_index(faiss.IndexFlatIP(4), str(tmp_path / "bare"))
    for name in ("flat", "eight", "bare"):
        with pytest.raises(OSError, match="no version of Earmark"):
            FaissIndex.load(tmp_path / name)


def test_a_growing_faiss_index_changes_its_layout_and_still_finds(tmp_path):
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(5_000, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    index = FaissIndex(16, half_up_to=300)
    index.add(range(200), vectors[:200])
    assert index.layout == "half"
    index.add(range(200, 5_000), vectors[200:])
    assert index.layout == "ivf"
    index.remove(range(10))
    index.save(tmp_path / "grown")
    mapped = FaissIndex.load(tmp_path / "grown", mapped=True)
    for held in (index, FaissIndex.load(tmp_path / "grown"), mapped):
        assert len(held) == 4_990
        own = [held.nearest(vectors[row], 1)[0][0] == row for row in range(100, 200)]
        assert sum(own) >= 97
        thin = np.array([100, 4_000], np.int64)
        assert {id_ for id_, _ in held.nearest(vectors[7], 5, thin)} == {100, 4_000}


def test_a_filter_of_inverted_lists_is_exact_at_any_share():
    rng = np.random.default_rng(2)
    vectors = rng.normal(size=(9_000, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    index = FaissIndex(16, half_up_to=300)
    index.add(range(9_000), vectors)
    for every in (1_000, 20, 3, 2):
        allowed = np.arange(0, 9_000, every, dtype=np.int64)
        for own in allowed[:60:20].tolist():
            found = [id_ for id_, _ in index.nearest(vectors[own], 40, allowed)]
            assert len(set(found)) == len(found) == min(40, len(allowed))
            assert np.isin(found, allowed).all()
            assert found[0] == own


def test_inverted_lists_that_were_found_for_far_fewer_vectors_are_found_anew():
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(6_000, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    index = FaissIndex(16, half_up_to=600)
    index.add(range(1_000), vectors[:1_000])
    few = index.count_lists()
    index.add(range(1_000, 1_500), vectors[1_000:1_500])
    assert index.count_lists() == few
    index.add(range(1_500, 6_000), vectors[1_500:])
    assert index.count_lists() > 2 * few
    assert len(index) == 6_000
    own = [index.nearest(vectors[row], 1)[0][0] == row for row in range(100, 200)]
    assert sum(own) >= 97
