"""Who speaks in a passage counts among its words, but is not said in it."""

import pytest

from corpus.records import Passage
from search.engine import EmbeddedEngine
from search.hits import SearchRequest
from search.index_reader import IndexReader
from search.index_store import IndexStore
from search.manifest import Fingerprint
from tests.fake_embedder import FakeEmbedder
from tests.memory_source import MemorySource
from tests.seeded_source import SeededSource

FINGERPRINT = Fingerprint(model="fake-words", dimension=64, chunker="1")
LINES = [
    ("I charge by the hour, and Carol knows it.", "Ben Marsh"),
    ("I charge by the crate.", "Carol Pike"),
    ("I charge nobody.", "Speaker 1"),
    ("We charge our batteries at night.", "Carol Pike"),
]


@pytest.fixture
def store(tmp_path):
    return IndexStore(tmp_path, FINGERPRINT)


@pytest.fixture
def engine(store):
    """Over an episode for each line."""
    source = MemorySource()
    for number, (text, speaker) in enumerate(LINES, 1):
        source.put([_said(text, speaker)], episode=number)
    store.update(source, FakeEmbedder())
    return EmbeddedEngine(source, IndexReader(store.folder, FINGERPRINT), FakeEmbedder())


def _said(text, speaker):
    return Passage(text=text, kind="transcript", start_ms=0, end_ms=9_000, speaker=speaker)


def _episodes(engine, text, mode="keyword"):
    return [hit.episode_id for hit in engine.search(SearchRequest(text=text, mode=mode)).hits]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("what does Marsh charge", 1),
        ("what does Pike charge by", 2),
        ("Pike's battery", 4),
        ("what carol PIKE charges at night", 4),
    ],
)
def test_a_question_that_names_a_speaker_finds_what_she_says(engine, text, first):
    assert _episodes(engine, text)[0] == first


def test_a_name_alone_finds_all_that_its_bearer_says(engine):
    assert set(_episodes(engine, "Pike")) == {2, 4}
    assert set(_episodes(engine, "carol")) == {1, 2, 4}


def test_a_label_that_only_counts_brings_nothing(engine):
    answer = engine.search(SearchRequest(text="speaker 1", mode="keyword"))
    assert answer.hits == ()
    assert answer.problems == ("no passage has “speaker”, “1”",)


@pytest.mark.parametrize("mode", ["hybrid", "keyword", "semantic"])
@pytest.mark.parametrize(
    ("text", "episodes"),
    [
        ('charge "carol"', {1}),
        ("charge -carol", {2, 3, 4}),
        ("charge carol -pike", {1, 2, 3, 4}),
    ],
)
def test_demands_are_of_what_is_said_and_not_of_who_speaks(engine, mode, text, episodes):
    assert set(_episodes(engine, text, mode)) == episodes


def test_quotes_round_a_name_that_nobody_says_are_told_to_be_left_out(engine):
    answer = engine.search(SearchRequest(text='charge "pike"', mode="keyword"))
    assert len(answer.hits) == len(LINES)
    assert "pike" in " ".join(answer.problems)


@pytest.mark.parametrize("label", ["Speaker 1", "Benn"])
def test_a_speaker_is_found_by_the_name_that_holds_now(store, catalogue, label):
    source = SeededSource(catalogue)
    for name in (label, "Ben Marsh"):
        source.put([_said("one kerf", name)], episode=1)
        store.update(source, FakeEmbedder())
    keywords = IndexReader(store.folder, FINGERPRINT).get().keywords
    assert keywords.search(keywords.weigh("marsh"), 9)[0][0] == 1
    assert keywords.count_word(label.split()[0]) == 0
    assert len(keywords) == 1
