"""Answers to searches, kept as long as nothing that they depend on has changed."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import current_app

from web.answers import Answered, answer
from web.current import current_house
from web.revalidation import read_state

if TYPE_CHECKING:
    from search.hits import SearchRequest

MOST_HITS_KEPT = 5_000
"""In all kept answers together: some 15 MB."""

_Key = tuple[str, "SearchRequest"]


class KeptAnswers:
    """The last answers of one state of catalogue and index; any number of threads may ask."""

    def __init__(self, most_hits: int = MOST_HITS_KEPT) -> None:
        self._most = most_hits
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Key, Answered] = OrderedDict()
        self._hits = 0

    def answer(
        self, state: str, asked: "SearchRequest", make: Callable[["SearchRequest"], Answered]
    ) -> Answered:
        """Return the answer that is kept for this state, else what ``make`` returns.

        An answer with problems is not kept: what is wrong may be mended without a change. Answers
        are only read, since they are handed out again.
        """
        began = time.perf_counter()
        key = (state, asked)
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
        if found is not None:
            took_ms = round((time.perf_counter() - began) * 1000)
            return found._replace(document={**found.document, "took_ms": took_ms})
        made = make(asked)
        if not made.document["problems"]:
            self._keep(key, made)
        return made

    def _keep(self, key: _Key, made: Answered) -> None:
        with self._lock:
            if key in self._kept:
                return
            self._kept[key] = made
            self._hits += _weight(made)
            while self._hits > self._most and self._kept:
                _, dropped = self._kept.popitem(last=False)
                self._hits -= _weight(dropped)


def answer_kept(asked: "SearchRequest") -> Answered:
    """Return the answer to a question, from what the application keeps where it still holds."""
    house = current_house()
    kept: KeptAnswers = current_app.extensions["earmark_answers"]
    return kept.answer(read_state(house), asked, lambda wanted: answer(house, wanted))


def _weight(kept: Answered) -> int:
    # A hundred ids weigh about as much as one hit does.
    return len(kept.document["hits"]) + 1 + len(kept.found) // 100
