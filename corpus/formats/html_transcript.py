"""HTML transcripts: ``<cite>``, ``<time>`` and ``<p>`` as in Podcasting 2.0, and freer pages."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from corpus.formats.clock import find_clock
from corpus.formats.drafts import Draft, clean_speaker, count_of, finish_transcript, squeeze
from corpus.formats.labels import find_label, is_name
from corpus.formats.timed_text import parse_timed_text
from corpus.formats.xml_tree import Element, attribute, find_html, local_name
from corpus.records import ParsedTranscript

_SKIPPED_TEXT = "head script style noscript template nav button select form svg iframe title "
_SKIPPED = frozenset(_SKIPPED_TEXT.split())
_BLOCKS_TEXT = (
    "address article aside blockquote body dd details div dl dt figcaption figure footer h1 "
    "h2 h3 h4 h5 h6 header html li main ol p pre section table tbody td th thead tr ul "
)
_BLOCKS = frozenset(_BLOCKS_TEXT.split())
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_TIME_CLASS = re.compile(r"(?:^|[\s_-])(?:time|timestamp|timecode|ts)(?:$|[\s_-])", re.IGNORECASE)
_NAME_CLASS = re.compile(r"(?:^|[\s_-])(?:speaker|cite)(?:$|[\s_-]|name)", re.IGNORECASE)
_CLOCK = re.compile(r"[\[(]?(\d{1,3}:\d\d(?::\d\d)?(?:[.,]\d{1,3})?)[\])]?")


@dataclass(frozen=True, slots=True)
class Piece:
    """A name, a time, or a block of words, in the order of the page."""

    kind: Literal["name", "time", "heading", "words"]
    text: str
    level: int = 0
    """Which block it stands in, counted through the page."""


def parse_html_transcript(text: str) -> ParsedTranscript:
    """Return what an HTML transcript says.

    Paragraphs of one time and speaker are one segment. A page that marks neither names nor times as
    such is read as plain text, block by block.
    """
    root = find_html(text)
    if root is None:
        return finish_transcript("html", ())
    language = attribute(root, "lang")
    pieces = html_pieces(root)
    kinds = {piece.kind for piece in pieces}
    if "time" in kinds:
        drafts, problems = _timed_drafts(pieces)
        return finish_transcript("html", drafts, language=language, problems=problems)
    if "name" in kinds:
        return finish_transcript("html", _named_drafts(pieces), language=language)
    blocks = (piece.text for piece in pieces if piece.kind == "words")
    return replace(parse_timed_text("\n\n".join(blocks), "html"), language=language)


def html_pieces(root: Element) -> list[Piece]:
    """Return the names, times and blocks of words of a page, in order."""
    return _Reader().read(root)


class _Reader:
    """Walks a page without recursion, so that no depth of nesting can stop it."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.buffer: list[str] = []
        self.heading = False
        self.block = 0

    def read(self, root: Element) -> list[Piece]:
        for event, element, name in _walk(root):
            if event == "text":
                self.buffer.append(element.text or "")
            elif event == "tail":
                self.buffer.append(element.tail or "")
            elif event == "taken":
                self._take(element)
            elif name in _BLOCKS:
                self._flush()
                self.block += 1
                self.heading = event == "start" and name in _HEADINGS
        self._flush()
        return self.pieces

    def _take(self, element: Element) -> None:
        kind, text = mark_of(element) or ("words", "")
        if kind == "time" and not self.heading:
            self._flush_name()
        self._flush()
        self.pieces.append(Piece(kind, text, self.block))

    def _flush_name(self) -> None:
        """What stands before a time in its block, written as a name is, names the speaker."""
        text = squeeze("".join(self.buffer)).rstrip(" :-–—([")
        if text and is_name(text):
            self.pieces.append(Piece("name", text, self.block))
            self.buffer.clear()

    def _flush(self) -> None:
        if not self.buffer:
            return
        text = squeeze("".join(self.buffer))
        self.buffer.clear()
        if text:
            self.pieces.append(Piece("heading" if self.heading else "words", text, self.block))


def _walk(root: Element) -> Iterator[tuple[str, Element, str]]:
    """Yield what happens on a page: event, element and its name."""
    stack: list[tuple[str, Element, str]] = [("open", root, "")]
    while stack:
        event, element, name = stack.pop()
        if event != "open":
            yield event, element, name
            continue
        name = local_name(element)
        if element is not root and element.tail:
            stack.append(("tail", element, name))
        if not name or name in _SKIPPED:
            continue
        if mark_of(element) is not None:
            yield "taken", element, name
            continue
        yield "start", element, name
        if element.text:
            yield "text", element, name
        stack.append(("end", element, name))
        stack.extend([("open", child, "") for child in reversed(element)])


def mark_of(element: Element) -> tuple[Literal["name", "time"], str] | None:
    """Return the speaker or clock text that an element is marked to be, else None."""
    name = local_name(element)
    kind = attribute(element, "class") or ""
    if name == "time" or (kind and _TIME_CLASS.search(kind)):
        match = _CLOCK.fullmatch(_short_text(element))
        if match and find_clock(match[1]) is not None:
            return "time", match[1]
    if name == "cite" or (kind and _NAME_CLASS.search(kind)):
        text = _short_text(element).rstrip(":").strip()
        if text or name == "cite":
            return ("name", text) if len(text) <= 80 else None
    return None


def _short_text(element: Element) -> str:
    parts: list[str] = []
    length = 0
    for part in element.itertext():
        parts.append(part)
        length += len(part)
        if length > 400:  # a whole block in a class of that name is no mark
            return ""
    return squeeze("".join(parts))


def _timed_drafts(pieces: Sequence[Piece]) -> tuple[list[Draft], list[str]]:
    drafts: list[Draft] = []
    speaker: str | None = None
    start: int | None = None
    before = 0
    for piece in pieces:
        if piece.kind == "name":
            speaker = clean_speaker(piece.text)
        elif piece.kind == "time":
            start = find_clock(piece.text)
        elif piece.kind == "words" and start is None:
            before += 1
        elif piece.kind == "words":
            drafts.append(Draft(text=piece.text, start_ms=start, speaker=speaker))
    problems = [f"{count_of(before, 'paragraph')} before the first time left out"] if before else []
    if "name" not in {piece.kind for piece in pieces}:
        drafts = [_with_label(draft) for draft in drafts]
    return _joined(drafts), problems


def _with_label(draft: Draft) -> Draft:
    label = find_label(draft.text)
    if label is None:
        return draft
    return replace(draft, speaker=label.name, text=draft.text[label.end :])


def _joined(drafts: Sequence[Draft]) -> list[Draft]:
    joined: list[list[Draft]] = []
    for draft in drafts:
        last = joined[-1][0] if joined else None
        if last and (last.start_ms, last.speaker) == (draft.start_ms, draft.speaker):
            joined[-1].append(draft)
        else:
            joined.append([draft])
    return [replace(group[0], text=" ".join(part.text for part in group)) for group in joined]


def _named_drafts(pieces: Sequence[Piece]) -> list[Draft]:
    drafts: list[Draft] = []
    speaker: str | None = None
    for piece in pieces:
        if piece.kind == "name":
            speaker = clean_speaker(piece.text)
        elif piece.kind == "words":
            drafts.append(Draft(text=piece.text, speaker=speaker))
    return drafts
