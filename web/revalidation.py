"""Answers that need not be sent again: https://www.rfc-editor.org/rfc/rfc9110#section-13

What an answer depends on is the catalogue and, for a search, the index. Both can be asked for their
state in microseconds, so an unchanged answer is told apart without being made.
"""

import hashlib
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from flask import Response, current_app, g, request

if TYPE_CHECKING:
    from web.wiring import House

SHARED_S = 0.02

_Stamp = tuple[int, int, int]

# A browser may keep it and must ask each time; a proxy keeps nothing that one person reads.
_CACHING = "private, no-cache"


class StateReader:
    """Tells the state of one house; any number of threads may ask.

    Each look at a file or the catalogue hands the interpreter to another thread, which on a busy
    site costs more than all else of an answer that is kept. So a look serves for 20 ms, unless
    this process itself has written since; what another one writes is seen that much later.
    """

    def __init__(
        self,
        look: Callable[[], str],
        count_writes: Callable[[], int],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``look`` returns a text that is another one whenever an answer may be."""
        self._look = look
        self._count_writes = count_writes
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: _Seen | None = None

    def read(self) -> str:
        """Return the state as it is, or was at most 20 ms ago."""
        found = self._find_seen()
        if found is not None:
            return found
        with self._lock:
            found = self._find_seen()
            if found is None:
                writes, at_s = self._count_writes(), self._clock()
                found = self._look()
                self._seen = _Seen(found, writes, at_s)
            return found

    def forget(self) -> None:
        """Look anew at the next question."""
        self._seen = None

    def _find_seen(self) -> str | None:
        seen = self._seen
        if seen is None or seen.writes != self._count_writes():
            return None
        return seen.state if self._clock() - seen.at_s < SHARED_S else None


class _Seen(NamedTuple):
    """What a look told, and when it began."""

    state: str
    writes: int
    at_s: float


def make_state_reader(house: "House") -> StateReader:
    """Return what tells the state of a house: a short text."""
    index = _IndexFiles(house.home.index)

    def look() -> str:
        told = f"{house.catalogue.state()} {index.describe()}"
        return hashlib.blake2b(told.encode(), digest_size=9).hexdigest()

    return StateReader(look, lambda: house.catalogue.writes)


def read_state() -> str:
    """Return a short text that is another one whenever an answer may be; one for each request."""
    if "state" not in g:
        reader: StateReader = current_app.extensions["earmark_state"]
        g.state = reader.read()
    state: str = g.state
    return state


class _IndexFiles:
    """The files that an index is read from: they are replaced, never changed."""

    def __init__(self, folder: Path) -> None:
        self._current = folder / "current"
        self._stamp: _Stamp | None = None
        self._manifest = folder

    def describe(self) -> str:
        """Return a text that is another one whenever the index is."""
        try:
            stamp = _read_stamp(self._current)
            if stamp != self._stamp:
                generation = self._current.read_text(encoding="utf-8").strip()
                self._manifest = self._current.parent / generation / "manifest.json"
                self._stamp = stamp
            return f"{self._manifest} {_read_stamp(self._manifest)}"
        except OSError:
            self._stamp = None
            return ""


def _read_stamp(path: Path) -> _Stamp:
    found = path.stat()
    return found.st_mtime_ns, found.st_ino, found.st_size


def find_unchanged(state: str) -> Response | None:
    """Return an answer without content where the client holds that of this state."""
    if not request.if_none_match.contains_weak(state):
        return None
    return mark(Response(status=304), state)


def mark(answer: Response, state: str) -> Response:
    """Say in an answer of which state it is."""
    # Weak: how long a search took is told in its answer and differs each time.
    answer.set_etag(state, weak=True)
    answer.headers["Cache-Control"] = _CACHING
    return answer
