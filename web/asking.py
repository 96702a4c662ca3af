"""A question as an address carries it."""

import re
from collections.abc import Mapping
from typing import get_args

from search.hits import Mode, SearchRequest

MOST_HITS = 100
DEEPEST = 10_000
MOST_PAGES = 1_000_000
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


def read_page_number(asked: Mapping[str, str]) -> int | None:
    """Return which page of a list an address asks for, from 1; None where it names no page.

    >>> [read_page_number({"page": text}) for text in ("3", "0", "soon")], read_page_number({})
    ([3, None, None], 1)
    """
    number = _number(asked.get("page") or "1", 0)
    return number if 0 < number <= MOST_PAGES else None


def find_odd(asked: Mapping[str, str]) -> tuple[str, ...]:
    """Return what of a search's address cannot be read, in words; filters the search tells itself.

    >>> find_odd({"q": "deadlines", "mode": "magic"})
    ('“magic” is no way to search: answered by words and meaning.',)
    """
    odd = []
    mode, offset = asked.get("mode", "")[:40], asked.get("offset", "")[:40]
    if mode and mode not in _MODES:
        odd.append(f"“{mode}” is no way to search: answered by words and meaning.")
    if offset and _number(offset, -1) < 0:
        odd.append(f"“{offset}” is no place in the answers: here are the first.")
    return tuple(odd)


def _number(text: str | None, default: int) -> int:
    match = _NUMBER.fullmatch(text or "")
    return int(match[1]) if match else default


def _words(text: str | None) -> str | None:
    return (text or "").strip() or None
