"""An HTML tree as blocks: headings, paragraphs, items, rows, quotes and code, in order."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from corpus.records import Block, BlockKind, Link
from ingest.newsletter.inline import InlineText
from ingest.newsletter.tables import is_data_table
from ingest.newsletter.tree import Element, style_of, word_set

FindLink = Callable[[str], str | None]

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = word_set(
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form header hgroup hr html legend li main menu nav ol p pre "
    "section summary table tbody td tfoot th thead tr ul caption"
)
_SILENT = word_set(
    "script style head noscript template svg iframe object embed applet canvas audio video "
    "input select textarea title meta link"
)
_BOLD = frozenset(("b", "strong"))
_LISTS = frozenset(("ul", "ol", "menu", "dir"))
_BULLET = re.compile(r"[•●▪◦‣⁃∙·■►▸➤➜✔✅→-]\s+(?=\S)")
_NUMBER = re.compile(r"\(?\d{1,2}[.)]\s+(?=\S)")
_SURE_BULLET = re.compile(r"[•●▪◦‣⁃∙■▸➤]\s*(?=\S)")
_CLOCK_FIRST = re.compile(r"\W{0,3}\d{1,3}:\d\d")
_LIGHT = frozenset(("normal", "lighter", "100", "200", "300", "400"))
_HEAVY = frozenset(("bold", "bolder", "600", "700", "800", "900"))
_MAX_HEADING_LETTERS = 90


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the document the walker is."""

    kind: BlockKind = "paragraph"
    level: int | None = None
    depth: int = 0
    strong: bool = False
    quoted: bool = False


class _Walker:
    def __init__(self, dropped: Collection[Element], find_link: FindLink) -> None:
        self._dropped = dropped
        self._find_link = find_link
        self._inline = InlineText()
        self._blocks: list[Block] = []

    def read(self, root: Element) -> tuple[Block, ...]:
        self._walk(root, _Place())
        self._flush(_Place())
        return tuple(self._blocks)

    def _walk(self, element: Element, place: _Place) -> None:
        tag = element.tag
        if not isinstance(tag, str) or tag in _SILENT or element in self._dropped:
            return
        if tag == "br":
            self._break(place)
        elif tag == "img":
            self._inline.add(_picture_text(element), strong=place.strong)
        elif tag == "pre":
            self._code(element, place)
        elif tag == "table" and is_data_table(element):
            self._rows(element, place)
        elif tag in _BLOCKS or tag in _HEADINGS or _is_shown_as_block(element):
            self._block(element, place)
        else:
            self._children(element, _with_weight(element, place))

    def _children(self, element: Element, place: _Place) -> None:
        href = self._find_link(element.get("href", "")) if element.tag == "a" else None
        if href is not None:
            self._inline.open_link(href)
        self._inline.add(element.text or "", strong=place.strong)
        for child in element:
            self._walk(child, place)
            self._inline.add(child.tail or "", strong=place.strong)
        if href is not None:
            self._inline.close_link()

    def _block(self, element: Element, place: _Place) -> None:
        """Read an element that stands on lines of its own."""
        inside = _place_inside(element, place)
        # Paragraphs of one list item are its lines; all else ends the block before it.
        soft = place.kind == "item" and inside.kind == "item" and element.tag != "li"
        self._soften(soft, place)
        self._children(element, _with_weight(element, inside))
        self._soften(soft, inside)

    def _soften(self, soft: bool, place: _Place) -> None:
        if soft:
            self._inline.add_break()
        else:
            self._flush(place)

    def _break(self, place: _Place) -> None:
        if self._inline.add_break() and place.kind not in ("item", "heading"):
            self._flush(place)

    def _flush(self, place: _Place) -> None:
        text, links, strong = self._inline.take()
        if text:
            self._blocks += _blocks_of(text, links, place, strong)

    def _code(self, element: Element, place: _Place) -> None:
        self._flush(place)
        text = "".join(element.itertext()).replace("\r\n", "\n").strip("\n").rstrip()
        if text.strip():
            self._blocks.append(Block(kind="code", text=text))

    def _rows(self, table: Element, place: _Place) -> None:
        self._flush(place)
        for caption in table.iter("caption"):
            self._block(caption, _Place())
        for row in table.iter("tr"):
            self._row(row)

    def _row(self, row: Element) -> None:
        """Read a row of a data table: its cells, and as its text the cells with bars between."""
        cells: list[str] = []
        links: list[Link] = []
        offset = 0
        for cell in row.iterchildren("td", "th"):
            self._children(cell, _Place(kind="item"))
            text, found, _ = self._inline.take()
            text = text.replace("\n", " ")
            links += [replace(link, start=(link.start or 0) + offset) for link in found]
            cells.append(text)
            offset += len(text) + len(" | ")
        if any(cells):
            row_text = " | ".join(cells)
            self._blocks.append(
                Block(kind="row", text=row_text, links=tuple(links), cells=tuple(cells))
            )


def read_blocks(
    root: Element, dropped: Collection[Element], find_link: FindLink
) -> tuple[Block, ...]:
    """Return the blocks under ``root``, without the elements in ``dropped``.

    A list item's level is its depth. Layout tables dissolve; a short paragraph all in bold is a
    heading of level 6, because many editors offer authors no other.
    """
    return _Walker(dropped, find_link).read(root)


def _place_inside(element: Element, place: _Place) -> _Place:
    tag = element.tag
    if tag in _HEADINGS:
        return _Place("heading", _HEADINGS[tag], place.depth)
    if tag in _LISTS:
        return replace(place, depth=place.depth + 1)
    if tag in ("li", "dd"):
        return _Place("item", max(place.depth, 1), max(place.depth, 1))
    if tag == "blockquote" and not _is_mail_quote(element):
        return _Place("quote", None, place.depth, quoted=True)
    if tag == "table":  # a table inside a heading or item lays out whole sections
        return _Place("quote" if place.quoted else "paragraph", quoted=place.quoted)
    return place


def _is_shown_as_block(element: Element) -> bool:
    return bool(element.get("style")) and style_of(element).get("display") == "block"


def _is_mail_quote(element: Element) -> bool:
    """Tell whether a mail program quoted a whole message with it."""
    return element.get("type") == "cite" or "gmail_quote" in element.get("class", "")


def _with_weight(element: Element, place: _Place) -> _Place:
    strong = place.strong
    if element.tag in _BOLD:
        strong = True
    elif element.get("style"):
        weight = style_of(element).get("font-weight")
        strong = weight in _HEAVY or (strong and weight not in _LIGHT)
    return place if strong == place.strong else replace(place, strong=strong)


def _picture_text(element: Element) -> str:
    """Return the sign that an emoji's picture stands for; other pictures say nothing here."""
    alt = str(element.get("alt", ""))
    return alt if 0 < len(alt) <= 4 and not any(letter.isalnum() for letter in alt) else ""


def _blocks_of(text: str, links: tuple[Link, ...], place: _Place, strong: bool) -> list[Block]:
    """Return the block, or the items where every line of a paragraph begins with a bullet."""
    if place.kind != "paragraph":
        level = place.level if place.kind in ("heading", "item") else None
        return [Block(kind=place.kind, text=text, level=level, links=links)]
    if strong and _reads_as_heading(text) and not _is_button(text, links):
        return [Block(kind="heading", text=text, level=6, links=links)]
    lines = text.split("\n")
    for bullet in (_BULLET, _NUMBER) if len(lines) > 1 else (_SURE_BULLET,):
        if all(bullet.match(line) for line in lines):
            return _items_of_lines(lines, links, bullet)
    return [Block(kind="paragraph", text=text, links=links)]


def _reads_as_heading(text: str) -> bool:
    return (
        len(text) <= _MAX_HEADING_LETTERS
        and "\n" not in text
        and not _CLOCK_FIRST.match(text)
        and not text.endswith((".", ",", ";", "…"))
        and any(letter.isalnum() for letter in text)
    )


def _is_button(text: str, links: tuple[Link, ...]) -> bool:
    """Tell whether a bold line is a few words to click on."""
    return bool(links) and len(links[0].text) == len(text) and len(text.split()) <= 4


def _items_of_lines(
    lines: list[str], links: tuple[Link, ...], bullet: re.Pattern[str]
) -> list[Block]:
    blocks = []
    line_start = 0
    for line in lines:
        match = bullet.match(line)
        cut = match.end() if match else 0
        begin, end = line_start + cut, line_start + len(line)
        inside = tuple(
            replace(link, start=link.start - begin)
            for link in links
            if link.start is not None and begin <= link.start < end
        )
        blocks.append(Block(kind="item", text=line[cut:], level=1, links=inside))
        line_start = end + 1
    return blocks
