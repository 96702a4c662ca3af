"""Finds the takeaways of an issue: what is worth hearing, and the second it is said."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.records import Block, Chapter, ParsedTakeaway
from ingest.takeaway.company import keep_moments
from ingest.takeaway.lines import MOST_MARKS, Line, iter_spans, read_lines
from ingest.takeaway.lone_marks import find_lone_texts
from ingest.takeaway.marks import Mark
from ingest.takeaway.texts import iter_marked_texts, prefers_trailing
from ingest.takeaway.untimed import iter_untimed

__all__ = ["find_takeaways", "read_takeaways", "split_timed_notes"]

CHAPTER_START_MS = 180_000
"""A list that begins later than this does not divide an episode."""
CHAPTER_LETTERS = 90


@dataclass(frozen=True, slots=True)
class _Found:
    """A takeaway and where it stands."""

    line: int
    takeaway: ParsedTakeaway


def find_takeaways(blocks: Sequence[Block]) -> tuple[ParsedTakeaway, ...]:
    """Return the takeaways and timed notes of an issue in the author's order.

    Text and time are kept apart and nothing else is kept. Items under a heading such as "Key
    Takeaways" count without a time too. Clock times, scripture and the like are no moments.
    """
    return read_takeaways(blocks)[0]


def read_takeaways(
    blocks: Sequence[Block],
) -> tuple[tuple[ParsedTakeaway, ...], tuple[str, ...]]:
    """Return what :func:`find_takeaways` does, and what was left out where there is too much."""
    read = read_lines(blocks)
    left_out = sum(len(line.marks) for line in read) >= MOST_MARKS
    problem = f"has more than {MOST_MARKS} moments; those behind them are left out"
    lines = keep_moments(read)
    found = list(_iter_timed(lines))
    timed = {each.line for each in found}
    found += [
        _Found(number, ParsedTakeaway(text=text, section=lines[number].section))
        for number, text in iter_untimed(lines, timed)
    ]
    takeaways = tuple(each.takeaway for each in sorted(found, key=lambda each: each.line))
    return takeaways, (problem,) if left_out else ()


def _iter_timed(lines: Sequence[Line]) -> Iterator[_Found]:
    lone = find_lone_texts(lines)
    trailing = prefers_trailing(lines)
    for start, end in iter_spans(lines):
        if start in lone:
            mark = lines[start].marks[0]
            yield _Found(start, _takeaway(lone[start], mark, lines[start].section))
            continue
        for number, mark, text in iter_marked_texts(lines[start:end], trailing):
            yield _Found(start + number, _takeaway(text, mark, lines[start].section))


def _takeaway(text: str, mark: Mark, section: str | None) -> ParsedTakeaway:
    return ParsedTakeaway(
        text=text,
        start_ms=mark.start_ms,
        end_ms=mark.end_ms,
        section=section,
        link=mark.link,
        label=mark.label,
    )


def split_timed_notes(
    found: Sequence[ParsedTakeaway],
) -> tuple[tuple[Chapter, ...], tuple[ParsedTakeaway, ...]]:
    """Return the chapters among the timed notes of an episode, and the takeaways that are left.

    Chapters are the short titles of one section, rising from near the start; the rest, and all that
    has no time, are takeaways.
    """
    chapters: list[Chapter] = []
    takeaways: list[ParsedTakeaway] = []
    sections: dict[str | None, list[ParsedTakeaway]] = {}
    for each in found:
        sections.setdefault(each.section, []).append(each)
    for members in sections.values():
        timed = [each for each in members if each.start_ms is not None]
        if chapters or not _are_chapters(timed):
            takeaways += members
            continue
        takeaways += [each for each in members if each.start_ms is None]
        chapters = [
            Chapter(
                start_ms=each.start_ms or 0, end_ms=each.end_ms, title=each.text, link=each.link
            )
            for each in timed
        ]
    return tuple(chapters), tuple(takeaways)


def _are_chapters(timed: Sequence[ParsedTakeaway]) -> bool:
    starts = [each.start_ms or 0 for each in timed]
    if len(starts) < 3 or starts[0] > CHAPTER_START_MS:
        return False
    rising = all(one < other for one, other in pairwise(starts))
    short = sum(len(each.text) <= CHAPTER_LETTERS for each in timed)
    return rising and short * 5 >= len(timed) * 4
