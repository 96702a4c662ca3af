"""Places of several notes at once: how likely is it that their list is in order of time?"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Chances = NDArray[np.float64]
"""Shape (notes, places) or (notes, bins), rows summing to one unless said."""

_BIN_MS = 5_000
_MOST_BINS = 4_000
_KERNEL_BINS = 10
_BLUR_BINS = 2.0
_APART_BINS = 2
"""Notes that follow each other are at least ten seconds apart."""
_ANYWHERE = 0.02
"""What of a note's chance is spread over the whole episode, for notes that mislead."""
_DOUBT = 1.0
"""Log odds against order, before anything is known."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The time of an episode in equal bins."""

    bins: NDArray[np.intp]
    """The bin of each place."""
    first_ms: int
    bin_ms: int
    count: int

    @classmethod
    def over(cls, starts: NDArray[np.int64]) -> "Grid":
        """Return the grid over the places of an episode."""
        first_ms, span_ms = int(starts.min()), int(starts.max() - starts.min())
        bin_ms = max(_BIN_MS, -(-span_ms // _MOST_BINS))
        bins = ((starts - first_ms) // bin_ms).astype(np.intp)
        return cls(bins, first_ms, bin_ms, int(bins.max()) + 1)

    def spread(self, chances: Chances) -> Chances:
        """Return the chances of places summed up in bins."""
        rows = np.zeros((len(chances), self.count))
        for row, own in zip(rows, chances, strict=True):
            np.add.at(row, self.bins, own)
        return rows

    def peak_ms(self, row: Chances) -> int:
        """Return the middle of the bin with the most chance around it."""
        reach = np.abs(np.arange(-_KERNEL_BINS, _KERNEL_BINS + 1))
        around = _convolve(row, 1 - reach / (_KERNEL_BINS + 1e-4))
        return self.first_ms + int(around.argmax()) * self.bin_ms + self.bin_ms // 2

    def mass_near(self, row: Chances, moment_ms: int) -> float:
        """Return the chance within half a minute of a moment."""
        at = (moment_ms - self.first_ms) // self.bin_ms
        reach = max(1, 30_000 // self.bin_ms)
        mass = float(row[max(0, at - reach) : at + reach + 1].sum())
        return round(min(1.0, max(0.0, mass)), 3)


def believe_order(grid: Grid, rows: Chances) -> Chances:
    """Return the chances after weighing that the list is in order of time.

    If the list is ordered, its places are one of the increasing sequences, each as likely as the
    other; if not, any sequence is. The Bayes factor between the two says from the notes alone how
    far the order may be believed; the answer is the mixture of both.
    """
    notes = len(rows)
    if notes < 2 or grid.count <= notes * _APART_BINS:
        return rows
    ordered, evidence = _forward_backward(_blurred(rows))
    believed = 1 / (1 + math.exp(-max(-50.0, min(50.0, evidence - _DOUBT))))
    return np.asarray(believed * ordered + (1 - believed) * rows, np.float64)


def _blurred(rows: Chances) -> Chances:
    reach = np.arange(-4 * _BLUR_BINS, 4 * _BLUR_BINS + 1)
    kernel = np.exp(-0.5 * (reach / _BLUR_BINS) ** 2)
    soft = np.array([_convolve(row, kernel) for row in rows])
    soft /= soft.sum(axis=1, keepdims=True)
    return np.asarray((1 - _ANYWHERE) * soft + _ANYWHERE / rows.shape[1], np.float64)


def _convolve(row: Chances, kernel: Chances) -> Chances:
    """Return a convolution as long as ``row``, however short that is."""
    half = len(kernel) // 2
    return np.convolve(row, kernel, "full")[half : half + len(row)]


def _forward_backward(rows: Chances) -> tuple[Chances, float]:
    """Return each note's chances given the order, and the log Bayes factor for it."""
    forward, backward = np.zeros_like(rows), np.ones_like(rows)
    evidence = math.lgamma(len(rows) + 1)
    for at, row in enumerate(rows):
        reached = row if at == 0 else row * _sums_before(forward[at - 1])
        total = float(reached.sum())
        if total <= 0:
            return rows, -math.inf
        forward[at] = reached / total
        evidence += math.log(total)
    for at in range(len(rows) - 2, -1, -1):
        ahead = _sums_before((rows[at + 1] * backward[at + 1])[::-1])[::-1]
        backward[at] = ahead / max(float(ahead.max()), 1e-300)
    both = forward * backward
    return both / np.maximum(both.sum(axis=1, keepdims=True), 1e-300), evidence


def _sums_before(row: Chances) -> Chances:
    sums = np.zeros_like(row)
    sums[_APART_BINS:] = np.cumsum(row)[:-_APART_BINS]
    return sums
