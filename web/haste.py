"""When a question is answered by its words alone for now: rather at once than after a long wait.

Its meaning costs several times what its words do. It is left out where the model is being loaded
for longer than anybody would wait, and where so many questions are ahead that all would wait for
the model in a row. Such an answer says so, is not kept as the answer, and may be asked for again.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask, current_app

from search.hits import SearchRequest

MOST_AHEAD = 8
"""Questions that one waits behind: on two cores a third of a second. One visitor who types has
two or three on the way."""
RESTS = 4
"""In a crowd the model is used one part of the time, and rests for so many."""
PATIENCE_S = 2.0
"""A model that was exported before is there sooner; the first export of one takes a minute."""
LOADING = "the model is still being loaded"
CROWDED = "many questions came at once"


class Crowd:
    """Counts the questions that are being answered; any number of threads may."""

    def __init__(
        self,
        count_queued: Callable[[], int] = lambda: 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``count_queued`` tells how many requests wait for a thread of the server."""
        self.count_queued = count_queued
        self._clock = clock
        self._lock = threading.Lock()
        self._inside = 0
        self._meant = 0
        self._free_from = 0.0

    @contextmanager
    def enter(self, mode: str) -> Iterator[None]:
        """Count a question for as long as it is being answered."""
        meant, began = int(mode != "keyword"), self._clock()
        with self._lock:
            self._inside += 1
            self._meant += meant
        try:
            yield
        finally:
            with self._lock:
                self._inside -= 1
                self._meant -= meant
                if meant:
                    now = self._clock()
                    self._free_from = now + RESTS * (now - began)

    @property
    def is_dense(self) -> bool:
        """Whether whoever comes now would wait behind too many."""
        return self._inside + self.count_queued() > MOST_AHEAD

    @property
    def has_room(self) -> bool:
        """Whether one question may have its meaning too, although many wait."""
        return not self._meant and self._clock() >= self._free_from


def find_haste(asked: SearchRequest, is_loading: Callable[[float], bool]) -> str | None:
    """Return why a question is to be answered by words alone for now; None where it is not.

    ``is_loading`` tells whether the model is not there yet, after waiting for so many seconds.
    """
    if asked.mode != "hybrid" or asked.like is not None:
        return None  # by meaning alone: there is nothing else to answer by
    if is_loading(PATIENCE_S):
        return LOADING
    crowd: Crowd = current_app.extensions["earmark_crowd"]
    return CROWDED if crowd.is_dense else None


def watch_queue(app: Flask, count_queued: Callable[[], int]) -> None:
    """Let the application know how many requests wait for a thread of its server."""
    app.extensions["earmark_crowd"].count_queued = count_queued
