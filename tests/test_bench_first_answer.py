"""The bench of the site's first answers runs and tells its figures."""

from bench.first_answer import measure
from ingest.chunker import CHUNKER_VERSION
from search.catalogue_source import CatalogueSource
from search.index_store import IndexStore
from search.manifest import Fingerprint
from tests.fake_embedder import FakeEmbedder
from tests.web_house import make_full_house
from web.wiring import House


def test_the_first_answers_of_a_site_are_timed(home, catalogue, monkeypatch, tmp_path):
    make_full_house(home, catalogue)
    monkeypatch.setenv("EARMARK_EMBEDDING_MODEL", str(tmp_path / "nowhere"))
    made = Fingerprint(model="fake-words", dimension=64, chunker=CHUNKER_VERSION)
    index = House(home.path).home.index
    IndexStore(index, made).update(CatalogueSource(catalogue), FakeEmbedder())
    figures = measure(home.path, "glaze")
    assert figures["page"] <= figures["answer"] <= figures["meaning"]
