"""XML and HTML as trees: lenient, without network, without entities of their own."""

import re
from functools import lru_cache
from typing import Any

Element = Any  # lxml ships no types

_BREAK = re.compile(r"<(?:\w{1,9}:)?br\b", re.IGNORECASE)


def find_xml(text: str) -> Element | None:
    """Return the root of an XML text, broken or not; None where there is no element at all."""
    from lxml import etree

    parser = etree.XMLParser(
        recover=True,
        no_network=True,
        resolve_entities=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    return _find_root(text, parser)


def find_html(text: str) -> Element | None:
    """Return the root of an HTML text; None where there is no element at all."""
    from lxml import etree

    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True
    )
    return _find_root(text, parser)


def _find_root(text: str, parser: Any) -> Element | None:
    from lxml import etree

    spaced = _BREAK.sub(r" \g<0>", text)  # a line break parts words, also where no space does
    try:
        return etree.fromstring(spaced.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def local_name(element: Element) -> str:
    """Return an element's name in lower case without its namespace."""
    tag = element.tag
    return _local_tag(tag) if isinstance(tag, str) else ""


@lru_cache(maxsize=1024)  # a page has few names and may have a hundred thousand elements
def _local_tag(tag: str) -> str:
    return tag.rpartition("}")[2].rpartition(":")[2].lower()


def attribute(element: Element, name: str) -> str | None:
    """Return an attribute by its name without namespace."""
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2].rpartition(":")[2].lower() == name:
            return str(value)
    return None


def element_text(element: Element) -> str:
    """Return all words inside an element."""
    return "".join(element.itertext())
