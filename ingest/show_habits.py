"""Where in its episodes a show's people usually find something worth noting.

Learnt from the show's other episodes that have chapters or timed takeaways: for each hundredth of
an episode, in how many of them a note is near. Some parts, as a chat after the show, have none.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_PLACES = 101
_NEAR_MS = 60_000
_FEWEST_NOTES = 5
_DOUBT = 4
"""Episodes of an even spread that are added, so that few episodes tell little."""
_BLUR = 3.0
_SURE = 0.03
"""No part is noted never or always."""

Habits = NDArray[np.float64]
"""Log odds by hundredths of an episode, their mean taken away."""


def learn_habits(others: Sequence[tuple[Sequence[int], int]]) -> Habits | None:
    """Return the habits of a show, or None where too little is known.

    ``others`` are its other episodes: the moments of their notes and their length, in milliseconds.
    """
    known = [
        _cover(starts, length_ms)
        for starts, length_ms in others
        if length_ms > 0 and len(starts) >= _FEWEST_NOTES
    ]
    if not known:
        return None
    covered = np.array(known)
    even = float(covered.mean())
    shares = (covered.sum(axis=0) + _DOUBT * even) / (len(covered) + _DOUBT)
    reach = np.arange(-3 * _BLUR, 3 * _BLUR + 1)
    kernel = np.exp(-0.5 * (reach / _BLUR) ** 2)
    inside = np.convolve(np.ones(_PLACES), kernel, "same")
    shares = np.clip(np.convolve(shares, kernel, "same") / inside, _SURE, 1 - _SURE)
    odds = np.log(shares / (1 - shares))
    return np.asarray(odds - odds.mean(), np.float64)


def habit_at(habits: Habits | None, parts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the log odds at parts of an episode (0 its start, 1 its end); 0 without habits."""
    if habits is None:
        return np.zeros(len(parts))
    return np.asarray(np.interp(parts, np.linspace(0, 1, _PLACES), habits), np.float64)


def _cover(starts: Sequence[int], length_ms: int) -> NDArray[np.float64]:
    places = np.linspace(0, length_ms, _PLACES)
    off = np.abs(places[:, None] - np.array(starts, np.float64)[None])
    return np.asarray(off.min(axis=1) <= _NEAR_MS, np.float64)
