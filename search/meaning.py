"""What is meant by what is said in a stretch of time, and where the subject turns."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float64]


class Meaning:
    """What the passages of an episode mean, in the order of time.

    They are the passages that the index holds: half a minute in one vector tells more of a subject
    than the vectors of its sentences (docs/takeaways.md). All share the episode's subject, so their
    mean is taken away, as Mu and Viswanath do ("All-but-the-top", 2018).
    """

    def __init__(self, starts_ms: Sequence[int], vectors: Rows) -> None:
        """Take at least one passage's start and vector; each lasts until the next."""
        order = np.argsort(np.array(starts_ms, np.int64), kind="stable")
        self.mean: Rows = vectors.mean(axis=0)
        self._vectors = vectors[order] - self.mean
        self._starts = np.array(starts_ms, np.int64)[order]
        lasting = np.diff(self._starts)[:, None] * self._vectors[:-1]
        self._until = np.vstack([np.zeros((1, vectors.shape[1])), np.cumsum(lasting, axis=0)])

    def around(self, starts: NDArray[np.int64], from_s: int, to_s: int) -> Rows:
        """Return unit rows: what is meant from and to seconds after each start."""
        return unit(self._before(starts + 1000 * to_s) - self._before(starts + 1000 * from_s))

    def turns(self, starts: NDArray[np.int64], around_s: int) -> Rows:
        """Return how unlike what is meant before and after each start are, 0..2.

        One minus the cosine of two blocks, as TextTiling compares them (Hearst 1997).
        """
        before, after = self.around(starts, -around_s, 0), self.around(starts, 0, around_s)
        return np.asarray(1 - (before * after).sum(axis=1), np.float64)

    def _before(self, moments: NDArray[np.int64]) -> Rows:
        """Return the integral of the meaning over time, up to each moment."""
        at = np.maximum(np.searchsorted(self._starts, moments, side="right") - 1, 0)
        since = np.maximum(moments - self._starts[at], 0)[:, None]
        return np.asarray(self._until[at] + since * self._vectors[at], np.float64)


def unit(rows: Rows) -> Rows:
    """Return the rows with length one; a row of zeros stays."""
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-9), np.float64)
