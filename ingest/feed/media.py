"""What an item offers to listen to: enclosures in all their dialects, the best one first."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from corpus.records import Enclosure
from ingest.feed.times import parse_duration
from ingest.feed.tree import Element, Fields, attribute, name_of

_AUDIO = frozenset(
    """
    mp3 m4a m4b aac ogg oga opus flac wav wma aif aiff mka amr ac3 mp2
    """.strip().split()
)
_VIDEO = frozenset(
    """
    mp4 m4v mov avi mkv webm wmv mpg mpeg ogv flv 3gp ts
    """.strip().split()
)
_NO_MEDIA = frozenset(
    """
    jpg jpeg png gif webp svg bmp ico pdf epub mobi htm html txt zip torrent json xml vtt srt
    doc docx css js
    """.strip().split()
)
# Types that servers give to any file, and those that hold sound without saying so.
_UNTOLD = frozenset(
    """
    application/octet-stream binary/octet-stream application/binary application/force-download
    application/download application/x-download application/unknown application/mp4
    application/mpeg unknown/unknown */*
    """.strip().split()
)
_NO_MEDIUM = frozenset({"image", "document", "executable"})
_EXTENSION = re.compile(r"\.(\w{2,5})$")
_NUMBER = re.compile(r"[\d,]{1,18}", re.ASCII)
# No recording is as short; hosts write 0 or 1 for a length that they do not know.
_FEWEST_BYTES = 16


def sound_first(enclosures: list[Enclosure]) -> tuple[Enclosure, ...]:
    """Return what can be played, each address once: sound, then what is unknown, then video."""
    unique: dict[str, Enclosure] = {}
    for enclosure in enclosures:
        unique.setdefault(enclosure.url, enclosure)
    ranked = [(media_rank(enclosure), enclosure) for enclosure in unique.values()]
    playable = [pair for pair in ranked if pair[0] is not None]
    return tuple(enclosure for _, enclosure in sorted(playable, key=lambda pair: pair[0] or 0))


def media_rank(enclosure: Enclosure) -> int | None:
    """Return 0 for sound, 1 for what may be sound, 2 for video, None for what is neither."""
    kind = (enclosure.type or "").lower()
    extension = extension_of(enclosure.url)
    if kind.startswith("audio") or kind in {"mp3", "application/ogg", "application/x-ogg"}:
        return 0
    if kind.startswith("video"):
        # Some hosts call every file video/mp4, or every file audio; the name decides for sound.
        return 0 if extension in _AUDIO else 2
    if kind.startswith(("image", "text/", "application/pdf", "application/epub")):
        return 0 if extension in _AUDIO else None
    if extension in _AUDIO:
        return 0
    if extension in _VIDEO:
        return 2
    told = "/" in kind and kind.partition(";")[0].strip() not in _UNTOLD
    return None if told or extension in _NO_MEDIA else 1


def extension_of(url: str) -> str:
    """Return the extension of an address's path in lower case, or nothing."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return ""
    match = _EXTENSION.search(path)
    return match[1].lower() if match else ""


def read_bytes(text: str | None) -> int | None:
    """Return the length that an enclosure states; None where it is none or cannot be true."""
    if text is None or not _NUMBER.fullmatch(text.strip()):
        return None
    digits = text.replace(",", "").strip()
    length = int(digits) if digits else 0
    return length if length >= _FEWEST_BYTES else None


def find_enclosures(fields: Fields, problems: list[str]) -> tuple[Enclosure, ...]:
    """Return the media files of an item from every tag that may name one."""
    found = [_enclosure(fields, element, "url", "href") for element in fields.all("enclosure")]
    if None in found:
        problems.append("an enclosure has no address")
    for element in fields.all("link"):
        if (attribute(element, "rel") or "").lower() == "enclosure":
            found.append(_enclosure(fields, element, "href"))
    for element in fields.all("media:content"):
        if (attribute(element, "medium") or "").lower() not in _NO_MEDIUM:
            found.append(_enclosure(fields, element, "url"))
    for element in fields.all("podcast:alternateenclosure"):
        found.extend(_alternates(fields, element))
    return sound_first([enclosure for enclosure in found if enclosure])


def _alternates(fields: Fields, element: Element) -> Iterator[Enclosure]:
    """Yield the sources of an alternate enclosure that can be had by HTTP."""
    for source in element:
        url = fields.url(source, "uri", "url") if name_of(source).endswith("source") else None
        if url and url.lower().startswith(("http:", "https:")):
            yield _described(url, element)


def find_duration(fields: Fields, problems: list[str]) -> int | None:
    """Return how long an item says that it is, in milliseconds."""
    text = fields.text("itunes:duration", "googleplay:duration", "duration")
    if text:
        duration = parse_duration(text)
        if duration is None and text.strip("0:") != "":
            problems.append(f"its duration {text[:40]!r} is none")
        return duration
    for element in fields.all("media:content", "enclosure"):
        if duration := parse_duration(attribute(element, "duration") or ""):
            return duration
    return None


def _enclosure(fields: Fields, element: Element, *attributes: str) -> Enclosure | None:
    url = fields.url(element, *attributes)
    return _described(url, element) if url else None


def _described(url: str, element: Element) -> Enclosure:
    kind = attribute(element, "type")
    if not kind and (medium := attribute(element, "medium")) in {"audio", "video"}:
        kind = f"{medium}/*"
    length = attribute(element, "length", "fileSize")
    return Enclosure(url=url, type=kind, bytes=read_bytes(length))
