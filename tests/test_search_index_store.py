"""The index on disk: built, brought up to date, killed at any moment, and read meanwhile."""

import json
import shutil

import numpy as np
import pytest
from filelock import FileLock

from corpus.errors import IndexMismatchError, UsageError
from corpus.records import Passage
from search.index_reader import IndexReader
from search.index_store import IndexStore, Merging
from search.manifest import Fingerprint
from search.source import text_hash
from tests.fake_embedder import FakeEmbedder
from tests.memory_source import MemorySource

FINGERPRINT = Fingerprint(model="fake-words", dimension=64, chunker="1")
WORDS = ["anvil", "beech", "cedar", "dowel", "elm", "file", "gouge", "hammer", "inlay", "jig"]


def _passages(words):
    return [
        Passage(text=f"{word} number {at}", kind="takeaway", start_ms=at * 1000, end_ms=None)
        for at, word in enumerate(words)
    ]


@pytest.fixture
def source():
    source = MemorySource()
    source.put(_passages(WORDS), episode=1)
    return source


@pytest.fixture
def store(tmp_path):
    return IndexStore(tmp_path, FINGERPRINT)


def _state(folder):
    """What a fresh reader finds: every id with its words and its vector."""
    opened = IndexReader(folder, FINGERPRINT).get()
    by_word = {}
    for word in [*WORDS, "kerf", "lathe"]:
        weighed = opened.keywords.weigh(word)
        by_word[word] = [id_ for id_, _ in opened.keywords.search(weighed, 50)]
    query = FakeEmbedder().read_query("anvil cedar kerf number")[0]
    near = {id_: round(score, 3) for id_, score in opened.vectors.nearest(query, 50)}
    turns = {
        id_: (round(words, 3), round(meaning, 3))
        for id_, (words, meaning) in opened.turns.get(list(near)).items()
    }
    asked = FakeEmbedder().read_query("anvil cedar kerf number")[1].vectors
    ids = sorted({*near, *range(1, 60)})
    nearest, known = opened.words.find_nearest(ids, asked)
    said = {id_: row for id_, row, has in zip(ids, nearest.tolist(), known, strict=True) if has}
    return by_word, near, turns, said, opened.manifest.count


def _talk(*subjects):
    """Four minutes of each subject, half a minute a passage."""
    return [
        Passage(text=f"{word} and {word}", kind="transcript", start_ms=at * 30_000, end_ms=None)
        for at, word in enumerate(word for word in subjects for _ in range(8))
    ]


def _rebuilt(source, tmp_path_factory):
    folder = tmp_path_factory.mktemp("fresh")
    IndexStore(folder, FINGERPRINT).rebuild(source, FakeEmbedder())
    return _state(folder)


def test_the_first_update_builds_everything(store, source):
    assert store.find_manifest() is None
    assert store.update(source, FakeEmbedder()) == len(WORDS)
    manifest = store.find_manifest()
    assert (manifest.count, manifest.seq) == (len(WORDS), len(WORDS))
    assert manifest.fingerprint == FINGERPRINT


def test_updating_again_changes_nothing(store, source, tmp_path):
    store.update(source, FakeEmbedder())
    before = sorted((path.name, path.stat().st_mtime_ns) for path in tmp_path.rglob("*"))
    assert store.update(source, FakeEmbedder()) == 0
    after = sorted((path.name, path.stat().st_mtime_ns) for path in tmp_path.rglob("*"))
    assert before == after


def test_any_changes_lead_where_a_rebuild_leads(store, source, tmp_path, tmp_path_factory):
    store.update(source, FakeEmbedder())
    source.drop([2, 5])
    store.update(source, FakeEmbedder())
    source.put(_passages(["kerf", "anvil"]), episode=2)
    source.change(3, Passage(text="lathe", kind="takeaway", start_ms=None, end_ms=None))
    store.update(source, FakeEmbedder())
    source.drop([11])
    store.update(source, FakeEmbedder())
    assert _state(tmp_path) == _rebuilt(source, tmp_path_factory)
    assert len(store.find_manifest().deltas) == 3


def test_the_subject_turns_most_where_another_one_begins(store, source, tmp_path):
    source.put(_talk("anvil", "cedar"), episode=2)
    store.update(source, FakeEmbedder())
    turns = IndexReader(tmp_path, FINGERPRINT).get().turns.get(range(1, 30))
    first = len(WORDS) + 1
    assert sorted(turns) == list(range(first, first + 16))  # takeaways are no talk
    assert turns[first + 8] == pytest.approx((2, 2))
    assert turns[first + 4] == pytest.approx((0, 0), abs=1e-6)
    assert turns[first + 12] == pytest.approx((0, 0), abs=1e-6)


@pytest.mark.parametrize("most_rows", [1, 10**6], ids=["into the base", "into one delta"])
def test_an_episode_that_grows_turns_where_a_rebuild_has_it(
    source, tmp_path, tmp_path_factory, most_rows
):
    store = IndexStore(tmp_path, FINGERPRINT, Merging(most_deltas=2, least_rows=most_rows, share=0))
    talk = _talk("anvil", "cedar", "elm", "gouge")
    for at in range(0, 32, 8):
        source.put(talk[at : at + 8], episode=2)
        store.update(source, FakeEmbedder())
    assert _state(tmp_path) == _rebuilt(source, tmp_path_factory)
    assert len(_state(tmp_path)[2]) == 32


def test_a_change_costs_one_embedding_and_a_rebuild_none(store, source):
    embedder = FakeEmbedder()
    store.update(source, embedder)
    assert embedder.embedded == len(WORDS)
    source.put(_passages(["kerf"]), episode=2)
    store.update(source, embedder)
    store.rebuild(source, embedder)
    assert embedder.embedded == len(WORDS) + 1


@pytest.mark.parametrize("most_rows", [1, 10**6], ids=["into the base", "into one delta"])
def test_deltas_are_merged_now_and_then(source, tmp_path, tmp_path_factory, most_rows):
    merging = Merging(most_deltas=3, least_rows=most_rows, share=0.0)
    store = IndexStore(tmp_path, FINGERPRINT, merging)
    store.update(source, FakeEmbedder())
    for at in range(9):
        if at % 3 == 2:
            source.drop([at])
        source.put(_passages([WORDS[at]]), episode=at + 2)
        store.update(source, FakeEmbedder())
        assert len(store.find_manifest().deltas) <= 3
    assert _state(tmp_path) == _rebuilt(source, tmp_path_factory)
    files = {path.name for path in max(tmp_path.glob("g*")).iterdir() if path.is_file()}
    manifest = store.find_manifest()
    number = manifest.base.removeprefix("base-")
    beside = {f"turns-{number}.npz", f"words-{number}.npz", f"words-{number}.bin"}
    assert files == {"manifest.json", manifest.base, *beside, *manifest.deltas}


class _Killed(BaseException):
    """As the end of a process: nothing catches it."""


class _KilledAt:
    """A source that dies when it has been asked so many times."""

    def __init__(self, source, asked):
        self._source = source
        self._left = asked

    def __getattr__(self, name):
        method = getattr(self._source, name)

        def counted(*args):
            self._left -= 1
            if self._left < 0:
                raise _Killed
            return method(*args)

        return counted


@pytest.mark.parametrize("asked", range(12))
def test_killed_at_any_question_it_is_the_old_or_the_new_index(
    source, tmp_path, tmp_path_factory, asked
):
    store = IndexStore(tmp_path, FINGERPRINT)
    store.update(source, FakeEmbedder())
    old = _state(tmp_path)
    source.put(_passages(["kerf", "lathe"]), episode=2)
    source.drop([1])
    new = _rebuilt(source, tmp_path_factory)
    try:
        store.update(_KilledAt(source, asked), FakeEmbedder())
    except _Killed:
        assert _state(tmp_path) in (old, new)
    store.update(source, FakeEmbedder())
    assert _state(tmp_path) == new


@pytest.mark.parametrize("asked", range(8))
def test_a_killed_rebuild_leaves_the_old_index(store, source, tmp_path, asked):
    store.update(source, FakeEmbedder())
    old = _state(tmp_path)
    with pytest.raises(_Killed):
        for _ in range(9):
            store.rebuild(_KilledAt(source, asked), FakeEmbedder())
            asked -= 1
    assert _state(tmp_path) == old


def test_words_committed_without_their_manifest_are_committed_again(
    store, source, tmp_path, tmp_path_factory
):
    store.update(source, FakeEmbedder())
    generation = max(tmp_path.glob("g*"))
    before = (generation / "manifest.json").read_bytes()
    source.put(_passages(["kerf"]), episode=2)
    source.drop([4])
    store.update(source, FakeEmbedder())
    # As if the power had gone before the manifest was replaced.
    (generation / "manifest.json").write_bytes(before)
    store.update(source, FakeEmbedder())
    assert _state(tmp_path) == _rebuilt(source, tmp_path_factory)


def test_a_reader_follows_updates_and_rebuilds(store, source, tmp_path):
    reader = IndexReader(tmp_path, FINGERPRINT)
    assert reader.get() is None
    store.update(source, FakeEmbedder())
    first = reader.get()
    assert len(first.vectors) == len(WORDS)
    assert reader.get().vectors is first.vectors or len(reader.get().vectors) == len(WORDS)
    source.put(_passages(["kerf"]), episode=2)
    store.update(source, FakeEmbedder())
    assert len(reader.get().vectors) == len(WORDS) + 1
    assert len(first.vectors) == len(WORDS)
    for _ in range(3):
        store.rebuild(source, FakeEmbedder())
        assert len(reader.get().keywords) == len(WORDS) + 1
    assert len(list(tmp_path.glob("g[0-9]*"))) == 2


def test_an_index_in_use_is_not_opened_again_for_every_question(store, source, tmp_path):
    store.update(source, FakeEmbedder())
    reader = IndexReader(tmp_path, FINGERPRINT)
    reader.get()
    assert reader.get() is reader.get()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"model": "other"}, "model"),
        ({"dimension": 32}, "dimension"),
        ({"chunker": "0"}, "chunker"),
        ({"keywords": "0"}, "keywords"),
        ({"normalised": False}, "normalised"),
    ],
)
def test_another_fingerprint_is_refused_by_reader_and_writer(source, tmp_path, change, named):
    IndexStore(tmp_path, FINGERPRINT).update(source, FakeEmbedder())
    other = Fingerprint(**{"model": "fake-words", "dimension": 64, "chunker": "1"} | change)
    for attempt in (
        lambda: IndexStore(tmp_path, other).update(source, FakeEmbedder()),
        lambda: IndexReader(tmp_path, other).get(),
    ):
        with pytest.raises(IndexMismatchError, match=f"{named} is .*earmark index rebuild"):
            attempt()


def test_a_rebuild_mends_a_mismatch(store, source, tmp_path):
    store.update(source, FakeEmbedder())
    other = Fingerprint(model="other", dimension=32, chunker="1")
    IndexStore(tmp_path, other).rebuild(source, FakeEmbedder(32, "other"))
    assert len(IndexReader(tmp_path, other).get().vectors) == len(WORDS)


@pytest.mark.parametrize(
    "damage", ["manifest.json", "base-*", "words-*.npz", "words-*.bin", "current"]
)
def test_a_broken_index_is_a_mismatch_with_a_remedy(store, source, tmp_path, damage):
    store.update(source, FakeEmbedder())
    path = max(tmp_path.rglob(damage))  # of the last generation
    path.write_text("noise" if damage != "current" else "g999999")
    with pytest.raises(IndexMismatchError, match="earmark index rebuild"):
        IndexReader(tmp_path, FINGERPRINT).get()


def test_an_index_without_a_model_holds_words_alone(tmp_path, source):
    words_only = Fingerprint(model=None, dimension=0, chunker="1")
    store = IndexStore(tmp_path, words_only)
    store.update(source, None)
    source.put(_passages(["kerf"]), episode=2)
    store.update(source, None)
    opened = IndexReader(tmp_path, words_only).get()
    assert len(opened.keywords) == len(WORDS) + 1
    assert len(opened.vectors) == 0


def test_the_manifest_can_be_read_by_anybody(store, source, tmp_path):
    store.update(source, FakeEmbedder())
    said = json.loads(max(tmp_path.glob("g*/manifest.json")).read_text())
    assert said["fingerprint"]["model"] == "fake-words"
    assert said["count"] == len(WORDS)


def test_a_second_writer_waits_and_then_says_so(store, source, tmp_path):
    store.update(source, FakeEmbedder())
    impatient = IndexStore(tmp_path, FINGERPRINT, patience_s=0.0)
    with FileLock(tmp_path / "lock"), pytest.raises(UsageError, match="another process"):
        impatient.update(source, FakeEmbedder())
    assert impatient.update(source, FakeEmbedder()) == 0


def test_a_lost_index_is_built_again(store, source, tmp_path):
    store.update(source, FakeEmbedder())
    shutil.rmtree(tmp_path)
    store.update(source, FakeEmbedder())
    assert _state(tmp_path)[-1] == len(WORDS)


def test_neighbours_are_indexed_again_when_a_passage_joins_their_text(store, tmp_path):
    source = MemorySource()
    talk = [
        Passage(text=text, kind="transcript", start_ms=at, end_ms=at + 1)
        for at, text in enumerate(["one", "two"])
    ]
    source.put(talk, episode=1)
    store.update(source, FakeEmbedder())
    source.put([Passage(text="kerf", kind="transcript", start_ms=3, end_ms=4)], episode=1)
    store.update(source, FakeEmbedder())
    opened = IndexReader(tmp_path, FINGERPRINT).get()
    found = opened.keywords.search(opened.keywords.weigh("kerf"), 9)
    assert [id_ for id_, _ in found] == [3, 2, 1]
    query = FakeEmbedder().read_query("kerf")[0]
    scores = np.array([score for _, score in opened.vectors.nearest(query, 3)])
    assert np.all(scores > 0.2)


def test_what_is_spoken_has_the_words_of_the_next_passage_and_nothing_else_has(
    store, source, tmp_path
):
    source.put(_talk("kerf", "lathe"), episode=2)
    store.update(source, FakeEmbedder())
    words = IndexReader(tmp_path, FINGERPRINT).get().words
    first = len(WORDS) + 1
    asked = FakeEmbedder().read_query("beech lathe")[1].vectors
    nearest, known = words.find_nearest([1, 2, first + 6, first + 7, first + 8, 99], asked)
    assert known.tolist() == [True] * 5 + [False]
    assert (nearest > 0.9).tolist()[:5] == [
        [False, False],  # the takeaway before that of the beech
        [True, False],
        [False, False],
        [False, True],
        [False, True],
    ]


def test_a_text_whose_vector_alone_is_kept_is_read_again(store, source, tmp_path, tmp_path_factory):
    hashes = [text_hash(one.text) for one in source.get_texts([1, 2])]
    texts = [one.text for one in source.get_texts([1, 2])]
    source.put_vectors(hashes, FakeEmbedder().embed_passages(texts), "fake-words")
    embedder = FakeEmbedder()
    store.update(source, embedder)
    assert embedder.embedded == len(WORDS)
    assert source.get_words(hashes, "fake-words").keys() == set(hashes)
    assert _state(tmp_path) == _rebuilt(source, tmp_path_factory)


class Watching(FakeEmbedder):
    """Asks the index, before each embedding, how many passages its readers know by their words."""

    def __init__(self, folder):
        super().__init__()
        self._folder = folder
        self.known = []

    def embed_passages(self, texts):
        opened = IndexReader(self._folder, FINGERPRINT).get()
        self.known.append(len(opened.keywords) if opened else 0)
        return super().embed_passages(texts)


def test_words_can_be_found_before_the_first_vector_is_made(tmp_path):
    source = MemorySource()
    source.put(_passages(WORDS))
    store = IndexStore(tmp_path / "watched", FINGERPRINT)
    watching = Watching(store.folder)
    store.update(source, watching)
    assert set(watching.known) == {len(WORDS)}
    watching.known.clear()
    source.put(_passages(WORDS * 120))
    store.update(source, watching)
    assert set(watching.known) == {len(WORDS) * 121}
    opened = IndexReader(store.folder, FINGERPRINT).get()
    assert len(opened.vectors) == len(opened.keywords) == len(WORDS) * 121
