"""Where in an episode people would write down what is said: with what reason, and how likely.

What is known of a place are the turns of the subject there, words that announce another subject,
nearness of what follows to the episode's title, and that greetings and farewells are not noted.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ingest.beginnings import announces_subject
from ingest.draft_weights import WEIGHTS
from ingest.show_habits import Habits, habit_at
from ingest.timeline import Meaning, Rows, Timeline

_ANNOUNCED_S = 15
_TITLE_S = 60
_GREETING_MS = 90_000
_FAREWELL = 0.95
_CLEARLY = 1.0
"""Log odds that are worth telling as a reason."""
_HABIT = 2.5
"""What a show's habits count, chosen on both halves: anything from 1.5 to 5 is about as good."""
_SPREAD = 4.0
"""Openings are at least this part of an even share of the episode apart."""

_REASONS: Mapping[str, Sequence[str]] = {
    "the subject turns": ("turns_60", "turns_120", "turns_240"),
    "it is announced": ("announced",),
    "it is near the title": ("title",),
    "the show often has notes of this part": ("habit",),
}


def get_features(timeline: Timeline, meaning: Meaning, title: Rows | None) -> Mapping[str, Rows]:
    """Return what is known of each place; ``title`` is a unit vector, if there is one."""
    starts = timeline.starts
    since = starts - starts[0]
    announced = [announces_subject(one.text) for one in timeline.sentences]
    near = meaning.around(starts, 0, _TITLE_S)
    return {
        **{f"turns_{around_s}": meaning.turns(starts, around_s) for around_s in (60, 120, 240)},
        "announced": timeline.flags(announced, 0, _ANNOUNCED_S),
        "title": np.zeros(len(starts)) if title is None else near @ title,
        "greeting": np.asarray(since < min(_GREETING_MS, since[-1] / 20), np.float64),
        "farewell": np.asarray(since > _FAREWELL * since[-1], np.float64),
    }


def iter_openings(
    timeline: Timeline, features: Mapping[str, Rows], n: int, habits: Habits | None = None
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the places most worth noting with reasons, best first, apart as for ``n`` of them.

    ``habits`` are those of the episode's show, where they are known.
    """
    starts = timeline.starts
    odds = {name: WEIGHTS[name] * feature for name, feature in features.items()}
    since = starts - starts[0]
    odds["habit"] = _HABIT * habit_at(habits, since / max(int(since[-1]), 1))
    apart_ms = int(starts[-1] - starts[0]) / (_SPREAD * n)
    free = np.ones(len(starts), bool)
    for at in np.argsort(-np.sum(list(odds.values()), axis=0), kind="stable"):
        if free[at]:
            sums = {why: sum(odds[name][at] for name in of) for why, of in _REASONS.items()}
            yield int(at), tuple(why for why, told in sums.items() if told >= _CLEARLY)
            free &= np.abs(starts - starts[at]) >= apart_ms
