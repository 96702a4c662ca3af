"""OPML: lists of feeds as podcast apps and feed readers exchange them (http://opml.org/spec2.opml)."""

import re
from collections.abc import Iterable
from typing import Any

from lxml import etree

from corpus.errors import FormatError

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def parse_opml(data: bytes) -> tuple[tuple[str, str], ...]:
    """Return title and address of each feed, each address once, folders flattened.

    A feed without a title has its address for one; an outline without an address is no feed.

    Raises:
        FormatError: If it is no OPML.
    """
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(data.lstrip(), parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None or _local(root) != "opml":
        raise FormatError("", "is no OPML", "export the subscriptions again")
    feeds: dict[str, str] = {}
    for outline in root.iter(etree.Element):
        if _local(outline) != "outline":
            continue
        values = {name.lower(): value.strip() for name, value in outline.attrib.items()}
        if url := values.get("xmlurl"):
            feeds.setdefault(url, values.get("title") or values.get("text") or url)
    return tuple((title, url) for url, title in feeds.items())


def format_opml(feeds: Iterable[tuple[str, str]], title: str = "Earmark") -> str:
    """Return an OPML list of feeds, each given as title and address."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = _FORBIDDEN.sub("", title)
    body = etree.SubElement(root, "body")
    for name, url in feeds:
        text = _FORBIDDEN.sub("", name)
        outline = etree.SubElement(body, "outline", type="rss", text=text, title=text)
        outline.set("xmlUrl", _FORBIDDEN.sub("", url))
    written: str = etree.tostring(root, encoding="unicode", pretty_print=True)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{written}'


def _local(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""
