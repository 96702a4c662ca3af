"""Word times as Whisper gives them, made to agree with each other and with the sound.

Whisper's times are sums of attention: the first word after a pause often begins in the pause
(measured: up to 0.9 s early), and one after music at the beginning of the music.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.records import Word
from ingest.speech.windows import LEVEL_MS, Levels

_BEYOND_MS = 300
_STRETCHED_MS = 2_500
_PLAUSIBLE_MS = 1_000
"""A word as long as _STRETCHED_MS has swallowed a pause or music; it is said at one end of it."""
_ENDS = tuple(".!?…。！？")

_BLOCK = 5_000 // LEVEL_MS
_AROUND = 15_000 // LEVEL_MS
_LEAST_RANGE = 15.0
"""Decibels between pauses and speech; with less, as over music, no pause can be told."""
_QUIET_SHARE = 0.3
"""Where between pauses (0) and speech (1) quiet ends, in decibels."""
_DEEPEST = -70.0
_PAUSE = 200 // LEVEL_MS
"""No word has such a silence inside: the closure before a consonant is shorter."""
_MOVED = 40 // LEVEL_MS


def tidy_words(words: Iterable[Word], duration_ms: int) -> tuple[Word, ...]:
    """Return words in order and inside the recording, none overlapping.

    A word that begins after the recording's end was not heard in it and is left out.
    """
    tidy: list[Word] = []
    before_ms = 0
    for word in words:
        text = word.text.strip()
        if not text or word.start_ms > duration_ms + _BEYOND_MS:
            continue
        start_ms = min(max(word.start_ms, before_ms), duration_ms)
        end_ms = min(max(word.end_ms, start_ms), duration_ms)
        tidy.append(Word(start_ms=start_ms, end_ms=end_ms, text=text))
        before_ms = end_ms
    return tuple(tidy)


def settle_words(words: Sequence[Word], levels: Levels) -> tuple[Word, ...]:
    """Return tidy words without the pauses that they reach into; they only ever get shorter."""
    if not words:
        return ()
    loud = loud_frames(levels)
    settled: list[Word] = []
    for word in words:
        said = _shorten(_said(word, loud), settled[-1] if settled else None)
        settled.append(said)
    return tuple(settled)


def loud_frames(levels: Levels) -> NDArray[np.bool_]:
    """Return which frames are louder than the pauses around them."""
    loud = np.ones(len(levels), np.bool_)
    for start in range(0, len(levels), _BLOCK):
        around = levels[max(start - _AROUND, 0) : start + _BLOCK + _AROUND]
        low, high = np.percentile(around, (5, 95))
        low = max(low, _DEEPEST)
        if high - low >= _LEAST_RANGE:
            block = slice(start, start + _BLOCK)
            loud[block] = levels[block] > low + (high - low) * _QUIET_SHARE
    return loud


def _said(word: Word, loud: NDArray[np.bool_]) -> Word:
    """Return the word where it sounds: in the longest sound between the pauses in it."""
    first = word.start_ms // LEVEL_MS
    sounding = np.flatnonzero(loud[first : -(-word.end_ms // LEVEL_MS)])
    if not len(sounding):
        return word
    islands = np.split(sounding, np.flatnonzero(np.diff(sounding) > _PAUSE) + 1)
    island = max(reversed(islands), key=len)
    begin, end = first + int(island[0]), first + int(island[-1]) + 1
    start_ms, end_ms = word.start_ms, word.end_ms
    if begin - first >= _MOVED:
        start_ms = begin * LEVEL_MS
    if end_ms // LEVEL_MS - end >= _MOVED:
        end_ms = max(end * LEVEL_MS, start_ms)
    return Word(start_ms=start_ms, end_ms=end_ms, text=word.text)


def _shorten(word: Word, before: Word | None) -> Word:
    if word.end_ms - word.start_ms <= _STRETCHED_MS:
        return word
    opens = before is None or before.text.rstrip("\"'”’»)]").endswith(_ENDS)
    start_ms = word.end_ms - _PLAUSIBLE_MS if opens else word.start_ms
    return Word(start_ms=start_ms, end_ms=start_ms + _PLAUSIBLE_MS, text=word.text)
