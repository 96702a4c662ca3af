"""Feeds as trees: one XML parser that nothing can lure away, and names that no dialect changes."""

import re
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from corpus.errors import FormatError
from ingest.feed.repair import ROOT, repair_xml
from ingest.feed.text import clean_text, decode_feed

Element = Any
"""An lxml element; lxml ships no types."""

_FAMILIES = (
    # A part of the namespace, in lower case, and the prefix by which we call it.
    ("itunes.com/dtds/podcast", "itunes"),
    ("example.com/dtds/podcast", "itunes"),
    ("itunes", "itunes"),
    ("podcastindex", "podcast"),
    ("podcast-namespace", "podcast"),
    ("search.yahoo.com/mrss", "media"),
    ("mrss", "media"),
    ("rss/1.0/modules/content", "content"),
    ("purl.org/dc/", "dc"),
    ("podlove.org/simple-chapters", "psc"),
    ("google.com/schemas/play-podcasts", "googleplay"),
    ("schemas.google.com", "google"),
    ("w3.org/1999/xhtml", "xhtml"),
)
_CORE = (
    "w3.org/2005/atom",
    "purl.org/atom",
    "purl.org/rss/1.0",
    "purl.org/net/rss1",
    "netscape.com/rdf",
    "backend.userland.com",
    "blogs.law.harvard.edu",
    "cyber.law.harvard.edu",
    "cyber.harvard.edu",
    "rss/2.0",
    "rssboard",
    "1999/02/22-rdf-syntax",
)
_CORE_PREFIXES = frozenset({"atom", "a10", "rss", "rdf", "rss1"})
_MODULES = ("rss/1.0/modules/", "rss/2.0/modules/")
ROOTS = frozenset({"rss", "rdf", "feed"})

_ROOT_TAG = re.compile(r"<(?:\?xml\b|(?:[\w.\-]{1,20}:)?(?:rss|rdf|feed)\b)", re.I)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]{0,30}:")
_SPACE = re.compile(r"\s+")
_MAX_URL = 8_000

_XML = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
    "encoding": "utf-8",
}


def read_tree(data: bytes, base_url: str | None = None) -> tuple[Element, list[str]]:
    """Return the root of a feed, and what had to be mended to read it.

    Raises:
        FormatError: If no feed is in it.
    """
    text, problem = decode_feed(data)
    problems = [problem] if problem else []
    text = _from_root(text)
    root, fault = _strict_tree(text, base_url)
    if root is None:
        problems.append(f"is not well-formed XML ({fault}); read as far as it goes")
        parser = etree.XMLParser(recover=True, **_XML)
        root = etree.fromstring(repair_xml(text).encode(), parser, base_url=base_url)
    found = _find_root(root)
    if found is None:
        raise FormatError(base_url or "", "is no feed", _remedy(root, text))
    return found, problems


def _strict_tree(text: str, base_url: str | None) -> tuple[Element, str]:
    try:
        parser = etree.XMLParser(recover=False, **_XML)
        return etree.fromstring(text.encode(), parser, base_url=base_url), ""
    except etree.XMLSyntaxError as error:
        return None, " ".join(str(error.msg or "empty").split())[:120]


def _from_root(text: str) -> str:
    """Cut declaration, comments and DOCTYPE off, so that no entity is ever declared."""
    at = _after_prolog(text, 0)
    if not re.match(r"<[A-Za-z_]", text[at : at + 2]):
        match = _ROOT_TAG.search(text, at)
        at = _after_prolog(text, match.start()) if match else at
    return text[at:]


def _after_prolog(text: str, at: int) -> int:
    while True:
        while text[at : at + 1].isspace():
            at += 1
        if text.startswith("<!DOCTYPE", at) or text.startswith("<!doctype", at):
            at = _after_doctype(text, at)
            continue
        for opener, closer in (("<?", "?>"), ("<!--", "-->")):
            if text.startswith(opener, at):
                end = text.find(closer, at)
                break
        else:
            return at
        if end < 0:
            return at
        at = end + len(closer)


def _after_doctype(text: str, at: int) -> int:
    """Return where a DOCTYPE ends, its internal subset included."""
    close, bracket = text.find(">", at), text.find("[", at)
    if 0 <= bracket < close:
        end = re.compile(r"\]\s{0,99}>").search(text, bracket)
        return end.end() if end else len(text)
    return close + 1 if close >= 0 else len(text)


def _find_root(root: Element) -> Element:
    if root is None:
        return None
    if name_of(root) in {*ROOTS, "channel"}:
        return root
    if root.tag == ROOT and len(root) and name_of(root[0]) in {"channel", "item", "entry"}:
        return root
    return next((node for node in root.iter(etree.Element) if name_of(node) in ROOTS), None)


def _remedy(root: Element, text: str) -> str:
    if root is None or (root.tag == ROOT and not len(root)):
        return "there is no XML in it"
    name = str((root[0] if root.tag == ROOT else root).tag).rpartition("}")[2].lower()
    if name == "opml":
        return "it is a list of feeds in OPML: add it as it is"
    if name == "html" or "<body" in text[:5000].lower():
        return "it is a web page: give the feed's own address"
    return f"its outermost element is <{name[:40]}>"


@lru_cache(maxsize=4096)
def _canonical(tag: str, prefix: str | None) -> str:
    namespace, _, local = tag.rpartition("}")
    namespace, local = namespace[1:].lower(), local.lower()
    if not namespace and ":" in local:  # a prefix that was never declared
        prefix, _, local = local.rpartition(":")
    prefix = (prefix or "").lower()
    is_module = any(part in namespace for part in _MODULES)
    if not is_module and any(part in namespace for part in _CORE):
        return local
    for part, family in _FAMILIES:
        if part in namespace:
            return f"{family}:{local}"
    return local if not prefix or prefix in _CORE_PREFIXES else f"{prefix}:{local}"


def name_of(element: Element) -> str:
    """Return an element's name: ``title``, ``itunes:duration``; RSS and Atom share bare names."""
    return _canonical(element.tag, element.prefix) if isinstance(element.tag, str) else ""


class Fields:
    """The children of an element by name, each in the order of the feed."""

    def __init__(self, element: Element, fallback_url: str | None = None) -> None:
        self.element = element
        self.fallback_url = fallback_url
        self._by_name: dict[str, list[Element]] = {}
        self._gather(element)

    def _gather(self, element: Element) -> None:
        for child in element:
            name = name_of(child)
            self._by_name.setdefault(name, []).append(child)
            if name == "media:group":
                self._gather(child)

    def all(self, *names: str) -> list[Element]:
        """Return the children of these names, those of the first name first."""
        return [child for name in names for child in self._by_name.get(name, ())]

    def text(self, *names: str) -> str | None:
        """Return the first text under these names that is not empty."""
        return next(filter(None, map(text_of, self.all(*names))), None)

    def url(self, element: Element, *attributes: str) -> str | None:
        """Return the address in an attribute, or in the text if none is asked for, made whole."""
        values = [element.get(name) for name in attributes] if attributes else [text_of(element)]
        value = next((value for value in values if value and value.strip()), None)
        return value and resolve_url(value, element.base, self.fallback_url)


def text_of(element: Element) -> str | None:
    """Return all text in an element, white space squeezed; None where there is none."""
    raw = element.text or "" if not len(element) else "".join(element.itertext())
    return _SPACE.sub(" ", clean_text(raw)).strip() or None


def attribute(element: Element, *names: str) -> str | None:
    """Return the first of these attributes that is not empty, in whatever case it is written."""
    for name in names:
        if value := (element.get(name) or "").strip():
            return clean_text(value)
    wanted = {name.lower() for name in names}
    for name, value in element.attrib.items():
        if name.rpartition("}")[2].lower() in wanted and value.strip():
            return clean_text(value.strip())
    return None


def markup_of(element: Element) -> str:
    """Return what is in an element as HTML: its text where that was escaped, else its tags."""
    if not len(element):
        return clean_text(element.text or "").strip()
    etree.strip_tags(element, etree.Entity)
    children = "".join(
        etree.tostring(child, encoding="unicode", method="html") for child in element
    )
    return clean_text(escape(element.text or "", quote=False) + children).strip()


def resolve_url(url: str, *bases: str | None) -> str | None:
    """Return an address made whole by the first base that has a scheme; itself where none has."""
    url = url.strip().replace("\n", "").replace("\r", "").replace("\t", "")
    if not url or len(url) > _MAX_URL:
        return None
    if _SCHEME.match(url):
        return url
    for base in bases:
        if base and _SCHEME.match(base):
            try:
                return urljoin(base, url)
            except ValueError:
                continue
    return url
