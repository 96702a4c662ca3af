"""Vectors on their way into an index, in a file: together they are more than memory should hold."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from search.embedder import Vectors
from search.source import Ids


class VectorFile:
    """Vectors with their ids, as they were put; in 16 bits, as an index has them."""

    def __init__(self, file: BinaryIO, dimension: int) -> None:
        self._file = file
        self._dimension = dimension
        self._ids: list[Ids] = [np.empty(0, np.int64)]

    def put(self, ids: Ids, vectors: Vectors) -> None:
        """Add a row of ``vectors`` for each of ``ids``."""
        self._file.write(np.asarray(vectors, np.float16).tobytes())
        self._ids.append(ids)

    @property
    def ids(self) -> Ids:
        """All that were put."""
        return np.concatenate(self._ids)

    def map(self) -> NDArray[np.floating]:
        """Return the vectors of ``ids``, read from the file where they are looked at."""
        self._file.flush()
        count = len(self.ids)
        if not count:
            return np.empty((0, self._dimension), np.float16)
        return np.memmap(self._file.name, np.float16, "r", shape=(count, self._dimension))


@contextmanager
def open_vector_file(path: Path, dimension: int) -> Iterator[VectorFile]:
    """Hold vectors in the file ``path``, which is removed in the end."""
    try:
        with path.open("wb") as file:
            yield VectorFile(file, dimension)
    finally:
        path.unlink(missing_ok=True)
