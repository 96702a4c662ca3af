"""Cuts what Earmark holds into passages: what is embedded, found and cited.

A transcript's passages last some thirty seconds, do not overlap, and are cut where a sentence ends,
with a preference for where another person begins to speak. (That what is *embedded* for a passage
reaches further is the business of search.)
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from corpus.records import (
    Block,
    Chapter,
    ParsedTakeaway,
    Passage,
    PassageKind,
    Segment,
    Sentence,
)
from corpus.sentences import split_sentences

CHUNKER_VERSION = "1"

TARGET_MS = 30_000
TURN_MS = 15_000  # from here on another speaker's turn is a good place to cut
PAUSE_MS = 20_000  # music or silence: what follows is something else
MAX_CHARS = 1_000  # twice what is said in TARGET_MS; guards against broken times
BLOCK_CHARS = 600  # of written passages: about what is said in TARGET_MS


@dataclass(frozen=True, slots=True)
class _Said:
    """A sentence with its times and its speaker, before it has a passage."""

    text: str
    start_ms: int
    end_ms: int
    speaker: str | None


def chunk_segments(
    segments: Sequence[Segment], *, duration_ms: int | None = None
) -> tuple[Passage, ...]:
    """Return the passages of a transcript, in the order in which it is spoken.

    Times come from words where a segment has them, else by letters between the segment's ends;
    none lies behind ``duration_ms``.
    """
    passages: list[Passage] = []
    held: list[_Said] = []
    for said in _iter_said(segments, duration_ms):
        if held and _is_cut(held, said):
            passages.append(_join_said(held))
            held = []
        held.append(said)
    if held:
        passages.append(_join_said(held))
    return tuple(passages)


def chunk_takeaways(takeaways: Iterable[ParsedTakeaway]) -> tuple[Passage, ...]:
    """Return a passage for each takeaway."""
    return tuple(
        _written_passage(takeaway.text, "takeaway", takeaway.start_ms, takeaway.end_ms)
        for takeaway in takeaways
        if takeaway.text.strip()
    )


def chunk_chapters(
    chapters: Sequence[Chapter], *, duration_ms: int | None = None
) -> tuple[Passage, ...]:
    """Return a passage for each chapter's title; a chapter lasts until the next one begins."""
    ends: list[int | None] = [following.start_ms for following in chapters[1:]]
    return tuple(
        _written_passage(chapter.title, "chapter", chapter.start_ms, chapter.end_ms or end)
        for chapter, end in zip(chapters, [*ends, duration_ms], strict=False)
        if chapter.title.strip()
    )


def chunk_show_notes(text: str) -> tuple[Passage, ...]:
    """Return the passages of show notes, one block a line, of a paragraph's length each."""
    return _pack_blocks([(line, False) for line in text.split("\n")], "notes")


def chunk_issue(blocks: Iterable[Block]) -> tuple[Passage, ...]:
    """Return the passages of a newsletter issue; a heading begins a new one."""
    return _pack_blocks([(block.text, block.kind == "heading") for block in blocks], "issue")


def _iter_said(segments: Sequence[Segment], duration_ms: int | None) -> Iterable[_Said]:
    for speaker, turn in groupby(segments, key=lambda segment: segment.speaker):
        text, offsets, moments = _join_turn(tuple(turn))
        if duration_ms is not None:
            moments = [min(moment, duration_ms) for moment in moments]
        for start, end in split_sentences(text):
            start_ms = _moment_at(offsets, moments, start)
            end_ms = _moment_at(offsets, moments, end)
            yield _Said(text[start:end], start_ms, end_ms, speaker)


def _join_turn(turn: tuple[Segment, ...]) -> tuple[str, list[int], list[int]]:
    """Return a turn's text and its known moments: at which letter it is how late."""
    texts: list[str] = []
    anchors: list[tuple[int, int]] = []
    length = 0
    for segment in turn:
        text = " ".join(segment.text.split())
        if not text:
            continue
        if segment.words:
            anchors += [(length + offset, ms) for offset, ms in _word_anchors(segment, text)]
        else:
            anchors += ((length, segment.start_ms), (length + len(text), segment.end_ms))
        texts.append(text)
        length += len(text) + 1
    moments: list[int] = []
    latest = 0
    for _, ms in anchors:
        latest = max(latest, ms)
        moments.append(latest)
    return " ".join(texts), [offset for offset, _ in anchors], moments


def _word_anchors(segment: Segment, text: str) -> list[tuple[int, int]]:
    anchors: list[tuple[int, int]] = []
    position = 0
    for word in segment.words:
        spoken = word.text.strip()
        place = text.find(spoken, position, position + len(spoken) + 80) if spoken else -1
        if place >= 0:
            position = place + len(spoken)
            anchors += [(place, word.start_ms), (position, word.end_ms)]
    if not anchors or anchors[0][0] > 0:
        anchors.insert(0, (0, segment.start_ms))
    if anchors[-1][0] < len(text):
        anchors.append((len(text), segment.end_ms))
    return anchors


def _moment_at(offsets: list[int], moments: list[int], offset: int) -> int:
    after = bisect_right(offsets, offset)
    if after == len(offsets):
        return moments[-1]
    if after == 0 or offsets[after - 1] == offset:
        return moments[max(after - 1, 0)]
    left, right = after - 1, after
    share = (offset - offsets[left]) / (offsets[right] - offsets[left])
    return moments[left] + round(share * (moments[right] - moments[left]))


def _is_cut(held: list[_Said], said: _Said) -> bool:
    """Does ``said`` begin a new passage after those held?"""
    start, last = held[0], held[-1]
    length = last.end_ms - start.start_ms
    longer = said.end_ms - start.start_ms
    letters = sum(len(one.text) + 1 for one in held) + len(said.text)
    if letters > MAX_CHARS or abs(said.start_ms - last.end_ms) >= PAUSE_MS:
        return True
    if said.speaker != last.speaker and length >= TURN_MS:
        return True
    # Stop short where that comes nearer to the target than going over.
    return longer > TARGET_MS and longer - TARGET_MS > TARGET_MS - length


def _join_said(held: list[_Said]) -> Passage:
    sentences: list[Sentence] = []
    offset = 0
    for said in held:
        end = offset + len(said.text)
        sentences.append(
            Sentence(
                start=offset,
                end=end,
                start_ms=said.start_ms,
                end_ms=said.end_ms,
                speaker=said.speaker,
            )
        )
        offset = end + 1
    speakers = {said.speaker for said in held}
    return Passage(
        text=" ".join(said.text for said in held),
        kind="transcript",
        start_ms=min(said.start_ms for said in held),
        end_ms=max(said.end_ms for said in held),
        speaker=speakers.pop() if len(speakers) == 1 else None,
        sentences=tuple(sentences),
    )


def _pack_blocks(blocks: list[tuple[str, bool]], kind: PassageKind) -> tuple[Passage, ...]:
    packed: list[str] = []
    begins = True
    for text, is_heading in blocks:
        for piece in _pieces(text.strip()):
            room = not begins and len(packed[-1]) + 1 + len(piece) <= BLOCK_CHARS
            if room and not is_heading:
                packed[-1] += "\n" + piece
            else:
                packed.append(piece)
            begins = False
    return tuple(_written_passage(text, kind, None, None) for text in packed)


def _pieces(text: str) -> list[str]:
    """Return a block's text in pieces of a passage's length, cut at sentence ends."""
    if len(text) <= BLOCK_CHARS:
        return [text] if text else []
    cuts = [0]
    spans = split_sentences(text)
    for span, following in pairwise(spans):
        if following[1] - cuts[-1] > BLOCK_CHARS:
            cuts.append(following[0])
        del span
    return [text[start:end].rstrip() for start, end in pairwise([*cuts, len(text)])]


def _written_passage(
    text: str, kind: PassageKind, start_ms: int | None, end_ms: int | None
) -> Passage:
    text = text.strip()
    sentences = tuple(
        Sentence(start=start, end=end, start_ms=start_ms, end_ms=end_ms)
        for start, end in split_sentences(text)
    )
    return Passage(text=text, kind=kind, start_ms=start_ms, end_ms=end_ms, sentences=sentences)
