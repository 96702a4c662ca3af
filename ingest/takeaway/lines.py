"""An issue as lines, each with its marks and the heading above it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.records import Block, BlockKind, Link
from ingest.takeaway.marks import Mark, find_marks

_TIMED_HEADING = re.compile(
    r"take-?aways?|time\s?-?(?:stamp|code|line)s?|chapter|highlight|show\s?-?notes|topics?\b|outline|"
    r"minute|key (?:points|moments|lessons)|in this episode|sprungmarken|kapitel|inhalt|themen",
    re.IGNORECASE,
)
_SCHEDULE = re.compile(
    r"agenda|schedule|programme|timetable|opening hours|webinar|save the date|running order|"
    r"when and where|tagesordnung|ablauf|öffnungszeiten|horaires",
    re.IGNORECASE,
)

MOST_MARKS = 5_000
"""In an issue; no episode has so many moments, and all behind them are left alone."""

HEADING_LETTERS = 70
HEADING_WORDS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a block (a block has several where soft breaks were kept), with its marks."""

    block: int
    """Number of its block."""
    kind: BlockKind
    text: str
    first: bool
    """It opens its block."""
    level: int | None = None
    marks: tuple[Mark, ...] = ()
    section: str | None = None


def read_lines(blocks: Sequence[Block]) -> list[Line]:
    """Return the lines of all blocks but code, each with its marks and the heading above it."""
    lines: list[Line] = []
    section: str | None = None
    marked = False
    found = 0
    for number, block in enumerate(blocks):
        if block.kind == "code":
            continue
        mine: list[Line] = []
        for text, links in _iter_texts(block):
            marks = find_marks(text, links) if found < MOST_MARKS else ()
            found += len(marks)
            line = Line(
                block=number,
                kind=block.kind,
                text=text,
                first=not mine,
                level=block.level,
                marks=marks,
                section=section,
            )
            mine.append(line)
        if len(mine) == 1 and not mine[0].marks and is_heading(mine[0]):
            title = mine[0].text.strip("*_ ").rstrip(":： ")
            real = block.kind == "heading"
            # Under a marked heading a line that only looks like one may well introduce a picture.
            if title and (real or not marked or is_timed_heading(title) or names_schedule(title)):
                section, marked = title, real
        lines += mine
    return lines


def is_heading(line: Line) -> bool:
    """Say whether a line is a heading, by kind or by look: short, with a colon at its end."""
    if line.kind == "heading":
        return True
    looks = (
        line.kind == "paragraph" and line.first and line.text.rstrip("*_ ").endswith((":", "："))
    )
    return looks and len(line.text) <= HEADING_LETTERS and len(line.text.split()) <= HEADING_WORDS


def is_timed_heading(section: str | None) -> bool:
    """Say whether a heading announces takeaways, chapters or other timed notes."""
    return bool(section and len(section) < 100 and _TIMED_HEADING.search(section))


def names_schedule(text: str) -> bool:
    """Say whether a text speaks of a programme, whose times are times of day."""
    return bool(_SCHEDULE.search(text))


def _iter_texts(block: Block) -> Iterable[tuple[str, tuple[Link, ...]]]:
    """Yield the lines of a block, or the cells of a row, with the links in each."""
    parts = (
        [cell for cell in block.cells if cell] if block.kind == "row" else block.text.split("\n")
    )
    links = _located(block)
    offset = 0
    first = 0
    for part in parts:
        end = offset + len(part)
        behind = first
        while behind < len(links) and (links[behind].start or 0) < end:
            behind += 1
        inside = tuple(
            replace(link, start=(link.start or 0) - offset)
            for link in links[first:behind]
            if offset <= (link.start or 0)
        )
        first = behind
        yield part, inside
        # Cells stand in the block's text with " | " between them.
        offset = end + (3 if block.kind == "row" else 1)


def _located(block: Block) -> list[Link]:
    """Return the block's links that can be found in its text, each with its offset."""
    located = []
    cursor = 0
    for link in block.links:
        start = block.text.find(link.text, cursor) if link.start is None else link.start
        if start >= 0 and link.text:
            located.append(replace(link, start=start))
            cursor = start + len(link.text)
    return sorted(located, key=lambda link: link.start or 0)


def iter_spans(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """Yield the first line and the line after the last of every block."""
    start = 0
    for number in range(1, len(lines) + 1):
        if number == len(lines) or lines[number].block != lines[start].block:
            yield start, number
            start = number
