"""HTML as a tree of elements, whatever was written: bounded in depth and in time."""

import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from typing import Any

from bs4 import BeautifulSoup, Tag
from bs4.element import PreformattedString
from lxml import etree

from ingest.newsletter.charset import decode_text

Element = Any
"""An lxml element, which has no types of its own."""

# Below this depth tags are forgotten and their words kept: real mails stay under 100, and walkers
# may then call themselves once a level.
MAX_DEPTH = 150

# No page has as many; one that was made to cost time keeps its words and lines and loses its form.
MANY_TAGS = 20_000
LETTERS_A_TAG = 50

_TAG = re.compile(r"<[^<>]*>")
_UNSEEN_TAG = re.compile(r"<(script|style|head|template|svg|noscript)(?=[\s>])", re.IGNORECASE)
_BREAKING_TAG = re.compile(
    r"</?(?:address|article|blockquote|br|dd|div|dl|dt|h[1-6]|hr|li|ol|p|pre|section|table|td|th|tr"
    r"|ul)(?=[\s/>])[^<>]*>",
    re.IGNORECASE,
)
_DECLARED = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
# What XML allows in a name and in text: lxml refuses all else.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# An HTML page that calls itself XML is read as HTML all the same.
_XML = re.compile(r"\A(?:\s*<\?xml(?:[^<>]*>)?)+", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_MOST_NAME_LETTERS = 2_000
# Gmail puts this before every class of a mail that it shows or passes on.
_GMAIL_PREFIX = re.compile(r"\bm_-?\d+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|[^A-Za-z0-9]+")


class _ShallowBuilder:
    """Builds a tree from what a page says and lets no element lie deeper than MAX_DEPTH."""

    def __init__(self) -> None:
        self._builder = etree.TreeBuilder()
        # A root of our own: mail services append a picture behind </html>, a second root.
        self._builder.start("document", {})
        self._depth = 0

    def start(self, tag: Tag) -> None:
        self._depth += 1
        if self._depth <= MAX_DEPTH:
            kept = {
                name: _CONTROL.sub("", value)
                for name, value in tag.attrs.items()
                if isinstance(value, str) and _NAME.fullmatch(name)
            }
            self._builder.start(_tag_name(tag.name), kept)
        else:
            self._builder.data(" ")

    def end(self, tag: Tag) -> None:
        if self._depth <= MAX_DEPTH:
            self._builder.end(_tag_name(tag.name))
        self._depth -= 1

    def data(self, text: str) -> None:
        self._builder.data(_CONTROL.sub("", text))

    def close(self) -> Element:
        self._builder.end("document")
        return self._builder.close()


def _build(soup: BeautifulSoup) -> Element:
    # With a stack of our own: pages nest deeper than Python calls itself.
    builder = _ShallowBuilder()
    open_tags: list[Tag] = []
    waiting = [iter(soup.contents)]
    while waiting:
        node = next(waiting[-1], None)
        if node is None:
            waiting.pop()
            if open_tags:
                builder.end(open_tags.pop())
        elif isinstance(node, Tag):
            builder.start(node)
            open_tags.append(node)
            waiting.append(iter(node.contents))
        elif not isinstance(node, PreformattedString):  # comments, declarations and the like
            builder.data(str(node))
    return builder.close()


def _tag_name(tag: str) -> str:
    """Return the tag, or span for a name such as Word's ``o:p``."""
    return tag if _NAME.fullmatch(tag) else "span"


def decode_html(data: bytes, charset: str | None = None) -> str:
    """Return a page as text, in the encoding that its sender or its own head names."""
    found = _DECLARED.search(data[:4096])
    return decode_text(data, charset or (found[1].decode("ascii") if found else None))


def parse_tree(data: bytes | str, charset: str | None = None) -> Element | None:
    """Return the root of an HTML document, or None where there is none."""
    if isinstance(data, bytes):
        data = decode_html(data, charset)
    if not data.strip():
        return None
    if "<" not in data:
        return None  # no single element in it: the caller reads it as text
    if is_overgrown(data):
        data = f"<p>{_TAG.sub(' ', data)}</p>"
    # One value for a class attribute, as it is written, saves splitting and joining all of them.
    page = BeautifulSoup(_XML.sub("", data), "lxml", multi_valued_attributes=None)
    return _build(page)


def is_overgrown(html: str) -> bool:
    """Tell whether a page has more tags than any that people or programs lay out."""
    tags = html.count("<") - html.count("</")
    return tags > max(MANY_TAGS, len(html) // LETTERS_A_TAG)


def strip_tags(html: str) -> str:
    """Return the words of a page without making a tree of it, a line for each block."""
    return unescape(_TAG.sub(" ", _BREAKING_TAG.sub("\n", "".join(_iter_seen(html)))))


def _iter_seen(html: str) -> Iterator[str]:
    start, unclosed = 0, set()
    while match := _UNSEEN_TAG.search(html, start):
        name = match[1].lower()
        yield html[start : match.start()]
        start = match.end()
        if name in unclosed:
            continue
        closing = re.compile(f"</{name}", re.IGNORECASE).search(html, start)
        if closing is None:
            unclosed.add(name)  # not looked for again, which would take quadratic time
        else:
            start = closing.start()
    yield html[start:]


def word_set(words: str) -> frozenset[str]:
    """Return the words of a text as a set: for lists that would fill a screen as one a line."""
    return frozenset(words.split())


def iter_elements(root: Element) -> Iterator[Element]:
    """Yield all elements in order, without comments."""
    return (element for element in root.iter() if isinstance(element.tag, str))


def name_words(element: Element) -> frozenset[str]:
    """Return the words of an element's classes and id: ``mcnShareBlock`` is mcn, share, block."""
    return _words_of(f"{element.get('class', '')} {element.get('id', '')}"[:_MOST_NAME_LETTERS])


@lru_cache(maxsize=10_000)  # an element is asked for them by one rule after another
def _words_of(names: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _CAMEL.split(_GMAIL_PREFIX.sub("", names)) if word)


def style_of(element: Element) -> dict[str, str]:
    """Return an element's own style, in lower case and without white space."""
    style = {}
    for rule in element.get("style", "").lower().split(";"):
        name, _, value = rule.partition(":")
        style[name.strip()] = value.replace("!important", "").replace(" ", "").strip()
    return style


def text_of(element: Element) -> str:
    """Return an element's words with single spaces."""
    return " ".join(" ".join(element.itertext()).split())


def count_words(root: Element) -> dict[Element, int]:
    """Return for each element under ``root`` how many words it holds.

    The keys keep lxml's elements alive, so that each stays the same object.
    """
    counts: dict[Element, int] = {}
    for element in reversed(list(root.iter())):
        total = len(_WORD.findall(element.text or "")) if isinstance(element.tag, str) else 0
        for child in element:
            total += counts[child] + len(_WORD.findall(child.tail or ""))
        silent = element.tag in ("script", "style", "head", "noscript", "template", "svg")
        counts[element] = 0 if silent else total
    return counts
