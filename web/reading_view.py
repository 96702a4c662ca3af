"""A transcript as one reads it: paragraphs of one speaker, sentences with their seconds."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.records import Segment
from ingest.picking import iter_turns

VOICES = 6
"""Speakers are told apart by as many colours, beside their names."""
PART_BYTES = 70_000
"""Of a transcript on one page at most, as HTML: with all else a page stays below 150 KB."""
_QUARTER_MS = 900_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceView:
    """A sentence of a transcript."""

    text: str
    start_ms: int
    end_ms: int
    is_now: bool = False
    """Whether the page was opened at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParagraphView:
    """Some thirty seconds of one speaker."""

    speaker: str | None
    """None where nobody knows."""
    voice: int | None
    """The speaker's colour, from 1, in order of appearance."""
    begins_turn: bool
    """Whether somebody else spoke before, on the same page."""
    start_ms: int
    sentences: tuple[SentenceView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """As much of a transcript as one page shows."""

    number: int
    """From 1."""
    start_ms: int
    end_ms: int
    paragraphs: tuple[ParagraphView, ...]

    @property
    def has_now(self) -> bool:
        """Whether the page was opened at a sentence of it."""
        return any(one.is_now for each in self.paragraphs for one in each.sentences)


def make_paragraphs(
    segments: Sequence[Segment], *, duration_ms: int | None, at_ms: int | None
) -> tuple[ParagraphView, ...]:
    """Return a transcript's paragraphs; the sentence said at ``at_ms`` is the one ``is_now``.

    Sentences and their times are those that search cites, so that a hit opens at its own.
    """
    passages = tuple(iter_turns(segments, duration_ms))
    starts = [s.start_ms or 0 for _, passage in passages for s in passage.sentences]
    now = None if at_ms is None or not starts else max(bisect_right(starts, at_ms) - 1, 0)
    named = list(dict.fromkeys(speaker for speaker, _ in passages if speaker))
    paragraphs: list[ParagraphView] = []
    number = 0
    for speaker, passage in passages:
        sentences = tuple(
            SentenceView(
                text=passage.text[sentence.start : sentence.end],
                start_ms=sentence.start_ms or 0,
                end_ms=sentence.end_ms or 0,
                is_now=number + place == now,
            )
            for place, sentence in enumerate(passage.sentences)
        )
        number += len(sentences)
        paragraphs.append(
            ParagraphView(
                speaker=speaker,
                voice=named.index(speaker) % VOICES + 1 if speaker else None,
                begins_turn=not paragraphs or paragraphs[-1].speaker != speaker,
                start_ms=sentences[0].start_ms if sentences else 0,
                sentences=sentences,
            )
        )
    return tuple(paragraphs)


def cut_parts(
    paragraphs: Sequence[ParagraphView],
    chapter_starts: Sequence[int],
    *,
    most_bytes: int = PART_BYTES,
) -> tuple[PartView, ...]:
    """Return a transcript in parts that a page can hold; a short one is one part.

    One that is half full ends where a chapter begins, or a quarter of an hour without chapters.

    Args:
        paragraphs: All of the transcript, in order.
        chapter_starts: When chapters begin, in milliseconds, ascending.
        most_bytes: What a part has as HTML at most, by estimate.
    """
    parts: list[list[ParagraphView]] = [[]]
    whole = sum(map(_weigh, paragraphs)) <= most_bytes
    size = 0
    for paragraph in paragraphs:
        weight = _weigh(paragraph)
        is_good = not whole and size > most_bytes / 2
        is_good = is_good and _begins_part(parts[-1][-1], paragraph, chapter_starts)
        if parts[-1] and (is_good or size + weight > most_bytes):
            parts.append([])
            size = 0
        parts[-1].append(paragraph)
        size += weight
    return tuple(_part(number, part) for number, part in enumerate(parts, 1) if part)


def _begins_part(
    before: ParagraphView, paragraph: ParagraphView, chapter_starts: Sequence[int]
) -> bool:
    if not chapter_starts:
        return before.start_ms // _QUARTER_MS != paragraph.start_ms // _QUARTER_MS
    places = [bisect_right(chapter_starts, each.start_ms) for each in (before, paragraph)]
    return places[0] != places[1]


def _weigh(paragraph: ParagraphView) -> int:
    # What the template puts around a paragraph and around a sentence, measured.
    return 330 + sum(60 + len(one.text.encode("utf-8", "replace")) for one in paragraph.sentences)


def _part(number: int, part: list[ParagraphView]) -> PartView:
    last = [one.end_ms for one in part[-1].sentences]
    return PartView(
        number=number,
        start_ms=part[0].start_ms,
        end_ms=last[-1] if last else part[-1].start_ms,
        # Who speaks is told at the head of each part, too.
        paragraphs=(replace(part[0], begins_turn=True), *part[1:]),
    )


def find_odd_part(parts: Sequence[PartView], asked: str | None) -> str | None:
    """Return what an address names as a part, where there is no such part."""
    asked = (asked or "").strip()[:40]
    return None if not asked or asked in [str(part.number) for part in parts] else asked


def choose_part(parts: Sequence[PartView], asked: int | None) -> PartView | None:
    """Return the part with the moment asked for, else the part asked for, else the first."""
    with_now = [part for part in parts if part.has_now]
    wanted = [part for part in parts if part.number == asked]
    return next(iter([*with_now, *wanted, *parts]), None)
