"""Answers that need not be sent again: https://www.rfc-editor.org/rfc/rfc9110#section-13

What an answer depends on is the catalogue and, for a search, the index. Both can be asked for their
state in microseconds, so an unchanged answer is told apart without being made.
"""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Response, request

if TYPE_CHECKING:
    from web.wiring import House

# A browser may keep it and must ask each time; a proxy keeps nothing that one person reads.
_CACHING = "private, no-cache"


def read_state(house: "House") -> str:
    """Return a short text that is another one whenever an answer may be."""
    told = f"{house.catalogue.state()} {_index_state(house.home.index)}"
    return hashlib.blake2b(told.encode(), digest_size=9).hexdigest()


def _index_state(folder: Path) -> str:
    # Files of the index are replaced, never changed (see search.index_store).
    try:
        generation = (folder / "current").read_text(encoding="utf-8").strip()
        found = (folder / generation / "manifest.json").stat()
    except OSError:
        return ""
    return f"{generation} {found.st_mtime_ns} {found.st_ino} {found.st_size}"


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
