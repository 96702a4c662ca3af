"""Finds the text that each mark of a block belongs to: before, after, or in the cell beside it."""

import re
from collections.abc import Iterator, Sequence

from ingest.takeaway.lines import Line
from ingest.takeaway.marks import Mark

_EDGE = re.compile(
    r"(?:[\s,;:|•·→»*_>\\)\]]|[-–—]+(?=[\s\W]|$)|[-–—](?=[^\W\d])|[.!?。！？，、](?=\s|$))+"
)
_END = " ,;:|•·→»*_([\\–—-，、\n"
_INVITATION = re.compile(
    r"\W{1,3}(?:▶\W*)?(?:listen|watch|hear it|skip|jump)(?: at| from| to)?$", re.IGNORECASE
)
_LOST_BREAK = re.compile(r"(?<=[a-zß-ÿ)])[:.!?](?=[\"“]?[A-Z][a-z'’])")
_WIDE = re.compile(r"[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]")
_OPENING = re.compile(
    r"[^\n]{0,120}?(?:takeaways?|highlights|time\s?stamps|chapters|topics):\s", re.IGNORECASE
)

WRAPPED_COLUMNS = range(45, 111)
"""Width of a line that a program wrapped; others end where their author ended them."""


def prefers_trailing(lines: Sequence[Line]) -> bool:
    """Say whether an issue puts its marks behind their texts rather than in front of them."""
    balance = 0
    for line in lines:
        for mark in line.marks:
            balance += (mark.place == "last") - (mark.place in ("first", "alone"))
    return balance > 0


def iter_marked_texts(block: Sequence[Line], trailing: bool) -> Iterator[tuple[int, Mark, str]]:
    """Yield the marks of a block with their line's number and their text; none without a text.

    Args:
        block: Its lines, or the cells of its row.
        trailing: What to believe of a mark in the middle of a paragraph.
    """
    if block[0].kind == "row":
        yield from _iter_row(block, trailing)
        return
    places = [(number, mark) for number, line in enumerate(block) for mark in line.marks]
    behind = False
    for index, (number, mark) in enumerate(places):
        above = places[index - 1] if index else None
        below = places[index + 1] if index + 1 < len(places) else None
        before = _lines_before(block, number, mark, above)
        after = _lines_after(block, number, mark, below)
        same_line = above is not None and above[0] == number
        behind = _stands_behind(mark, block[number], behind if same_line else trailing, after)
        if behind:
            text = _join_before(before, first=above is None, glued=len(places) > 1)
        else:
            text = _join_after(after)
        if text:
            yield number, mark, text


def _iter_row(cells: Sequence[Line], trailing: bool) -> Iterator[tuple[int, Mark, str]]:
    """Yield the marks of a row: one alone in its cell belongs to the next cell with words."""
    for number, cell in enumerate(cells):
        if len(cell.marks) == 1 and cell.marks[0].place == "alone":
            beside = [*cells[number + 1 :], *reversed(cells[:number])]
            texts = (trim(other.text) for other in beside if not other.marks)
            text = next((text for text in texts if any(map(str.isalpha, text))), "")
            if text:
                yield number, cell.marks[0], text
        elif cell.marks:
            for mark, text in _iter_cell(cell, trailing):
                yield number, mark, text


def _iter_cell(cell: Line, trailing: bool) -> Iterator[tuple[Mark, str]]:
    paragraph = Line(
        block=cell.block, kind="paragraph", text=cell.text, first=True, marks=cell.marks
    )
    for _, mark, text in iter_marked_texts([paragraph], trailing):
        yield mark, text


def _stands_behind(mark: Mark, line: Line, otherwise: bool, after: Sequence[str]) -> bool:
    """Say whether a mark stands behind its text."""
    if mark.place == "last":
        return True
    if mark.place == "alone":
        return not any(part.strip() for part in after)
    if mark.place == "first" or mark.shape == "bare":
        return False
    if line.marks[0].place == "first":
        return False
    return line.marks[-1].place == "last" or otherwise


def _lines_before(
    block: Sequence[Line], number: int, mark: Mark, above: tuple[int, Mark] | None
) -> list[str]:
    first, offset = (above[0], above[1].end) if above else (0, 0)
    own = block[number].text
    if first == number:
        return [own[offset : mark.start]]
    middle = [block[index].text for index in range(first + 1, number)]
    return [block[first].text[offset:], *middle, own[: mark.start]]


def _lines_after(
    block: Sequence[Line], number: int, mark: Mark, below: tuple[int, Mark] | None
) -> list[str]:
    last, offset = (below[0], below[1].start) if below else (len(block) - 1, None)
    own = block[number].text
    if last == number:
        return [own[mark.end : offset]]
    middle = [block[index].text for index in range(number + 1, last)]
    return [own[mark.end :], *middle, block[last].text[:offset]]


def _join_after(parts: Sequence[str]) -> str:
    """Return the text behind a mark: its line, and the lines that a wrapped sentence runs on to."""
    kept = [trim(parts[0])]
    for part in parts[1:]:
        if kept != [""] and _is_ended(kept[-1], part):
            break
        kept.append(part)
    return trim(" ".join(kept))


def _is_ended(line: str, below: str) -> bool:
    """Say whether a line ends a text, so that the line below begins another."""
    if below[:1].islower():
        return False
    columns = len(line) + len(_WIDE.findall(line))
    complete = line.rstrip('"”’») ').endswith(tuple(".!?。！？"))
    return columns < WRAPPED_COLUMNS.start or (columns >= WRAPPED_COLUMNS.stop and complete)


def _join_before(parts: Sequence[str], *, first: bool, glued: bool) -> str:
    """Return the text in front of a mark: its line, and the lines it was wrapped from."""
    kept = [parts[-1]]
    for part in reversed(parts[:-1]):
        if trim(kept[0]) and _is_ended(part, kept[0]):
            break
        kept.insert(0, part)
    text = " ".join(kept)
    if first and glued:
        # The first of several glued points hangs on to the end of the paragraph above.
        breaks = list(_LOST_BREAK.finditer(text))
        opening = _OPENING.match(text)
        cut = max(breaks[-1].end() if breaks else 0, opening.end() if opening else 0)
        text = text[cut:]
    return trim(text)


def trim(text: str) -> str:
    """Return a text without the dashes, colons and brackets that tied it to its mark."""
    text = " ".join(text.split())
    edge = _EDGE.match(text)
    whole = text[edge.end() :] if edge else text
    text = whole.rstrip(_END)
    if text.count("*") % 2 and whole[len(text) :].startswith("*"):
        text += "*"
    if text.endswith(("...", " ..")):
        text = text.rstrip(". ")
    text = (
        _INVITATION.sub("", text[-40:])
        if len(text) <= 40
        else text[:-40] + _INVITATION.sub("", text[-40:])
    )
    return text if any(map(str.isalnum, text)) else ""
