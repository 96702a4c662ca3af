"""What every embedder with real weights does the same, whichever library computes its vectors."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from search.embedder import Vectors

MAX_TEXT_CHARS = 4_000  # far beyond what a model reads; saves splitting the rest into tokens
_QUERIES_KEPT = 4096  # 12 MB where a vector has 768 numbers
_LEAST_NORM = 1e-12

# Known beforehand, so that an index can be opened and compared without loading the library.
_DIMENSIONS = {"all-MiniLM-L6-v2": 384, "all-mpnet-base-v2": 768}


class LoadedModel(Protocol):
    """Weights in memory."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def encode(self, texts: Sequence[str], *, asked: bool) -> NDArray[np.float32]:
        """Return a row for each of some texts, of any length; ``asked`` for questions."""


class ModelEmbedder:
    """An embedder whose model loads at the first text; a question asked again costs nothing."""

    def __init__(self, model: str, load: Callable[[], LoadedModel]) -> None:
        """Take a model's name, and what loads it or raises ModelError."""
        self._model = model
        self._load = load
        self._loaded: LoadedModel | None = None
        self._loading = threading.Lock()
        self._lock = threading.Lock()
        self._queries: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._asked: dict[str, Future[NDArray[np.float32]]] = {}

    @property
    def model(self) -> str:
        """The name that vectors of this embedder are kept under."""
        return self._model

    @property
    def dimension(self) -> int:
        """Length of a vector.

        Raises:
            ModelError: If the model must be loaded to know it, and cannot be.
        """
        return _DIMENSIONS.get(self._model) or self.get_loaded().dimension

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return a unit vector for each text, in order; shape (0, dimension) for none.

        Raises:
            ModelError: If the weights cannot be had.
        """
        return self._embed(texts, asked=False)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return a unit vector for each question; models may prompt these differently.

        Raises:
            ModelError: If the weights cannot be had.
        """
        with self._lock:
            asked = dict.fromkeys(texts)
            known = {text: self._queries[text] for text in asked if text in self._queries}
            for text in known:
                self._queries.move_to_end(text)
            others = {text: self._asked[text] for text in asked if text in self._asked}
            mine = [text for text in asked if text not in known and text not in others]
            self._asked |= {text: Future() for text in mine}
        known |= self._embed_for_all(mine)
        known |= {text: waited_for.result() for text, waited_for in others.items()}
        rows = [known[text] for text in texts]
        return np.stack(rows) if rows else np.empty((0, self.dimension), np.float32)

    def _embed_for_all(self, texts: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Embed questions, for whoever else waits for one of them too."""
        try:
            rows = dict(zip(texts, self._embed(texts, asked=True), strict=True))
        except BaseException as error:
            with self._lock:
                for text in texts:
                    self._asked.pop(text).set_exception(error)
            raise
        with self._lock:
            for text, row in rows.items():
                self._queries[text] = row
                self._asked.pop(text).set_result(row)
            while len(self._queries) > _QUERIES_KEPT:
                self._queries.popitem(last=False)
        return rows

    def get_loaded(self) -> LoadedModel:
        """Return the model, loading it where that was not done yet.

        Raises:
            ModelError: If the weights cannot be had.
        """
        with self._loading:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _embed(self, texts: Sequence[str], *, asked: bool) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        # A lone surrogate, as broken mails have them, would stop the tokeniser.
        clean = [text[:MAX_TEXT_CHARS].encode("utf-8", "replace").decode("utf-8") for text in texts]
        rows = np.asarray(self.get_loaded().encode(clean, asked=asked), np.float32)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        unit: Vectors = rows / np.maximum(lengths, _LEAST_NORM)
        return unit
