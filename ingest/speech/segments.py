"""Words with times cut into segments that start where their sentences start."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from corpus.records import Segment, Word

# A sentence's end, with what may close behind it.
_END = re.compile(r"[.!?…。！？]+[\"'”’»)\]]*$")
_CLAUSE = re.compile(r"[,;:–—、，；][\"'”’»)\]]*$")
_ABBREVIATION = re.compile(
    r"(?:mr|mrs|ms|dr|prof|st|jr|sr|vs|no|vol|fig|inc|ltd|co|corp|gen|rev|hon|approx|est|etc"
    r"|e\.g|i\.e|a\.m|p\.m|(?:\w\.)*\w)\.[\"'”’»)\]]*",
    re.IGNORECASE,
)
_NEVER_ALONE = re.compile(r"(?:mr|mrs|ms|dr|prof|st|vs|e\.g|i\.e)\.", re.IGNORECASE)

_SURE_PAUSE_MS = 500
"""Behind an abbreviation, or before a small letter, a sentence ends only with such a pause."""
_SILENCE_MS = 600
"""A pause that ends a segment whatever the punctuation says."""
_LONG_MS = 12_000
_SHORT_MS = 1_500
"""No clause is cut off that is shorter."""

_UNSPACED = frozenset({"zh", "ja", "th", "lo", "km", "my", "yue", "bo"})
"""Languages that are written without spaces."""


def joiner_of(language: str | None) -> str:
    """Return what stands between the words of a language."""
    return "" if language in _UNSPACED else " "


def cut_segments(words: Sequence[Word], language: str | None = None) -> tuple[Segment, ...]:
    """Return a segment for each sentence; sentences over 12 seconds are cut at their clauses."""
    joiner = joiner_of(language)
    return tuple(
        Segment(
            start_ms=piece[0].start_ms,
            end_ms=piece[-1].end_ms,
            text=joiner.join(word.text for word in piece),
            words=tuple(piece),
        )
        for sentence in _sentences(words)
        for piece in _clauses(sentence)
    )


def shift_segment(segment: Segment, by_ms: int) -> Segment:
    """Return the segment and its words, later by ``by_ms``."""
    return replace(
        segment,
        start_ms=segment.start_ms + by_ms,
        end_ms=segment.end_ms + by_ms,
        words=tuple(
            replace(word, start_ms=word.start_ms + by_ms, end_ms=word.end_ms + by_ms)
            for word in segment.words
        ),
    )


def _sentences(words: Sequence[Word]) -> Iterable[Sequence[Word]]:
    start = 0
    for at in range(1, len(words)):
        if _ends_sentence(words[at - 1], words[at]):
            yield words[start:at]
            start = at
    if words:
        yield words[start:]


def _ends_sentence(word: Word, following: Word) -> bool:
    pause_ms = following.start_ms - word.end_ms
    if pause_ms >= _SILENCE_MS:
        return True
    if not _END.search(word.text) or _NEVER_ALONE.fullmatch(word.text):
        return False
    unsure = following.text[:1].islower() or _ABBREVIATION.fullmatch(word.text)
    return not unsure or pause_ms >= _SURE_PAUSE_MS


def _clauses(words: Sequence[Word]) -> Iterable[Sequence[Word]]:
    """Cut a long sentence at its best clause, again and again; each piece is shorter."""
    waiting = [words]
    while waiting:
        piece = waiting.pop()
        cut = _best_cut(piece) if piece[-1].end_ms - piece[0].start_ms > _LONG_MS else None
        if cut is None:
            yield piece
        else:
            waiting += [piece[cut:], piece[:cut]]


def _best_cut(words: Sequence[Word]) -> int | None:
    middle_ms = (words[0].start_ms + words[-1].end_ms) / 2
    half_ms = max(words[-1].end_ms - middle_ms, 1)
    best, best_score = None, 0.0
    for at in range(1, len(words)):
        before, after = words[at - 1], words[at]
        if (
            before.end_ms - words[0].start_ms < _SHORT_MS
            or words[-1].end_ms - after.start_ms < _SHORT_MS
        ):
            continue
        pause_ms = max(after.start_ms - before.end_ms, 0)
        weight = pause_ms + (400 if _CLAUSE.search(before.text) else 0) + 1
        score = weight * (1.2 - abs(after.start_ms - middle_ms) / half_ms)
        if score > best_score:
            best, best_score = at, score
    return best
