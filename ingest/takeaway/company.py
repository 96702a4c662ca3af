"""Decides which marks are moments, by the company they keep.

One clock text says little; the list it stands in says what it is. So marks are weighed with others
of equal shape and place: a bare ``5:38`` in front of a line counts where other lines do the same.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.takeaway.lines import Line, is_timed_heading, names_schedule
from ingest.takeaway.marks import Mark, Place
from ingest.takeaway.traps import VERSES

_NEW_SENTENCE = re.compile(r"\s?(?:[.!?。！？]|[\"“‘'¿¡(]?[^\W\d_a-zß-ÿ]|$)")
_LOWER = re.compile(r"\s?[a-zß-ÿ]")

_OF_DAY_MS = range(6 * 60_000, 24 * 60_000)
"""``6:00`` to ``23:59``, read as minutes and seconds: what a time of day looks like."""


Group = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class _Company:
    """What is known of an issue's marks as a whole."""

    counts: Counter[Group]
    """How many marks there are of each group."""
    moments: Counter[Place]
    """How many of each place are moments beyond doubt."""


def keep_moments(lines: Sequence[Line]) -> list[Line]:
    """Return the lines with only those marks left that are moments."""
    schedules = set(_iter_schedules(lines))
    lines = [
        replace(line, marks=tuple(mark for mark in line.marks if mark.shape == "link"))
        if line.section in schedules
        else line
        for line in lines
    ]
    if _is_scripture(lines):
        lines = [replace(line, marks=_bracketed(line.marks)) for line in lines]
    counts = Counter(_group(mark) for line in lines for mark in line.marks)
    clear = Counter(
        mark.place for line in lines for mark in line.marks if _is_clear(mark, line, counts)
    )
    return [_keep(line, _Company(counts, clear)) for line in lines]


def _is_scripture(lines: Sequence[Line]) -> bool:
    """Say whether there are more chapters and verses than bare marks in an issue."""
    bare = sum(mark.shape == "bare" for line in lines for mark in line.marks)
    verses = sum(1 for line in lines for _ in VERSES.finditer(line.text)) if bare else 0
    return verses > max(bare, 2)


def _bracketed(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    return tuple(mark for mark in marks if mark.shape != "bare")


def _keep(line: Line, company: _Company) -> Line:
    if not line.marks:
        return line
    kept: list[Mark] = []
    for mark in line.marks:
        before = kept[-1] if kept else None
        if _is_clear(mark, line, company.counts) or _fits(mark, line, before, company):
            kept.append(mark)
    return line if len(kept) == len(line.marks) else replace(line, marks=tuple(kept))


def _group(mark: Mark) -> Group:
    """Return what the marks of one list have in common."""
    shape = "unlabelled" if mark.start == mark.end else mark.shape
    return shape, mark.place, mark.separated


def _is_clear(mark: Mark, line: Line, counts: Counter[Group]) -> bool:
    """Say whether a mark is a moment by its own look and by others of its group."""
    if mark.start == mark.end:
        return counts[_group(mark)] >= 3 or is_timed_heading(line.section)
    if mark.shape == "link" or mark.place == "inside":
        return mark.shape == "link"
    if mark.shape != "bare" or (mark.place == "alone" and line.kind == "heading"):
        return True
    enough = 2 if mark.separated or mark.place == "alone" else 3
    if mark.separated and (is_timed_heading(line.section) or mark.start_ms not in _OF_DAY_MS):
        enough = 1
    if _LOWER.match(line.text[mark.end : mark.end + 2]):
        return False
    return counts[_group(mark)] >= enough


def _fits(mark: Mark, line: Line, before: Mark | None, company: _Company) -> bool:
    """Say whether a mark that alone would prove nothing belongs to the list of the clear ones."""
    after = line.text[mark.end : mark.end + 3]
    if mark.place == "inside" and mark.shape == "bare":
        return (
            before is not None
            and mark.separated
            and before.separated
            and mark.start_ms > before.start_ms
        )
    if mark.shape == "paren":
        neighbours = sum(other.shape == "paren" for other in line.marks[:3]) > 1
        return bool(_NEW_SENTENCE.match(after)) and (neighbours or company.moments["last"] > 0)
    if mark.shape == "bracket":
        return company.moments.total() > 0 or company.counts[_group(mark)] > 1
    timed = is_timed_heading(line.section) or company.moments["first"] > 0
    return mark.place == "first" and timed and not _LOWER.match(after)


def _iter_schedules(lines: Sequence[Line]) -> Iterator[str | None]:
    """Yield the sections whose marks are the times of day of a programme."""
    sections: dict[str | None, list[Line]] = {}
    for line in lines:
        sections.setdefault(line.section, []).append(line)
    for section, members in sections.items():
        starts = [mark.start_ms for line in members for mark in line.marks if mark.shape != "link"]
        if not starts or not all(ms in _OF_DAY_MS and ms % 5000 == 0 for ms in starts):
            continue
        named = [section or "", *[line.text[:200] for line in members if not line.marks][:3]]
        half_hours = len(starts) > 2 and all(ms % 30_000 == 0 for ms in starts)
        if (half_hours and starts == sorted(starts)) or any(map(names_schedule, named)):
            yield section
