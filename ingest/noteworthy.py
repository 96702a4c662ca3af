"""Where in an episode people would write down what is said: how likely, and with what reason.

First, how likely a note begins at a place: by the turns of the subject there, words that announce
another subject, nearness of what follows to the episode's title, the show's habits, and that
farewells are not noted. Then, how likely a note stands within a minute: by the best
and the mean of these chances around, against those farther away.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.beginnings import announces_subject
from ingest.draft_weights import BEGINNING, NOTED
from ingest.show_habits import Habits, habit_at
from ingest.timeline import Timeline
from search.meaning import Meaning, Rows

_ANNOUNCED_S = 15
_TITLE_S = 60
_FAREWELL = 0.95
_NEAR_S, _AROUND_S = 60, 180
_CLEARLY = 0.4
"""Log odds above those of the episode's mean place that are worth telling as a reason."""
_OPENED_S = 60
"""What is stated at a place was opened at most so long before."""
_SURELY = 30.0  # log odds beyond it are no more certain, and would overflow

_REASONS: Mapping[str, Sequence[str]] = {
    "the subject turns": ("turns_60", "turns_120", "turns_240"),
    "it is announced": ("announced",),
    "it is near the title": ("title",),
    "the show often has notes of this part": ("habit",),
}


@dataclass(frozen=True, slots=True)
class Chances:
    """How likely each place of an episode is noted; a number a place in each array."""

    odds: Mapping[str, Rows]
    """What each thing known of a place adds to the log odds that a note begins there."""
    beginning: Rows
    """Of a note that begins within half a minute, 0..1."""
    noted: Rows
    """Of a note that stands within a minute, 0..1."""


def get_features(
    timeline: Timeline, meaning: Meaning, title: Rows | None, habits: Habits | None = None
) -> Mapping[str, Rows]:
    """Return what is known of each place.

    ``title`` is a unit vector, if there is one; ``habits`` are the show's, where they are known.
    """
    starts = timeline.starts
    since = starts - starts[0]
    announced = [announces_subject(one.text) for one in timeline.sentences]
    near = meaning.around(starts, 0, _TITLE_S)
    return {
        **{f"turns_{around_s}": meaning.turns(starts, around_s) for around_s in (60, 120, 240)},
        "announced": timeline.flags(announced, 0, _ANNOUNCED_S),
        "title": np.zeros(len(starts)) if title is None else near @ title,
        "farewell": np.asarray(since > _FAREWELL * since[-1], np.float64),
        "habit": habit_at(habits, since / max(int(since[-1]), 1)),
    }


def get_surroundings(timeline: Timeline, beginning: Rows, habit: Rows) -> Mapping[str, Rows]:
    """Return what the chances of a beginning around each place are, and the show's habit."""
    return {
        "best_near": timeline.best(beginning, -_NEAR_S, _NEAR_S),
        "mean_near": timeline.mean(beginning, -_NEAR_S, _NEAR_S),
        "mean_around": timeline.mean(beginning, -_AROUND_S, _AROUND_S),
        "habit": habit,
    }


def weigh_places(timeline: Timeline, features: Mapping[str, Rows]) -> Chances:
    """Return how likely the places with these features are noted."""
    odds = {name: BEGINNING[name] * feature for name, feature in features.items()}
    beginning = to_chance(np.sum(list(odds.values()), axis=0) + BEGINNING["always"])
    around = get_surroundings(timeline, beginning, features["habit"])
    sums = np.sum([NOTED[name] * feature for name, feature in around.items()], axis=0)
    return Chances(odds, beginning, to_chance(sums + NOTED["always"]))


def to_chance(log_odds: Rows) -> Rows:
    """Return the chances 0..1 that log odds stand for."""
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -_SURELY, _SURELY))), np.float64)


def tell_opening(timeline: Timeline, chances: Chances, at: int) -> tuple[int, tuple[str, ...]]:
    """Return where what is spoken of at a place was most likely opened, and what says so."""
    since = timeline.starts[at] - timeline.starts
    before = np.flatnonzero((since >= 0) & (since <= 1000 * _OPENED_S))
    opening = int(before[chances.beginning[before].argmax()])
    more = {name: odds[opening] - odds.mean() for name, odds in chances.odds.items()}
    sums = {why: sum(more[name] for name in of) for why, of in _REASONS.items()}
    return opening, tuple(why for why, told in sums.items() if told >= _CLEARLY)


def choose_places(starts: NDArray[np.int64], worth: Rows, n: int, apart_ms: float) -> list[int]:
    """Return up to ``n`` places in order of time whose worth adds up to the most.

    No two are nearer than ``apart_ms`` (more than 0). All ways to choose are compared, by dynamic
    programming (weighted interval scheduling); a worth of minus infinity is never taken.
    """
    before = np.searchsorted(starts, starts - apart_ms, side="right")
    sums = [np.zeros(len(starts) + 1)]
    for _ in range(n):
        taken = sums[-1][before] + worth
        sums.append(np.maximum.accumulate(np.concatenate([[-np.inf], taken])))
    found = [row for row in sums[1:] if np.isfinite(row[-1])]
    places: list[int] = []
    end = len(starts)
    for row in reversed(found):
        places.append(int(row[: end + 1].argmax()) - 1)
        end = int(before[places[-1]])
    return places[::-1]
