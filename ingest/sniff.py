"""Tells what a file is by what is in it."""

import re
import zlib
from collections.abc import Callable
from pathlib import PurePath
from typing import Literal

from corpus.formats.transcripts import looks_like_transcript
from ingest.feeds import looks_like_feed
from ingest.newsletter.mail import looks_like_newsletter_mail
from ingest.newsletter.tree import word_set
from ingest.sniff_audio import looks_like_audio

SniffedKind = Literal["feed", "transcript", "newsletter", "audio", "interchange", "opml"]

_GZIP = b"\x1f\x8b"
_SPACE = b"\xef\xbb\xbf \t\r\n\0"
_HEAD_BYTES = 65_536
_OPML = re.compile(rb"<(?:[\w.-]{1,20}:)?opml[\s>]", re.IGNORECASE)
_PROLOG = re.compile(rb"(?:\s|<\?[^>]{0,2000}>|<!--[^>]{0,4000}>|<!doctype[^>]{0,2000}>)*", re.I)
_INTERCHANGE = re.compile(
    rb'[{,]\s*"(?:episode_id"\s*:\s*"|kind"\s*:\s*"(?:issue|episode|show)")', re.IGNORECASE
)
_AUDIO_NAMES = word_set(
    ".mp3 .m4a .m4b .mp4 .m4v .aac .ogg .oga .opus .flac .wav .webm .mkv .mka .mov .wma .aif "
    ".aiff .avi .amr .mp2 .3gp .ts"
)
_TEXT_NAMES = word_set(".html .htm .xhtml .txt .text .md .markdown .eml .mbox .mbx .mht")


def sniff_kind(data: bytes, name: str = "") -> SniffedKind | None:
    """Return what ``data`` is, by its content first and its name where content leaves it open."""
    if data.startswith(_GZIP):
        data = _unpack_head(data)
        name = name.lower().removesuffix(".gz")
        return _sniff_text(data, name) if data.strip(_SPACE) else None
    if looks_like_audio(data):
        return "audio"
    if not data.strip(_SPACE):
        return None
    if _is_binary(data):
        return "audio" if PurePath(name.lower()).suffix in _AUDIO_NAMES else None
    return _sniff_text(data, name)


def _unpack_head(data: bytes) -> bytes:
    """Return the first bytes of a gzip file, as many as can be had."""
    try:
        return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(data, _HEAD_BYTES * 4)
    except zlib.error:
        return b""


def _is_binary(data: bytes) -> bool:
    """Tell by control characters that no text holds; UTF-16 has zeros on one side only."""
    head = data[:_HEAD_BYTES]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    zeros = head.count(0)
    if zeros and min(head[::2].count(0), head[1::2].count(0)) > len(head) // 50:
        return True
    controls = sum(head.count(code) for code in (*range(1, 8), *range(14, 27), *range(28, 32)))
    return controls > len(head) // 50


def _sniff_text(data: bytes, name: str) -> SniffedKind | None:
    head = data.lstrip(_SPACE)[:_HEAD_BYTES]
    suffix = PurePath(name.replace("\0", "").lower()).suffix
    captions = suffix in (".vtt", ".srt", ".sbv")
    kinds: tuple[tuple[SniffedKind, Callable[[], object]], ...] = (
        ("interchange", lambda: _is_interchange(head)),
        ("opml", lambda: _is_opml(head)),
        ("feed", lambda: looks_like_feed(data)),
        ("newsletter", lambda: not captions and looks_like_newsletter_mail(data)),
        ("transcript", lambda: looks_like_transcript(data, name)),
        ("newsletter", lambda: suffix in _TEXT_NAMES or not _is_foreign_data(head)),
    )
    return next((kind for kind, holds in kinds if holds()), None)


def _is_foreign_data(head: bytes) -> bool:
    """Tell JSON and XML that are none of the kinds above: there is nothing in them to read."""
    if head.startswith(b"<?xml"):
        return re.search(rb"<html[\s>]", head, re.IGNORECASE) is None
    return head[:1] == b"{" or re.match(rb"\[\s*[\[{\"]", head) is not None


def _is_interchange(head: bytes) -> bool:
    """Tell by the first line, which is an episode or an issue (design, part 3)."""
    first = head.partition(b"\n")[0]
    return first.startswith(b"{") and _INTERCHANGE.search(first) is not None


def _is_opml(head: bytes) -> bool:
    start = _PROLOG.match(head)
    return start is not None and _OPML.match(head, start.end()) is not None
