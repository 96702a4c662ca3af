"""Nearest vectors: the seam, and its exact implementation."""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from search.embedder import Vectors
from search.products import multiply
from search.source import Ids

Near = list[tuple[int, float]]
"""Ids with their cosine similarity, the nearest first; equally near ones by id."""


class VectorIndex(Protocol):
    """Finds the vectors nearest to one; whoever implements it passes tests/test_search_vectors.py.

    An id added again replaces its vector; an answer is shorter than asked for where fewer are held.
    """

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    @property
    def ids(self) -> Ids:
        """What is held, ascending."""

    def __len__(self) -> int: ...

    def add(self, ids: Sequence[int] | Ids, vectors: Vectors) -> None:
        """Hold unit ``vectors`` under ``ids``; the last of an id that is named twice counts."""

    def remove(self, ids: Sequence[int] | Ids) -> None:
        """Hold none of ``ids`` any longer; one that is not held is passed over."""

    def nearest(self, vector: NDArray[np.float32], k: int, allowed: Ids | None = None) -> Near:
        """Return the ``k`` nearest, of those ``allowed`` where a filter is given."""


class ExactIndex:
    """Compares with every vector: the oracle, the fallback, and the index of small sets."""

    def __init__(self, dimension: int) -> None:
        self._ids = np.empty(0, np.int64)
        self._vectors = np.empty((0, dimension), np.float32)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._vectors.shape[1])

    @property
    def ids(self) -> Ids:
        """What is held, ascending."""
        return self._ids

    @property
    def vectors(self) -> Vectors:
        """The vectors of ``ids``."""
        return self._vectors

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, ids: Sequence[int] | Ids, vectors: Vectors) -> None:
        """Hold unit ``vectors`` under ``ids``; the last of an id that is named twice counts."""
        new_ids, new_vectors = last_of_each(ids, vectors)
        stays = ~np.isin(self._ids, new_ids)
        joined = np.concatenate([self._ids[stays], new_ids])
        order = np.argsort(joined)
        self._vectors = np.concatenate([self._vectors[stays], new_vectors])[order]
        self._ids = joined[order]

    def remove(self, ids: Sequence[int] | Ids) -> None:
        """Hold none of ``ids`` any longer; one that is not held is passed over."""
        stays = ~np.isin(self._ids, np.asarray(ids, np.int64))
        self._ids, self._vectors = self._ids[stays], self._vectors[stays]

    def nearest(self, vector: NDArray[np.float32], k: int, allowed: Ids | None = None) -> Near:
        """Return the ``k`` nearest, of those ``allowed`` where a filter is given."""
        ids, vectors = self._ids, self._vectors
        if allowed is not None:
            let_through = are_among(ids, allowed)
            ids, vectors = ids[let_through], vectors[let_through]
        if k <= 0 or not len(ids):
            return []
        return best_of(ids, multiply(vectors, np.asarray(vector, np.float32)), k)

    def save(self, path: Path) -> None:
        """Write all that is held to the file ``path``."""
        with path.open("wb") as file:
            np.savez(file, ids=self._ids, vectors=self._vectors)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Return what ``save`` wrote.

        Raises:
            OSError: If the file cannot be read.
        """
        try:
            with np.load(path, allow_pickle=False) as held:
                index = cls(held["vectors"].shape[1])
                index._ids, index._vectors = held["ids"], held["vectors"]
        except (ValueError, KeyError, zipfile.BadZipFile) as error:
            raise OSError(f"{path} holds no index") from error
        return index


def best_of(ids: Ids, scores: NDArray[np.float32], k: int) -> Near:
    """Return the ``k`` ids of the highest scores."""
    k = min(k, len(ids))
    if k <= 0:
        return []
    best = np.argpartition(-scores, k - 1)[:k]
    order = best[np.lexsort((ids[best], -scores[best]))]
    return [(int(ids[place]), float(scores[place])) for place in order]


def are_among(ids: Ids, others: Ids) -> NDArray[np.bool_]:
    """Return which of ``ids`` stand among ``others``; both ascending, so that nothing is sorted."""
    if not len(others):
        return np.zeros(len(ids), bool)
    places = np.minimum(np.searchsorted(others, ids), len(others) - 1)
    found: NDArray[np.bool_] = others[places] == ids
    return found


def without(ids: Ids, others: Ids) -> Ids:
    """Return ``ids`` without ``others``; both ascending, and few the others."""
    held = others[are_among(others, ids)]
    return np.delete(ids, np.searchsorted(ids, held)) if len(held) else ids


def last_of_each(ids: Sequence[int] | Ids, vectors: Vectors) -> tuple[Ids, Vectors]:
    """Return ``ids`` ascending, each once, with the last of the vectors given for it, rounded."""
    unique, places = find_last(ids)
    return unique, round_vectors(vectors[places])


def find_last(ids: Sequence[int] | Ids) -> tuple[Ids, NDArray[np.int64]]:
    """Return ``ids`` ascending, each once, with the place where it is named last."""
    given = np.asarray(ids, np.int64)
    unique, places = np.unique(given[::-1], return_index=True)
    return unique, len(given) - 1 - places


def round_vectors(vectors: NDArray[np.floating]) -> Vectors:
    """Return vectors rounded to 16 bits, as the large index holds them.

    So where a passage is held, among the latest changes or below, makes no difference to its score.
    """
    return np.asarray(vectors, np.float32).astype(np.float16).astype(np.float32)
