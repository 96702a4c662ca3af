"""Takeaways as podcast programs read them: soundbites, chapters, captions, an Atom feed."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape, quoteattr

from corpus.formats.webvtt import format_webvtt
from corpus.moments import format_seconds
from corpus.records import Segment
from ingest.takeaway_blocks import TakeawayLine

PublishStyle = Literal["soundbites", "chapters", "vtt"]

UNKNOWN_MS = 30_000
"""How long a soundbite or a caption lasts whose end nobody knows, where none begins before."""
_TITLE = 128  # letters of a soundbite's title at most, as its specification asks
# What XML 1.0 cannot hold at all: https://www.w3.org/TR/xml/#charsets
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def format_published(lines: Sequence[TakeawayLine], style: PublishStyle) -> str:
    """Return the takeaways that have a moment, in order of time; those without one are left out."""
    timed = [line for line in lines if line.start_ms is not None and line.text.strip()]
    timed.sort(key=lambda line: line.start_ms or 0)
    ends = [*(following.start_ms for following in timed[1:]), None]
    spans = [
        _Span(text=" ".join(line.text.split()), speaker=line.speaker, **_span(line, end))
        for line, end in zip(timed, ends, strict=False)
    ]
    return _FORMATTERS[style](spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """A takeaway from its first to its last millisecond."""

    text: str
    speaker: str | None
    start_ms: int
    end_ms: int


def _span(line: TakeawayLine, following_ms: int | None) -> dict[str, int]:
    start_ms = line.start_ms or 0
    end_ms = line.end_ms
    if end_ms is None or end_ms <= start_ms:
        end_ms = start_ms + UNKNOWN_MS
        if following_ms is not None and following_ms > start_ms:
            end_ms = min(end_ms, following_ms)
    return {"start_ms": start_ms, "end_ms": end_ms}


def _format_soundbites(spans: Sequence[_Span]) -> str:
    # https://podcasting2.org/docs/podcast-namespace/tags/soundbite
    return "".join(
        f'<podcast:soundbite startTime="{format_seconds(span.start_ms)}"'
        f' duration="{format_seconds(span.end_ms - span.start_ms)}">'
        f"{_xml(_shorten(span.text))}</podcast:soundbite>\n"
        for span in spans
    )


def _shorten(text: str) -> str:
    if len(text) <= _TITLE:
        return text
    cut = text[: _TITLE - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:") + "…"


def _format_chapters(spans: Sequence[_Span]) -> str:
    # https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/examples/chapters/jsonChapters.md
    chapters = [{"startTime": span.start_ms / 1000, "title": span.text} for span in spans]
    document = {"version": "1.2.0", "chapters": chapters}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _format_vtt(spans: Sequence[_Span]) -> str:
    return format_webvtt(
        Segment(start_ms=each.start_ms, end_ms=each.end_ms, text=each.text, speaker=each.speaker)
        for each in spans
    )


def _xml(text: str) -> str:
    return escape(_NOT_XML.sub("", text))


_FORMATTERS: dict[str, Callable[[Sequence[_Span]], str]] = {
    "soundbites": _format_soundbites,
    "chapters": _format_chapters,
    "vtt": _format_vtt,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """A takeaway as a feed tells it."""

    line: TakeawayLine
    key: str
    """What it is told apart by, for ever."""
    title: str
    """Of its issue or its episode."""
    published: str
    """UTC, as 2026-06-01T05:00:00Z; a date alone as 2026-06-01."""


def format_atom(entries: Sequence[FeedEntry], *, site: str) -> str:
    """Return an Atom feed (RFC 4287) of takeaways, in their order.

    Args:
        entries: What is told, newest first.
        site: The address of the site, without a slash at its end.
    """
    updated = max((_instant(entry.published) for entry in entries), default=_instant(""))
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        "<title>Takeaways – Earmark</title>",
        f"<id>{_urn(f'{site}/takeaways.atom')}</id>",
        f"<updated>{updated}</updated>",
        "<author><name>Earmark</name></author>",
        f'<link rel="self" type="application/atom+xml" href={_href(f"{site}/takeaways.atom")}/>',
        f"<link href={_href(f'{site}/issues')}/>",
    ]
    for entry in entries:
        line = entry.line
        said = f"{line.speaker}: “{line.sentence}”" if line.sentence and line.speaker else ""
        parts += [
            "<entry>",
            f"<title>{_xml(' '.join(line.text.split()))}</title>",
            f"<id>{_urn(entry.key)}</id>",
            f"<updated>{_instant(entry.published)}</updated>",
            f"<link href={_href(line.url or f'{site}/issues')}/>",
            f"<category term={_href(entry.title)}/>",
            f"<summary>{_xml(said or line.sentence or entry.title)}</summary>",
            "</entry>",
        ]
    return "\n".join([*parts, "</feed>", ""])


def format_json_feed(entries: Sequence[FeedEntry], *, site: str) -> str:
    """Return a JSON Feed of takeaways (https://www.jsonfeed.org/version/1.1/), in their order.

    Args:
        entries: What is told, newest first.
        site: The address of the site, without a slash at its end.
    """
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Takeaways – Earmark",
        "home_page_url": f"{site}/issues",
        "feed_url": f"{site}/takeaways.json",
        "items": [_feed_item(entry, site) for entry in entries],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _feed_item(entry: FeedEntry, site: str) -> dict[str, object]:
    line = entry.line
    item: dict[str, object] = {
        "id": _urn(entry.key),
        "url": line.url or f"{site}/issues",
        "content_text": " ".join(line.text.split()),
        "tags": [entry.title],
    }
    if line.sentence:
        item["summary"] = line.sentence
    if line.speaker:
        item["authors"] = [{"name": line.speaker}]
    if (date := _instant(entry.published)) != _instant(""):
        item["date_published"] = date
    return item


def _href(text: str) -> str:
    return quoteattr(_NOT_XML.sub("", text))


def _urn(key: str) -> str:
    return uuid5(NAMESPACE_URL, key.encode("utf-8", "replace").decode()).urn


def _instant(text: str) -> str:
    """Return a date or an instant as RFC 3339 asks; the epoch where it is neither.

    >>> _instant("2026-06-01"), _instant("2026-06-01T05:00:00Z"), _instant("2026")
    ('2026-06-01T00:00:00Z', '2026-06-01T05:00:00Z', '1970-01-01T00:00:00Z')
    """
    if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z", text, re.ASCII):
        return text
    if re.match(r"\d{4}-\d\d-\d\d(?:$|T)", text, re.ASCII):
        return f"{text[:10]}T00:00:00Z"
    return "1970-01-01T00:00:00Z"
