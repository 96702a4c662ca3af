"""Answers to searches, kept as long as nothing that they depend on has changed."""

import json
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from flask import current_app, g

from web.answers import Answered, answer
from web.current import current_house
from web.documents import Document
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
# Before the hits, and no text that anybody typed holds quotation marks that are not escaped.
_TOOK = re.compile(r'"took_ms":\d+')


class Told(NamedTuple):
    """An answer as it is sent and kept."""

    text: str
    """The document in JSON: a tenth of what it takes in memory, and sent as it is."""
    found: tuple[int, ...]
    """The passages of all its pages."""
    weight: int
    """In hits."""
    has_problems: bool

    def read(self) -> Document:
        """Return the document."""
        document: Document = json.loads(self.text)
        return document


class KeptAnswers:
    """The last answers of one state of catalogue and index; any number of threads may ask."""

    def __init__(self, most_hits: int = MOST_HITS_KEPT) -> None:
        self._most = most_hits
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Key, Told] = OrderedDict()
        self._hits = 0
        # More at a time are no sooner done: they only take the interpreter from each other.
        self._making = {
            by_words: threading.BoundedSemaphore(most)
            for by_words, most in ((False, MADE_AT_A_TIME), (True, MADE_BY_WORDS))
        }

    def find(self, state: str, asked: "SearchRequest") -> Told | None:
        """Return the answer that is kept for this state."""
        began = time.perf_counter()
        key = (state, asked)
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
        took_ms = round((time.perf_counter() - began) * 1000)
        return found._replace(text=_TOOK.sub(f'"took_ms":{took_ms}', found.text, count=1))

    def answer(
        self, state: str, asked: "SearchRequest", make: Callable[["SearchRequest"], Answered]
    ) -> Told:
        """Return the answer that is kept for this state, else what ``make`` returns.

        An answer with problems is not kept: what is wrong may be mended without a change.
        """
        found = self.find(state, asked)
        if found is not None:
            return found
        with self._making[asked.mode == "keyword"]:
            told = _tell(make(asked))
        if not told.has_problems:
            self._keep((state, asked), told)
        return told

    def _keep(self, key: _Key, told: Told) -> None:
        with self._lock:
            if key in self._kept:
                return
            self._kept[key] = told
            self._hits += told.weight
            while self._hits > self._most and self._kept:
                _, dropped = self._kept.popitem(last=False)
                self._hits -= dropped.weight


def answer_kept(asked: "SearchRequest") -> Told:
    """Return the answer to a question, from what the application keeps where it still holds."""
    house, state = current_house(), read_state()
    kept: KeptAnswers = current_app.extensions["earmark_answers"]
    crowd: Crowd = current_app.extensions["earmark_crowd"]
    found = kept.find(state, asked)
    if found is not None:
        return found

    def make(wanted: "SearchRequest") -> Answered:
        return answer(house, wanted)

    why = find_haste(asked, house.is_loading)
    by_words = replace(asked, mode="keyword")
    if why is CROWDED and crowd.has_room and kept.find(state, by_words) is not None:
        # It is asked again: in a crowd, now and then a question gets its meaning too.
        why = None
    wanted = by_words if why else asked
    with crowd.enter(wanted.mode):
        told = kept.answer(state, wanted, make)
    return _say_provisional(told, why) if why else told


def _say_provisional(told: Told, why: str) -> Told:
    g.is_provisional = True  # no browser is to keep it
    said = f"answered by words alone for now, since {why}: ask again to have its meaning too"
    more = "," if told.has_problems else ""
    text = told.text.replace('"problems":[', f'"problems":[{json.dumps(said)}{more}', 1)
    text = text.replace('"provisional":null', f'"provisional":{json.dumps(why)}', 1)
    return told._replace(text=text, has_problems=True)


def _tell(made: Answered) -> Told:
    document, found = made
    # A hundred ids weigh about as much as one hit does.
    weight = len(document["hits"]) + 1 + len(found) // 100
    text = json.dumps(document, separators=(",", ":"))
    return Told(text, found, weight, bool(document["problems"]))
