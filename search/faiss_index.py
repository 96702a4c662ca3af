"""Nearest vectors by FAISS, whose raw index keeps both vectors of an id and pads short answers."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from search.embedder import Vectors
from search.products import multiply
from search.source import Ids
from search.vectors import Near, are_among, best_of, find_last, round_vectors

Layout = Literal["half", "ivf"]

# How long a search takes is how many bytes it reads. On one core, 22,578 vectors of 768 dimensions:
# 4.9 ms in 32 bits, 1.7 ms in 16 (the same 200 nearest, scores within 0.00004). What inverted lists
# find is told by `bench.index_recall`: made-up vectors flatter them.
HALF_UP_TO = 75_000
"""From here on lists take half the time, and 1,399 questions had the same hits within .001."""
_OUTGROWN = 2
"""With so many times the lists wanted, they are found anew: four times the vectors."""
_PROBED = 1 / 3
"""The share of the lists that is looked into: they hold 98 of 100 of the nearest ten (22,508 real
passages and 300 questions, by `bench.index_recall`; a quarter of the lists 97.6)."""
_EXAMPLES = 64
"""Vectors a list to find the lists by: 256 found the same of 200,000 made-up ones, but later."""
_MOST_COMPARED = 150_000
"""Rows in the lists that are looked into: more take longer than the question's own vector."""
# Below this share of all rows an inverted list holds too few allowed ones: look into all lists.
_THIN_FILTER = 0.05
_COMPARED = 2_000
"""Allowed rows up to which it is quicker to compare with each of them than to look through inverted
lists (10 ms, either way; 10,000 rows take 50 ms). Where there are no lists, a bitmap is quicker."""
_ONE_THREAD = 80_000
"""Rows compared up to which a second thread is woken too late to help, on a busy machine far too
late: 150,000 rows take 14 ms by two threads, 21 by one."""
_BY_LISTS = 1
"""How FAISS shares a single question between threads; by itself it only shares several."""
_ADDED_AT_ONCE = 10_000
"""Vectors that are held in 32 bits while they are added: a million would take gigabytes."""


class FaissIndex:
    """Holds vectors in 16 bits, and many of them in 8, sorted into inverted lists."""

    def __init__(self, dimension: int, *, half_up_to: int = HALF_UP_TO) -> None:
        self._dimension = dimension
        self._half_up_to = half_up_to
        self._index: Any = _make_index("half", dimension, 0)
        self._ids: Ids = np.empty(0, np.int64)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._dimension

    @property
    def ids(self) -> Ids:
        """What is held, ascending."""
        return self._ids

    @property
    def layout(self) -> Layout:
        """How the vectors are held."""
        return "ivf" if isinstance(self._index, _load_faiss().IndexIVF) else "half"

    def count_lists(self) -> int:
        """Return into how many inverted lists the vectors are sorted; 0 for another layout."""
        return int(self._index.nlist) if self.layout == "ivf" else 0

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, ids: Sequence[int] | Ids, vectors: NDArray[np.floating]) -> None:
        """Hold unit ``vectors`` under ``ids``; the last of an id that is named twice counts.

        They are read part by part, and may be mapped from a file, in 16 bits too.
        """
        new_ids, places = find_last(ids)
        if not len(new_ids):
            return
        self.remove(new_ids)
        self._grow(vectors, places)
        for part in _parts(len(new_ids)):
            self._index.add_with_ids(round_vectors(vectors[places[part]]), new_ids[part])
        self._ids = np.union1d(self._ids, new_ids)

    def remove(self, ids: Sequence[int] | Ids) -> None:
        """Hold none of ``ids`` any longer; one that is not held is passed over."""
        faiss = _load_faiss()
        held = np.intersect1d(self._ids, np.asarray(ids, np.int64))
        if len(held):
            # The map of inverted lists by id takes no other selector.
            chosen = faiss.IDSelectorArray if self.layout == "ivf" else faiss.IDSelectorBatch
            self._index.remove_ids(chosen(held))
            self._ids = np.setdiff1d(self._ids, held, assume_unique=True)

    def nearest(self, vector: NDArray[np.float32], k: int, allowed: Ids | None = None) -> Near:
        """Return the ``k`` nearest, of those ``allowed`` where a filter is given."""
        k = min(k, len(self), len(self) if allowed is None else len(allowed))
        if k <= 0:
            return []
        row = np.ascontiguousarray(vector, np.float32)[np.newaxis]
        if allowed is None:
            return best_of(*self._scan(row, k), k)
        if self.layout == "ivf" and len(allowed) <= _COMPARED:
            allowed = allowed[are_among(allowed, self._ids)]
            held = np.asarray(self._reconstruct(allowed), np.float32)
            return best_of(allowed, multiply(held, row[0]), k)
        if self.layout == "ivf" and len(allowed) >= _THIN_FILTER * len(self._ids):
            found = self._find_among(row, k, allowed)
            if len(found) == k:
                return found
        # A bitmap needs no look-up in a hash table for each row. It is not copied: it must be held
        # while the search goes on.
        bits = np.packbits(self._mask(allowed), bitorder="little")
        faiss = _load_faiss()
        selector = faiss.IDSelectorBitmap(8 * len(bits), faiss.swig_ptr(bits))
        thin = len(allowed) < _THIN_FILTER * len(self._ids)
        return best_of(*self._scan(row, k, selector, probed=1.0 if thin else _PROBED), k)

    def _find_among(self, row: Vectors, k: int, allowed: Ids) -> Near:
        """Return the nearest of those ``allowed`` by going deeper, which skips no row; or fewer."""
        ids, scores = self._scan(row, min(round(1.5 * k * len(self) / len(allowed)) + k, len(self)))
        order = np.argsort(ids)
        among = order[are_among(ids[order], allowed)]
        return best_of(ids[among], scores[among], k)

    def _scan(
        self, row: Vectors, k: int, selector: Any = None, *, probed: float = _PROBED
    ) -> tuple[Ids, NDArray[np.float32]]:
        """Return the nearest with their scores, of a share of the lists if there are any."""
        faiss = _load_faiss()
        parameters, compared = None, len(self)
        if self.layout == "ivf":
            share = probed if probed == 1.0 else min(probed, _MOST_COMPARED / max(1, len(self)))
            probes = max(1, math.ceil(share * self._index.nlist))
            parameters = faiss.SearchParametersIVF(sel=selector, nprobe=probes)
            compared = round(share * len(self))
        elif selector is not None:
            parameters = faiss.SearchParameters(sel=selector)
        faiss.omp_set_num_threads(1 if compared <= _ONE_THREAD else 2)
        scores, ids = self._index.search(row, k, params=parameters)
        found = ids[0] >= 0
        return ids[0][found], scores[0][found]

    def _mask(self, allowed: Ids) -> NDArray[np.bool_]:
        """Return for each id up to the highest whether it may be answered."""
        mask = np.zeros(int(self._ids[-1]) + 1, bool)
        mask[allowed[: np.searchsorted(allowed, len(mask))]] = True
        return mask

    def save(self, path: Path) -> None:
        """Write all that is held to the file ``path``."""
        faiss = _load_faiss()
        faiss.write_index(self._index, str(path))

    @classmethod
    def load(cls, path: Path, *, mapped: bool = False) -> Self:
        """Return what ``save`` wrote; ``mapped`` is for reading only, nothing can be added.

        Raises:
            OSError: If the file cannot be read.
        """
        faiss = _load_faiss()
        if not path.is_file():
            raise FileNotFoundError(path)
        try:
            # Mapped: opened at once, and several processes share one copy in memory.
            read = faiss.read_index(str(path), faiss.IO_FLAG_MMAP if mapped else 0)
        except RuntimeError as error:
            raise OSError(f"{path} holds no index") from error
        index = cls(read.d)
        index._index = read
        if not _is_known(read):
            raise OSError(f"{path} is laid out as no version of Earmark reads it")
        if index.layout == "ivf":
            read.parallel_mode = _BY_LISTS
            _read_as_needed(read)
        index._ids = np.sort(_held_ids(read))
        return index

    def _grow(self, vectors: NDArray[np.floating], places: NDArray[np.int64]) -> None:
        """Change the layout where these rows of ``vectors``, to be added, ask for another one."""
        count = len(self) + len(places)
        wanted: Layout = "half" if count <= self._half_up_to else "ivf"
        if (wanted, self.layout) == ("half", "ivf"):
            return
        if wanted == self.layout and not self._is_outgrown(count):
            return
        grown = _make_index(wanted, self._dimension, count)
        picks = _choose_examples(count)
        held, new = picks[picks < len(self)], picks[picks >= len(self)] - len(self)
        examples = [self._reconstruct(self._ids[held]), round_vectors(vectors[places[new]])]
        grown.train(np.concatenate(examples))
        for part in _parts(len(self)):
            grown.add_with_ids(self._reconstruct(self._ids[part]), self._ids[part])
        self._index = grown

    def _is_outgrown(self, count: int) -> bool:
        """Return whether inverted lists were found for far fewer vectors than ``count``."""
        return self.layout == "ivf" and _count_lists(count) > _OUTGROWN * self.count_lists()

    def _reconstruct(self, ids: Ids) -> Vectors:
        if not len(ids):
            return np.empty((0, self._dimension), np.float32)
        vectors: Vectors = self._index.reconstruct_batch(ids)
        return vectors


def _choose_examples(count: int) -> NDArray[np.int64]:
    """Return which of ``count`` vectors inverted lists are found by: some for each list."""
    most = _EXAMPLES * _count_lists(count)
    if count <= most:
        return np.arange(count)
    return np.sort(np.random.default_rng(0).choice(count, most, replace=False))


def _parts(count: int) -> Iterator[slice]:
    return (slice(at, at + _ADDED_AT_ONCE) for at in range(0, count, _ADDED_AT_ONCE))


def _count_lists(count: int) -> int:
    return max(1, round(4 * math.sqrt(count)))


def _load_faiss() -> Any:
    # Its generated types deny what its own manual shows: Any is nearer to the truth.
    import faiss

    return faiss


def _make_index(layout: Layout, dimension: int, count: int) -> Any:
    faiss = _load_faiss()
    if layout == "ivf":
        lists = _count_lists(count)
        # Inverted lists keep ids themselves; under an id map a removal would shift them.
        inverted = faiss.index_factory(dimension, f"IVF{lists},SQ8", faiss.METRIC_INNER_PRODUCT)
        # So that single vectors can be had by their ids.
        faiss.downcast_index(inverted).set_direct_map_type(faiss.DirectMap.Hashtable)
        return inverted
    bits = faiss.ScalarQuantizer.QT_fp16
    inner = faiss.IndexScalarQuantizer(dimension, bits, faiss.METRIC_INNER_PRODUCT)
    return faiss.IndexIDMap2(inner)


def _is_known(index: Any) -> bool:
    """Tell whether an index that was read is of one of the layouts that are written."""
    faiss = _load_faiss()
    if isinstance(index, faiss.IndexIVF):
        return True
    inner = faiss.downcast_index(index.index) if isinstance(index, faiss.IndexIDMap2) else None
    if not isinstance(inner, faiss.IndexScalarQuantizer):
        return False
    return bool(inner.sq.qtype == faiss.ScalarQuantizer.QT_fp16)


def _read_as_needed(index: Any) -> None:
    """Keep mapped lists from being read once by 32 threads before they are looked through."""
    faiss = _load_faiss()
    lists = faiss.downcast_InvertedLists(index.invlists)
    if isinstance(lists, faiss.OnDiskInvertedLists):
        lists.prefetch_nthread = 0


def _held_ids(index: Any) -> NDArray[np.int64]:
    faiss = _load_faiss()
    if not isinstance(index, faiss.IndexIVF):
        ids: NDArray[np.int64] = faiss.vector_to_array(index.id_map)
        return ids
    lists = index.invlists
    sizes = [lists.list_size(place) for place in range(index.nlist)]
    held = [
        faiss.rev_swig_ptr(lists.get_ids(place), size).copy()
        for place, size in enumerate(sizes)
        if size
    ]
    return np.concatenate(held) if held else np.empty(0, np.int64)
