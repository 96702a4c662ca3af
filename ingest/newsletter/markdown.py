"""Newsletters and show notes written in Markdown, as blocks."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bs4 import BeautifulSoup
from markdown_it import MarkdownIt
from markdown_it.token import Token

from corpus.records import Block, BlockKind, Link
from ingest.newsletter.inline_text import InlineText

_FRONT_MATTER = re.compile(
    r"\ufeff?(---|\+\+\+)[ \t]*\n(.*?\n)?(?:\1|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL
)
_FIELD = re.compile(r"([A-Za-z_][\w .-]{0,60}?)[ \t]*[:=][ \t]*(.*)")
# A bold heading with its moment. Bold that a colon or dash ends opens a sentence instead.
_TIMED_BOLD = re.compile(
    r"[ \t]{0,8}\*\*([\[(]?@?\d{1,3}:\d\d(?::\d\d)?[^*\n]{3,300}[^*\n:–—-])\*\*"
    r"(?![ \t]*[:|–—-])[ \t]*(?=\S)"
)
_DEEP_INDENT = re.compile(r"^[ \t]{40,}", re.MULTILINE)
_BREAKING_TAG = re.compile(r"</?(?:br|p|li|div)\b", re.IGNORECASE)
# Tags that can be cut out without a tree: nothing is hidden in them or between them.
_PLAIN_TAG = re.compile(
    r"</?(?:p|div|br|hr|b|i|em|strong|span|u|center|h[1-6]|ul|ol|li)"
    r"(?:[ \n][\w-]+=\"[^\"<>]*\"){0,9}[ ]?/?>",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"[<>&]")
_UNSHOWN = ("script", "style", "head", "template", "iframe", "pre")

_PARAGRAPH = re.compile(r"[^\n]*(?:\n(?!\n)[^\n]*)*\n*")
# What each costs, beside a new line.
_SIGNS = {"\n": 1, "\n<": 8, "- ": 2, "+ ": 2, ". ": 1, ") ": 1}
_SIGNS |= dict.fromkeys("[]*_`<>|!&\\#", 1)
MOST_SIGNS = 25_000

MAX_BRACKETS = 2000
"""In one paragraph; past it the library's search for link ends would take quadratic time."""

_KINDS: dict[str, BlockKind] = {
    "heading_open": "heading",
    "list_item_open": "item",
    "blockquote_open": "quote",
}


def split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """Return the plain fields of the front matter (names in lower case), and the text below it.

    Reads the ``name: value`` lines and folded values of YAML or TOML; nested values are left out.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    match = _FRONT_MATTER.match(text)
    if match is None:
        return {}, text
    fields: dict[str, str] = {}
    name = ""
    for line in (match[2] or "").split("\n"):
        if line[:1].isspace() and name and not line.lstrip().startswith("- "):
            fields[name] = f"{fields[name]} {line.strip()}".strip()
        elif field := _FIELD.fullmatch(line):
            name = field[1].strip().lower()
            fields[name] = re.sub(r"^[>|][+-]?$", "", field[2].strip())
    unquoted = {name: _unquote(value) for name, value in fields.items()}
    return {name: value for name, value in unquoted.items() if value}, text[match.end() :]


def _unquote(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value


def split_affordable(body: str) -> tuple[str, str]:
    """Return what of a Markdown text is worth the library's time, and the rest behind it.

    The library's time goes by the signs in a text rather than by its length. What people write
    has some 70 a kilobyte; 350 kilobytes of that are read whole.
    """
    if _count_signs(body) <= MOST_SIGNS:
        return body, ""
    end = signs = 0
    for paragraph in _PARAGRAPH.finditer(body):
        signs += _count_signs(paragraph[0])
        if signs > MOST_SIGNS:
            break
        end = paragraph.end()
    return body[:end], body[end:]


def _count_signs(text: str) -> int:
    return sum(weight * text.count(sign) for sign, weight in _SIGNS.items())


def parse_markdown(body: str) -> tuple[Block, ...]:
    """Return the blocks of a Markdown text (CommonMark with tables).

    HTML loses its tags, links keep their offset in the block's text. Bold headings that open with
    a moment and lost their line breaks become paragraphs of their own.
    """
    # CommonMark itself would not even see bold where ``?**`` is glued to a letter.
    body = _TIMED_BOLD.sub(r"\n\n**\1**\n\n", body)
    tokens = MarkdownIt("commonmark", {"maxNesting": 60}).enable("table").parse(_tame(body))
    return tuple(block for block in _iter_blocks(tokens) if block.text)


def _tame(text: str) -> str:
    """Return the text without indents and brackets in numbers that nobody types."""
    text = _DEEP_INDENT.sub(" " * 40, text)
    if text.count("[") <= MAX_BRACKETS:
        return text
    paragraphs = re.split(r"(\n[ \t]*\n)", text)
    return "".join(
        part.replace("[", "\\[") if part.count("[") > MAX_BRACKETS else part for part in paragraphs
    )


def _iter_blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    around: list[Token] = []
    first_of_item = False
    cells: list[InlineText] = []
    for token in tokens:
        if token.nesting > 0:
            around.append(token)
            first_of_item = first_of_item or token.type == "list_item_open"
        elif token.nesting < 0:
            around.pop()
            if token.type == "tr_close":
                yield _row(cells)
                cells = []
        elif token.type != "inline":
            yield from _leaf_blocks(token)
        elif around[-1].type in ("th_open", "td_open"):
            cells.append(_render(token.children or []))
        else:
            inline = _render(token.children or [])
            kind, level = _kind(around, first_of_item)
            first_of_item = False
            yield Block(kind=kind, text=inline.text, level=level, links=inline.links)


def _kind(around: Sequence[Token], first_of_item: bool) -> tuple[BlockKind, int | None]:
    """Return what the innermost container makes of a text, and its level."""
    opening = next((token for token in reversed(around) if token.type in _KINDS), None)
    kind = _KINDS[opening.type] if opening else "paragraph"
    if opening and kind == "heading":
        return kind, int(opening.tag[1:])
    if kind == "item" and not first_of_item:
        return "paragraph", None
    if kind == "item":
        return kind, sum(token.type == "list_item_open" for token in around)
    return kind, None


def _leaf_blocks(token: Token) -> Iterator[Block]:
    if token.type in ("fence", "code_block"):
        yield Block(kind="code", text=token.content.strip("\n"))
    elif token.type == "html_block":
        for line in _text_of_html(token.content).split("\n"):
            yield Block(kind="paragraph", text=" ".join(line.split()))


def _text_of_html(html: str) -> str:
    bare = _PLAIN_TAG.sub("\n", html)
    if not _MARKUP.search(bare):
        return bare
    soup = BeautifulSoup(html, "lxml")
    for unshown in soup.find_all(_UNSHOWN):
        unshown.decompose()
    return soup.get_text("\n")


def _row(cells: Sequence[InlineText]) -> Block:
    """Return a table row; its text is the filled cells between bars."""
    text = ""
    links: list[Link] = []
    for cell in cells:
        if cell.text:
            text += " | " if text else ""
            links += [replace(link, start=(link.start or 0) + len(text)) for link in cell.links]
            text += cell.text.replace("\n", " ")
    texts = tuple(cell.text.replace("\n", " ") for cell in cells)
    return Block(kind="row", text=text, cells=texts, links=tuple(links))


def _render(children: Sequence[Token]) -> InlineText:
    inline = InlineText()
    for child in children:
        if child.type in ("text", "code_inline", "text_special"):
            inline.add(child.content)
        elif child.type in ("softbreak", "hardbreak") or _BREAKING_TAG.match(child.content):
            inline.add_break()
        elif child.type == "link_open":
            inline.open_link(str(child.attrGet("href") or ""))
        elif child.type == "link_close":
            inline.close_link()
    return inline
