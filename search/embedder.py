"""The seam between text and vectors."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ModelError
from search.said_words import SaidWords

Vectors = NDArray[np.float32]
"""Rows of unit length, shape (texts, dimension)."""


class PassageEmbedder(Protocol):
    """Turns passages into vectors."""

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


class Embedder(PassageEmbedder, Protocol):
    """Turns texts into vectors; whoever implements it passes tests/test_search_embedder.py."""

    def read_passages(self, texts: Sequence[str]) -> tuple[Vectors, list[SaidWords]]:
        """Return what ``embed_passages`` does, and the words of each text.

        A model that tells no words apart has none of any text.

        Raises:
            ModelError: If the weights cannot be had.
        """

    def read_query(self, text: str) -> tuple[NDArray[np.float32], SaidWords]:
        """Return a question's unit vector, and its words; models may prompt questions otherwise.

        Raises:
            ModelError: If the weights cannot be had.
        """


class MissingEmbedder:
    """Stands for a model that cannot be had, so that words alone can still be searched."""

    def __init__(self, model: str, dimension: int, problem: ModelError) -> None:
        self.model = model
        self.dimension = dimension
        self._problem = problem

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Raise what is wrong."""
        raise self._problem

    def read_passages(self, texts: Sequence[str]) -> tuple[Vectors, list[SaidWords]]:
        """Raise what is wrong."""
        raise self._problem

    def read_query(self, text: str) -> tuple[NDArray[np.float32], SaidWords]:
        """Raise what is wrong."""
        raise self._problem
