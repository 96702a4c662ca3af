"""A large vector index that stays as it is, under a small one with what has changed since."""

from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray

from search.embedder import Vectors
from search.source import Ids
from search.vectors import ExactIndex, Near, VectorIndex, are_among, without


class LayeredIndex:
    """Answers as one index; the cost of a change does not depend on the size of the lower layer."""

    def __init__(self, base: VectorIndex) -> None:
        self._base = base
        self._over = ExactIndex(base.dimension)
        self._hidden: Ids = np.empty(0, np.int64)

    def copy(self) -> Self:
        """Return one that can be changed while this one is searched; they share the lower layer."""
        other = type(self)(self._base)
        other._hidden = self._hidden
        other._over.add(self._over.ids, self._over.vectors)
        return other

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._base.dimension

    @property
    def ids(self) -> Ids:
        """What is held, ascending."""
        return np.union1d(without(self._base.ids, self._hidden), self._over.ids)

    def __len__(self) -> int:
        return len(self._base) - len(self._hidden) + len(self._over)

    def add(self, ids: Sequence[int] | Ids, vectors: Vectors) -> None:
        """Hold unit ``vectors`` under ``ids``; the last of an id that is named twice counts."""
        self._hide(ids)
        self._over.add(ids, vectors)

    def remove(self, ids: Sequence[int] | Ids) -> None:
        """Hold none of ``ids`` any longer; one that is not held is passed over."""
        self._hide(ids)
        self._over.remove(ids)

    def nearest(self, vector: NDArray[np.float32], k: int, allowed: Ids | None = None) -> Near:
        """Return the ``k`` nearest, of those ``allowed`` where a filter is given."""
        if k <= 0:
            return []
        hidden = set(self._hidden.tolist())
        if allowed is None:
            below = self._base.nearest(vector, k + len(hidden))
        else:
            below = self._base.nearest(vector, k, without(allowed, self._hidden))
        both = [pair for pair in below if pair[0] not in hidden]
        both += self._over.nearest(vector, k, allowed)
        return sorted(both, key=lambda pair: (-pair[1], pair[0]))[:k]

    def _hide(self, ids: Sequence[int] | Ids) -> None:
        given = np.asarray(ids, np.int64)
        self._hidden = np.union1d(self._hidden, given[are_among(given, self._base.ids)])
