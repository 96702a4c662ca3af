"""Moves times from an episode's old audio to its new one, by the words that both say.

Words that stand in both texts (:func:`ingest.transcript_alignment.match_words`) each tell by how
much they have moved. Between two advertisements that is one number, so the numbers are fitted by
steps: the steps for which the fewest words disagree, each step costing as much as three of them
(dynamic programming over the offsets that occur, as in Viterbi's algorithm).
"""

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby, pairwise
from statistics import median_low

from corpus.records import Segment
from ingest.transcript_alignment import match_words, spoken_tokens

_Token = tuple[str, int, int]  # its key, first and last millisecond

USABLE = 0.5
"""Share of the old words that must be found again; of another text it is some 0.1."""

_BIN_MS = 500
_NEAR_MS = 1_000  # two hearings of one word differ by less
_STEP_COST = 3.0
_SAID_MS = 3_000  # of a moment alone: the sentence that begins there
_AROUND = 4  # words on either side that tell whether one was misheard or is gone
_BY_CHANCE = 2  # so many of those are found anywhere
_LOOSE_MS = 5_000  # words of a segment without word times are spread over it evenly
_MOST_OFFSETS = 40  # nobody puts in more advertisements


@dataclass(frozen=True, slots=True)
class Shift:
    """From a moment of the old audio on, by how much everything has moved."""

    from_ms: int
    offset_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifts:
    """How an old audio's times become a new one's."""

    steps: tuple[Shift, ...]
    """In the order of their moments, the first from 0; none where the texts have nothing in
    common."""
    matched: float
    """Share of the old words that are said again, from 0 to 1."""
    lost: tuple[tuple[int, int], ...] = ()
    """Stretches of the old audio whose words nobody says any more, in order."""
    replaced: tuple[tuple[int, int], ...] = ()
    """Those of them that were surely cut out, or have made way for other words."""

    @property
    def is_usable(self) -> bool:
        """Whether enough is said again for the steps to be believed."""
        return bool(self.steps) and self.matched >= USABLE

    @property
    def most_ms(self) -> int:
        """The furthest that anything moves."""
        return max((abs(step.offset_ms) for step in self.steps), default=0)

    def has_lost(self, start_ms: int, end_ms: int | None) -> bool:
        """Return whether most of what was said from one moment to another is said no more."""
        return _is_mostly_in(self.lost, start_ms, _end_of(start_ms, end_ms))

    def has_replaced(self, start_ms: int, end_ms: int) -> bool:
        """Return whether most of that was surely taken out."""
        return _is_mostly_in(self.replaced, start_ms, _end_of(start_ms, end_ms))

    def move_start(self, start_ms: int, end_ms: int | None) -> int:
        """Return where a sentence begins now: with most of it, where its time is a little early."""
        at = bisect_right(self.steps, start_ms, key=lambda step: step.from_ms)
        if 0 < at < len(self.steps):
            early_ms = self.steps[at].from_ms - start_ms
            most_ms = _NEAR_MS if end_ms is not None else _NEAR_MS // 2
            if early_ms <= min(most_ms, (_end_of(start_ms, end_ms) - start_ms) // 2):
                return self.move(self.steps[at].from_ms)
        return self.move(start_ms)

    def move(self, ms: int) -> int:
        """Return where a moment of the old audio is in the new one.

        What was cut out since is put where the cut is.
        """
        if not self.steps:
            return ms
        at = max(bisect_right(self.steps, ms, key=lambda step: step.from_ms) - 1, 0)
        moved = ms + self.steps[at].offset_ms
        if at + 1 < len(self.steps):
            following = self.steps[at + 1]
            moved = min(moved, following.from_ms + following.offset_ms)
        return max(moved, 0)


def _end_of(start_ms: int, end_ms: int | None) -> int:
    return end_ms if end_ms is not None and end_ms > start_ms else start_ms + _SAID_MS


def _is_mostly_in(stretches: Sequence[tuple[int, int]], start_ms: int, end_ms: int) -> bool:
    inside = sum(max(min(end_ms, last) - max(start_ms, first), 0) for first, last in stretches)
    return inside * 2 >= end_ms - start_ms


def find_shifts(old: Sequence[Segment], new: Sequence[Segment]) -> Shifts:
    """Return how the times of an old transcript become those of the new one of the same talk.

    Where nothing moved by a second, nothing moves at all.
    """
    said = sorted(spoken_tokens(old), key=lambda token: token[1])
    heard = sorted(spoken_tokens(new), key=lambda token: token[1])
    pairs = match_words([key for key, _, _ in said], [key for key, _, _ in heard])
    matched = len(pairs) / len(said) if said else 0.0
    if not pairs:
        return Shifts(steps=(), matched=0.0)
    offsets = [heard[theirs][1] - said[mine][1] for mine, theirs in pairs]
    fitted = _fit(offsets)
    runs: list[_Run] = []
    for level, group in groupby(range(len(pairs)), key=fitted.__getitem__):
        agreeing = [at for at in group if abs(offsets[at] - level) <= _NEAR_MS]
        if not agreeing:
            continue
        offset_ms = median_low([offsets[at] for at in agreeing])
        offset_ms = offset_ms if abs(offset_ms) >= _NEAR_MS else 0
        first, last = pairs[agreeing[0]][0], pairs[agreeing[-1]][0]
        if runs and abs(offset_ms - runs[-1].offset_ms) < _NEAR_MS:
            runs[-1] = replace(runs[-1], last=last)
        else:
            runs.append(_Run(offset_ms=offset_ms, first=first, last=last))
    places: dict[str, list[int]] = {}
    for key, start_ms, _ in heard:
        places.setdefault(key, []).append(start_ms)
    steps = [Shift(0, runs[0].offset_ms)] if runs else []
    for before, after in pairwise(runs):
        at = _find_joint(said, places, before, after)
        steps.append(Shift(said[at][1], after.offset_ms))
    again = {
        mine
        for (mine, _), offset, level in zip(pairs, offsets, fitted, strict=True)
        if abs(offset - level) <= _LOOSE_MS
    }
    found = Shifts(steps=tuple(steps), matched=matched, lost=_find_lost(said, again))
    starts = [start_ms for _, start_ms, _ in heard]
    replaced = [stretch for stretch in found.lost if _is_replaced(found, stretch, starts)]
    return replace(found, replaced=tuple(replaced))


def _is_replaced(shifts: Shifts, stretch: tuple[int, int], heard: Sequence[int]) -> bool:
    """Say whether lost words were taken out; what is only not heard again stays, as under music.

    The times behind them have moved otherwise than those before, and the new audio has no room for
    them, or other words there.
    """
    first, last = stretch
    if not any(first - _LOOSE_MS <= step.from_ms <= last + _LOOSE_MS for step in shifts.steps[1:]):
        return False
    new_first, new_last = shifts.move(first), shifts.move(last)
    words = bisect_right(heard, new_last) - bisect_left(heard, new_first)
    return (new_last - new_first) * 2 < last - first or words * _SAID_MS >= last - first


def _find_lost(said: Sequence[_Token], again: set[int]) -> tuple[tuple[int, int], ...]:
    """Return the stretches of words of which hardly any is said ``again``."""
    sums = [0, *accumulate(at in again for at in range(len(said)))]
    lost: list[tuple[int, int]] = []
    for at, (_, start_ms, end_ms) in enumerate(said):
        low, high = max(at - _AROUND, 0), min(at + _AROUND + 1, len(said))
        if at in again or sums[high] - sums[low] > _BY_CHANCE:
            continue
        if lost and start_ms - lost[-1][1] <= _LOOSE_MS:
            lost[-1] = (lost[-1][0], max(lost[-1][1], end_ms))
        else:
            lost.append((start_ms, end_ms))
    return tuple(lost)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """Words that moved by one offset: the places of the first and the last that are sure."""

    offset_ms: int
    first: int
    last: int


def _find_joint(
    said: Sequence[_Token], places: Mapping[str, Sequence[int]], before: _Run, after: _Run
) -> int:
    """Return the first word that belongs to ``after``, of those that nothing tells for sure.

    It is where the words before it are heard again at the one offset and those from it on at the
    other; where several places do, the one behind the longest pause. Where something was cut out,
    none of its words is heard, and it is the first behind them. Time never goes back.
    """
    earliest_ms = said[before.last][1] + before.offset_ms
    is_cut = after.offset_ms < before.offset_ms
    unsure = range(before.last + 1, after.first + 1)
    signs = [
        _is_heard(said[at], places, after.offset_ms) - _is_heard(said[at], places, before.offset_ms)
        for at in unsure
    ]
    gain = sum(signs)
    best = (-math.inf, -math.inf, after.first)
    for at, sign in zip(unsure, signs, strict=True):
        pause_ms = 0 if is_cut else said[at][1] - said[at - 1][2]
        if said[at][1] + after.offset_ms >= earliest_ms:
            best = max(best, (gain, pause_ms, at))
        gain -= 2 * sign
    return int(best[2])


def _is_heard(token: _Token, places: Mapping[str, Sequence[int]], offset_ms: int) -> bool:
    key, start_ms, _ = token
    starts = places.get(key, ())
    at = bisect_left(starts, start_ms + offset_ms - _NEAR_MS // 2)
    return at < len(starts) and starts[at] <= start_ms + offset_ms + _NEAR_MS // 2


def _fit(offsets: Sequence[int]) -> list[int]:
    """Return for each word the offset of its step."""
    bins = Counter(round(offset / _BIN_MS) * _BIN_MS for offset in offsets)
    levels = [level for level, _ in bins.most_common(_MOST_OFFSETS)]
    costs = [0.0] * len(levels)
    came_from: list[list[int]] = []
    for offset in offsets:
        best = min(range(len(levels)), key=costs.__getitem__)
        origins = [
            at if cost <= costs[best] + _STEP_COST else best for at, cost in enumerate(costs)
        ]
        costs = [
            costs[origin]
            + (0.0 if origin == at else _STEP_COST)
            # The nearer of two levels that both would do.
            + min(abs(offset - level) / _NEAR_MS, 1.0)
            for at, (origin, level) in enumerate(zip(origins, levels, strict=True))
        ]
        came_from.append(origins)
    at = min(range(len(levels)), key=costs.__getitem__)
    fitted = []
    for origins in reversed(came_from):
        fitted.append(levels[at])
        at = origins[at]
    return fitted[::-1]


def move_segments(segments: Sequence[Segment], shifts: Shifts) -> tuple[Segment, ...]:
    """Return segments with all their times in the new audio, without those taken out."""
    return tuple(
        _move_segment(segment, shifts)
        for segment in segments
        if not shifts.has_replaced(segment.start_ms, segment.end_ms)
    )


def _move_segment(segment: Segment, shifts: Shifts) -> Segment:
    words = tuple(
        replace(word, start_ms=start, end_ms=max(start, shifts.move(word.end_ms)))
        for word in segment.words
        for start in (shifts.move(word.start_ms),)
    )
    start_ms = shifts.move_start(segment.start_ms, segment.end_ms)
    end_ms = max(start_ms, shifts.move(segment.end_ms))
    return replace(segment, start_ms=start_ms, end_ms=end_ms, words=words)
