"""RSS 2.0, 1.0 and 0.9x and Atom feeds."""

import re
from dataclasses import replace
from itertools import islice

from lxml import etree

from corpus.records import ParsedEpisode, ParsedFeed
from ingest.feed.items import (
    DERIVED,
    MOST_EPISODES,
    find_image,
    find_link,
    find_persons,
    find_title,
    read_item,
)
from ingest.feed.tree import ROOTS, Element, Fields, attribute, name_of, read_tree, resolve_url
from ingest.plain_text import plain_title, text_of_html

_MAIL_THEN_NAME = re.compile(r"[^\s@]{1,99}@[^\s@]{1,99}\s*\((.{1,200})\)")
_NAME_THEN_MAIL = re.compile(r"([^<>()@]{1,200}?)\s*[<(][^\s@]{1,99}@[^\s@]{1,99}[>)]")
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def parse_xml_feed(data: bytes, base_url: str | None = None) -> ParsedFeed:
    """Return what an RSS or Atom feed says.

    Raises:
        FormatError: If no feed is in it.
    """
    root, problems = read_tree(data, base_url)
    channel = _channel(root)
    fields = Fields(channel, base_url)
    link = find_link(fields)
    fallback = base_url or resolve_url(link or "", None)
    fields.fallback_url = fallback
    if channel is root and name_of(root) in {"rss", "rdf"}:
        problems.append("holds no channel")
    persons = find_persons(fields)
    found = (node for node in root.iter(etree.Element) if name_of(node) in {"item", "entry"})
    elements = list(islice(found, MOST_EPISODES + 1))
    if len(elements) > MOST_EPISODES:
        problems.append(f"only its first {MOST_EPISODES} items are read")
    episodes = [read_item(node, fallback, problems) for node in elements[:MOST_EPISODES]]
    # What a channel says of persons holds for every item that names none itself.
    episodes = [item if item.persons else replace(item, persons=persons) for item in episodes]
    kept = tuple(episode for episode in episodes if _says_anything(episode))
    if len(kept) < len(episodes):
        problems.append(f"{len(episodes) - len(kept)} items say nothing and are left out")
    return ParsedFeed(
        title=find_title(fields),
        link=link,
        language=fields.text("language", "dc:language") or channel.get(_XML_LANG),
        author=_author(fields),
        description=_description(fields),
        image_url=find_image(fields),
        guid=fields.text("podcast:guid"),
        next_url=_next_url(fields, base_url),
        new_url=_web_address(fields.text("itunes:new-feed-url")),
        persons=persons,
        episodes=kept,
        problems=tuple(problems),
    )


def _channel(root: Element) -> Element:
    if name_of(root) not in ROOTS:
        return root if name_of(root) == "channel" else next(iter(root), root)
    return next((child for child in root if name_of(child) == "channel"), root)


def _says_anything(episode: ParsedEpisode) -> bool:
    told = episode.title or episode.link or episode.show_notes or episode.enclosures
    timed = episode.chapters or episode.transcripts or episode.chapters_url
    return bool(told or timed) or not episode.guid.startswith(DERIVED)


def _author(fields: Fields) -> str | None:
    for element in fields.all("author"):
        if name := Fields(element).text("name"):
            return plain_title(name)
    text = fields.text(
        "itunes:author", "author", "googleplay:author", "dc:creator", "managingeditor"
    )
    if text is None:
        owners = (Fields(owner).text("itunes:name") for owner in fields.all("itunes:owner"))
        text = next(filter(None, owners), None)
    match = text and (_MAIL_THEN_NAME.fullmatch(text) or _NAME_THEN_MAIL.fullmatch(text))
    return plain_title(match[1] if match else text) if text else None


def _description(fields: Fields) -> str | None:
    text = fields.text("description", "itunes:summary", "subtitle", "tagline", "itunes:subtitle")
    return text_of_html(text) if text else None


def _next_url(fields: Fields, base_url: str | None) -> str | None:
    """Return the next page, or the archive before this one (RFC 5005, 3 and 4)."""
    for wanted in ("next", "prev-archive"):
        for element in fields.all("link"):
            rel = (attribute(element, "rel") or "").lower().rpartition("/")[2]
            url = fields.url(element, "href") if rel == wanted else None
            if url and url != base_url:
                return _web_address(url)
    return None


def _web_address(url: str | None) -> str | None:
    return url if url and url.lower().startswith(("http://", "https://")) else None
