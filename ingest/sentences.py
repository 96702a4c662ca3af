"""Sentences with the times they are said at, out of segments that may cut anywhere."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from corpus.records import Segment

_TERMINAL = re.compile(r"[.!?…。！？][\"'”’)\]»]*$")
# "Dr. Osei" and "e.g. a retainer" go on; so does "J. Plant".
_ABBREVIATION = re.compile(
    r"[\"'“‘(\[«]*(?:[^\W\d_]|mr|mrs|ms|dr|prof|st|vs|no|e\.g|i\.e|approx|ca|bzw|z\.b|u\.a)\.",
    re.IGNORECASE,
)
_WIDE_STOP = re.compile(r"(?<=[。！？])")

LONG_PAUSE_MS = 2_500
"""A silence that ends a sentence which no full stop ended."""
MANY_WORDS = 60
"""A sentence is cut here at the latest; spoken ones without full stops have no end."""
ENOUGH_WORDS = 18
"""From here on, the end of a segment ends a sentence, where nothing else does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A sentence as it is said."""

    start_ms: int
    end_ms: int
    text: str
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start_ms: int
    end_ms: int
    speaker: str | None
    closes_segment: bool = False


@dataclass(slots=True)
class _Run:
    """The tokens of the sentence that is being said."""

    tokens: list[_Token] = field(default_factory=list)

    def ends_before(self, token: _Token) -> bool:
        if not self.tokens:
            return False
        last = self.tokens[-1]
        return (
            token.speaker != last.speaker
            or token.start_ms - last.end_ms >= LONG_PAUSE_MS
            or token.start_ms < self.tokens[0].start_ms
            or len(self.tokens) >= MANY_WORDS
        )

    def is_ended(self) -> bool:
        last = self.tokens[-1]
        if _TERMINAL.search(last.text):
            return not _ABBREVIATION.fullmatch(last.text)
        return last.closes_segment and len(self.tokens) >= ENOUGH_WORDS

    def close(self) -> Spoken:
        tokens, self.tokens = self.tokens, []
        start_ms = tokens[0].start_ms
        return Spoken(
            start_ms=start_ms,
            end_ms=max(start_ms, *(token.end_ms for token in tokens)),
            text=" ".join(token.text for token in tokens),
            speaker=tokens[0].speaker,
        )


def split_sentences(segments: Sequence[Segment]) -> tuple[Spoken, ...]:
    """Return the sentences of a transcript in order, each by one speaker.

    Segments are joined where a sentence runs over their border and cut where one ends inside.
    Times are those of the words where they are known, else they are spread over the segment by
    letters.
    """
    run, sentences = _Run(), []
    for segment in segments:
        for token in _iter_tokens(segment):
            if run.ends_before(token):
                sentences.append(run.close())
            run.tokens.append(token)
            if run.is_ended():
                sentences.append(run.close())
    if run.tokens:
        sentences.append(run.close())
    return tuple(sentences)


def _iter_tokens(segment: Segment) -> Iterator[_Token]:
    pieces = _timed_words(segment) if segment.words else _spread_words(segment)
    held: _Token | None = None
    for text, start_ms, end_ms in pieces:
        if held is not None:
            yield held
        held = _Token(text, start_ms, max(start_ms, end_ms), segment.speaker)
    if held is not None:
        yield _Token(held.text, held.start_ms, held.end_ms, held.speaker, closes_segment=True)


def _timed_words(segment: Segment) -> Iterable[tuple[str, int, int]]:
    return (
        (word.text.strip(), word.start_ms, word.end_ms)
        for word in segment.words
        if word.text.strip()
    )


def _spread_words(segment: Segment) -> Iterator[tuple[str, int, int]]:
    words = [part for word in segment.text.split() for part in _WIDE_STOP.split(word) if part]
    letters = sum(len(word) + 1 for word in words) - 1
    length_ms = max(0, segment.end_ms - segment.start_ms)
    said = 0
    for word in words:
        start_ms = segment.start_ms + length_ms * said // letters
        end_ms = segment.start_ms + length_ms * (said + len(word)) // letters
        yield word, start_ms, end_ms
        said += len(word) + 1
