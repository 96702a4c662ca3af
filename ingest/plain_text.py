"""Show notes in HTML as plain text, one block a line."""

import re
from html import unescape

from lxml import etree

from ingest.feed.text import clean_text

_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--")
_MARKUP = re.compile(
    r"</?(?:a|abbr|b|blockquote|br|center|cite|code|div|em|font|h[1-6]|hr|i|img|li|ol|p|pre|q|s|small"
    r"|span|strong|sub|sup|table|td|tr|u|ul)\b[^<>]*>",
    re.I,
)
_BLOCKS = frozenset(
    """
    address article aside blockquote body br center dd details div dl dt fieldset figcaption
    figure footer form h1 h2 h3 h4 h5 h6 header hr html iframe li main nav ol option p pre
    section summary table tbody tfoot thead tr ul
    """.strip().split()
)
_BLOCK_TAG = re.compile(rf"</?(?:{'|'.join(sorted(_BLOCKS))})\b", re.I)
_CELLS = frozenset({"td", "th"})
_SKIPPED = frozenset({"script", "style", "head", "template", "noscript", "svg", "object"})
_SPACE = re.compile(r"[^\S\n]+")
_ANY_SPACE = re.compile(r"\s+")
_LINES = re.compile(r" ?\n\s*")


def has_markup(text: str) -> bool:
    """Tell whether a text that may be HTML has a tag or a reference in it."""
    return _TAG.search(text) is not None or unescape(text) != text


def plain_title(text: str) -> str:
    """Return a title as one line: references read, inline tags taken out.

    >>> plain_title("Q&amp;A: <b>Pricing</b> for < 5 people")
    'Q&A: Pricing for < 5 people'
    """
    text = _MARKUP.sub("", unescape(_MARKUP.sub("", text)))
    return _ANY_SPACE.sub(" ", clean_text(text)).strip()


def text_of_html(html: str) -> str:
    """Return what a reader sees of HTML: a line for each block, white space squeezed.

    Where no tag makes a block, the line breaks of the text itself do.

    >>> text_of_html("<p>In this <b>episode</b>:</p><ul><li>Pricing<li>Hiring</ul>")
    'In this episode:\\nPricing\\nHiring'
    """
    text = _read(html)
    # Some hosts escape twice: the tags come out as text, and are read once more.
    if _BLOCK_TAG.search(text) and not _BLOCK_TAG.search(html):
        text = _read(text)
    return text


def squeeze_lines(text: str) -> str:
    """Return lines without empty ones, white space in each squeezed."""
    return _LINES.sub("\n", _SPACE.sub(" ", clean_text(text))).strip()


def _read(html: str) -> str:
    if not has_markup(html):
        return squeeze_lines(html)
    keep_lines = _BLOCK_TAG.search(html) is None
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, huge_tree=True
    )
    try:
        root = etree.fromstring(f"<div>{clean_text(html)}</div>".encode(), parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None or any("depth" in entry.message for entry in parser.error_log):
        return squeeze_lines(unescape(_TAG.sub(" ", html)))
    return squeeze_lines("".join(_pieces(root, keep_lines)))


def _pieces(root: object, keep_lines: bool) -> list[str]:
    pieces: list[str] = []
    skipping = preserved = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        name = element.tag if isinstance(element.tag, str) else ""
        start = event == "start"
        step = 1 if start else -1
        skipping += step * (name in _SKIPPED)
        preserved += step * (name == "pre")
        if name in _BLOCKS:
            pieces.append("\n")
        elif name in _CELLS:
            pieces.append(" ")
        text = element.text if start else element.tail
        if text and not skipping:
            pieces.append(text if keep_lines or preserved else _ANY_SPACE.sub(" ", text))
    return pieces
