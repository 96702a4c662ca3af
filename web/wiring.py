"""The one place where parts are wired together: catalogue, door, models, index.

Everything heavy is made when first asked for, and once.
"""

import functools
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.catalogue import Catalogue, notes, open_catalogue, passages, vocabulary
from corpus.errors import ModelError
from corpus.homes import find_home, now_ms
from corpus.settings import Origin, Settings, choose_embedding_model, resolve_settings
from corpus.weights import check_installed

if TYPE_CHECKING:
    from ingest.rephrasing import Rephraser
    from ingest.speech.transcriber import Transcriber
    from ingest.topic_names import Words
    from ingest.workshop import Indexer, Workshop
    from search.embedder import Embedder
    from search.engine import SearchEngine
    from search.index_status import IndexStatus
    from search.manifest import Fingerprint
    from search.vocabulary import Vocabulary
    from web.known_owners import KnownOwners


class House:
    """A data folder with everything that works on it."""

    def __init__(self, home: Path | None, *, embedder: "Embedder | None" = None) -> None:
        """Take the data folder, and an embedder that was made ready for it beforehand."""
        self._ready_embedder = embedder
        self.home = find_home(home)
        self._loaded = threading.Event()
        self._loaded.set()
        self._known_vocabulary: tuple[str, Vocabulary] | None = None
        # Two first questions at a time must not load the model twice.
        self._making = threading.RLock()

    @functools.cached_property
    def catalogue(self) -> Catalogue:
        """The catalogue, migrated."""
        return open_catalogue(self.home.path)

    @functools.cached_property
    def known_owners(self) -> "KnownOwners":
        """What was read of the episodes and issues that answers name."""
        from web.known_owners import KnownOwners

        return KnownOwners(self.catalogue)

    def load_settings(self) -> tuple[Settings, dict[str, Origin]]:
        """Return the settings in force now and where each comes from."""
        with self.catalogue.read() as conn:
            settings, origins = resolve_settings(notes.list_settings(conn), os.environ)
        # Installed by pip alone, Earmark has the smaller model only; `earmark doctor` tells.
        return choose_embedding_model(settings, origins, check_installed), origins

    @functools.cached_property
    def settings(self) -> Settings:
        """The settings as they were when first asked for."""
        return self.load_settings()[0]

    def get_embedder(self) -> "Embedder":
        """Return the embedder; its weights load when it is first used."""
        with self._making:
            return self._embedder

    @functools.cached_property
    def _embedder(self) -> "Embedder":
        from search.openvino_embedder import OpenvinoEmbedder

        ready, model = self._ready_embedder, self.settings.embedding_model
        return ready if ready and ready.model == model else OpenvinoEmbedder(model)

    @functools.cache  # noqa: B019  a house lives as long as its process
    def get_transcriber(self) -> "Transcriber":
        """Return the transcriber; its weights load when it is first used."""
        from ingest.speech.whisper_transcriber import WhisperTranscriber

        return WhisperTranscriber(
            self.settings.whisper_model, cpu_threads=self.settings.whisper_threads
        )

    def get_rephraser(self) -> "Rephraser | None":
        """Return what words drafts anew, if the settings name a server."""
        from ingest.rephrasing import OpenAiRephraser

        settings = self.load_settings()[0]
        if not settings.rephrase_url:
            return None
        return OpenAiRephraser(
            settings.rephrase_url,
            settings.rephrase_model,
            key=os.environ.get("EARMARK_REPHRASE_KEY", ""),
            allow_private=settings.allow_private_addresses,
        )

    @functools.cached_property
    def _fingerprint(self) -> "Fingerprint":
        from ingest.chunker import CHUNKER_VERSION
        from search.manifest import Fingerprint

        embedder = self.get_embedder()
        return Fingerprint(
            model=embedder.model, dimension=embedder.dimension, chunker=CHUNKER_VERSION
        )

    def get_fingerprint(self) -> "Fingerprint":
        """Return what the index must have been made by."""
        with self._making:
            return self._fingerprint

    def get_engine(self) -> "SearchEngine":
        """Return the search engine over this house's index."""
        with self._making:
            return self._engine

    def warm(self) -> None:
        """Load what the first question would wait for."""
        from search.hits import SearchRequest

        text = "what is said here?"
        self._loaded.clear()
        try:
            self.start_embedding(text)
            # With a filter, so that what filters ask of is in memory too.
            self.get_engine().search(SearchRequest(text=text, k=1, kind="transcript"))
        finally:
            self._loaded.set()

    def is_loading(self, patience_s: float) -> bool:
        """Return whether the model is on its way still, after waiting for it for so long."""
        return not self._loaded.wait(patience_s)

    def start_embedding(self, question: str) -> None:
        """Load the model beside what else a first question waits for: that halves the wait."""
        from web.early_start import embed_beside

        embed_beside(self.get_embedder, question)

    @functools.cached_property
    def _engine(self) -> "SearchEngine":
        from search.catalogue_source import CatalogueSource
        from search.engine import EmbeddedEngine
        from search.index_reader import IndexReader

        embedder, fingerprint = self._get_embedder_or_none()
        return EmbeddedEngine(
            CatalogueSource(self.catalogue),
            IndexReader(self.home.index, fingerprint),
            embedder,
            get_vocabulary=self._get_vocabulary,
        )

    def _get_embedder_or_none(self) -> "tuple[Embedder, Fingerprint]":
        """Return the embedder, or what says why there is none beside an index of its words.

        Raises:
            ModelError: If there is no model, and no index either.
        """
        from ingest.chunker import CHUNKER_VERSION
        from search.embedder import MissingEmbedder
        from search.manifest import Fingerprint, find_current, read_manifest

        try:
            return self.get_embedder(), self._fingerprint
        except ModelError as error:
            generation = find_current(self.home.index)
            if generation is None:
                raise
            made = read_manifest(generation).fingerprint
            wanted = Fingerprint(
                model=made.model, dimension=made.dimension, chunker=CHUNKER_VERSION
            )
            return MissingEmbedder(made.model or "", made.dimension, error), wanted

    def _get_vocabulary(self) -> "Vocabulary":
        from search.vocabulary import make_vocabulary

        # Read again when anything was written, so that a change counts at once in every process.
        state = self.catalogue.state()
        known = self._known_vocabulary
        if known is None or known[0] != state:
            with self.catalogue.read() as conn:
                known = state, make_vocabulary(vocabulary.list_changes(conn))
            self._known_vocabulary = known
        return known[1]

    @functools.cache  # noqa: B019
    def get_indexer(self) -> "Indexer":
        """Return what brings the index up to date."""
        from ingest.index_steps import StoreIndexer
        from search.catalogue_source import CatalogueSource
        from search.index_store import IndexStore

        return StoreIndexer(
            IndexStore(self.home.index, self._fingerprint),
            CatalogueSource(self.catalogue),
            self.get_embedder(),
            count_passages=self._count_passages,
        )

    def _count_passages(self) -> int:
        with self.catalogue.read() as conn:
            return passages.count_passages(conn)

    def open_word_counts(self) -> "Words | None":
        """Return how often words occur in all that is indexed, without loading a model."""
        from search.word_counts import open_word_counts

        return open_word_counts(self.home.index)

    def read_index_status(self) -> "IndexStatus":
        """Return how the index stands to the catalogue, without loading a model."""
        from ingest.chunker import CHUNKER_VERSION
        from search.index_status import read_index_status

        with self.catalogue.read() as conn:
            last_change = passages.last_change(conn)
        return read_index_status(
            self.home.index,
            model=self.settings.embedding_model,
            chunker=CHUNKER_VERSION,
            last_change=last_change,
        )

    @functools.cached_property
    def workshop(self) -> "Workshop":
        """The tools of a worker."""
        from ingest.door import HttpDoor
        from ingest.workshop import Workshop

        settings = self.settings
        return Workshop(
            catalogue=self.catalogue,
            home=self.home,
            settings=settings,
            door=HttpDoor(allow_private=settings.allow_private_addresses),
            get_transcriber=self.get_transcriber,
            get_embedder=self.get_embedder,
            get_indexer=self.get_indexer,
            now_ms=now_ms,
            get_rephraser=self.get_rephraser,
        )
