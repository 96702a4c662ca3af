"""How what was found divides: by show, speaker and kind, and over time. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.catalogue.facets import FacetRow

MOST_VALUES = 8
_MOST_MONTHS = 24
_MOST_BARS = 40
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One value that can be filtered by, and how many passages have it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A stretch of time, and how many passages were published in it."""

    label: str
    after: str
    """The stretch as filters have it: its first day or later, before the next one."""
    before: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """How the passages found divide; the most frequent values first."""

    counted: int
    shows: tuple[Count, ...] = ()
    speakers: tuple[Count, ...] = ()
    kinds: tuple[Count, ...] = ()
    bars: tuple[Bar, ...] = ()
    """In order of time, none left out; empty where all is of one stretch."""


def count_facets(rows: Sequence[FacetRow]) -> Facets:
    """Return how passages divide."""
    return Facets(
        counted=len(rows),
        shows=_count(row.show for row in rows),
        speakers=_count(name for row in rows for name in row.speakers),
        kinds=_count(row.kind for row in rows),
        bars=make_bars(row.published for row in rows),
    )


def _count(values: Iterable[str | None]) -> tuple[Count, ...]:
    counted = Counter(value for value in values if value)
    ranked = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Count(value=value, count=count) for value, count in ranked[:MOST_VALUES])


def make_bars(dates: Iterable[str | None]) -> tuple[Bar, ...]:
    """Return dates counted by month, or by year where they span more than two.

    >>> [(bar.label, bar.count) for bar in make_bars(["2024-01-05", "2024-03", "2024-03-09"])]
    [('Jan 2024', 1), ('Feb 2024', 0), ('Mar 2024', 2)]
    """
    found = [match for text in dates if (match := _DATE.match(text or ""))]
    months = Counter(int(match[1]) * 12 + int(match[2]) - 1 for match in found)
    if len(months) < 2:
        return ()
    first, last = min(months), max(months)
    if last - first < _MOST_MONTHS:
        return tuple(_month(month, months[month]) for month in range(first, last + 1))
    years: Counter[int] = Counter()
    for month, count in months.items():
        years[month // 12] += count
    # A wrong date of a feed must not make centuries of it.
    start = max(first // 12, last // 12 - _MOST_BARS + 1)
    return tuple(
        Bar(
            label=str(year),
            after=f"{year:04}-01-01",
            before=f"{year + 1:04}-01-01",
            count=years[year],
        )
        for year in range(start, last // 12 + 1)
    )


def _month(month: int, count: int) -> Bar:
    names = [f"{each // 12:04}-{each % 12 + 1:02}-01" for each in (month, month + 1)]
    label = f"{_MONTHS[month % 12]} {month // 12}"
    return Bar(label=label, after=names[0], before=names[1], count=count)
