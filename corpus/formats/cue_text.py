"""The text inside a cue: tags, voices, inline times, entities, and captions whose lines roll."""

import html
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from corpus.formats.clock import find_clock
from corpus.formats.drafts import clean_speaker
from corpus.records import Word

# A closing tag may lack its end; an opening one without is kept, since words stand in it.
# Neither branch can look past the next "<", so that a file of many is read once.
_TAG = re.compile(r"<(?P<tag>[^<>]*)>|<(?P<open>/(?:c|i|b|u|v|lang|ruby|rt)\b[^<>]*)(?=<|\Z)")
_VOICE = re.compile(r"v(?:\.[^\s>]*)?(?:\s+(?P<name>.*))?", re.DOTALL)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# A cue of one voice from its start to its end, which nearly all cues with voices are.
_ONE_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s(?P<name>[^<>]*)>(?P<words>[^<]*)(?:</v>)?")
_POSITION = re.compile(r"\{\\[^{}\n]*\}")  # {\an8} of styled SubRip files
_LONG_NAME = 80  # letters; longer ones are no names, and are not remembered


class Run(NamedTuple):
    """Text of one voice between two inline times, entities still written out."""

    text: str
    speaker: str | None
    at_ms: int | None
    """An inline time right before it."""


CueLine = Sequence[Run]


def unescape(text: str) -> str:
    """Return ``text`` with its complete entities as letters; ``&lt`` without a semicolon stays."""
    return _ENTITY.sub(lambda match: html.unescape(match[0]), text) if "&" in text else text


def read_cue_lines(lines: Sequence[str]) -> tuple[list[CueLine], bool]:
    """Return the lines of a cue as runs, tags taken out, and whether it names voices.

    A voice lasts until the next one begins: words after a closing tag are taken to be its own.
    """
    text = "\n".join(lines)
    if "{\\" in text:
        text = _POSITION.sub("", text)
    if "<" not in text:
        return _one_voice(text, None), False
    if one := _ONE_VOICE.fullmatch(text):
        return _one_voice(one["words"], _voice_name(one["name"])), True
    return _read_tags(text)


def _read_tags(text: str) -> tuple[list[CueLine], bool]:
    runs: list[Run] = []
    speaker: str | None = None
    at_ms: int | None = None
    voiced = False
    done = 0
    for match in _TAG.finditer(text):
        tag = match["tag"] if match["open"] is None else match["open"]
        if not _is_tag(tag):
            continue
        if match.start() > done:
            runs.append(Run(text[done : match.start()], speaker, at_ms))
            at_ms = None
        done = match.end()
        if (voice := _VOICE.fullmatch(tag)) is not None:
            speaker, voiced = _voice_name(voice["name"] or ""), True
        elif (clock := find_clock(tag)) is not None:
            at_ms = clock
        elif tag.rstrip(" /").lower() == "br":
            runs.append(Run("\n", speaker, None))
    runs.append(Run(text[done:], speaker, at_ms))
    return _split_runs(runs), voiced


def _one_voice(text: str, speaker: str | None) -> list[CueLine]:
    return [(Run(line, speaker, None),) for line in text.split("\n") if line.strip()]


def _voice_name(written: str) -> str | None:
    return _known_name(written) if len(written) <= _LONG_NAME else clean_speaker(unescape(written))


@lru_cache(maxsize=256)
def _known_name(written: str) -> str | None:
    return clean_speaker(unescape(written))


def _is_tag(tag: str) -> bool:
    """Tell a tag from words in angle brackets, such as ``<3 you>``."""
    return not tag or tag[0].isalpha() or tag[0] in "/." or find_clock(tag) is not None


def _split_runs(runs: Sequence[Run]) -> list[CueLine]:
    lines: list[list[Run]] = [[]]
    for run in runs:
        first, *rest = run.text.split("\n")
        if first:
            lines[-1].append(Run(first, run.speaker, run.at_ms))
        lines.extend([Run(part, run.speaker, None)] if part else [] for part in rest)
    return [tuple(line) for line in lines if line_text(tuple(line)).strip()]


def line_text(line: CueLine) -> str:
    """Return the words of a line, entities still written out."""
    return line[0].text if len(line) == 1 else "".join([run.text for run in line])


def cut_line(line: CueLine, length: int) -> CueLine:
    """Return ``line`` without its first ``length`` letters."""
    kept: list[Run] = []
    for run in line:
        if length < len(run.text):
            kept.append(Run(run.text[length:], run.speaker, run.at_ms))
            length = 0
        else:
            length -= len(run.text)
    return tuple(kept)


def words_of(lines: Sequence[CueLine], start_ms: int, end_ms: int) -> tuple[Word, ...]:
    """Return the timed words of a cue; empty where it has no inline times.

    Words that share one inline time divide the time up to the next one by their length.
    """
    if not _has_times(lines):
        return ()
    groups = _timed_groups(lines, start_ms)
    ends = [at for at, _ in groups[1:]] + [max(end_ms, groups[-1][0])]
    words: list[Word] = []
    open_word = False  # the group before ended inside a word: "ac" + "count"
    for (at, parts), end in zip(groups, ends, strict=True):
        text = unescape("".join(parts))
        found = _spread(text, at, end)
        if found and open_word and words and not text[:1].isspace():
            joined = words[-1].text + found[0].text
            words[-1] = replace(words[-1], text=joined, end_ms=found[0].end_ms)
            del found[0]
        words.extend(found)
        open_word = not text[-1:].isspace() if text else open_word
    return tuple(words)


def _has_times(lines: Sequence[CueLine]) -> bool:
    for line in lines:
        for run in line:
            if run.at_ms is not None:
                return True
    return False


def _timed_groups(lines: Sequence[CueLine], start_ms: int) -> list[tuple[int, list[str]]]:
    groups: list[tuple[int, list[str]]] = [(start_ms, [])]
    for line in lines:
        for run in line:
            if run.at_ms is not None:
                groups.append((max(run.at_ms, groups[-1][0]), []))
            groups[-1][1].append(run.text)
        groups[-1][1].append(" ")
    return groups


def _spread(text: str, start_ms: int, end_ms: int) -> list[Word]:
    tokens = text.split()
    letters = sum(map(len, tokens))
    words, done = [], 0
    for token in tokens:
        begin = start_ms + (end_ms - start_ms) * done // letters
        done += len(token)
        end = start_ms + (end_ms - start_ms) * done // letters
        words.append(Word(start_ms=begin, end_ms=end, text=token))
    return words


def unroll(cues: Sequence[list[CueLine]]) -> list[list[CueLine]]:
    """Return the lines of each cue without those that only roll up from the cue before.

    Automatic captions show each line twice: spoken at the bottom, then moved up. A file is taken to
    roll where at least three cues (one where words have inline times), and a quarter of those with
    two lines, open with the last line before and go on with a new one.
    """
    if all(len(cue) < 2 for cue in cues):
        return list(cues)  # a line that rolls up has another one under it
    shown = [[" ".join(line_text(line).split()) for line in cue] for cue in cues]
    pairs = list(pairwise(shown))
    rolling = sum(0 < _overlap(a, b) < len(b) for a, b in pairs)
    inline = any(_has_times(cue) for cue in cues)
    if rolling < (1 if inline else 3) or 4 * rolling < sum(len(b) > 1 for _, b in pairs):
        return list(cues)
    kept = [list(cues[0])]
    kept.extend(cue[_overlap(a, b) :] for cue, (a, b) in zip(cues[1:], pairs, strict=True))
    return kept


def _overlap(before: Sequence[str], after: Sequence[str]) -> int:
    """Return how many lines at the end of ``before`` are those at the start of ``after``."""
    longest = min(len(before), len(after), 8)
    return next((n for n in range(longest, 0, -1) if before[-n:] == after[:n]), 0)
