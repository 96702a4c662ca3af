"""The seam between text and vectors."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""Rows of unit length, shape (texts, dimension)."""


class Embedder(Protocol):
    """Turns texts into vectors; whoever implements it passes tests/test_search_embedder.py."""

    @property
    def model(self) -> str:
        """The name that vectors of this embedder are kept under."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return a unit vector for each text, in order; shape (0, dimension) for none.

        Raises:
            ModelError: If the weights cannot be had.
        """

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return a unit vector for each question; models may prompt these differently."""
