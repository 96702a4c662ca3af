"""A filter of the keyword index is exact, in whichever way it is looked through."""

import numpy as np
import pytest

from search.keywords import BLOCK, KeywordDocument, KeywordIndex, Soft

COUNT = 12_000
WORDS = ["anvil", "beech", "cedar", "dowel", "elm", "file", "gouge", "hammer"]


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    made = np.random.default_rng(1)
    held = KeywordIndex(tmp_path_factory.mktemp("held") / "keywords")
    picks = made.integers(0, len(WORDS), (COUNT, 6))
    texts = [" ".join(["the", *(WORDS[at] for at in row)]) for row in picks]
    held.fill(KeywordDocument(id=id_, text=text) for id_, text in enumerate(texts, 1))
    return held


@pytest.fixture(scope="module")
def weighed(index):
    return index.weigh("cedar dowel", [Soft("anvil beech", 0.5, together=True)])


@pytest.fixture(scope="module")
def ranked(index, weighed):
    return index.search(weighed, COUNT)


ALL = np.arange(1, COUNT + 1, dtype=np.int64)
SETS = {
    "one": ALL[77:78],
    "a few, far apart": ALL[::300],
    "a few together": ALL[500:700],
    "some blocks": ALL[1_000:3_000],
    "one in twenty, far apart": ALL[::20],
    "one in nine, far apart": ALL[::9],
    "two of three": ALL[ALL % 3 > 0],
    "all": ALL,
    "of those, some are not held": np.arange(COUNT - 30, COUNT + 5 * BLOCK, dtype=np.int64),
}


@pytest.mark.parametrize("named", SETS)
@pytest.mark.parametrize("k", [1, 10, 200, COUNT])
def test_a_filter_finds_the_best_of_those_it_lets_through(index, weighed, ranked, *, named, k):
    allowed = SETS[named]
    let_through = set(allowed.tolist())
    expected = [pair for pair in ranked if pair[0] in let_through][:k]
    found = index.search(weighed, k, allowed)
    assert [score for _, score in found] == pytest.approx([score for _, score in expected])
    # Which of equally good ones are the last is left to the index.
    last = expected[-1][1] if expected else 0
    assert {id_ for id_, score in found if score > last + 1e-5} == {
        id_ for id_, score in expected if score > last + 1e-5
    }
    assert np.isin([id_ for id_, _ in found], allowed).all()


def test_a_word_that_nearly_all_passages_have_counts_only_where_there_is_no_other(index):
    def find(text):
        return {id_ for id_, _ in index.search(index.weigh(text), COUNT)}

    assert find("the elm") == find("elm") != find("elm file")
    assert len(find("the")) == COUNT


def test_a_filter_that_lets_nothing_through_finds_nothing(index, weighed):
    assert index.search(weighed, 5, ALL[:0]) == []
    assert index.search(weighed, 5, np.array([COUNT + 9], np.int64)) == []


def test_what_was_put_again_is_in_its_block_once(tmp_path):
    index = KeywordIndex(tmp_path / "keywords")
    index.apply([KeywordDocument(id=id_, text="cedar") for id_ in range(1, 900)])
    index.apply([KeywordDocument(id=70, text="cedar dowel")], drops=[71])
    allowed = np.arange(64, 700, dtype=np.int64)
    found = [id_ for id_, _ in index.search(index.weigh("cedar"), 900, allowed)]
    assert sorted(found) == [id_ for id_ in range(64, 700) if id_ != 71]
