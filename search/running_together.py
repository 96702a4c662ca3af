"""Runs short texts that wait at the same time through a model together.

A model reads all its weights for each run: eight questions of ten words take little more than two.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Row = NDArray[np.float32]
Tokens = list[int]

MOST_TOGETHER = 8
ALIKE = 0.5
"""By what part of its length a text may be longer or shorter than the one it is run with."""


@dataclass(eq=False, slots=True)
class _Waiting:
    """A text whose row somebody waits for."""

    tokens: Tokens
    row: Row | None = None


class Together:
    """One model that runs one batch at a time; any number of threads may ask."""

    def __init__(self, run: Callable[[list[Tokens]], NDArray[np.float32]]) -> None:
        """``run`` returns a row for each text, given as its tokens."""
        self._run = run
        self._one_at_a_time = threading.Lock()
        self._waiting: list[_Waiting] = []

    @property
    def waiting(self) -> int:
        """How many texts wait for their turn."""
        return len(self._waiting)

    def run(self, texts: list[Tokens]) -> NDArray[np.float32]:
        """Return the rows of a batch."""
        with self._one_at_a_time:
            return self._run(texts)

    def run_one(self, tokens: Tokens) -> Row:
        """Return the row of one text; those that wait meanwhile and are about as long are run too.

        What ``run`` raises is raised to whoever's turn it is; the others are run again, alone.
        """
        mine = _Waiting(tokens)
        self._waiting.append(mine)
        with self._one_at_a_time:
            if mine.row is None:
                chosen = self._choose(mine)
                rows = self._run([one.tokens for one in chosen])
                for one, row in zip(chosen, rows, strict=True):
                    one.row = row
                mine.row = rows[0]
            return mine.row

    def _choose(self, mine: _Waiting) -> list[_Waiting]:
        """Take a text and others that wait off the list; only threads with the lock do that."""
        length = len(mine.tokens)
        # All are padded to the longest: one of a hundred words would make the others slow.
        least, most = length * (1 - ALIKE) - 2, length * (1 + ALIKE) + 2
        chosen = [mine]
        for one in tuple(self._waiting):
            is_alike = least <= len(one.tokens) <= most
            if one is not mine and is_alike and len(chosen) < MOST_TOGETHER:
                chosen.append(one)
        for one in chosen:
            if one in self._waiting:  # not where a run failed before
                self._waiting.remove(one)
        return chosen
