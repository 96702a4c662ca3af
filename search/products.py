"""Products of matrices, too small each to be shared among threads.

A library that multiplies matrices wakes a second thread for a large product, and that thread then
turns round and round for some fifty milliseconds, waiting for more: it keeps a core from whatever
comes next. On two cores that costs a search more than the product itself does.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

_AT_ONCE = 150_000
"""Products of two numbers that one thread is left alone with."""


def iter_parts(rows: int, products: int) -> Iterator[slice]:
    """Yield the rows of a matrix part by part, with so many products for each row."""
    at_once = max(16, _AT_ONCE // max(1, products))
    return (slice(at, at + at_once) for at in range(0, rows, at_once))


def multiply(rows: NDArray[np.float32], vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the product of each row with ``vector``."""
    found = np.empty(len(rows), np.float32)
    for part in iter_parts(len(rows), len(vector)):
        np.matmul(rows[part], vector, out=found[part])
    return found
