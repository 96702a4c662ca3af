"""The bench of a command that asks one question runs and tells its figures."""

from bench.cold_start import measure
from ingest.chunker import CHUNKER_VERSION
from search.catalogue_source import CatalogueSource
from search.index_store import IndexStore
from search.manifest import Fingerprint
from tests.fake_embedder import FakeEmbedder
from tests.web_house import make_full_house
from web.wiring import House


def test_a_command_is_timed_in_both_modes(home, catalogue, monkeypatch, tmp_path):
    make_full_house(home, catalogue)
    monkeypatch.setenv("EARMARK_EMBEDDING_MODEL", str(tmp_path / "nowhere"))
    made = Fingerprint(model="fake-words", dimension=64, chunker=CHUNKER_VERSION)
    index = House(home.path).home.index
    IndexStore(index, made).update(CatalogueSource(catalogue), FakeEmbedder())
    assert set(measure(home.path, "glaze", 1)) == {
        "hybrid_median_s",
        "hybrid_slowest_s",
        "keyword_median_s",
        "keyword_slowest_s",
    }
