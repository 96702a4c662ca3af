"""What a page says about its issue: title, author, date, address, the newsletter's name."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from corpus.records import Block
from ingest.newsletter.dates import find_date, parse_date
from ingest.newsletter.tree import Element, name_words, text_of

_ARTICLE = re.compile(r"Article|Posting|Newsletter|Report|Episode|CreativeWork", re.IGNORECASE)
_BY = re.compile(
    r"(?:written |curated |posted |edited |words |story |von |par |por )?(?:by|von|par|por):?\s+"
    r"([^\W\d_][^|·•–—\n\d,]{1,60}?)\s*(?=$|[|·•–—\n,\d]|\s-\s|\b(?:on|am|le|el)\s+\w+ ?\d)",
    re.IGNORECASE,
)
_SITE_SUFFIX = re.compile(r"\s+(?:[|·•»–—]|-|::)\s+(?=[^|·•»–—]{1,60}$)")
_AUTHOR_NAMES = (
    {"meta", "author"},
    {"byline", "names"},
    {"byline"},
    {"post", "author"},
    {"entry", "author"},
    {"author", "name"},
    {"author"},
)
_FOREIGN = frozenset(("tweet", "embed", "comment", "comments", "related", "card", "testimonial"))
_DATE_NAMES = ({"post", "date"}, {"entry", "date"}, {"published"}, {"publish", "date"}, {"date"})
_TITLE_NAMES = ({"post", "title"}, {"entry", "title"}, {"article", "title"}, {"email", "title"})
_HEAD_BLOCKS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """What a page says about its issue."""

    title: str | None = None
    author: str | None = None
    published: str | None = None
    link: str | None = None
    newsletter: str | None = None


def read_facts(root: Element, head: Sequence[Block], base_url: str | None = None) -> PageFacts:
    """Return a page's facts: from its metadata, else from marks in it, else from its first words.

    ``head`` are the page's blocks in order.
    """
    meta = _meta_values(root)
    linked = next(_iter_linked_data(root), {})
    heads = head[:_HEAD_BLOCKS]
    newsletter = meta.get("og:site_name") or _name_in(linked.get("publisher"))
    stated = meta.get("og:title") or meta.get("twitter:title") or _name_in(linked.get("headline"))
    title = _without_site(stated, newsletter) if stated else _find_title(root, heads)
    return PageFacts(
        title=_as_shown(title, heads),
        author=_find_author(root, meta, linked, heads),
        published=_find_published(root, meta, linked, heads),
        link=_find_address(root, meta, base_url),
        newsletter=newsletter or meta.get("application-name"),
    )


def _meta_values(root: Element) -> dict[str, str]:
    values: dict[str, str] = {}
    for element in root.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        content = " ".join((element.get("content") or "").split())
        if name and content:
            values.setdefault(name.lower(), content)
    return values


def _iter_linked_data(root: Element) -> Iterator[dict[str, Any]]:
    """Yield the JSON-LD objects that describe an article (https://schema.org/Article)."""
    for script in root.iter("script"):
        if script.get("type") != "application/ld+json":
            continue
        try:
            found = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue  # not this page's only source of facts
        nodes = found if isinstance(found, list) else [found]
        for node in nodes:
            graph = node.get("@graph") if isinstance(node, dict) else None
            for item in [node, *(graph if isinstance(graph, list) else [])]:
                if isinstance(item, dict) and _ARTICLE.search(str(item.get("@type"))):
                    yield item


def _name_in(value: Any) -> str | None:
    """Return the name in a JSON-LD person or organisation, or in the first of several."""
    if isinstance(value, list):
        names = [name for item in value[:4] if (name := _name_in(item))]
        return ", ".join(names) or None
    if isinstance(value, dict):
        value = value.get("name")
    return " ".join(value.split()) or None if isinstance(value, str) else None


def _find_title(root: Element, heads: Sequence[Block]) -> str | None:
    """Return the title that a page shows, where its metadata has none."""
    for names in _TITLE_NAMES:
        if found := _text_of_named(root, names):
            return found
    first = [element for element in root.iter("h1") if text_of(element)]
    title = root.find(".//title")
    titled = text_of(title) if title is not None else ""
    if len(first) == 1 or (first and not titled):
        return text_of(first[0])
    if titled:
        return _SITE_SUFFIX.split(titled)[0] if len(titled) > 20 else titled
    return next((block.text for block in heads if block.kind == "heading"), None)


def _as_shown(title: str | None, heads: Sequence[Block]) -> str | None:
    """Return the title in the letters of its heading, which knows where its words end."""
    if title is None:
        return None
    shown = (block.text for block in heads if squeeze_letters(block.text) == squeeze_letters(title))
    return " ".join(next(shown, title).split())


def squeeze_letters(text: str) -> str:
    """Return a text's letters and digits alone, for comparing what is shown with what is meant."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _without_site(title: str, newsletter: str | None) -> str:
    """Return a title without the site's name behind it."""
    for mark in (" | ", " - ", " – ", " — ", " · "):
        title = title.removesuffix(mark + newsletter) if newsletter else title
    return title


def _find_author(
    root: Element, meta: dict[str, str], linked: dict[str, Any], heads: Sequence[Block]
) -> str | None:
    named = _name_in(linked.get("author"))
    for name in ("author", "article:author", "parsely-author", "dc.creator", "twitter:creator"):
        named = named or meta.get(name)
    if named and not named.startswith(("http://", "https://", "@")):
        return named
    for names in _AUTHOR_NAMES:
        found = _text_of_named(root, names)
        if found and len(found) <= 80 and any(letter.isalpha() for letter in found):
            match = _BY.match(found)
            return match[1].strip() if match else found
    # A byline written as text comes last: it may only be how a sentence begins.
    for block in heads:
        if len(block.text) <= 160 and (match := _BY.match(block.text)):
            return match[1].strip()
    return None


def _find_published(
    root: Element, meta: dict[str, str], linked: dict[str, Any], heads: Sequence[Block]
) -> str | None:
    named = [linked.get("datePublished"), *map(meta.get, _DATE_METAS)]
    times = [element for element in root.iter("time") if not _is_foreign(element)][:1]
    named += [element.get("datetime") for element in times]
    named += [text_of(element) for element in times]
    named += [_text_of_named(root, names) for names in _DATE_NAMES]
    for text in named:
        if isinstance(text, str) and (found := parse_date(text) or find_date(text)):
            return found
    return next((found for block in heads if (found := find_date(block.text))), None)


_DATE_METAS = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "parsely-pub-date",
    "pubdate",
    "date",
    "dc.date",
    "dcterms.created",
    "sailthru.date",
)


def _find_address(root: Element, meta: dict[str, str], base_url: str | None) -> str | None:
    address = next(
        (link.get("href") for link in root.iter("link") if link.get("rel") == "canonical"), None
    )
    address = address or meta.get("og:url") or base_url
    try:
        return urljoin(base_url or "", address) if address else None
    except ValueError:
        return base_url


def _text_of_named(root: Element, names: set[str]) -> str | None:
    """Return the words of the first element whose class says ``names``, if it says little else.

    Where such elements lie in one another, the innermost counts.
    """
    found = None
    for element in root.iter("*"):
        if found is not None and found not in element.iterancestors():
            break
        if element.get("class") and names <= name_words(element) and not _is_foreign(element):
            text = text_of(element)
            if text and len(text) <= 200:
                found = element
    return text_of(found) if found is not None else None


def _is_foreign(element: Element) -> bool:
    """Tell whether it belongs to somebody else's words that the page shows."""
    return any(
        above.tag == "blockquote" or (above.get("class") and _FOREIGN & name_words(above))
        for above in (element, *element.iterancestors())
    )
