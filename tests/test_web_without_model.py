"""Search where the model that the settings name cannot be had."""

import threading

import pytest

from corpus.catalogue import passages
from corpus.errors import ModelError
from corpus.records import Passage
from ingest.chunker import CHUNKER_VERSION
from search.catalogue_source import CatalogueSource
from search.hits import SearchRequest
from search.index_store import IndexStore
from search.manifest import MANIFEST, Fingerprint, find_current
from tests.fake_embedder import FakeEmbedder
from tests.web_house import make_full_house
from web.early_start import start_embedder
from web.wiring import House


@pytest.fixture
def house(home, catalogue, monkeypatch, tmp_path):
    full = make_full_house(home, catalogue)
    said = Passage(text="The glaze cracked.", kind="transcript", start_ms=0, end_ms=900)
    with catalogue.write() as conn:
        passages.put_passages(
            conn, [said], kinds={"transcript"}, chunker="1", episode_id=full.ids["full"]
        )
    monkeypatch.setenv("EARMARK_EMBEDDING_MODEL", str(tmp_path / "nowhere"))
    return House(home.path)


def test_words_are_searched_and_the_answer_says_why(house):
    made = Fingerprint(model="fake-words", dimension=64, chunker=CHUNKER_VERSION)
    store = IndexStore(house.home.index, made)
    store.update(CatalogueSource(house.catalogue), FakeEmbedder())
    for mode in ("hybrid", "semantic", "keyword"):
        answer = house.get_engine().search(SearchRequest(text="glaze", mode=mode))
        assert answer.hits[0].passage.text == "The glaze cracked."
        assert (answer.mode, answer.hits[0].why) == ("keyword", "words")
        told = " ".join(answer.problems)
        assert ("searched by words alone" in told and "nowhere" in told) == (mode != "keyword")


def test_a_command_starts_with_the_model_of_the_index(house):
    index = house.home.index
    assert start_embedder(index, "glaze") is None
    made = Fingerprint(model="fake-words", dimension=64, chunker=CHUNKER_VERSION)
    store = IndexStore(index, made)
    store.update(CatalogueSource(house.catalogue), FakeEmbedder())
    started = start_embedder(index, "glaze")
    assert started.model == "fake-words"
    # The settings name another one here, so that this one is not what answers.
    assert House(house.home.path, embedder=started).get_embedder() is not started
    (find_current(index) / MANIFEST).write_text("torn")
    assert start_embedder(index, "glaze") is None


def test_an_embedder_that_is_ready_is_taken_where_the_settings_name_its_model(house, monkeypatch):
    monkeypatch.setenv("EARMARK_EMBEDDING_MODEL", "all-MiniLM-L6-v2")
    ready = FakeEmbedder()
    ready.model = "all-MiniLM-L6-v2"
    assert House(house.home.path, embedder=ready).get_embedder() is ready


def test_without_an_index_either_the_model_is_what_is_wrong(house):
    with pytest.raises(ModelError, match="nowhere"):
        house.get_engine()


class _Ending(House):
    """Whose interpreter ends while the model loads."""

    def get_embedder(self):
        raise RuntimeError("can't register atexit after shutdown")


def test_a_command_that_ends_early_leaves_no_trace_of_its_thread(home):
    _Ending(home.path).start_embedding("x")
    for thread in threading.enumerate():
        if thread.name == "embed":
            thread.join()
