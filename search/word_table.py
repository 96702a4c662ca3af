"""How near the words of a question are to those of passages.

A thought is rarely over with its passage, so the words of the passage after it count as its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from search.said_words import PACKED_BYTES, PackedWords, compare_words
from search.source import Ids
from search.vectors import are_among

NO_NEXT = -1
"""Stands for the passage after the last one: no passage has this id."""
_BLOCK = 4096  # passages: some 9 MB of words


@dataclass(frozen=True, slots=True)
class WordRows:
    """The words of passages, of one after the other."""

    ids: Ids
    nexts: NDArray[np.int64]
    """The passage after each, or ``NO_NEXT``."""
    counts: NDArray[np.int64]
    """How many words each has."""
    rows: PackedWords
    """The words of all."""


class RowParts(Protocol):
    """The words of passages, wherever they are."""

    def __getitem__(self, part: slice, /) -> PackedWords: ...


_Held = tuple[int, PackedWords]
_NOTHING: _Held = (NO_NEXT, np.empty((0, PACKED_BYTES), np.uint8))


class WordTable:
    """The words of many passages; what is large stays as it is, under what has changed since."""

    def __init__(self, base: WordRows, rows: RowParts | None = None) -> None:
        """Hold ``base``, whose ids are ascending; ``rows`` are its words if they are in a file."""
        self._base, self._rows = base, base.rows if rows is None else rows
        self._starts = np.concatenate([[0], np.cumsum(base.counts)])
        self._over: dict[int, _Held] = {}

    def put(self, words: WordRows) -> Self:
        """Return one that holds these too, instead of what was held of their passages."""
        held = zip(words.nexts.tolist(), _part(words), strict=True)
        return self._lay_over(dict(zip(words.ids.tolist(), held, strict=True)))

    def drop(self, ids: Ids) -> Self:
        """Return one that holds nothing of ``ids``."""
        return self._lay_over(dict.fromkeys(ids.tolist(), _NOTHING))

    def find_nearest(
        self, ids: Sequence[int], asked: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Return how near each of the words ``asked`` is to the nearest word of each passage.

        Rows of cosines in the order of ``ids``, to the words of the passage and of the one after
        it; and which of them have words at all. The cosines of one without words are 0.
        """
        both = np.asarray([*ids, *self._list_nexts(ids)], np.int64)
        unique, places = np.unique(both, return_inverse=True)
        parts = [rows for _, rows in self._get(unique.tolist())]
        counts = np.array([len(rows) for rows in parts], np.int64)
        said = counts > 0
        nearest = np.full((len(unique), len(asked)), -np.inf, np.float32)
        if said.any():
            cosines = compare_words(np.concatenate(parts), asked)
            starts = np.cumsum(counts) - counts
            # A passage without words would be given the first word of the next one.
            nearest[said] = np.maximum.reduceat(cosines, starts[said], axis=0)
        own, after = places.reshape(2, len(ids))
        known: NDArray[np.bool_] = said[own] | said[after]
        found: NDArray[np.float32] = np.maximum(nearest[own], nearest[after])
        found[~known] = 0
        return found, known

    def list_of(self, ids: Ids) -> WordRows:
        """Return what is held of ``ids``, which are ascending."""
        given = ids.tolist()
        pairs = zip(given, self._get(given), strict=True)
        held = {id_: found for id_, found in pairs if found is not _NOTHING}
        nexts = [next_ for next_, _ in held.values()]
        return make_rows(list(held), nexts, [rows for _, rows in held.values()])

    def iter_of(self, ids: Ids) -> Iterator[WordRows]:
        """Yield what is held of ``ids``, which are ascending, some thousands at a time."""
        for start in range(0, len(ids), _BLOCK):
            yield self.list_of(ids[start : start + _BLOCK])

    def _lay_over(self, over: dict[int, _Held]) -> Self:
        other = type(self).__new__(type(self))
        other._base, other._rows, other._starts = self._base, self._rows, self._starts
        other._over = self._over | over
        return other

    def _list_nexts(self, ids: Sequence[int]) -> list[int]:
        """Return the next passage of each of ``ids``."""
        held, given = self._base, np.asarray(ids, np.int64)
        is_held = are_among(given, held.ids)
        nexts = np.full(len(given), NO_NEXT, np.int64)
        nexts[is_held] = held.nexts[np.searchsorted(held.ids, given[is_held])]
        pairs = zip(ids, nexts.tolist(), strict=True)
        return [self._over[id_][0] if id_ in self._over else below for id_, below in pairs]

    def _get(self, ids: Sequence[int]) -> list[_Held]:
        """Return the next passage and the words of each of ``ids``."""
        return [
            self._over.get(id_, below) for id_, below in zip(ids, self._get_below(ids), strict=True)
        ]

    def _get_below(self, ids: Sequence[int]) -> list[_Held]:
        held, given = self._base, np.asarray(ids, np.int64)
        is_held = are_among(given, held.ids)
        if not is_held.any():
            return [_NOTHING] * len(given)
        places = np.searchsorted(held.ids, given[is_held])
        rows = _iter_rows(self._rows, self._starts[places], self._starts[places + 1])
        found = zip(held.nexts[places].tolist(), rows, strict=True)
        return [next(found) if is_ else _NOTHING for is_ in is_held.tolist()]


def _iter_rows(
    rows: RowParts, starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> Iterator[PackedWords]:
    """Yield the rows from each start to its end; those that follow one another are read as one."""
    breaks = 1 + np.flatnonzero(starts[1:] != ends[:-1])
    for first, last in pairwise([0, *breaks.tolist(), len(starts)]):
        at = int(starts[first])
        run = rows[at : int(ends[last - 1])]
        for start, end in zip(starts[first:last].tolist(), ends[first:last].tolist(), strict=True):
            yield run[start - at : end - at]


def no_words() -> WordTable:
    """Return a table that holds nothing."""
    return WordTable(make_rows([], [], []))


def make_rows(ids: Sequence[int], nexts: Sequence[int], words: Sequence[PackedWords]) -> WordRows:
    """Return the words of each passage, in one."""
    counts = np.array([len(rows) for rows in words], np.int64)
    rows = np.concatenate([_NOTHING[1], *words])
    return WordRows(np.array(ids, np.int64), np.array(nexts, np.int64), counts, rows)


def _part(words: WordRows) -> list[PackedWords]:
    ends = np.cumsum(words.counts).tolist()
    return [
        words.rows[end - count : end]
        for end, count in zip(ends, words.counts.tolist(), strict=True)
    ]
