"""Embeds with a sentence-transformers model, whose libraries load at the first text."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ModelError
from corpus.weights import find_weights
from search.embedder import Vectors

DEFAULT_MODEL = "all-MiniLM-L6-v2"
MAX_TEXT_CHARS = 4_000  # far beyond what a model reads; saves splitting the rest into tokens
_BATCH = 32
_QUERIES_KEPT = 512
_LEAST_NORM = 1e-12

# Known beforehand, so that an index can be opened and compared without loading the library.
_DIMENSIONS = {"all-MiniLM-L6-v2": 384, "all-mpnet-base-v2": 768}


class SentenceEmbedder:
    """One model; the same question asked again costs nothing."""

    def __init__(self, model: str = DEFAULT_MODEL, *, threads: int = 2) -> None:
        """Take a model by its name or its folder; nothing is loaded yet."""
        self._model = model
        self._threads = threads
        self._loaded: Any = None
        self._lock = threading.Lock()
        self._queries: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

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
        known = _DIMENSIONS.get(self._model)
        return known or int(self._get_loaded().get_sentence_embedding_dimension())

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return a unit vector for each text, in order; shape (0, dimension) for none.

        Raises:
            ModelError: If the weights cannot be had.
        """
        return self._embed(texts, "encode_document", self._threads)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return a unit vector for each question; models may prompt these differently.

        Raises:
            ModelError: If the weights cannot be had.
        """
        with self._lock:
            known = {text: self._queries[text] for text in texts if text in self._queries}
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        # A question is short: more threads wait for each other longer than they compute.
        known |= dict(zip(missing, self._embed(missing, "encode_query", 1), strict=True))
        with self._lock:
            for text in texts:
                self._queries[text] = known[text]
                self._queries.move_to_end(text)
            while len(self._queries) > _QUERIES_KEPT:
                self._queries.popitem(last=False)
        rows = [known[text] for text in texts]
        return np.stack(rows) if rows else np.empty((0, self.dimension), np.float32)

    def _embed(self, texts: Sequence[str], method: str, threads: int) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        # A lone surrogate, as broken mails have them, would stop the tokeniser.
        clean = [text[:MAX_TEXT_CHARS].encode("utf-8", "replace").decode("utf-8") for text in texts]
        encode = getattr(self._get_loaded(), method)
        _set_threads(threads)
        with _quick_precision():
            vectors = encode(clean, batch_size=_BATCH, show_progress_bar=False)
        rows = np.asarray(vectors, np.float32)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        unit: Vectors = rows / np.maximum(lengths, _LEAST_NORM)
        return unit

    def _get_loaded(self) -> Any:
        with self._lock:
            if self._loaded is None:
                self._loaded = _load(self._model)
            return self._loaded


def _set_threads(threads: int) -> None:
    import torch

    torch.set_num_threads(threads)


def _quick_precision() -> AbstractContextManager[None]:
    """Multiply in bfloat16 where the processor does that itself: half the time, cosine 0.9999."""
    import torch

    known = torch.cpu.get_capabilities()
    quick = bool(known.get("avx512_bf16") or known.get("amx_bf16"))
    autocast: AbstractContextManager[None] = torch.autocast(
        "cpu", dtype=torch.bfloat16, enabled=quick
    )
    return autocast


def _load(model: str) -> Any:
    folder: Path | str = find_weights(model)
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return SentenceTransformer(str(folder), device="cpu")
    except (OSError, ValueError) as error:
        raise ModelError(
            model, f"cannot be loaded: {error}", "choose another model in the settings"
        ) from error
