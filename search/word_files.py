"""The words of passages in files, read where they are looked at: memory should not hold them all.

::

    words-000512.bin   the words, a row of ``PACKED_BYTES`` each
    words-000512.npz   which passages they are of
"""

import os
import weakref
import zipfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from search.durable import write_durably
from search.said_words import PACKED_BYTES, PackedWords
from search.source import Ids
from search.word_table import RowParts, WordRows, WordTable

_NONE: Ids = np.empty(0, np.int64)
_NO_ROWS: PackedWords = np.empty((0, PACKED_BYTES), np.uint8)


def name_words(seq: int) -> tuple[str, str]:
    """Return the names of both files of a base."""
    return f"words-{seq:09}.bin", f"words-{seq:09}.npz"


def write_words(folder: Path, seq: int, blocks: Iterable[WordRows]) -> None:
    """Write the words of a base as they come; ids ascend from one block to the next."""
    rows_name, index_name = name_words(seq)
    index: dict[str, list[Ids]] = {"ids": [], "nexts": [], "counts": []}

    def write_rows(path: Path) -> None:
        with path.open("wb") as file:
            for block in blocks:
                file.write(block.rows.tobytes())
                index["ids"].append(block.ids)
                index["nexts"].append(block.nexts)
                index["counts"].append(block.counts)

    def write_index(path: Path) -> None:
        joined = {name: np.concatenate([_NONE, *parts]) for name, parts in index.items()}
        with path.open("wb") as file:
            np.savez(file, allow_pickle=False, **joined)

    write_durably(folder / rows_name, write_rows)
    write_durably(folder / index_name, write_index)


def open_words(folder: Path, seq: int) -> WordTable:
    """Return the words of a base.

    Raises:
        OSError: If a file of it is missing or broken.
    """
    rows_name, index_name = name_words(seq)
    try:
        # Opened here: numpy leaves a file that is no archive open.
        with (folder / index_name).open("rb") as file, np.load(file, allow_pickle=False) as kept:
            ids, nexts, counts = kept["ids"], kept["nexts"], kept["counts"]
    except (ValueError, KeyError, zipfile.BadZipFile) as error:
        raise OSError(f"{folder / index_name} tells of no words") from error
    rows = _open_rows(folder / rows_name, int(counts.sum()))
    return WordTable(WordRows(ids, nexts, counts, _NO_ROWS), rows)


class RowFile:
    """The rows of a file, read each time they are looked at.

    Mapped ones would count as the process's own, with all that the system maps beside them, until
    it seems to hold the whole file. The system keeps in memory what is read, for all processes.
    """

    def __init__(self, path: Path) -> None:
        """Open a file of rows of ``PACKED_BYTES``."""
        self._path = path
        # One handle serves many threads and forked processes: no read moves a common place in it.
        self._handle = os.open(path, os.O_RDONLY)
        weakref.finalize(self, os.close, self._handle)

    def __getitem__(self, part: slice) -> PackedWords:
        """Return the rows from ``part.start`` to ``part.stop``.

        Raises:
            OSError: If the file has become shorter.
        """
        size = (part.stop - part.start) * PACKED_BYTES
        read = os.pread(self._handle, size, part.start * PACKED_BYTES)
        if len(read) < size:
            raise OSError(f"{self._path} has become shorter")
        return np.frombuffer(read, np.uint8).reshape(-1, PACKED_BYTES)


def _open_rows(path: Path, count: int) -> RowParts:
    if path.stat().st_size != count * PACKED_BYTES:
        raise OSError(f"{path} does not hold {count} words")
    if not count:  # an empty file cannot be mapped
        return _NO_ROWS
    if hasattr(os, "pread"):
        return RowFile(path)
    return np.memmap(path, np.uint8, "r", shape=(count, PACKED_BYTES))
