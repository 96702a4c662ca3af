"""Recognises marks: clock texts in a line that could name a moment of an episode."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from corpus.errors import MomentError
from corpus.moments import MAX_MS, parse_link_moment, parse_moment
from corpus.records import Link
from ingest.takeaway.traps import is_no_moment

Shape = Literal["link", "bracket", "paren", "bare"]
Place = Literal["alone", "first", "last", "inside"]

_CLOCK = r"(?:[0-9]{1,2}:[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,3})?|[0-9]{1,3}:[0-5][0-9])"
_HINT = r"(?:[@~⏱⏰⏲▶🎧🎙🕐-🕧\ufe0f]|(?:min(?:ute)?|time(?:stamp|code)?|ab)\b[.:]?)"
_MARK = re.compile(
    rf"(?P<open>[\[(（【<])?(?:(?<=[\[(])(?:at|from|around)\s)?(?<![\d:./,$€£#&=+])(?<!\d[-–])\s?(?:{_HINT}\s?){{0,2}}(?P<start>{_CLOCK})"
    rf"(?:\s?(?:-|–|—|→|\bto\b|\bbis\b)\s?@?(?P<end>{_CLOCK}))?"
    r"(?!\d|[:/.,]\d|%|[-–]\d)(?:\s?[Mm]in(?:utes|s)?\b\.?)?\s?(?P<close>[\])）】>])?"
)
# Only in brackets, and only down to the second: "5 min" is as often how long something takes.
_UNITS = re.compile(
    r"(?P<open>[\[(])\s?(?:(?:at|from|around|ab|bei)\s|[@~]\s?)?(?:(?P<h>[0-9]{1,2})\s?h(?:rs?|ours?)?[.,]?\s?)?"
    r"(?P<m>[0-9]{1,3})\s?m(?:in(?:utes?|s)?)?[.,]?\s?"
    r"(?P<s>[0-5]?[0-9])\s?s(?:ec(?:onds?|s)?)?\.?\s?(?P<close>[\])])"
)
_PAIRS = {"[": "]", "(": ")", "（": "）", "【": "】", "<": ">"}
_SHAPES: dict[str, Shape] = {"(": "paren", "（": "paren"}
_HREF_MOMENT = re.compile(r"[?&#;](?:t|start|ts|time|time_continue)=([\d.:hms]{1,16})(?:$|[&#;])")
_PLAYER = re.compile(
    r"#t=|youtu\.?be|vimeo|spotify|overcast|pca\.st|podcast|\.mp3|\.m4a", re.IGNORECASE
)
_NUMBERING = re.compile(r"\s*#?\d{1,3}[.)]\s")
_SEPARATOR_AFTER = re.compile(r"\s?(?:[:|•·→»]|[-–—]+)(?=\D|$)")
_SEPARATOR_BEFORE = re.compile(r"(?:[:|•·→»…]|[-–—]|\.\.)\s?$")

WINDOW = 60
"""Letters looked at on either side of a mark, which keeps a line of any length cheap."""
_LONGEST_WITH_UNITS = 2_000
MOST_MARKS_A_LINE = 500
"""Lists whose line breaks were lost have some dozens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A clock text in a line, with its brackets but without the dash or colon beside it."""

    start: int
    """Offset in the line."""
    end: int
    start_ms: int
    end_ms: int | None = None
    shape: Shape = "bare"
    place: Place = "inside"
    separated: bool = False
    """A dash, colon or bar stands between it and the text."""
    glued: bool = False
    """It touches a letter or a closing sentence without a space: a line break was lost."""
    link: str | None = None
    label: str | None = None
    """The clock text shown, where its link leads to another second."""


def find_marks(line: str, links: Sequence[Link] = ()) -> tuple[Mark, ...]:
    """Return the marks of a line in order, without clock times, scripture, prices and the like.

    ``links`` have their offsets in the line. The moment in a link wins over the label it shows.
    """
    found = [_mark(match, line) for match in islice(_MARK.finditer(line), MOST_MARKS_A_LINE)]
    if len(line) <= _LONGEST_WITH_UNITS:
        found += [_unit_mark(match) for match in _UNITS.finditer(line)]
        found.sort(key=lambda mark: mark.start if mark else 0)
    marks = list(_iter_placed(line, _merge_links(line, [mark for mark in found if mark], links)))
    marks = [mark for mark in marks if mark.shape == "link" or not is_no_moment(line, mark)]
    return tuple(marks) or _unlabelled(line, links)


def _unlabelled(line: str, links: Sequence[Link]) -> tuple[Mark, ...]:
    """Return the moment of a line whose one timed link shows words instead of a clock text."""
    moments = [(find_link_moment(link.href), link.href) for link in links]
    timed = [(moment, href) for moment, href in moments if moment is not None]
    if len(timed) != 1 or not _PLAYER.search(timed[0][1]):
        return ()
    moment, href = timed[0]
    end = len(line)
    return (Mark(start=end, end=end, start_ms=moment or 0, shape="link", place="last", link=href),)


def find_link_moment(href: str) -> int | None:
    """Return the milliseconds that an address names with ``t=`` or ``#t=``, or None."""
    match = _HREF_MOMENT.search(href)
    if match is None:
        return None
    try:
        moment = parse_link_moment(match[1])
    except MomentError:
        return None
    return moment if moment <= MAX_MS // 20 else None


def _mark(match: re.Match[str], line: str) -> Mark | None:
    start_ms = parse_moment(match["start"])
    end_ms = parse_moment(match["end"]) if match["end"] else None
    if end_ms is not None and end_ms <= start_ms:
        end_ms = None
    opening, closing = match["open"], match["close"]
    if opening and _PAIRS[opening] == closing:
        shape = _SHAPES.get(opening, "bracket")
        return Mark(
            start=match.start(), end=match.end(), start_ms=start_ms, end_ms=end_ms, shape=shape
        )
    # A bracket on one side only belongs to the text around.
    start = match.start() + len(opening or "")
    end = match.end() - len(closing or "")
    end -= len(line[start:end]) - len(line[start:end].rstrip())
    return Mark(start=start, end=end, start_ms=start_ms, end_ms=end_ms)


def _unit_mark(match: re.Match[str]) -> Mark | None:
    opening, closing = match["open"], match["close"]
    if _PAIRS[opening] != closing:
        return None
    start_ms = ((int(match["h"] or 0) * 60 + int(match["m"])) * 60 + int(match["s"])) * 1000
    shape = _SHAPES.get(opening, "bracket")
    return Mark(start=match.start(), end=match.end(), start_ms=start_ms, shape=shape)


def _merge_links(line: str, marks: list[Mark], links: Sequence[Link]) -> list[Mark]:
    """Return the marks, those shown by a link with the link's own moment."""
    if not links:
        return marks
    merged = []
    for mark in marks:
        link = _link_around(mark, links)
        moment = find_link_moment(link.href) if link else None
        if link is None or moment is None:
            merged.append(replace(mark, link=link.href) if link else mark)
            continue
        agrees = moment // 1000 == mark.start_ms // 1000
        label = None if agrees else line[mark.start : mark.end].strip("[]()@ ")
        end_ms = mark.end_ms if mark.end_ms and mark.end_ms > moment else None
        merged.append(
            replace(mark, shape="link", start_ms=moment, end_ms=end_ms, link=link.href, label=label)
        )
    return merged


def _link_around(mark: Mark, links: Sequence[Link]) -> Link | None:
    for link in links:
        start = link.start or 0
        if start < mark.end and mark.start < start + len(link.text):
            return link
    return None


def _iter_placed(line: str, marks: list[Mark]) -> Iterator[Mark]:
    """Yield the marks with their place on the line; only the outer two can be first or last."""
    for number, mark in enumerate(marks):
        before = line[max(0, mark.start - WINDOW) : mark.start]
        after = line[mark.end : mark.end + WINDOW]
        first = number == 0 and mark.start < WINDOW and _is_bare(_NUMBERING.sub("", before))
        last = number == len(marks) - 1 and len(line) - mark.end < WINDOW and _is_bare(after)
        place: Place = "inside"
        if first or last:
            place = "alone" if first and last else "first" if first else "last"
        separator = _SEPARATOR_BEFORE.search(before) if place == "last" else None
        separator = separator or (None if place == "last" else _SEPARATOR_AFTER.match(after))
        glued = before[-1:].isalpha() or (after[:1].isalpha() and mark.shape != "bare")
        yield replace(mark, place=place, separated=separator is not None, glued=glued)


def _is_bare(text: str) -> bool:
    return not any(map(str.isalnum, text))
