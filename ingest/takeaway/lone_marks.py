"""Finds the texts of marks that stand alone: above or below their text, or in their own list."""

from collections.abc import Iterator, Sequence

from ingest.takeaway.lines import Line, is_heading, iter_spans
from ingest.takeaway.texts import trim

Span = tuple[int, int]


def find_lone_texts(lines: Sequence[Line]) -> dict[int, str]:
    """Return the text of every line that is a whole block and nothing but a mark."""
    spans = list(iter_spans(lines))
    lone = [index for index, span in enumerate(spans) if _is_lone(lines, span)]
    found: dict[int, str] = {}
    single: list[int] = []
    for first, last in _iter_runs(lone):
        if first == last:
            single.append(first)
        else:
            found |= _pair_lists(lines, spans, first, last)
    step = -1 if _stand_below(lines, spans, single) else 1
    for index in single:
        if text := _text_beside(lines, spans, index + step):
            found[spans[index][0]] = text
    return found


def _is_lone(lines: Sequence[Line], span: Span) -> bool:
    start, end = span
    marks = lines[start].marks
    return (
        end - start == 1
        and lines[start].kind != "row"
        and len(marks) == 1
        and marks[0].place == "alone"
    )


def _iter_runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and last of every run of consecutive numbers."""
    start = 0
    for index in range(1, len(numbers) + 1):
        if index == len(numbers) or numbers[index] != numbers[index - 1] + 1:
            yield numbers[start], numbers[index - 1]
            start = index


def _pair_lists(
    lines: Sequence[Line], spans: Sequence[Span], first: int, last: int
) -> dict[int, str]:
    """Pair a list of moments with the list of as many texts above it, else below it."""
    count = last - first + 1
    for run in (_run_above(lines, spans, first), _run_below(lines, spans, last)):
        if len(run) == count:
            starts = [spans[index][0] for index in range(first, last + 1)]
            return dict(zip(starts, run, strict=True))
    return {}


def _run_above(lines: Sequence[Line], spans: Sequence[Span], first: int) -> list[str]:
    index = first - 1
    if index > 0 and is_heading(lines[spans[index][0]]):
        index -= 1
    texts: list[str] = []
    while index >= 0 and _continues_list(lines, spans, index, len(texts)):
        texts.insert(0, _text_beside(lines, spans, index))
        index -= 1
    return texts


def _run_below(lines: Sequence[Line], spans: Sequence[Span], last: int) -> list[str]:
    index = last + 1
    if index < len(spans) and is_heading(lines[spans[index][0]]):
        index += 1
    texts: list[str] = []
    while index < len(spans) and _continues_list(lines, spans, index, len(texts)):
        texts.append(_text_beside(lines, spans, index))
        index += 1
    return texts


def _continues_list(lines: Sequence[Line], spans: Sequence[Span], index: int, length: int) -> bool:
    line = lines[spans[index][0]]
    return length < 200 and not is_heading(line) and bool(_text_beside(lines, spans, index))


def _stand_below(lines: Sequence[Line], spans: Sequence[Span], single: Sequence[int]) -> bool:
    """Say whether lone moments stand below their texts: nothing follows the last of them."""
    if not single:
        return False
    above, below = single[0] - 1, single[-1] + 1
    if above < 0 or is_heading(lines[spans[above][0]]) or not _text_beside(lines, spans, above):
        return False
    return below >= len(spans) or is_heading(lines[spans[below][0]])


def _text_beside(lines: Sequence[Line], spans: Sequence[Span], index: int) -> str:
    """Return the text of a block up to its first mark; nothing where a mark opens or ends it."""
    if not 0 <= index < len(spans):
        return ""
    texts = []
    for line in lines[slice(*spans[index])]:
        if any(mark.place != "inside" for mark in line.marks):
            return ""
        texts.append(line.text[: line.marks[0].start] if line.marks else line.text)
        if line.marks:
            break
    return trim(" ".join(texts))
