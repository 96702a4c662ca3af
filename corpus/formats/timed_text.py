"""Plain text and Markdown transcripts in the shapes that people and services write them.

The time on a line of its own with or without a speaker (``Jenny Plant 28:10``), at the start of a
line, in brackets (``[00:01:02] Jenny: ...``), also inside a paragraph; or no times at all.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from corpus.formats.clock import find_clock
from corpus.formats.cues import split_lines
from corpus.formats.drafts import Draft, clean_speaker, count_of, finish_transcript
from corpus.formats.labels import accepted_names, find_label, is_name
from corpus.records import ParsedTranscript

_CLOCK = r"\d{1,3}:\d\d(?::\d\d)?(?:[.,]\d{1,3})?"
_UNTIL = rf"(?:\s?(?:-{{1,2}}>?|–|—|to)\s?(?P<%s>{_CLOCK}))?"
_OPENING = re.compile(
    rf"\s*(?P<open>[\[(])?\s?(?P<start>{_CLOCK})"
    + _UNTIL % "end"
    + r"\s?(?(open)[\])]|(?=\s|$|[-–—|:]))"
    r"(?:\s{0,3}[-–—|:](?=\s|$))?\s*"
)
_CLOSING = re.compile(
    rf"(?P<name>[^\s\[(][^\[(]{{0,60}}?)[\s,:|–—-]{{0,4}}(?P<open>[\[(])?(?P<start>{_CLOCK})"
    + _UNTIL % "end"
    + r"(?(open)[\])])\s?:?\s*"
)
_INNER = re.compile(rf"[\[(](?P<start>{_CLOCK})[\])]:?\s*")
_BRACKETED = re.compile(rf"\[(?P<start>{_CLOCK})\]")
_EMPHASIS = re.compile(r"\*{1,3}|(?<!\w)_{1,3}|_{1,3}(?!\w)")
_LINK = re.compile(r"\[(\\?\[?[^\[\]\n]{0,80}\]?)\]\(([^()\s]{1,500})\)")
_MARKER = re.compile(r"\s*(?:#{1,6}\s+|[-*+•]\s+|>\s+)*")
_MOST_LINES = 150_000
_FOLDED = 20
_ESCAPED = re.compile(r"\\([\[\]().:*_#-])")


@dataclass(slots=True)
class Entry:
    """A stretch of text that a time, a speaker or an empty line opened."""

    start_ms: int | None = None
    end_ms: int | None = None
    head: str | None = None
    """What stood beside a time on a line without other words: most likely a name."""
    lines: list[str] = field(default_factory=list)
    fresh: bool = False
    """An empty line came before."""
    speaker: str | None = None
    named: bool = False
    """The speaker is named here, not only still speaking."""


def parse_timed_text(text: str, kind: str = "text") -> ParsedTranscript:
    """Return what a plain or Markdown transcript says.

    Speech without a time of its own is placed between its neighbours by its length and told; where
    fewer than half of the speeches have a time, the transcript is untimed.
    """
    entries = speeches_of(text)
    timed = sum(entry.start_ms is not None for entry in entries)
    problems: list[str] = []
    if timed and (before := _before_speech(entries)):
        problems.append(f"{count_of(before, 'paragraph')} before the first time left out")
        del entries[:before]
    starts: list[int | None] = [None] * len(entries)
    if timed and 2 * timed < len(entries):
        problems.append(f"only {timed} of {len(entries)} speeches have a time")
    elif timed:
        starts, estimated = _all_starts(entries)
        if estimated:
            told = "placed between its neighbours by its length"
            problems.append(f"{estimated} of {len(entries)} speeches without a time: {told}")
    drafts = [_draft(e, start) for e, start in zip(entries, starts, strict=True)]
    return finish_transcript(kind, drafts, problems=problems)


def _before_speech(entries: Sequence[Entry]) -> int:
    """Return how many entries stand before the first one that has a time or a speaker."""
    begins = (n for n, e in enumerate(entries) if e.start_ms is not None or e.speaker)
    return next(begins, 0)


def speeches_of(text: str) -> list[Entry]:
    """Return who says what and when, as far as ``text`` tells."""
    entries = _entries(_fold(split_lines(text)))
    timed = any(entry.start_ms is not None for entry in entries)
    if timed:
        _take_name_lines(entries)
    return [entry for entry in _by_speaker(entries, timed) if any(entry.lines)]


def _fold(lines: Sequence[str]) -> Sequence[str]:
    """Join lines without times and names where there are far more of them than anybody says.

    An hour of talk has some thousand lines; each costs the same, however little stands in it.
    """
    if len(lines) <= _MOST_LINES or sum(map(_is_plain, lines)) <= _MOST_LINES:
        return lines
    kept: list[str] = []
    for plain, group in groupby(filter(str.strip, lines), key=_is_plain):
        held = list(group)
        step = _FOLDED if plain else 1
        for at in range(0, len(held), step):
            kept += [" ".join(held[at : at + step]), ""]
    return kept


def _is_plain(line: str) -> bool:
    return bool(line) and ":" not in line and "[" not in line


def _draft(entry: Entry, start_ms: int | None) -> Draft:
    return Draft(
        text=" ".join(entry.lines),
        start_ms=start_ms,
        end_ms=entry.end_ms if start_ms is not None else None,
        speaker=clean_speaker(entry.speaker),
    )


def plain_line(line: str) -> str:
    """Return a line of Markdown without its marks; a link keeps its words."""
    line = _MARKER.sub("", line, count=1) if line[:1] in "#-*+•> \t" else line
    if "](" in line:
        line = _LINK.sub(r"\1", line)
    if "*" in line or "_" in line:
        line = _EMPHASIS.sub("", line)
    return (_ESCAPED.sub(r"\1", line) if "\\" in line else line).strip()


def _entries(lines: Sequence[str]) -> list[Entry]:
    entries: list[Entry] = []
    fresh = True
    for raw in lines:
        line = plain_line(raw)
        if not line:
            fresh = True
            continue
        opened = _opened(line)
        if opened is not None:
            entries.append(opened)
        elif fresh or not entries:
            entries.append(Entry(fresh=True, lines=[line]))
        else:
            entries[-1].lines.append(line)
        fresh = False
    return [part for entry in entries for part in _split_inner(entry)]


def _opened(line: str) -> Entry | None:
    """Return the entry that a line with a time opens."""
    if ":" not in line:
        return None
    match = _OPENING.match(line)
    if match is not None:
        rest = line[match.end() :]
        return _timed_entry(match, None, [rest] if rest else [])
    match = _CLOSING.fullmatch(line)
    if match is not None and is_name(name := match["name"].rstrip(" ,:|–—-")):
        return _timed_entry(match, name, [])
    found = _INNER.search(line, 0, 80)
    if found is not None and is_name(name := line[: found.start()].rstrip(" :-–—")):
        rest = line[found.end() :]
        return _timed_entry(found, name, [rest] if rest else [])
    return None


def _timed_entry(match: re.Match[str], head: str | None, lines: list[str]) -> Entry | None:
    start = find_clock(match["start"])
    if start is None:
        return None
    end = match.groupdict().get("end")
    return Entry(start, find_clock(end) if end else None, head=head, lines=lines, speaker=head)


def _split_inner(entry: Entry) -> list[Entry]:
    """Part an entry at the bracketed times in the middle of its text."""
    if not any("[" in line for line in entry.lines):
        return [entry]
    text = "\n".join(entry.lines)
    marks = [m for m in _BRACKETED.finditer(text) if find_clock(m["start"]) is not None]
    if not marks:
        return [entry]
    parts = [entry]
    bounds = [*(mark.start() for mark in marks), len(text)]
    entry.lines = text[: bounds[0]].strip().split("\n")
    for mark, end in zip(marks, bounds[1:], strict=True):
        lines = text[mark.end() : end].strip().split("\n")
        label = find_label(parts[-1].lines[0]) if parts[-1].lines else None
        if label is not None and not parts[-1].lines[0][label.end :] and len(parts[-1].lines) == 1:
            lines[0] = f"{parts[-1].lines[0]} {lines[0]}"  # "Ben: [08:14] Yeah"
            parts[-1].lines = []
        parts.append(Entry(find_clock(mark["start"]), lines=lines))
    return [part for part in parts if any(part.lines) or part.head]


def _take_name_lines(entries: list[Entry]) -> None:
    """Take names on lines of their own, below or above a line with a time, as speakers."""
    timed = sum(entry.start_ms is not None for entry in entries)
    below = [e for e in entries if e.start_ms is not None and len(e.lines) > 1 and not e.head]
    _take_names(timed, [(entry, entry, 0) for entry in below])
    _take_names(
        timed,
        [
            (before, entry, -1)
            for before, entry in pairwise(entries)
            if entry.start_ms is not None and not entry.speaker and _may_end_in_name(before)
        ],
    )


def _may_end_in_name(entry: Entry) -> bool:
    return len(entry.lines) > 1 or bool(entry.lines and entry.start_ms is None and entry.fresh)


def _take_names(timed: int, places: list[tuple[Entry, Entry, int]]) -> None:
    """Make the line of the first entry the speaker of the second, where such lines are names."""
    names = [holder.lines[at].rstrip(":") for holder, _, at in places]
    if not _are_names(names, timed):
        return
    for (holder, entry, at), name in zip(places, names, strict=True):
        if is_name(name):
            entry.speaker = name
            del holder.lines[at]


def _are_names(texts: Sequence[str], timed: int) -> bool:
    """Tell whether lines beside the times of ``timed`` entries name speakers: most, and often."""
    names = [text for text in texts if is_name(text)]
    if not names or 10 * len(names) < 7 * len(texts) or 2 * len(names) < timed:
        return False
    return timed <= 3 or 2 * len(set(names)) <= len(names)


def _by_speaker(entries: list[Entry], timed: bool) -> list[Entry]:
    """Take labels off the lines and join what belongs to one speech."""
    labels = [find_label(line) for entry in entries for line in entry.lines[:1]]
    accepted = accepted_names([label.name for label in labels if label], len(entries))
    result: list[Entry] = []
    speaker: str | None = None
    for entry in entries:
        speaker, named = entry.speaker or speaker, entry.speaker is not None
        begins = entry.start_ms is not None or not timed or not result
        start, end = entry.start_ms, entry.end_ms
        for line in entry.lines or [""]:
            label = find_label(line)
            words = line
            if label is not None and label.name in accepted:
                speaker, named, words = label.name, True, line[label.end :]
                begins = True
            if begins:
                result.append(Entry(start, end, lines=[words], speaker=speaker, named=named))
                begins, start, end = False, None, None
            else:
                result[-1].lines.append(words)
    return result


def _all_starts(entries: Sequence[Entry]) -> tuple[list[int | None], int]:
    """Return a start for each entry and how many of them are estimates.

    What has no time lies between the known ones around it, as its letters divide them; before the
    first known time it counts from 0, and after the last it stays there.
    """
    starts = [entry.start_ms for entry in entries]
    known = [n for n, start in enumerate(starts) if start is not None]
    if not known:
        return starts, 0
    lengths = [sum(map(len, entry.lines)) for entry in entries]
    bounds = [(-1, 0), *((n, starts[n] or 0) for n in known)]
    for (left, from_ms), (right, to_ms) in pairwise(bounds):
        total = sum(lengths[max(left, 0) : right]) or 1
        done = 0
        for n in range(max(left, 0), right):
            if n > left:
                starts[n] = from_ms + max(to_ms - from_ms, 0) * done // total
            done += lengths[n]
    last = starts[known[-1]]
    for n in range(known[-1] + 1, len(starts)):
        starts[n] = last
    return starts, len(entries) - len(known)
