"""What every embedder with real weights does the same, whichever library computes its vectors."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from search.embedder import Vectors
from search.said_words import NO_WORDS, SaidWords

MAX_TEXT_CHARS = 4_000  # far beyond what a model reads; saves splitting the rest into tokens
_QUERIES_KEPT = 4096  # 30 MB where a vector has 768 numbers, and a question eight words
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

    def read(
        self, texts: Sequence[str], *, asked: bool
    ) -> tuple[NDArray[np.float32], list[SaidWords]]:
        """Return what ``encode`` does, and the words of each text, if it tells words apart."""


class _Read(NamedTuple):
    """What a question was read as."""

    vector: NDArray[np.float32]
    words: SaidWords


class ModelEmbedder:
    """An embedder whose model loads at the first text; a question asked again costs nothing."""

    def __init__(self, model: str, load: Callable[[], LoadedModel]) -> None:
        """Take a model's name, and what loads it or raises ModelError."""
        self._model = model
        self._load = load
        self._loaded: LoadedModel | None = None
        self._loading = threading.Lock()
        self._lock = threading.Lock()
        self._queries: OrderedDict[str, _Read] = OrderedDict()
        self._asked: dict[str, Future[_Read]] = {}

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
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        return _make_unit(self.get_loaded().encode(_clean(texts), asked=False))

    def read_passages(self, texts: Sequence[str]) -> tuple[Vectors, list[SaidWords]]:
        """Return what ``embed_passages`` does, and the words of each text.

        Raises:
            ModelError: If the weights cannot be had.
        """
        if not texts:
            return np.empty((0, self.dimension), np.float32), []
        rows, words = self.get_loaded().read(_clean(texts), asked=False)
        return _make_unit(rows), words

    def read_query(self, text: str) -> tuple[NDArray[np.float32], SaidWords]:
        """Return a question's unit vector, and its words.

        Raises:
            ModelError: If the weights cannot be had.
        """
        with self._lock:
            if text in self._queries:
                self._queries.move_to_end(text)
                return self._queries[text]
            waited_for = self._asked.get(text)
            if waited_for is None:
                self._asked[text] = Future()
        return waited_for.result() if waited_for else self._read_for_all(text)

    def _read_for_all(self, text: str) -> _Read:
        """Read a question, for whoever else waits for it too."""
        try:
            rows, (words,) = self.get_loaded().read(_clean([text]), asked=True)
            read = _Read(_make_unit(rows)[0], words)
        except BaseException as error:
            with self._lock:
                self._asked.pop(text).set_exception(error)
            raise
        with self._lock:
            self._queries[text] = read
            self._asked.pop(text).set_result(read)
            while len(self._queries) > _QUERIES_KEPT:
                self._queries.popitem(last=False)
        return read

    def get_loaded(self) -> LoadedModel:
        """Return the model, loading it where that was not done yet.

        Raises:
            ModelError: If the weights cannot be had.
        """
        with self._loading:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded


def without_words(texts: Sequence[str]) -> list[SaidWords]:
    """Return what a model that tells no words apart has of some texts."""
    return [NO_WORDS for _ in texts]


def _clean(texts: Sequence[str]) -> list[str]:
    # A lone surrogate, as broken mails have them, would stop the tokeniser.
    return [text[:MAX_TEXT_CHARS].encode("utf-8", "replace").decode("utf-8") for text in texts]


def _make_unit(rows: NDArray[np.float32]) -> Vectors:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, _LEAST_NORM), np.float32)
