"""What is new for saved searches: as records, documents, and text or HTML for a mail tool."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import NAMESPACE_URL, uuid5

from corpus.catalogue import saved
from corpus.errors import EarmarkError
from corpus.holdings import SavedSearch
from web.answers import describe_answer
from web.asking import MOST_HITS, read_search_arguments
from web.documents import Document

if TYPE_CHECKING:
    from web.wiring import House

SHOWN = 5
"""New hits of a search that a digest tells at most."""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPart:
    """A saved search with what is new for it."""

    saved: SavedSearch
    url: str
    """The path of the search itself."""
    hits: tuple[Document, ...]
    """New ones among its MOST_HITS best answers, the best first."""
    problems: tuple[str, ...] = ()


def saved_url(held: SavedSearch) -> str:
    """Return the path of a saved search's page of answers."""
    return f"/?{urlencode(held.asked)}"


def find_new(house: "House", held: SavedSearch, *, since: int | None = None) -> DigestPart:
    """Return which of a search's best answers came in after it was last seen.

    Args:
        house: Where to search.
        held: The saved search.
        since: A passage's id; later ones are new. Without it, those not seen yet.
    """
    since = held.seen_passage_id if since is None else since
    asked = replace(read_search_arguments(held.asked), k=MOST_HITS, offset=0)
    try:
        answer = house.get_engine().search(asked)
    except EarmarkError as error:
        return DigestPart(saved=held, url=saved_url(held), hits=(), problems=(str(error),))
    new = tuple(hit for hit in answer.hits if hit.passage_id > since)
    document = describe_answer(house, asked, replace(answer, hits=new))
    return DigestPart(
        saved=held, url=saved_url(held), hits=tuple(document["hits"]), problems=answer.problems
    )


def make_digest(house: "House") -> tuple[int, tuple[DigestPart, ...]]:
    """Return the newest passage that was looked at, and what is new for each saved search."""
    with house.catalogue.read() as conn:
        newest = saved.newest_passage(conn)
        held = saved.list_saved(conn)
    return newest, tuple(find_new(house, one) for one in held)


def saved_document(held: SavedSearch) -> Document:
    """Return a saved search."""
    return {
        "id": held.id,
        "name": held.name,
        "asked": held.asked,
        "url": saved_url(held),
        "feed_url": f"/saved/{held.id}.atom",
        "seen_passage_id": held.seen_passage_id,
    }


def digest_document(newest: int, parts: Sequence[DigestPart]) -> Document:
    """Return a digest, as ``earmark digest --json`` prints it."""
    return {
        "up_to": newest,
        "searches": [
            {**saved_document(part.saved), "problems": list(part.problems), "new": list(part.hits)}
            for part in parts
        ],
    }


def _said(hit: Document) -> str:
    return str((hit["best"] or {}).get("text") or hit["text"])


def _source(hit: Document) -> str:
    of = hit["episode"] or hit["issue"] or {}
    named = [hit["speaker"], of.get("title"), of.get("show") or of.get("newsletter"), hit["moment"]]
    return ", ".join(part for part in named if part)


def format_digest_text(parts: Sequence[DigestPart], site: str) -> str:
    """Return a digest as plain text; a search with nothing new is left out.

    Args:
        parts: What is new.
        site: The address of the site, without a slash at its end.
    """
    lines: list[str] = []
    for part in parts:
        if not part.hits:
            continue
        lines += [f"{part.saved.name}: {len(part.hits)} new", f"{site}{part.url}", ""]
        for hit in part.hits[:SHOWN]:
            lines += [f"  “{_said(hit)}”", f"  {_source(hit)}", f"  {site}{hit['url']}", ""]
        if len(part.hits) > SHOWN:
            lines += [f"  and {len(part.hits) - SHOWN} more", ""]
    return "\n".join(lines) or "Nothing is new.\n"


def format_digest_html(parts: Sequence[DigestPart], site: str) -> str:
    """Return a digest as a page of its own, such as a mail carries; as for the text."""
    body: list[str] = []
    for part in parts:
        if not part.hits:
            continue
        body.append(
            f'<h2><a href="{escape(site + part.url)}">{escape(part.saved.name)}</a>: '
            f"{len(part.hits)} new</h2>"
        )
        for hit in part.hits[:SHOWN]:
            body.append(
                f"<blockquote><p>{escape(_said(hit))}</p></blockquote>"
                f'<p><a href="{escape(site + hit["url"])}">{escape(_source(hit))}</a></p>'
            )
        if len(part.hits) > SHOWN:
            body.append(f"<p>And {len(part.hits) - SHOWN} more.</p>")
    inside = "\n".join(body) or "<p>Nothing is new.</p>"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>New in Earmark</title></head>\n<body>\n<h1>New in Earmark</h1>\n{inside}\n"
        "</body></html>\n"
    )


def format_search_atom(part: DigestPart, site: str) -> str:
    """Return an Atom feed (RFC 4287) of a saved search's answers, the newest first.

    Args:
        part: The search with its answers.
        site: The address of the site, without a slash at its end.
    """
    hits = sorted(part.hits, key=lambda hit: -int(hit["passage_id"]))
    dates = [_instant(hit) for hit in hits]
    feed = ET.Element("feed", xmlns=_ATOM)
    address = f"{site}/saved/{part.saved.id}.atom"
    _add(feed, "title", f"{part.saved.name} – Earmark")
    _add(feed, "id", _urn(address))
    _add(feed, "updated", max(dates, default="1970-01-01T00:00:00Z"))
    _add(_add(feed, "author"), "name", "Earmark")
    _add(feed, "link", rel="self", type="application/atom+xml", href=address)
    _add(feed, "link", href=f"{site}{part.url}")
    for hit, updated in zip(hits, dates, strict=True):
        of = hit["episode"] or hit["issue"] or {}
        entry = _add(feed, "entry")
        _add(entry, "title", _said(hit)[:200])
        # Not the passage's id: the same words read again are no news.
        _add(entry, "id", _urn(f"earmark:said:{of.get('guid') or of.get('id')}:{hit['text']}"))
        _add(entry, "updated", updated)
        _add(entry, "link", href=f"{site}{hit['url']}")
        _add(entry, "summary", _source(hit))
        _add(entry, "content", hit["text"])
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(feed, encoding="unicode")


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    clean = {key: _NOT_XML.sub("", value) for key, value in attributes.items()}
    child = ET.SubElement(parent, name, clean)
    child.text = _NOT_XML.sub("", text) or None
    return child


def _urn(key: str) -> str:
    return uuid5(NAMESPACE_URL, key.encode("utf-8", "replace").decode()).urn


def _instant(hit: Document) -> str:
    """Return when a hit's source was published, as RFC 3339 asks; the epoch where unknown."""
    published = str((hit["episode"] or hit["issue"] or {}).get("published") or "")
    if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", published, re.ASCII):
        return published
    day = re.match(r"\d{4}-\d\d-\d\d", published, re.ASCII)
    return f"{day[0]}T00:00:00Z" if day else "1970-01-01T00:00:00Z"
