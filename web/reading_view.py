"""A transcript as one reads it: paragraphs of one speaker, sentences with their seconds."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.records import Segment
from ingest.picking import iter_turns


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
    """None where it is who spoke before, or nobody knows."""
    start_ms: int
    sentences: tuple[SentenceView, ...]


def make_paragraphs(
    segments: Sequence[Segment], *, duration_ms: int | None, at_ms: int | None
) -> tuple[ParagraphView, ...]:
    """Return a transcript's paragraphs; the sentence said at ``at_ms`` is the one ``is_now``.

    Sentences and their times are those that search cites, so that a hit opens at its own.
    """
    passages = tuple(iter_turns(segments, duration_ms))
    starts = [s.start_ms or 0 for _, passage in passages for s in passage.sentences]
    now = None if at_ms is None or not starts else max(bisect_right(starts, at_ms) - 1, 0)
    paragraphs: list[ParagraphView] = []
    before: str | None = None
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
                speaker=speaker if speaker != before else None,
                start_ms=sentences[0].start_ms if sentences else 0,
                sentences=sentences,
            )
        )
        before = speaker
    return tuple(paragraphs)
