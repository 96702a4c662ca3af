"""Answers to searches, kept as long as nothing that they depend on has changed."""

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from flask import current_app, g

from web.answers import Answered, answer
from web.current import current_house
from web.haste import CROWDED, Crowd, find_haste
from web.revalidation import read_state

if TYPE_CHECKING:
    from search.hits import SearchRequest

MOST_HITS_KEPT = 28_000
"""In all kept answers together: some 30 MB."""
MADE_AT_A_TIME = 4
MADE_BY_WORDS = 1
"""Almost all of such an answer is made by the interpreter, and that does one thing at a time."""

_Key = tuple[str, "SearchRequest"]


class _Kept(NamedTuple):
    """An answer as it is kept."""

    text: str
    """JSON: a tenth of what the document itself takes in memory, and read again in no time."""
    weight: int
    """In hits."""


class KeptAnswers:
    """The last answers of one state of catalogue and index; any number of threads may ask."""

    def __init__(self, most_hits: int = MOST_HITS_KEPT) -> None:
        self._most = most_hits
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()
        self._hits = 0
        # More at a time are no sooner done: they only take the interpreter from each other.
        self._making = {
            by_words: threading.BoundedSemaphore(most)
            for by_words, most in ((False, MADE_AT_A_TIME), (True, MADE_BY_WORDS))
        }

    def find(self, state: str, asked: "SearchRequest") -> Answered | None:
        """Return the answer that is kept for this state."""
        began = time.perf_counter()
        key = (state, asked)
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
        answered = _unpack(found)
        answered.document["took_ms"] = round((time.perf_counter() - began) * 1000)
        return answered

    def answer(
        self, state: str, asked: "SearchRequest", make: Callable[["SearchRequest"], Answered]
    ) -> Answered:
        """Return the answer that is kept for this state, else what ``make`` returns.

        An answer with problems is not kept: what is wrong may be mended without a change.
        """
        found = self.find(state, asked)
        if found is not None:
            return found
        with self._making[asked.mode == "keyword"]:
            made = make(asked)
        if not made.document["problems"]:
            self._keep((state, asked), made)
        return made

    def _keep(self, key: _Key, made: Answered) -> None:
        packed = _pack(made)
        with self._lock:
            if key in self._kept:
                return
            self._kept[key] = packed
            self._hits += packed.weight
            while self._hits > self._most and self._kept:
                _, dropped = self._kept.popitem(last=False)
                self._hits -= dropped.weight


def answer_kept(asked: "SearchRequest") -> Answered:
    """Return the answer to a question, from what the application keeps where it still holds."""
    house, state = current_house(), read_state()
    kept: KeptAnswers = current_app.extensions["earmark_answers"]
    crowd: Crowd = current_app.extensions["earmark_crowd"]
    found = kept.find(state, asked)
    if found is not None:
        return found

    def make(wanted: "SearchRequest") -> Answered:
        return answer(house, wanted)

    why = find_haste(asked, is_loading=house.is_loading)
    by_words = replace(asked, mode="keyword")
    if why is CROWDED and not crowd.is_at_model and kept.find(state, by_words) is not None:
        # It is asked again: in a crowd, one question at a time gets its meaning too.
        why = None
    wanted = by_words if why else asked
    with crowd.enter(wanted.mode):
        made = kept.answer(state, wanted, make)
    return _say_provisional(made, why) if why else made


def _say_provisional(made: Answered, why: str) -> Answered:
    g.is_provisional = True  # no browser is to keep it
    told = f"answered by words alone for now, since {why}: ask again to have its meaning too"
    problems = [told, *made.document["problems"]]
    return made._replace(document={**made.document, "problems": problems, "provisional": why})


def _pack(made: Answered) -> _Kept:
    text = json.dumps([made.document, made.found], separators=(",", ":"))
    # A hundred ids weigh about as much as one hit does.
    weight = len(made.document["hits"]) + 1 + len(made.found) // 100
    return _Kept(text, weight)


def _unpack(kept: _Kept) -> Answered:
    document, found = json.loads(kept.text)
    return Answered(document, tuple(found))
