"""An item of an RSS feed or an entry of an Atom feed as an episode."""

import base64
import hashlib
import re
from html import escape

from corpus.records import (
    Chapter,
    Enclosure,
    ParsedEpisode,
    Person,
    Soundbite,
    TranscriptRef,
)
from ingest.feed.media import extension_of, find_duration, find_enclosures
from ingest.feed.text import clean_text
from ingest.feed.times import parse_feed_date, parse_start
from ingest.feed.tree import Element, Fields, attribute, markup_of, name_of, text_of
from ingest.plain_text import has_markup, plain_title, squeeze_lines, text_of_html

_WHOLE = re.compile(r"(\d{1,6})(?:\.0+)?", re.ASCII)
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
DERIVED = "earmark:"
"""What an identity begins with that is made of an item's words."""
MOST_EPISODES = 20_000
"""Three times the longest podcast known; more is an attack, and would take minutes."""
_SIMPLE_CHAPTERS = "podlove.org/simple-chapters"
_SPARE_RELS = ("canonical", "related", "via")
_DATES = (
    "pubdate", "published", "issued", "dc:date", "dcterms:created", "created", "dcterms:issued",
    "date", "updated", "modified", "dcterms:modified", "lastbuilddate",
)  # fmt: skip


def read_item(element: Element, fallback_url: str | None, problems: list[str]) -> ParsedEpisode:
    """Return an episode; what is wrong with it is added to ``problems``."""
    fields = Fields(element, fallback_url)
    mine: list[str] = []
    enclosures = find_enclosures(fields, mine)
    link = find_link(fields, spares=(*_SPARE_RELS, "self"))
    title = find_title(fields)
    notes, notes_html = _show_notes(fields)
    published = _published(fields, mine)
    stated = fields.text("guid", "id") or element.get(_RDF_ABOUT) or fields.text("dc:identifier")
    episode = ParsedEpisode(
        guid=stated or derived_guid(enclosures, link, (title or notes[:500], published)),
        title=title,
        published=published,
        link=link or _permalink(fields),
        enclosures=enclosures,
        duration_ms=find_duration(fields, mine),
        season=_whole(fields.text("itunes:season", "podcast:season")),
        number=_whole(fields.text("itunes:episode", "podcast:episode")),
        show_notes=notes,
        show_notes_html=notes_html,
        transcripts=_transcripts(fields, mine),
        chapters_url=_chapters_url(fields),
        chapters=_simple_chapters(fields, mine),
        persons=find_persons(fields),
        soundbites=_soundbites(fields, mine),
        image_url=find_image(fields),
    )
    problems.extend(f"{episode.title or episode.guid}: {problem}" for problem in mine)
    return episode


def derived_guid(
    enclosures: tuple[Enclosure, ...], link: str | None, said: tuple[str | None, str | None]
) -> str:
    """Return an identity for an item that has none, the same at every reading.

    The query of a media file's address often is a token that changes, so it is left out.
    """
    if enclosures:
        url = enclosures[0].url
        return url.partition("?")[0].partition("#")[0] if extension_of(url) else url
    if link:
        return link
    title, published = said
    text = title or published or ""
    return DERIVED + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def find_title(fields: Fields) -> str | None:
    """Return the title as a reader would see it."""
    for element in fields.all("title", "itunes:title", "media:title", "dc:title"):
        kind = (attribute(element, "type") or "").lower()
        text = text_of(element) or ""
        title = text if kind in {"text", "text/plain"} else plain_title(text)
        if title:
            return title
    return None


def find_link(fields: Fields, *, spares: tuple[str, ...] = _SPARE_RELS) -> str | None:
    """Return the page of an item or a feed: a link's target, or one of the relations ``spares``."""
    spare = None
    for element in fields.all("link"):
        if attribute(element, "href") is None:
            if text_of(element):
                return fields.url(element)
            continue
        rel = (attribute(element, "rel") or "alternate").lower()
        if rel == "alternate":
            return fields.url(element, "href")
        if rel in spares:
            spare = spare or fields.url(element, "href")
    return spare


def _permalink(fields: Fields) -> str | None:
    for element in fields.all("guid"):
        told = (attribute(element, "isPermaLink") or "true").lower() == "true"
        if told and (text_of(element) or "").lower().startswith(("http://", "https://")):
            return text_of(element)
    return None


def find_persons(fields: Fields) -> tuple[Person, ...]:
    """Return who is named; a ``podcast:person`` without a role is a host, as the namespace says.

    https://podcasting2.org/docs/podcast-namespace/tags/person
    """
    persons = [
        Person(name=name, role=(attribute(element, "role") or "host").lower())
        for element in fields.all("podcast:person")
        if (name := text_of(element))
    ]
    if not persons:
        persons = [
            Person(name=name)
            for element in fields.all("contributor")
            if (name := Fields(element).text("name"))
        ]
    return tuple(dict.fromkeys(persons))


def find_image(fields: Fields) -> str | None:
    """Return the picture of an item or a feed."""
    for element in fields.all("itunes:image", "googleplay:image", "podcast:image"):
        if url := fields.url(element, "href", "url") or fields.url(element):
            return url
    for element in fields.all("image"):
        inner = Fields(element, fields.fallback_url)
        for child in inner.all("url"):
            if url := inner.url(child):
                return url
    for element in fields.all("logo", "icon"):
        if url := fields.url(element):
            return url
    thumbnails = (fields.url(element, "url") for element in fields.all("media:thumbnail"))
    return next(filter(None, thumbnails), None)


def _show_notes(fields: Fields) -> tuple[str, str]:
    """Return the fullest notes as plain text and, where they have any markup, as HTML."""
    for element in fields.all("content:encoded", "content", "body", "xhtml:body"):
        notes = _read_notes(element)
        if notes[0]:
            return notes
    shorter = fields.all(
        "description", "itunes:summary", "summary", "googleplay:description", "media:description",
        "dc:description", "tagline",
    )  # fmt: skip
    best = max(map(_read_notes, shorter), key=lambda notes: len(notes[0]), default=("", ""))
    if best[0]:
        return best
    return next(
        filter(lambda notes: notes[0], map(_read_notes, fields.all("itunes:subtitle"))), best
    )


def _read_notes(element: Element) -> tuple[str, str]:
    kind = (attribute(element, "type") or "").lower()
    html = markup_of(element)
    if (attribute(element, "mode") or "").lower() == "base64":
        try:
            html = clean_text(base64.b64decode(html, validate=False).decode("utf-8", "replace"))
        except ValueError:
            return squeeze_lines(html), ""
    if kind in {"text", "text/plain"} and not len(element):
        return squeeze_lines(html), ""
    if kind in {"xhtml", "application/xhtml+xml"} and not len(element):
        html = escape(html, quote=False)
    return (text_of_html(html), html) if has_markup(html) else (squeeze_lines(html), "")


def _published(fields: Fields, problems: list[str]) -> str | None:
    unread = None
    for element in fields.all(*_DATES):
        text = text_of(element)
        if text and (date := parse_feed_date(text)):
            return date
        unread = unread or text
    if unread:
        problems.append(f"its date {unread[:60]!r} cannot be read")
    return None


def _whole(text: str | None) -> int | None:
    match = _WHOLE.fullmatch(text) if text else None
    return int(match[1]) if match else None


def _transcripts(fields: Fields, problems: list[str]) -> tuple[TranscriptRef, ...]:
    found = []
    for element in fields.all("podcast:transcript"):
        url = fields.url(element, "url", "href")
        if url is None:
            problems.append("a transcript has no address")
            continue
        kind, language = attribute(element, "type"), attribute(element, "language", "lang")
        found.append(TranscriptRef(url=url, type=kind, language=language))
    return tuple(dict.fromkeys(found))


def _chapters_url(fields: Fields) -> str | None:
    for element in fields.all("podcast:chapters", "psc:chapters"):
        if url := fields.url(element, "url", "href") if attribute(element, "url", "href") else None:
            return url
    for element in fields.all("link"):
        if _SIMPLE_CHAPTERS in (attribute(element, "rel") or ""):
            return fields.url(element, "href")
    return None


def _simple_chapters(fields: Fields, problems: list[str]) -> tuple[Chapter, ...]:
    """Return Podlove simple chapters in the order of their starts; some files stand otherwise."""
    chapters = []
    for group in fields.all("psc:chapters", "podcast:chapters", "chapters"):
        for element in group:
            if not name_of(element).endswith("chapter"):
                continue
            start = parse_start(attribute(element, "start", "startTime") or "")
            if start is None:
                problems.append("a chapter has no start that can be read")
                continue
            title = plain_title(attribute(element, "title") or text_of(element) or "")
            link = fields.url(element, "href") if attribute(element, "href") else None
            chapters.append(Chapter(start_ms=start, title=title, link=link))
    return tuple(sorted(chapters, key=lambda chapter: chapter.start_ms))


def _soundbites(fields: Fields, problems: list[str]) -> tuple[Soundbite, ...]:
    found = []
    for element in fields.all("podcast:soundbite"):
        start = parse_start(attribute(element, "startTime") or "")
        duration = parse_start(attribute(element, "duration") or "")
        if start is None or not duration:
            problems.append("a soundbite has no time that can be read")
            continue
        found.append(Soundbite(start_ms=start, duration_ms=duration, title=text_of(element)))
    return tuple(found)
