"""How much the subject turns where a passage begins, in words and in meaning.

What is asked for is sought where somebody begins to speak of it. Two minutes before and after the
passage are compared as TextTiling does (Hearst 1997): by the terms of its episode, the rarer of
them counting more, and by the vectors of its passages. ``docs/search.md`` tells what that brings.
"""

import zlib
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Self

import numpy as np
from numpy.typing import NDArray

from search.embedder import Vectors
from search.meaning import Meaning, Rows
from search.source import Ids
from search.tokens import spell
from search.vectors import are_among

AROUND_S = 120
_TERM_PLACES = 2048
"""Terms share so many places, each with a sign (Weinberger and others, "Feature hashing", 2009):
so that what an episode of hours takes does not grow with its vocabulary."""

Turns = NDArray[np.float32]
"""A row a passage: how much the words turn, and the meaning, each from 0 to 2."""
TYPICAL = (0.96, 0.78)
"""Of a passage of which nothing is known."""


class TurnTable:
    """The turns of many passages; what is large stays as it is, under what has changed since."""

    def __init__(self, ids: Ids, turns: Turns) -> None:
        """Hold a row of ``turns`` for each of ``ids``, which are ascending."""
        self._ids, self._turns = ids, turns
        self._over: dict[int, tuple[float, float]] = {}

    def put(self, ids: Ids, turns: Turns) -> Self:
        """Return one that holds these too, instead of what was held of them."""
        other = type(self)(self._ids, self._turns)
        rows = ((words, meaning) for words, meaning in turns.tolist())
        other._over = self._over | dict(zip(ids.tolist(), rows, strict=True))
        return other

    def get(self, ids: Sequence[int]) -> dict[int, tuple[float, float]]:
        """Return the turns of those of ``ids`` that are held."""
        wanted = np.unique(np.asarray(ids, np.int64))
        below = wanted[are_among(wanted, self._ids)]
        rows = self._turns[np.searchsorted(self._ids, below)].tolist()
        found = {id_: (row[0], row[1]) for id_, row in zip(below.tolist(), rows, strict=True)}
        return found | {id_: self._over[id_] for id_ in wanted.tolist() if id_ in self._over}

    def list_of(self, ids: Ids) -> tuple[Ids, Turns]:
        """Return those of ``ids``, ascending, that are held, with their turns."""
        found = self.get(ids.tolist())
        rows = np.array([found[id_] for id_ in sorted(found)], np.float32)
        return np.asarray(sorted(found), np.int64), rows.reshape(len(found), 2)


def no_turns() -> TurnTable:
    """Return a table that holds nothing."""
    return TurnTable(np.empty(0, np.int64), np.empty((0, 2), np.float32))


def find_turns(starts_ms: Sequence[int], texts: Sequence[str], vectors: Vectors) -> Turns:
    """Return the turns at the starts of all passages of one episode, at least one."""
    starts = np.asarray(starts_ms, np.int64)
    both = (_place_terms(texts), vectors.astype(np.float64))
    turns = [Meaning(starts_ms, rows).turns(starts, AROUND_S) for rows in both]
    return np.stack(turns, axis=1).astype(np.float32)


def _place_terms(texts: Sequence[str]) -> Rows:
    """Return a row a text: its terms, each by how often it is there and in how few of the texts."""
    counted = [
        Counter(term for spelling in spell(text) for term in spelling.terms) for text in texts
    ]
    held = Counter(term for terms in counted for term in terms)
    rows = np.zeros((len(texts), _TERM_PLACES))
    for row, terms in zip(rows, counted, strict=True):
        for term, count in terms.items():
            rarity = np.log1p((len(texts) - held[term] + 0.5) / (held[term] + 0.5))
            place, sign = _place(term)
            row[place] += sign * rarity * (1 + np.log(count))
    return rows


@lru_cache(maxsize=65_536)
def _place(term: str) -> tuple[int, int]:
    code = zlib.crc32(term.encode("utf-8", "surrogatepass"))
    return code % _TERM_PLACES, 1 if code & 0x8000_0000 else -1
