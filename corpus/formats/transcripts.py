"""Transcripts in every format that publishers use: content is sniffed, never trusted by name."""

from dataclasses import replace
from typing import Any

from corpus.bulk import without_collecting
from corpus.errors import FormatError
from corpus.formats.drafts import require_words
from corpus.formats.encoding import decode_text
from corpus.formats.html_transcript import parse_html_transcript
from corpus.formats.json_rows import load_json
from corpus.formats.podcast_json import is_podcast_json, parse_podcast_json
from corpus.formats.podlove import parse_podlove_json, parse_podlove_xml, podlove_rows
from corpus.formats.sniffing import find_format, looks_like_transcript
from corpus.formats.srt import parse_sbv, parse_srt
from corpus.formats.timed_text import parse_timed_text
from corpus.formats.ttml import parse_ttml
from corpus.formats.webvtt import format_webvtt, parse_webvtt
from corpus.formats.whisper_json import is_whisper_json, parse_whisper_json
from corpus.formats.xml_tree import find_xml, local_name
from corpus.records import ParsedTranscript

__all__ = ["format_webvtt", "looks_like_transcript", "parse_transcript"]


def parse_transcript(data: bytes, name: str = "") -> ParsedTranscript:
    """Return what a transcript file says; what is wrong with it stands under ``problems``.

    WebVTT, SubRip, SBV, Podcasting 2.0 JSON, Podlove JSON and XML, Whisper's JSON and its kin,
    TTML, HTML, Markdown and plain text, told apart by their content. ``name`` is only for errors.

    Raises:
        FormatError: If nothing in it is a transcript.
    """
    decoded = decode_text(data)
    text = decoded.text.lstrip("\ufeff")
    kind = find_format(text)
    if kind is None:
        raise FormatError(name, "is no transcript", "say what it is with --as")
    with without_collecting():
        parsed = _parse_as(kind, text, name)
    if decoded.problems:
        parsed = replace(parsed, problems=(*decoded.problems, *parsed.problems))
    return parsed if kind == "vtt" else require_words(parsed, name)


def _parse_as(kind: str, text: str, name: str) -> ParsedTranscript:
    if kind == "json":
        return _parse_json(text, name)
    if kind == "xml":
        return _parse_xml(text, name)
    parsers = {
        "vtt": parse_webvtt,
        "srt": parse_srt,
        "sbv": parse_sbv,
        "html": parse_html_transcript,
        "text": parse_timed_text,
    }
    return parsers[kind](text)


def _parse_json(text: str, name: str) -> ParsedTranscript:
    value, problems = load_json(text, name)
    parsed = _parse_json_value(value, name)
    return replace(parsed, problems=(*problems, *parsed.problems))


def _parse_json_value(value: Any, name: str) -> ParsedTranscript:
    if is_podcast_json(value):
        return parse_podcast_json(value)
    if isinstance(value, dict) and is_whisper_json(value):
        return parse_whisper_json(value)
    if rows := podlove_rows(value):
        if any("words" in row for row in rows[:50]):
            return parse_whisper_json(value)
        return parse_podlove_json(value)
    raise FormatError(name, "is JSON without the segments of a transcript")


def _parse_xml(text: str, name: str) -> ParsedTranscript:
    root = find_xml(text)
    kind = local_name(root) if root is not None else ""
    if kind == "transcripts":
        return parse_podlove_xml(root)
    if kind == "tt":
        return parse_ttml(root)
    raise FormatError(name, f"is XML ({kind or 'broken'}) but no transcript")
