"""Embeds with sentence-transformers: the reference that other engines are checked against.

It runs the models that they cannot.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ModelError
from corpus.settings import Settings
from corpus.weights import find_weights
from search.model_embedder import ModelEmbedder, without_words
from search.said_words import SaidWords

DEFAULT_MODEL = Settings().embedding_model
_BATCH = 32


class SentenceEmbedder(ModelEmbedder):
    """One model, by its name, its folder, or a name that the library looks up on its hub."""

    def __init__(self, model: str = DEFAULT_MODEL, *, threads: int = 2) -> None:
        """Nothing is loaded yet; passages are computed on ``threads`` processor threads."""
        super().__init__(model, lambda: SentenceModel(model, threads=threads))


class SentenceModel:
    """A model in memory, with its libraries."""

    def __init__(self, model: str, *, threads: int) -> None:
        """Load a model.

        Raises:
            ModelError: If the weights cannot be had.
        """
        self._threads = threads
        self._loaded = load_reference(model, find_weights(model))

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._loaded.encode([""]).shape[1])

    def encode(self, texts: Sequence[str], *, asked: bool) -> NDArray[np.float32]:
        """Return a row for each of some texts; ``asked`` for questions."""
        import torch

        # A question is short: more threads wait for each other longer than they compute.
        torch.set_num_threads(1 if asked else self._threads)
        encode = self._loaded.encode_query if asked else self._loaded.encode_document
        with _quick_precision():
            return np.asarray(encode(list(texts), batch_size=_BATCH, show_progress_bar=False))

    def read(
        self, texts: Sequence[str], *, asked: bool
    ) -> tuple[NDArray[np.float32], list[SaidWords]]:
        """Return a row for each of some texts; their words are not told apart here."""
        return self.encode(texts, asked=asked), without_words(texts)


def load_reference(model: str, folder: Path | str, **options: Any) -> Any:
    """Return the SentenceTransformer in ``folder``, to be named ``model`` where it fails.

    Raises:
        ModelError: If the folder holds none.
    """
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return SentenceTransformer(str(folder), device="cpu", **options)
    except (OSError, ValueError) as error:
        raise ModelError(
            model, f"cannot be loaded: {error}", "choose another model in the settings"
        ) from error


def _quick_precision() -> AbstractContextManager[None]:
    """Multiply in bfloat16 where the processor does that itself: half the time, cosine 0.9999."""
    import torch

    known = torch.cpu.get_capabilities()
    quick = bool(known.get("avx512_bf16") or known.get("amx_bf16"))
    autocast: AbstractContextManager[None] = torch.autocast(
        "cpu", dtype=torch.bfloat16, enabled=quick
    )
    return autocast
