"""Finds the takeaways that their author wrote without a time."""

import re
from collections.abc import Callable, Iterator, Sequence

from ingest.takeaway.lines import Line, is_heading, iter_spans
from ingest.takeaway.texts import trim

_HEADING = re.compile(
    r"(?:key|main|top|biggest|practical|major|our|my)?\W{0,2}(?:\d+\W)?take-?aways?\b|"
    r"^\W*(?:key|main) (?:points|lessons|insights)|wichtigste (?:erkenntnisse|punkte)",
    re.IGNORECASE,
)
_EMOJI_FIRST = re.compile(r"[\U0001f000-\U0001faff\u2600-\u27bf\u2b50]")
_WORDS_OF_A_LABEL = 6
_BY_LOOK = 7
"""Level of a heading that only looks like one: below all that are marked as such."""


def iter_untimed(lines: Sequence[Line], timed: set[int]) -> Iterator[tuple[int, str]]:
    """Yield the first line and the text of each takeaway without a time.

    Args:
        lines: All lines of the issue.
        timed: Numbers of the lines that already gave a takeaway.
    """
    spans = list(iter_spans(lines))
    for index, (start, _) in enumerate(spans):
        heading = lines[start]
        if is_heading(heading) and start not in timed and is_takeaways_heading(heading.text):
            yield from _iter_section(lines, _take_section(lines, spans, index), timed)


def is_takeaways_heading(text: str) -> bool:
    """Say whether a heading announces takeaways and nothing else."""
    return len(text.split()) <= _WORDS_OF_A_LABEL + 2 and bool(_HEADING.search(text))


def _iter_section(
    lines: Sequence[Line], section: Sequence[tuple[int, int]], timed: set[int]
) -> Iterator[tuple[int, str]]:
    with_time = [
        number
        for number, (start, end) in enumerate(section)
        if any(line in timed for line in range(start, end))
    ]
    if with_time:
        yield from _iter_gaps(lines, section, with_time)
        return
    openings = [lines[start] for start, _ in section]
    kinds = [line.kind for line in openings if line.kind in _CHOICES]
    choose = _CHOICES[kinds[0]] if kinds else _choose_paragraphs
    for number in choose(openings):
        if text := _text(lines, section[number]):
            yield section[number][0], text


def _take_section(
    lines: Sequence[Line], spans: Sequence[tuple[int, int]], index: int
) -> list[tuple[int, int]]:
    """Return the spans up to the next heading that is not below that of span ``index``."""
    heading = lines[spans[index][0]]
    section = []
    for number in range(index + 1, len(spans)):
        span = spans[number]
        line = lines[span[0]]
        if is_heading(line) and (line.level or _BY_LOOK) <= (heading.level or _BY_LOOK):
            break
        section.append(span)
    return section


def _iter_gaps(
    lines: Sequence[Line], section: Sequence[tuple[int, int]], with_time: Sequence[int]
) -> Iterator[tuple[int, str]]:
    """Yield the few points of a timed list that alone have no time."""
    first, last, timed = with_time[0], with_time[-1], set(with_time)
    like = lines[section[first][0]]
    gaps = [
        number
        for number in range(first + 1, last)
        if number not in timed
        and lines[section[number][0]].kind == like.kind
        and lines[section[number][0]].level == like.level
        and not _is_label(lines[section[number][0]])
    ]
    if like.kind in ("item", "paragraph") and len(gaps) * 2 <= len(with_time):
        for number in gaps:
            yield section[number][0], _text(lines, section[number])


def _choose_items(openings: Sequence[Line]) -> list[int]:
    """Choose the outer items of the first list."""
    begin = next(number for number, line in enumerate(openings) if line.kind == "item")
    outer = openings[begin].level
    chosen = []
    for number in range(begin, len(openings)):
        if openings[number].kind != "item":
            break
        if openings[number].level == outer:
            chosen.append(number)
    return chosen


def _choose_headings(openings: Sequence[Line]) -> list[int]:
    """Choose the subheadings of the highest level: each says what its paragraphs explain."""
    levels = [line.level or 6 for line in openings if line.kind == "heading"]
    return [
        number
        for number, line in enumerate(openings)
        if line.kind == "heading" and (line.level or 6) == min(levels)
    ]


def _choose_paragraphs(openings: Sequence[Line]) -> list[int]:
    """Choose the paragraphs up to a label, or to where an emoji begins to open the lines."""
    chosen: list[int] = []
    for number, line in enumerate(openings):
        changes = _opens_with_emoji(line) != _opens_with_emoji(openings[0])
        label = is_heading(line) or (_is_label(line) and not _opens_with_emoji(line))
        if line.kind != "paragraph" or changes or label:
            break
        chosen.append(number)
    return chosen


_CHOICES: dict[str, Callable[[Sequence[Line]], list[int]]] = {
    "item": _choose_items,
    "heading": _choose_headings,
}


def _opens_with_emoji(line: Line) -> bool:
    return bool(_EMOJI_FIRST.match(line.text))


def _is_label(line: Line) -> bool:
    """Say whether a line is a name or a call rather than a sentence."""
    few = len(line.text.split()) <= _WORDS_OF_A_LABEL
    return few and not line.text.rstrip("\"'”’) ").endswith((".", "!", "?", "…"))


def _text(lines: Sequence[Line], span: tuple[int, int]) -> str:
    return trim(" ".join(line.text for line in lines[slice(*span)]))
