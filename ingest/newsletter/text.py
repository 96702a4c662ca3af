"""Newsletters written as plain text or Markdown, as blocks."""

import re
from collections.abc import Iterator, Sequence

from corpus.records import Block
from ingest.newsletter.markdown import parse_markdown, split_affordable, split_front_matter

__all__ = ["find_excess", "read_markdown", "read_plain_text", "split_front_matter"]

_BULLET = re.compile(r"(?:[-*+•·‣▪◦●○–]|\d{1,3}[.)](?!\s+\w+\s+\d{4}\b))[ \t]+(?=\S)")
_RULE = re.compile(r"[ \t]*([-=_*~#+.·—–])(?:[ \t]*\1){2,}[ \t]*")
_UNDERLINE = re.compile(r"(=|-|~|_)\1{2,}")
_HASHES = re.compile(r"(#{1,6})[ \t]+(\S.*?)[ \t#]*")
_QUOTED = re.compile(r"(?:>[ \t]?)+")
_URL = re.compile(r"https?://\S+|\bmailto:\S+")
_MOMENT_FIRST = re.compile(r"[\[(]?@?\d{1,3}:\d\d")
_MOMENT_LAST = re.compile(r"\d:\d\d[)\]]?$")
_SPACE = re.compile(r"\s+")

HEADING_WORDS = 9
HEADING_LETTERS = 70
WRAP_COLUMNS = range(50, 101)

MANY_LINES = 5_000
LETTERS_A_LINE = 50
LINES_A_STRETCH = 1_000


def read_markdown(text: str) -> tuple[Block, ...]:
    """Return the blocks of a Markdown text, without its front matter.

    Behind :data:`ingest.newsletter.markdown.MOST_SIGNS` it is read as plain text.
    """
    body, rest = split_affordable(split_front_matter(text)[1])
    blocks = parse_markdown(body)
    return blocks + read_plain_text(rest) if rest else blocks


def find_excess(text: str, *, markdown: bool = False) -> tuple[str, ...]:
    """Return what was not read of the form of a text that is denser than people write.

    No words are left out: the rest of a Markdown text is read as plain text, and the rest of very
    many short lines is read as paragraphs.
    """
    problems: tuple[str, ...] = ()
    if markdown:
        body, text = split_affordable(split_front_matter(text)[1])
        if text:
            line = body.count("\n") + 1
            problems = (f"is read as Markdown to line {line}, and as plain text from there on",)
    most = _most_lines(text)
    if text.count("\n") + text.count("\r") > most:
        problems += (f"has more than {most} short lines; the rest of them are run together",)
    return problems


def _most_lines(text: str) -> int:
    return MANY_LINES + len(text) // LETTERS_A_LINE


def _run_together(lines: list[str], most: int) -> list[str]:
    """Return lines with all after so many put together, a paragraph for each thousand."""
    stretches = range(most, len(lines), LINES_A_STRETCH)
    rest = (" ".join(lines[start : start + LINES_A_STRETCH]) for start in stretches)
    return lines[:most] + [line for stretch in rest for line in (stretch, "")]


def read_plain_text(text: str) -> tuple[Block, ...]:
    """Return the blocks of a plain text: one a line, the lines of a hard-wrapped paragraph joined.

    A list mark or ``>`` is taken off; an emoji in front of a line belongs to its text. A heading is
    a short line that ends in a colon, that ``===`` or ``---`` underlines, or that ``#`` opens.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").split("\n")
    if len(lines) > (most := _most_lines(text)):
        lines = _run_together(lines, most)
    lines = [line.replace("\ufeff", "").replace("\u200b", "").rstrip() for line in lines]
    columns = _wrap_columns(lines)
    return tuple(
        block
        for paragraph in _iter_paragraphs(lines)
        for block in _read_paragraph(paragraph, columns)
    )


def _iter_paragraphs(lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield the runs of lines between empty lines and rules; an underline stays with its line."""
    paragraph: list[str] = []
    for line in lines:
        if len(paragraph) == 1 and _is_underline(line, paragraph[0]):
            yield [paragraph[0], line]
            paragraph = []
        elif line.strip() and not _RULE.fullmatch(line):
            paragraph.append(line)
        elif paragraph:
            yield paragraph
            paragraph = []
    if paragraph:
        yield paragraph


def _is_underline(line: str, above: str) -> bool:
    """Say whether ``line`` is a rule about as long as the line that it stands under."""
    length = len(line.strip())
    return bool(_UNDERLINE.fullmatch(line.strip())) and abs(length - len(above.strip())) <= 3


def _read_paragraph(lines: list[str], columns: int | None) -> Iterator[Block]:
    if len(lines) == 2 and _is_underline(lines[1], lines[0]):
        level = 1 if lines[1].strip().startswith("=") else 2
        yield Block(kind="heading", text=_squeeze(lines[0]), level=level)
        return
    joined: list[list[str]] = []
    for line in lines:
        if joined and _continues(joined[-1], line, columns):
            joined[-1].append(line.strip())
        else:
            joined.append([line])
    for parts in joined:
        block = _read_line("\n".join(parts))
        if block.text:
            yield block


def _continues(parts: list[str], line: str, columns: int | None) -> bool:
    """Say whether ``line`` goes on with the paragraph or item above it."""
    above = parts[0]
    words = line.strip()
    if _BULLET.match(words) or _HASHES.fullmatch(words) or _MOMENT_FIRST.match(words):
        return False
    if words.startswith(">") != above.lstrip().startswith(">"):
        return False
    last = parts[-1]
    if _MOMENT_LAST.search(last[-20:]):
        return False
    item = _BULLET.match(above.lstrip())
    if item and len(line) - len(words) > len(above) - len(above.lstrip()):
        return True  # set in under its list mark
    first_word = words.split(None, 1)[0]
    if columns is None or _URL.match(first_word) or _URL.match(last.rsplit(None, 1)[-1]):
        return False
    return len(last) + 1 + len(first_word) > columns >= len(last) - 1


def _wrap_columns(lines: Sequence[str]) -> int | None:
    """Return the column at which a mail program broke the lines, or None where none did."""
    lengths = sorted(len(line) for line in lines if line.strip() and not _URL.search(line))
    if len(lengths) < 4:
        return None
    widest = lengths[min(len(lengths) - 1, len(lengths) * 49 // 50)]
    full = sum(length > widest - 12 for length in lengths)
    # Lines that only happen to be short do not crowd at one width.
    return widest if widest in WRAP_COLUMNS and full * 5 >= len(lengths) else None


def _read_line(line: str) -> Block:
    stripped = line.strip()
    if hashes := _HASHES.fullmatch(stripped):
        return Block(kind="heading", text=_squeeze(hashes[2]), level=len(hashes[1]))
    if quoted := _QUOTED.match(stripped):
        return Block(
            kind="quote", text=_squeeze(re.sub(r"\n(?:>[ \t]?)+", "\n", stripped[quoted.end() :]))
        )
    if bullet := _BULLET.match(stripped):
        depth = 1 + (len(line) - len(line.lstrip())) // 4
        return Block(kind="item", text=_squeeze(stripped[bullet.end() :]), level=depth)
    if _is_heading(stripped):
        return Block(kind="heading", text=_squeeze(stripped), level=2)
    return Block(kind="paragraph", text=_squeeze(stripped))


def _is_heading(line: str) -> bool:
    """Say whether a line of its own is a heading by its look: short, and ends in a colon."""
    return (
        line.endswith((":", "：", ":**", ":*"))
        and len(line) <= HEADING_LETTERS
        and len(line.split()) <= HEADING_WORDS
        and not _URL.search(line)
    )


def _squeeze(text: str) -> str:
    return "\n".join(_SPACE.sub(" ", line).strip() for line in text.strip().split("\n"))
