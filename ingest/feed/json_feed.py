"""JSON Feed, versions 1 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
from collections.abc import Iterator
from typing import Any

from corpus.errors import FormatError
from corpus.records import Enclosure, ParsedEpisode, ParsedFeed
from ingest.feed.items import MOST_EPISODES, derived_guid
from ingest.feed.media import read_bytes, sound_first
from ingest.feed.text import clean_text, decode_feed
from ingest.feed.times import parse_duration, parse_feed_date
from ingest.feed.tree import resolve_url
from ingest.plain_text import plain_title, squeeze_lines, text_of_html

_Json = dict[str, Any]


def parse_json_feed(data: bytes, base_url: str | None = None) -> ParsedFeed:
    """Return what a JSON Feed says; of a file that is cut off, the items that are whole.

    Raises:
        FormatError: If no feed is in it.
    """
    text, problem = decode_feed(data)
    problems = [problem] if problem else []
    document, fault = _read_json(text)
    if fault:
        problems.append(f"is no valid JSON ({fault}); read as far as it goes")
    items = document.get("items")
    if not isinstance(items, list) or not _is_feed(document):
        raise FormatError(base_url or "", "is no feed", "it is JSON, but no JSON Feed")
    base = _text(document, "feed_url") or base_url or _text(document, "home_page_url")
    episodes = []
    if len(items) > MOST_EPISODES:
        problems.append(f"only its first {MOST_EPISODES} items are read")
    for item in items[:MOST_EPISODES]:
        if isinstance(item, dict):
            episodes.append(_read_item(item, base))
        else:
            problems.append("an item is no object and is left out")
    return ParsedFeed(
        title=plain_title(_text(document, "title") or "") or None,
        link=_url(document, "home_page_url", base),
        language=_text(document, "language"),
        author=_author(document),
        description=_text(document, "description"),
        image_url=_url(document, "icon", base) or _url(document, "favicon", base),
        next_url=_url(document, "next_url", base),
        episodes=tuple(episodes),
        problems=tuple(problems),
    )


def _is_feed(document: _Json) -> bool:
    version = document.get("version")
    if isinstance(version, str) and "jsonfeed.org" in version:
        return True
    return any(key in document for key in ("feed_url", "home_page_url"))


def _read_json(text: str) -> tuple[_Json, str]:
    try:
        document = json.loads(text)
    except RecursionError:
        return {}, "nested too deeply"
    except ValueError as error:
        return _salvage(text), str(error)
    return (document, "") if isinstance(document, dict) else ({}, "")


def _salvage(text: str) -> _Json:
    """Return the head of a broken document and its items up to the first that is not whole."""
    name = text.find('"items"')
    start = text.find("[", name)
    if name < 0 or start < 0:
        return {}
    try:
        head = json.loads(text[:name].rstrip().rstrip(",") + "}")
    except (ValueError, RecursionError):
        head = {"version": "jsonfeed.org"} if "jsonfeed.org" in text[:name] else {}
    return {**head, "items": list(_whole_items(text, start + 1))}


def _whole_items(text: str, at: int) -> Iterator[Any]:
    decoder = json.JSONDecoder()
    while True:
        while text[at : at + 1].isspace() or text[at : at + 1] == ",":
            at += 1
        try:
            item, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return
        yield item


def _read_item(item: _Json, base: str | None) -> ParsedEpisode:
    attachments = [entry for entry in _list(item, "attachments") if isinstance(entry, dict)]
    enclosures = sound_first(
        [
            Enclosure(
                url=url,
                type=_text(entry, "mime_type"),
                bytes=read_bytes(_text(entry, "size_in_bytes")),
            )
            for entry in attachments
            if (url := _url(entry, "url", base))
        ]
    )
    durations = (parse_duration(_text(entry, "duration_in_seconds") or "") for entry in attachments)
    html, plain = _text(item, "content_html"), _text(item, "content_text")
    notes = text_of_html(html) if html else squeeze_lines(plain or _text(item, "summary") or "")
    title = plain_title(_text(item, "title") or "") or None
    link = _url(item, "url", base) or _url(item, "external_url", base)
    dates = (
        parse_feed_date(_text(item, f"date_{name}") or "") for name in ("published", "modified")
    )
    published = next(filter(None, dates), None)
    stated = _text(item, "id")
    return ParsedEpisode(
        guid=stated or derived_guid(enclosures, link, (title or notes[:500], published)),
        title=title,
        published=published,
        link=link,
        enclosures=enclosures,
        duration_ms=next(filter(None, durations), None),
        show_notes=notes,
        show_notes_html=html or "",
        image_url=_url(item, "image", base) or _url(item, "banner_image", base),
    )


def _author(document: _Json) -> str | None:
    for entry in [*_list(document, "authors"), document.get("author")]:
        if isinstance(entry, dict) and (name := _text(entry, "name")):
            return name
    return None


def _list(document: _Json, key: str) -> list[Any]:
    value = document.get(key)
    return value if isinstance(value, list) else []


def _text(document: _Json, key: str) -> str | None:
    """Return a text, or a number as text: feeds do write ``"id": 7``."""
    value = document.get(key)
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    return clean_text(value).strip() or None if isinstance(value, str) else None


def _url(document: _Json, key: str, base: str | None) -> str | None:
    value = _text(document, key)
    return resolve_url(value, base) if value else None
