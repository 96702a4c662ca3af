"""Tells transcripts by their content: cheap on big input, and slow to believe."""

import json
import re
from collections.abc import Sequence
from itertools import pairwise

from corpus.formats.cues import find_arrow_timing, find_sbv_timing, split_lines
from corpus.formats.encoding import decode_text
from corpus.formats.html_transcript import Piece, html_pieces
from corpus.formats.timed_text import Entry, speeches_of
from corpus.formats.xml_tree import find_html

_HEAD = 65_536  # letters that are looked at: a transcript shows what it is in its first minutes
_HTML_TAG = re.compile(
    r"<(?:!doctype\s+html|(?:html|head|body|p|cite|time|div|span|section|article|table|ul|ol|h[1-6]"
    r"|blockquote|br|dl|main)\b)",
    re.IGNORECASE,
)
_XML_ROOT = re.compile(r"<(?:\w{1,20}:)?(transcripts|tt)[\s>/]", re.IGNORECASE)
_FEED_ROOT = re.compile(r"<(?:rss|feed|rdf:RDF|opml)[\s>]", re.IGNORECASE)
_JSON_KEYS = re.compile(r'"(?:startTime|start_ms|start|timestamps|offsets)"\s{0,9}:', re.ASCII)
_JSON_WORDS = re.compile(r'"(?:body|text|words|word)"\s{0,9}:', re.ASCII)
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_SPEECH_RATE = 1.2  # words a second; talk has 2 to 3, notes on talk well under 1
_NAMED_RATE = 0.3  # the same where every time stands with a name


def find_format(text: str) -> str | None:
    """Return how ``text`` is to be read if it is a transcript.

    vtt, srt, sbv, json, xml, html or text; None for what can be none of them: nothing, or bytes
    that are no text.
    """
    head = text[:_HEAD].lstrip()
    if head.startswith("WEBVTT"):
        return "vtt"
    if not head or _is_binary(head):
        return None
    return _find_marked(head) or _find_captions(head) or _find_prose(head)


def _find_captions(head: str) -> str | None:
    lines = split_lines(head)
    if any(find_arrow_timing(line) for line in lines):
        return "vtt" if "WEBVTT" in head[:500] else "srt"
    return "sbv" if any(find_sbv_timing(line) for line in lines) else None


def _find_prose(head: str) -> str | None:
    if len(_HTML_TAG.findall(head)) > 2 and "</" in head:
        return "html"
    return "text" if any(letter.isalpha() for letter in head) else None


def _find_marked(head: str) -> str | None:
    """Return the format of a text that opens as JSON, XML or HTML does."""
    if head[0] == "{" or (head[0] == "[" and head[1:].lstrip()[:1] in ("{", "]", "[", '"')):
        return "json"
    if head[0] != "<":
        return None
    if _XML_ROOT.search(head[:4000]) or _FEED_ROOT.search(head[:4000]):
        return "xml"
    if _HTML_TAG.search(head[:4000]) or head.startswith("<!--"):
        return "html"
    return "xml" if re.match(r"<[?\w]", head) else None


def _is_binary(head: str) -> bool:
    sample = head[:4096]
    return 20 * (len(_CONTROL.findall(sample)) + sample.count("\ufffd")) > len(sample)


def looks_like_transcript(data: bytes | str, name: str = "") -> str | None:
    """Return the format of what is surely a transcript, else None.

    Only the first 64 k letters are read. Slow to believe: a page or list with some times in it is
    none, but one where nearly every block has a time and people speak at the pace of talk is.
    ``name`` settles only what the content leaves open: captions in which no time can be read.
    """
    text = data[: 4 * _HEAD] if isinstance(data, str) else decode_text(data[: 4 * _HEAD]).text
    text = text.lstrip("\ufeff \t\r\n")[:_HEAD]
    kind = find_format(text)
    tests = {
        "srt": _is_caption_file,
        "sbv": _is_caption_file,
        "json": _is_json_transcript,
        "xml": _is_xml_transcript,
        "html": _is_html_transcript,
        "text": _is_text_transcript,
    }
    if kind == "vtt" or (kind is not None and tests[kind](text)):
        return kind
    captions = kind in (None, "text") and name.casefold().endswith((".vtt", ".srt", ".sbv"))
    return "text" if captions and text and not _is_binary(text) else None


def _is_xml_transcript(text: str) -> bool:
    return _XML_ROOT.search(text[:4000]) is not None


def _is_caption_file(text: str) -> bool:
    """Tell captions from a page that quotes some: timing lines from the top, every few lines."""
    lines = [line for line in split_lines(text) if line.strip()]
    at = [n for n, line in enumerate(lines) if find_arrow_timing(line) or find_sbv_timing(line)]
    return bool(at) and at[0] <= 10 and 12 * len(at) >= len(lines)


def _is_json_transcript(text: str) -> bool:
    head = text[:20_000]
    if '"jsonfeed' in head or "jsonfeed.org/" in head[:500]:
        return False
    if not (_JSON_KEYS.search(head) and _JSON_WORDS.search(head)):
        return False
    if '"episode_id"' in head[:500]:  # an interchange file
        return False
    return not _is_json_lines(text)


def _is_json_lines(text: str) -> bool:
    """Tell JSON lines from one document."""
    first, *others = split_lines(text.rstrip())
    if not others:
        return False
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return False
    return True


def _is_html_transcript(text: str) -> bool:
    root = find_html(text)
    pieces = html_pieces(root) if root is not None else []
    words = [piece for piece in pieces if piece.kind == "words"]
    times = sum(piece.kind == "time" for piece in pieces)
    names = [piece.text for piece in pieces if piece.kind == "name"]
    if times or names:
        return _is_marked_page(words, times, names)
    # A page of labelled paragraphs without times is as likely an interview in a newsletter.
    speeches = speeches_of("\n\n".join(piece.text for piece in pieces))
    return _is_timed_talk(speeches)


def _is_marked_page(words: Sequence[Piece], times: int, names: Sequence[str]) -> bool:
    marks = max(times, len(names))
    if times and names and 2 * min(times, len(names)) >= marks:
        return 3 * marks >= len(words)
    # Names alone are also how a page cites books: they must come back, and all through the page.
    return len(names) >= 4 and 2 * len(set(names)) <= len(names) and 3 * len(names) >= len(words)


def _is_text_transcript(text: str) -> bool:
    speeches = speeches_of(text)
    if any(entry.start_ms is not None for entry in speeches) and _is_timed_talk(speeches):
        return True
    names = [entry.speaker for entry in speeches if entry.named]
    return (
        len(speeches) >= 6
        and 5 * len(names) >= 3 * len(speeches)
        and 2 <= len(set(names)) <= max(2, len(names) // 3)
    )


def _is_timed_talk(speeches: Sequence[Entry]) -> bool:
    """Tell speech from a list of chapters or takeaways: times that rise, and words enough."""
    timed = [entry for entry in speeches if entry.start_ms is not None]
    if len(timed) < 2 or 5 * len(timed) < 4 * len(speeches):
        return False
    starts = [entry.start_ms or 0 for entry in timed]
    falls = sum(a > b for a, b in pairwise(starts))
    if 10 * falls > len(starts):
        return False
    span_s = (max(starts) - min(starts)) / 1000
    words = sum(len(" ".join(entry.lines).split()) for entry in timed[:-1])
    if words >= _SPEECH_RATE * span_s > 0:
        return True
    names = [entry.speaker for entry in timed if entry.named]
    if len(names) < len(timed):
        return False
    in_turn = 2 <= len(set(names)) <= len(names) / 2 and words >= _NAMED_RATE * span_s
    return len(timed) <= 3 or in_turn
