"""Finds the cues of caption files: WebVTT, SubRip (SRT) and SubViewer (SBV) share one shape.

A timing line, the lines of text under it, then an empty line. What is broken is told and costs no
more than itself.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from corpus.formats.clock import find_clock
from corpus.formats.drafts import count_of

_SBV_LIKE = re.compile(r"\s*\d{1,5}:\d\d?:[^\s,]{1,20},\d{1,5}:\d\d?:[^\s,]{1,20}\s*", re.ASCII)
_COMMENT = re.compile(r"(?:NOTE(?:[ \t]|$)|(?:STYLE|REGION|WEBVTT)\s*$|WEBVTT[ \t])")
# What nearly every timing line looks like, read in one go; any other is read piece by piece.
_PLAIN_CLOCK = r"(\d\d):([0-5]\d):([0-5]\d)[.,](\d{3})"
_PLAIN_TIMING = re.compile(rf"{_PLAIN_CLOCK} --> {_PLAIN_CLOCK}(?=\s|\Z)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Timing:
    """What a timing line says; None for what cannot be read."""

    start_ms: int | None
    end_ms: int | None


@dataclass(slots=True)
class Cue:
    """A cue as it stands in the file."""

    number: int
    """Line of its times, from 1."""
    start_ms: int | None
    end_ms: int | None
    lines: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CueFile:
    """All cues whose start can be read, and what is wrong."""

    cues: tuple[Cue, ...]
    problems: tuple[str, ...]


def split_lines(text: str) -> list[str]:
    """Return the lines of ``text``, whichever of the three line ends it uses."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.split("\n")


def find_arrow_timing(line: str) -> Timing | None:
    """Return the times of a ``start --> end`` line; None if it is none.

    Also the line of a broken cue is one, with None for what cannot be read: an arrow with something
    like a clock on either side.
    """
    if "-->" not in line:
        return None
    if plain := _PLAIN_TIMING.match(line):
        times = [int(digits) for digits in plain.groups()]
        return Timing(_milliseconds(*times[:4]), _milliseconds(*times[4:]))
    before, _, after = line.partition("-->")
    if len(before) > 60:
        return None
    end_text = (after.split(None, 1) or [""])[0]
    start, end = find_clock(before), find_clock(end_text[:40])
    if start is None and not (_is_clock_like(before) or _is_clock_like(end_text)):
        return None
    return Timing(start, end)


def _milliseconds(hours: int, minutes: int, seconds: int, ms: int) -> int:
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms


def _is_clock_like(text: str) -> bool:
    text = text.strip()
    return ":" in text and text[:1].isdigit() and len(text) <= 24


def find_sbv_timing(line: str) -> Timing | None:
    """Return the times of a ``0:00:01.000,0:00:02.000`` line; None if it is none."""
    if _SBV_LIKE.fullmatch(line) is None:
        return None
    start, _, end = line.partition(",")
    return Timing(find_clock(start), find_clock(end))


@dataclass(slots=True)
class _Scanner:
    find_timing: Callable[[str], Timing | None]
    strict: bool
    """WebVTT: only a truly empty line ends a cue, and what follows it is no part of it."""
    cues: list[Cue] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)
    after_blank: bool = True
    in_comment: bool = False
    stray: int = 0
    untimed: int = 0

    def feed(self, number: int, line: str) -> None:
        timing = self.find_timing(line)
        if timing is not None:
            self._open(number, timing)
        elif not line or not (self.strict or line.strip()):
            self._blank()
        elif self.in_comment:
            return
        elif self.cues and not self.after_blank:
            self.cues[-1].lines.append(line)
        elif self.strict and not self.loose and _COMMENT.match(line):
            self.in_comment = True
        else:
            self.loose.append(line)

    def _open(self, number: int, timing: Timing) -> None:
        if self.loose and (self.strict or self.loose[-1].strip().isdigit()):
            self.loose.pop()  # the cue's identifier
        elif not self.loose and self.cues and not self.after_blank:
            last = self.cues[-1].lines
            if last and last[-1].strip().isdigit():
                last.pop()  # the number of a cue that no empty line sets apart
        self.settle()
        self.cues.append(Cue(number, timing.start_ms, timing.end_ms))
        self.after_blank = self.in_comment = False

    def _blank(self) -> None:
        if self.strict:
            self.settle()
        self.after_blank, self.in_comment = True, False

    def settle(self) -> None:
        """Give lines that stand outside a cue to the cue before, or count them as lost."""
        if not self.loose:
            return
        loose, self.loose = self.loose, []
        if len(loose) > 1 and loose[0].strip().isdigit():
            self.untimed += 1
            del loose[0]
        if not any(line.strip() for line in loose):
            return
        if self.cues and not (self.strict and self.cues[-1].lines):
            self.cues[-1].lines.extend(loose)
        else:
            self.stray += len(loose)


def scan_cues(
    lines: list[str],
    find_timing: Callable[[str], Timing | None],
    *,
    strict: bool = False,
    first_number: int = 1,
) -> CueFile:
    """Return the cues among ``lines``.

    With ``strict`` the text of a cue ends at the first empty line, as WebVTT has it; without, it
    ends at the next timing line, since SubRip files often hold empty lines inside a cue.
    """
    scanner = _Scanner(find_timing, strict)
    for number, line in enumerate(lines, first_number):
        scanner.feed(number, line)
    scanner.settle()
    return CueFile(
        tuple(cue for cue in scanner.cues if cue.start_ms is not None),
        (*scanner.problems, *_told(scanner)),
    )


def _told(scanner: _Scanner) -> list[str]:
    problems = []
    lost = [cue for cue in scanner.cues if cue.start_ms is None]
    if lost:
        where = ", ".join(str(cue.number) for cue in lost[:5]) + (" ..." if len(lost) > 5 else "")
        total = len(scanner.cues)
        problems.append(f"{len(lost)} of {total} cues left out: unreadable times (line {where})")
    endless = [c for c in scanner.cues if c.start_ms is not None and c.end_ms is None]
    if endless:
        where = ", ".join(str(cue.number) for cue in endless[:5])
        problems.append(f"{count_of(len(endless), 'cue')} without a readable end (line {where})")
    if scanner.untimed:
        words = "words kept with the cue before"
        problems.append(f"{count_of(scanner.untimed, 'cue')} without times: {words}")
    if scanner.stray:
        problems.append(f"{count_of(scanner.stray, 'line')} outside any cue left out")
    return problems


def tell_arrows(text: str, found: CueFile) -> list[str]:
    """Return a problem where a file holds more lines with an arrow than cues were read from it."""
    if text.count("-->") <= len(found.cues):
        return []
    arrows = sum("-->" in line for line in split_lines(text))
    missing = arrows - len(found.cues)
    if missing <= 0:
        return []
    return [f"{arrows} lines with an arrow, {count_of(len(found.cues), 'cue')} read"]
