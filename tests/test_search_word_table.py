"""The words of passages: the nearest to a question's, whichever way they came to be held."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.said_words import PACKED_BYTES, WORD_DIMENSION, compare_words, pack_words
from search.word_files import RowFile, name_words, open_words, write_words
from search.word_table import NO_NEXT, WordTable, make_rows, no_words

_POOL = np.random.default_rng(1).standard_normal((40, WORD_DIMENSION)).astype(np.float32)
_POOL /= np.linalg.norm(_POOL, axis=1, keepdims=True)
PACKED = pack_words(_POOL)
ASKED = _POOL[:3]
COSINES = compare_words(PACKED, ASKED)

passages = st.dictionaries(
    st.integers(1, 12),
    st.tuples(
        st.integers(1, 12) | st.just(NO_NEXT),
        st.lists(st.integers(0, len(PACKED) - 1), max_size=4),
    ),
    max_size=8,
)


def _make(held):
    """Rows of ``{id: (id of the next, places of its words)}``, ids ascending."""
    held = dict(sorted(held.items()))
    nexts = [next_ for next_, _ in held.values()]
    return make_rows(list(held), nexts, [PACKED[words] for _, words in held.values()])


def _seek(held, ids):
    """Slowly: word by word of each passage and of the one after it."""
    nearest, known = [], []
    for id_ in ids:
        next_, own = held.get(id_, (NO_NEXT, []))
        words = [*own, *held.get(next_, (NO_NEXT, []))[1]]
        cosines = [[COSINES[at, place] for at in words] for place in range(len(ASKED))]
        nearest.append([max(row, default=0.0) for row in cosines])
        known.append(bool(words))
    return np.array(nearest).reshape(len(ids), len(ASKED)), known


def _is_as(table, held, ids):
    nearest, known = table.find_nearest(ids, ASKED)
    wanted, held_of = _seek(held, ids)
    assert (nearest.dtype, known.dtype) == (np.float32, np.bool_)
    assert known.tolist() == held_of
    assert nearest.shape == (len(ids), len(ASKED))
    assert nearest == pytest.approx(wanted, abs=1e-5)
    return True


@settings(deadline=None)
@given(
    passages,
    st.lists(st.tuples(passages, st.sets(st.integers(1, 12))), max_size=3),
    st.lists(st.integers(1, 14), max_size=20),
)
def test_the_nearest_words_are_those_of_a_slow_search_after_any_changes(base, updates, ids):
    table, held = WordTable(_make(base)), dict(base)
    for put, dropped in updates:
        before, held_before = table, dict(held)
        table = table.drop(np.array(sorted(dropped), np.int64)).put(_make(put))
        held = {id_: row for id_, row in held.items() if id_ not in dropped} | put
        assert _is_as(before, held_before, ids)
    assert _is_as(table, held, ids)
    written = table.list_of(np.arange(20))
    assert written.ids.tolist() == sorted(held)
    assert _is_as(WordTable(written), held, ids)
    assert _is_as(no_words().put(written), held, ids)


def test_a_passage_has_the_words_of_the_one_after_it_too():
    table = WordTable(_make({1: (2, [5]), 2: (3, [0]), 3: (NO_NEXT, [1])}))
    nearest, known = table.find_nearest([3, 1, 2], ASKED[:2])
    assert known.all()
    assert (nearest > 0.9).tolist() == [[False, True], [True, False], [True, True]]


def test_passages_without_words_are_not_known_and_all_0():
    table = WordTable(_make({1: (2, []), 2: (3, []), 3: (NO_NEXT, [1]), 4: (NO_NEXT, [])}))
    nearest, known = table.find_nearest([1, 2, 3, 4, 9, 2], ASKED)
    assert known.tolist() == [False, True, True, False, False, True]
    assert not nearest[~known].any()
    for empty in (no_words(), WordTable(_make({1: (NO_NEXT, [])}))):
        nearest, known = empty.find_nearest([1, 2], ASKED)
        assert not known.any()
        assert nearest.tolist() == [[0] * 3] * 2


def test_words_of_passages_that_follow_one_another_are_read_at_once():
    words = _make({id_: (id_ + 1, [id_, id_]) for id_ in range(1, 10)})
    read = []

    class Rows:
        def __getitem__(self, part):
            read.append((part.start, part.stop))
            return words.rows[part]

    table = WordTable(words, Rows())
    nearest, _ = table.find_nearest([6, 2, 1], ASKED)
    assert read == [(0, 6), (10, 14)]
    assert nearest == pytest.approx(WordTable(words).find_nearest([6, 2, 1], ASKED)[0])


def test_no_passages_and_no_words_asked_are_no_error():
    table = WordTable(_make({1: (NO_NEXT, [1, 2])}))
    assert table.find_nearest([], ASKED)[0].shape == (0, 3)
    nearest, known = table.find_nearest([1, 2], ASKED[:0])
    assert nearest.shape == (2, 0)
    assert known.tolist() == [True, False]


def test_what_is_written_is_read_again_from_a_file(tmp_path):
    held = {id_: (id_ + 1, [id_ % 7, 3 * id_ % 11][: id_ % 3]) for id_ in range(1, 30)}
    words = _make(held)
    table = WordTable(words).put(_make({4: (NO_NEXT, [20, 21, 22])}))
    ids = np.arange(1, 30)
    write_words(tmp_path, 512, [table.list_of(ids[:11]), table.list_of(ids[11:])])
    read = open_words(tmp_path, 512)
    assert _is_as(read, held | {4: (NO_NEXT, [20, 21, 22])}, list(range(1, 31)))
    assert {path.name for path in tmp_path.iterdir()} == set(name_words(512))
    again = read.put(_make({2: (NO_NEXT, [30])}))
    assert _is_as(read, held | {4: (NO_NEXT, [20, 21, 22])}, [1, 2])
    assert _is_as(again, held | {2: (NO_NEXT, [30])}, [1, 2])


def test_a_base_without_words_can_be_written_and_read(tmp_path):
    write_words(tmp_path, 0, [])
    assert not open_words(tmp_path, 0).find_nearest([1], ASKED)[1].any()


@pytest.mark.parametrize("name", name_words(7))
def test_files_that_are_cut_off_are_an_error_when_opened(tmp_path, name):
    write_words(tmp_path, 7, [_make({1: (NO_NEXT, [1, 2])})])
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) - PACKED_BYTES])
    with pytest.raises(OSError, match=name):
        open_words(tmp_path, 7)


def test_rows_that_are_no_longer_there_are_an_error(tmp_path):
    path = tmp_path / "rows"
    path.write_bytes(PACKED[:3].tobytes())
    rows = RowFile(path)
    assert (rows[1:3] == PACKED[1:3]).all()
    assert len(rows[2:2]) == 0
    path.write_bytes(PACKED[:2].tobytes())
    with pytest.raises(OSError, match="shorter"):
        rows[1:3]
