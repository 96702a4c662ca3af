"""Gives a publisher's untimed transcript the times of what Whisper heard.

Words, spelling and speakers are the publisher's, times are the audio's. Runs of words that occur
once in both texts are anchors (patience diff; Bram Cohen); between two anchors the longest common
subsequence is matched; what still has no partner is spread between its neighbours by its letters.
The time is about linear in the length, because the stretches between anchors are short.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from rapidfuzz.distance import LCSseq

from corpus.records import Segment, Word
from corpus.sentences import split_sentences

USABLE = 0.5
"""Share of the publisher's words that must be heard: two English texts without any relation have
some 0.1 in common this way, a transcript and its own audio 0.8 and more."""

_RUNS = (5, 3, 2)  # words in an anchor, from sure to less sure
_LONGEST_GAP = 3_000  # words a side; longer stretches without an anchor have nothing in common
_STRAY = 0.35  # in a stretch that agrees less, single words agree by chance
_STOPS = ".!?…。！？"
_MS_A_LETTER = 70  # of speech at 170 words a minute
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_PIECE = re.compile(rf"[{_UNSPACED}][^\w\s]*|[^\s{_UNSPACED}]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignedTranscript:
    """A publisher's transcript with times."""

    segments: tuple[Segment, ...]
    matched: float
    """Share of the publisher's words that were heard, from 0 to 1."""

    @property
    def usable(self) -> bool:
        """Whether enough was heard for the times to be believed."""
        return self.matched >= USABLE


@dataclass(frozen=True, slots=True)
class _Token:
    """A piece of text without white space, and what it is compared by."""

    text: str
    key: str
    start: int
    """Offset in its paragraph."""


def align_transcript(
    published: Sequence[Segment], heard: Sequence[Segment], *, duration_ms: int
) -> AlignedTranscript:
    """Return the published words at the times at which they are heard.

    No word is lost or added; times never go back and lie between 0 and ``duration_ms``.
    """
    paragraphs = [(segment.speaker, " ".join(segment.text.split())) for segment in published]
    tokens = [_split_tokens(text) for _, text in paragraphs]
    said = [token for paragraph in tokens for token in paragraph]
    spoken = sorted(spoken_tokens(heard), key=lambda pair: pair[1])
    pairs = match_words([token.key for token in said], [key for key, _, _ in spoken])
    spans: list[tuple[int, int] | None] = [None] * len(said)
    for mine, theirs in pairs:
        spans[mine] = (spoken[theirs][1], spoken[theirs][2])
    words = _time_words(said, spans, max(duration_ms, 0))
    compared = sum(1 for token in said if token.key)
    segments: list[Segment] = []
    at = 0
    for (speaker, text), own in zip(paragraphs, tokens, strict=True):
        segments += _cut_paragraph(text, speaker, own, words[at : at + len(own)])
        at += len(own)
    matched = len(pairs) / compared if compared else 0.0
    return AlignedTranscript(segments=tuple(segments), matched=matched)


def _split_tokens(text: str) -> list[_Token]:
    return [_Token(match[0], _key_of(match[0]), match.start()) for match in _PIECE.finditer(text)]


def _key_of(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


def spoken_tokens(heard: Sequence[Segment]) -> list[tuple[str, int, int]]:
    """Return what was said as keys with their times; times inside a word go by its letters."""
    found: list[tuple[str, int, int]] = []
    for segment in heard:
        whole = Word(start_ms=segment.start_ms, end_ms=segment.end_ms, text=segment.text)
        for word in segment.words or (whole,):
            length = max(len(word.text), 1)
            span = max(word.end_ms - word.start_ms, 0)
            for token in _split_tokens(word.text):
                if token.key:
                    start = word.start_ms + span * token.start // length
                    end = word.start_ms + span * (token.start + len(token.text)) // length
                    found.append((token.key, start, end))
    return found


def match_words(mine: Sequence[str], theirs: Sequence[str]) -> list[tuple[int, int]]:
    """Return which words are the same, as rising pairs of places; empty words match nothing."""
    pairs: list[tuple[int, int]] = []
    # Stretches to be matched: from and to on both sides, and which run of words is tried next.
    waiting = [(0, len(mine), 0, len(theirs), 0)]
    while waiting:
        low, high, other_low, other_high, level = waiting.pop()
        if low == high or other_low == other_high:
            continue
        anchors: list[tuple[int, int]] = []
        if level < len(_RUNS):
            anchors = _find_anchors(mine[low:high], theirs[other_low:other_high], _RUNS[level])
        elif max(high - low, other_high - other_low) <= _LONGEST_GAP:
            found = _match_gap(mine[low:high], theirs[other_low:other_high])
            pairs += [(low + a, other_low + b) for a, b in found]
            continue
        else:
            continue
        pairs += [(low + a, other_low + b) for a, b in anchors]
        edges = [(-1, -1), *anchors, (high - low, other_high - other_low)]
        for (a, b), (next_a, next_b) in pairwise(edges):
            waiting.append(
                (low + a + 1, low + next_a, other_low + b + 1, other_low + next_b, level + 1)
            )
    return sorted((a, b) for a, b in pairs if mine[a])


def _find_anchors(mine: Sequence[str], theirs: Sequence[str], run: int) -> list[tuple[int, int]]:
    """Return places of runs of words that stand once on each side, in the order of both."""
    places, others = _single_runs(mine, run), _single_runs(theirs, run)
    common = sorted((place, others[words]) for words, place in places.items() if words in others)
    anchors: list[tuple[int, int]] = []
    for place, other in _longest_rising(common):
        for by in range(run):
            # Runs that overlap add only what the one before has not.
            if not anchors or (place + by > anchors[-1][0] and other + by > anchors[-1][1]):
                anchors.append((place + by, other + by))
    return anchors


def _single_runs(words: Sequence[str], run: int) -> dict[tuple[str, ...], int]:
    found: dict[tuple[str, ...], int] = {}
    again: set[tuple[str, ...]] = set()
    for at in range(len(words) - run + 1):
        key = tuple(words[at : at + run])
        if key in found:
            again.add(key)
        found[key] = at
    return {key: at for key, at in found.items() if key not in again and all(key)}


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest part of pairs whose second places rise too (patience sorting)."""
    tops: list[int] = []
    piles: list[int] = []
    before: list[int] = []
    for at, (_, other) in enumerate(pairs):
        pile = bisect_left(tops, other)
        before.append(piles[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [other]
        piles[pile : pile + 1] = [at]
    rising = []
    at = piles[-1] if piles else -1
    while at >= 0:
        rising.append(pairs[at])
        at = before[at]
    return rising[::-1]


def _match_gap(mine: Sequence[str], theirs: Sequence[str]) -> list[tuple[int, int]]:
    blocks = [
        (step.src_start, step.dest_start, step.src_end - step.src_start)
        for step in LCSseq.opcodes(mine, theirs)
        if step.tag == "equal"
    ]
    common = sum(length for _, _, length in blocks)
    if common < _STRAY * max(len(mine), len(theirs)):
        blocks = [block for block in blocks if block[2] > 1]
    return [(a + by, b + by) for a, b, length in blocks for by in range(length)]


def _time_words(
    said: Sequence[_Token], spans: Sequence[tuple[int, int] | None], duration_ms: int
) -> list[Word]:
    """Return all words with times: the heard ones as heard, the others between them."""
    words: list[Word] = []
    now = 0
    for is_heard, group in groupby(range(len(said)), key=lambda place: spans[place] is not None):
        places = list(group)
        at = places[-1] + 1
        if is_heard:
            for place in places:
                start, end = spans[place] or (now, now)
                start = min(max(start, now), duration_ms)
                now = min(max(end, start), duration_ms)
                words.append(Word(start_ms=start, end_ms=now, text=said[place].text))
            continue
        following = spans[at] if at < len(said) else None
        limit = min(max(following[0], now), duration_ms) if following else duration_ms
        missing = [said[place] for place in places]
        turn = len(missing) if following is None else _find_turn(said, places)
        words += _fill(missing, turn, (now, limit))
        now = words[-1].end_ms
    return words


def _find_turn(said: Sequence[_Token], places: Sequence[int]) -> int:
    """Return how many of some unheard words belong to those heard before: their sentence's rest."""
    if places[0] == 0:
        return 0
    ends = (n for n, place in enumerate(places) if said[place - 1].text[-1] in _STOPS)
    return next(ends, len(places))


def _fill(missing: Sequence[_Token], turn: int, bounds: tuple[int, int]) -> list[Word]:
    """Return unheard words between two moments: the first ``turn`` early, the others late.

    In a long pause, music perhaps, they are said right behind and right before what is heard.
    """
    start, limit = bounds
    early, late = missing[:turn], missing[turn:]
    early_ms, late_ms = (
        sum(len(each.text) + 1 for each in side) * _MS_A_LETTER for side in (early, late)
    )
    if early_ms + late_ms >= limit - start:
        return _spread(missing, start, limit)
    return [*_spread(early, start, start + early_ms), *_spread(late, limit - late_ms, limit)]


def _spread(missing: Sequence[_Token], start: int, end: int) -> list[Word]:
    total = sum(len(token.text) + 1 for token in missing)
    words, passed = [], 0
    for token in missing:
        begins = start + (end - start) * passed // total
        passed += len(token.text) + 1
        ends = start + (end - start) * passed // total
        words.append(Word(start_ms=begins, end_ms=ends, text=token.text))
    return words


def _cut_paragraph(
    text: str, speaker: str | None, tokens: Sequence[_Token], words: Sequence[Word]
) -> list[Segment]:
    """Return the sentences of a paragraph as segments."""
    segments = []
    at = 0
    for _, end in split_sentences(text):
        first = at
        while at < len(tokens) and tokens[at].start < end:
            at += 1
        spoken = tuple(words[first:at])
        if spoken:
            # Cut at words: a sentence that ends inside one, in an address perhaps, has it whole.
            last = tokens[at - 1]
            segments.append(
                Segment(
                    start_ms=spoken[0].start_ms,
                    end_ms=spoken[-1].end_ms,
                    text=text[tokens[first].start : last.start + len(last.text)],
                    speaker=speaker,
                    words=spoken,
                )
            )
    return segments
