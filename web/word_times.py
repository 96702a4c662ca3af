"""When each word of a sentence is said, as the player needs it: places of letters, and seconds."""

from collections.abc import Iterable, Sequence

from corpus.records import Segment, Word
from web.reading_view import SentenceView

_REACH = 40
"""A word is looked for at most so many letters further on."""


def place_words(
    sentences: Sequence[SentenceView], segments: Iterable[Segment]
) -> list[list[tuple[int, int, int]]]:
    """Return for each sentence its words: first letter, letter behind the last, and millisecond.

    A word that is not found where it should be (the text was corrected by hand) is left out.
    """
    placed: list[list[tuple[int, int, int]]] = [[] for _ in sentences]
    at, cursor = 0, 0
    for word in _words_between(sentences, segments):
        found = _find(sentences, word.text, at, cursor)
        if found is not None:
            at, start = found
            cursor = start + len(word.text)
            placed[at].append((start, cursor, word.start_ms))
    return placed


def _words_between(
    sentences: Sequence[SentenceView], segments: Iterable[Segment]
) -> Iterable[Word]:
    if not sentences:
        return
    first_ms, last_ms = sentences[0].start_ms, sentences[-1].end_ms
    for segment in segments:
        if segment.end_ms >= first_ms and segment.start_ms <= last_ms:
            yield from (word for word in segment.words if word.text and word.end_ms > first_ms)


def _find(
    sentences: Sequence[SentenceView], text: str, at: int, cursor: int
) -> tuple[int, int] | None:
    """Return the sentence and the letter where a word is next: in this one or in the following."""
    start = sentences[at].text.find(text, cursor, cursor + _REACH + len(text))
    if start >= 0:
        return at, start
    if at + 1 < len(sentences):
        start = sentences[at + 1].text.find(text, 0, _REACH + len(text))
        if start >= 0:
            return at + 1, start
    return None
