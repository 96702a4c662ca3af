"""Cuts a recording at its silences into windows that a transcriber can hold in memory."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.speech.decoder import SAMPLE_RATE, Samples

Levels = NDArray[np.float32]
"""Loudness of each 20 ms: decibels under full scale, from -100 for silence."""

LEVEL_MS = 20
WINDOW_MS = 480_000
"""Whisper's features of 8 minutes take 0.7 GB beside the model, those of an hour 3.5 GB."""

_LEVEL_SAMPLES = SAMPLE_RATE * LEVEL_MS // 1000
_PAUSE_MS = 400
_QUIETEST = (5, 10, 20, 35)
"""Shares in percent: what the quietest frames are, from strict to generous."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of a recording that is transcribed at once."""

    index: int
    start_ms: int
    end_ms: int


class LevelMeter:
    """Measures loudness while samples stream by: 200 kB for an hour."""

    def __init__(self) -> None:
        self._rest: Samples = np.empty(0, np.float32)
        self._levels: list[Levels] = []
        self._samples = 0

    def add(self, samples: Samples) -> None:
        """Take the next samples."""
        self._samples += len(samples)
        row = np.concatenate((self._rest, samples))
        whole = len(row) - len(row) % _LEVEL_SAMPLES
        self._rest = row[whole:]
        power = np.square(row[:whole]).reshape(-1, _LEVEL_SAMPLES).mean(axis=1)
        self._levels.append(10 * np.log10(np.maximum(power, 1e-10)))

    @property
    def levels(self) -> Levels:
        """All whole levels so far."""
        return np.concatenate(self._levels) if self._levels else np.empty(0, np.float32)

    @property
    def duration_ms(self) -> int:
        """How much was heard, to the millisecond below."""
        return self._samples * 1000 // SAMPLE_RATE


def plan_windows(
    levels: Levels, duration_ms: int, *, max_ms: int = WINDOW_MS
) -> tuple[Window, ...]:
    """Return windows that tile the recording, none longer than ``max_ms``.

    Each but the last ends in the middle of the longest pause of its second half.
    """
    windows: list[Window] = []
    start_ms = 0
    while duration_ms - start_ms > max_ms:
        first = (start_ms + max_ms // 2) // LEVEL_MS
        last = (start_ms + max_ms) // LEVEL_MS
        end_ms = (first + _pause(levels[first:last])) * LEVEL_MS
        # At least a frame forward, whatever the limit and however short the profile.
        end_ms = min(max(end_ms, start_ms + LEVEL_MS), start_ms + max_ms)
        windows.append(Window(index=len(windows), start_ms=start_ms, end_ms=end_ms))
        start_ms = end_ms
    if duration_ms > start_ms:
        windows.append(Window(index=len(windows), start_ms=start_ms, end_ms=duration_ms))
    return tuple(windows)


def _pause(levels: Levels) -> int:
    """Return the frame in the middle of the longest pause, or the quietest frame."""
    if not len(levels):
        return 0
    for share in _QUIETEST:
        start, length = _longest_run(levels <= np.percentile(levels, share))
        if length * LEVEL_MS >= _PAUSE_MS:
            return start + length // 2
    return int(np.argmin(levels))


def _longest_run(quiet: NDArray[np.bool_]) -> tuple[int, int]:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], quiet, [False])).astype(np.int8)))
    lengths = edges[1::2] - edges[::2]
    longest = int(np.argmax(lengths))
    return int(edges[2 * longest]), int(lengths[longest])


def cut_windows(
    pieces: Iterable[Samples], windows: Sequence[Window]
) -> Iterator[tuple[Window, Samples]]:
    """Yield the samples of each window; never more than one window is held."""
    stream = iter(pieces)
    held: list[Samples] = []
    length = 0
    for at, window in enumerate(windows):
        last = at + 1 == len(windows)
        # Times are whole milliseconds: the last window also has the samples after the last one.
        wanted = None if last else (window.end_ms - window.start_ms) * SAMPLE_RATE // 1000
        while wanted is None or length < wanted:
            piece = next(stream, None)
            if piece is None:
                break
            held.append(piece)
            length += len(piece)
        row = np.concatenate(held) if held else np.empty(0, np.float32)
        wanted = length if wanted is None else wanted
        held, length = [row[wanted:].copy()], max(length - wanted, 0)
        yield window, row[:wanted]
        del row
