"""A workshop of fakes at the seams: everything between them is the real thing."""

import itertools

from corpus.settings import Settings
from ingest.chunker import CHUNKER_VERSION
from ingest.index_steps import StoreIndexer
from ingest.workshop import Workshop
from search.catalogue_source import CatalogueSource
from search.engine import EmbeddedEngine
from search.index_reader import IndexReader
from search.index_store import IndexStore
from search.manifest import Fingerprint
from tests.fake_embedder import FakeEmbedder
from tests.fake_transcriber import FakeTranscriber


class NoDoor:
    """A network that is not there."""

    def get(self, url, **asked):
        raise AssertionError(f"{url} was fetched")

    def download(self, url, path, **asked):
        raise AssertionError(f"{url} was downloaded")


def make_shop(catalogue, home, *, door=None, transcriber=None, embedder=None, **settings):
    embedder = embedder or FakeEmbedder()
    transcriber = transcriber or FakeTranscriber()
    clock = itertools.count(1_000_000, 10)
    indexer = StoreIndexer(
        IndexStore(home.index, fingerprint(embedder)),
        CatalogueSource(catalogue),
        embedder,
        count_passages=lambda: 0,
    )
    return Workshop(
        catalogue=catalogue,
        home=home,
        settings=Settings(**settings),
        door=door or NoDoor(),
        get_transcriber=lambda: transcriber,
        get_embedder=lambda: embedder,
        get_indexer=lambda: indexer,
        now_ms=lambda: next(clock),
    )


def fingerprint(embedder):
    return Fingerprint(model=embedder.model, dimension=embedder.dimension, chunker=CHUNKER_VERSION)


def make_engine(shop):
    embedder = shop.get_embedder()
    reader = IndexReader(shop.home.index, fingerprint(embedder))
    return EmbeddedEngine(CatalogueSource(shop.catalogue), reader, embedder)


def work(shop):
    """Work until idle; returns the tally and what was reported of failures."""
    from ingest.worker import run_until_idle

    failures = []

    def report(job, progress, note):
        if note.startswith("failed"):
            failures.append(f"{job.kind} {note}")

    return run_until_idle(shop, report), failures
