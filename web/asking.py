"""A question as an address carries it."""

import re
from collections.abc import Mapping
from typing import get_args

from search.hits import Mode, SearchRequest

MOST_HITS = 100
DEEPEST = 10_000
_NUMBER = re.compile(r"(-?\d{1,18})(?:\.0{1,9})?", re.ASCII)
_MODES: dict[str, Mode] = {mode: mode for mode in get_args(Mode)}


def read_search_arguments(asked: Mapping[str, str]) -> SearchRequest:
    """Return what an address asks for; what cannot be read falls back to its default."""
    return SearchRequest(
        text=asked.get("q", ""),
        k=min(max(_number(asked.get("k"), 10), 1), MOST_HITS),
        offset=min(max(_number(asked.get("offset"), 0), 0), DEEPEST),
        mode=_MODES.get(asked.get("mode", ""), "hybrid"),
        show=_words(asked.get("show")),
        speaker=_words(asked.get("speaker")),
        kind=_words(asked.get("kind")),
        after=_words(asked.get("after")),
        before=_words(asked.get("before")),
        like=_number(asked.get("like"), 0) or None,
    )


def _number(text: str | None, default: int) -> int:
    match = _NUMBER.fullmatch(text or "")
    return int(match[1]) if match else default


def _words(text: str | None) -> str | None:
    return (text or "").strip() or None
