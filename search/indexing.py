"""What the index holds of a passage: its words and its vector, with those that follow.

A moment that somebody asks for is rarely over after one passage. So the words and the meaning of
the next passages count for a passage too, the farther the less. Each text is embedded once, by
itself; the vector of a window is the weighted sum of its passages' vectors. Of what is spoken, how
much the subject turns at a passage is told by all of its episode.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.formats.labels import is_counted_label
from search.embedder import Embedder, Vectors
from search.keywords import KeywordDocument
from search.said_words import PackedWords, pack_words
from search.source import HeldText, Ids, PassageSource, text_hash
from search.turns import Turns, find_turns
from search.word_table import NO_NEXT, WordRows, make_rows

_WHOLE = 1_000_000_000  # farther than any position is from another
REACH = 2
"""How many following passages count for a passage."""
WINDOW_WEIGHTS = (1.0, 0.6, 0.3)
"""Of the vectors of a passage and those that follow it."""
EMBED_BLOCK = 1024
"""Texts that are embedded in one call, and kept before the next: what a killed worker loses."""


@dataclass(frozen=True, slots=True)
class Entries:
    """What is to be put into both indexes."""

    documents: list[KeywordDocument]
    vectors: Vectors
    """In the order of ``documents``; no rows where there is no embedder."""
    turn_ids: Ids
    """All timed passages of each episode that has one of the documents."""
    turns: Turns
    """In the order of ``turn_ids``; none where there is no embedder."""
    words: WordRows
    """Of the documents; none where there is no embedder."""

    @property
    def ids(self) -> Ids:
        """Of the documents."""
        return np.asarray([document.id for document in self.documents], np.int64)


def find_touched(source: PassageSource, ids: Sequence[int]) -> list[int]:
    """Return ``ids`` and those whose window reaches them."""
    touched = set(ids)
    for id_, around in source.find_neighbours(ids, REACH).items():
        touched.update(around[: around.index(id_)])
    return sorted(touched)


def make_entries(source: PassageSource, embedder: Embedder | None, ids: Sequence[int]) -> Entries:
    """Return the entries of those of ``ids`` that are held, embedding what never was.

    Raises:
        ModelError: If the embedder's weights cannot be had.
    """
    held = source.get_texts(ids)
    spoken = [one.id for one in held if one.kind == "transcript"]
    around = source.find_neighbours(spoken, REACH) if spoken else {}
    windows = {one.id: _following(one.id, around.get(one.id, (one.id,))) for one in held}
    episodes = _find_episodes(source, spoken) if embedder else []
    known = {one.id: one for one in held}
    wanted = {id_ for passages in (*windows.values(), *episodes) for id_ in passages}
    known |= {one.id: one for one in source.get_texts(sorted(wanted - known.keys()))}
    rows = [[known[id_] for id_ in windows[one.id] if id_ in known] for one in held]
    documents = [_make_document(row) for row in rows]
    if embedder is None:
        nothing = np.empty((0, 0), np.float32)
        no_ids = np.empty(0, np.int64)
        no_rows = make_rows([], [], [])
        return Entries(documents, nothing, no_ids, np.empty((0, 2), np.float32), no_rows)
    vectors, words = _read_texts(source, embedder, (one.text for one in known.values()))
    turns = [
        _find_turns(source, [known[id_] for id_ in ids if id_ in known], vectors)
        for ids in episodes
    ]
    return Entries(
        documents,
        _window_vectors(rows, vectors, embedder.dimension),
        np.concatenate([np.empty(0, np.int64), *(ids for ids, _ in turns)]),
        np.concatenate([np.empty((0, 2), np.float32), *(found for _, found in turns)]),
        make_rows(
            [row[0].id for row in rows],
            [row[1].id if len(row) > 1 else NO_NEXT for row in rows],
            [words[row[0].text] for row in rows],
        ),
    )


def _find_episodes(source: PassageSource, spoken: Sequence[int]) -> list[tuple[int, ...]]:
    """Return the ids of all that is spoken where some of ``spoken`` are."""
    places = source.get_places(spoken)
    one_of_each = {place.source: id_ for id_, place in places.items()}
    return list(source.find_neighbours(list(one_of_each.values()), _WHOLE).values())


def _find_turns(
    source: PassageSource, episode: Sequence[HeldText], vectors: Mapping[str, NDArray[np.float32]]
) -> tuple[Ids, Turns]:
    places = source.get_places([one.id for one in episode])
    timed = [(one, place.start_ms) for one in episode if (place := places.get(one.id))]
    starts = {one.id: start_ms for one, start_ms in timed if start_ms is not None}
    rows = [one for one in episode if one.id in starts]
    if not rows:
        return np.empty(0, np.int64), np.empty((0, 2), np.float32)
    texts = [one.text for one in rows]
    turns = find_turns(list(starts.values()), texts, np.stack([vectors[text] for text in texts]))
    return np.asarray([one.id for one in rows], np.int64), turns


def _following(id_: int, around: tuple[int, ...]) -> tuple[int, ...]:
    return around[around.index(id_) :]


def _make_document(window: list[HeldText]) -> KeywordDocument:
    first = window[0]
    return KeywordDocument(
        id=first.id,
        text=first.text,
        following=tuple(one.text for one in window[1:]),
        title=f"{first.title} {first.show}",
        speakers=tuple(name for name in first.speakers if not is_counted_label(name)),
    )


def _read_texts(
    source: PassageSource, embedder: Embedder, texts: Iterable[str]
) -> tuple[Mapping[str, NDArray[np.float32]], Mapping[str, PackedWords]]:
    """Return the vectors and the words of texts, and keep those that are made for it."""
    hashes = {text_hash(text): text for text in texts}
    vectors = source.get_vectors(list(hashes), embedder.model)
    words = source.get_words(list(hashes), embedder.model)
    missing = [key for key in hashes if key not in vectors or key not in words]
    # Texts of like length share a block, so that little is padded.
    missing.sort(key=lambda key: len(hashes[key]))
    for start in range(0, len(missing), EMBED_BLOCK):
        block = missing[start : start + EMBED_BLOCK]
        made, said = embedder.read_passages([hashes[key] for key in block])
        packed = [pack_words(one.vectors) for one in said]
        source.put_vectors(block, made, embedder.model)
        source.put_words(block, packed, embedder.model)
        vectors |= dict(zip(block, made, strict=True))
        words |= dict(zip(block, packed, strict=True))
    of_texts = {text: vectors[key] for key, text in hashes.items()}
    return of_texts, {text: words[key] for key, text in hashes.items()}


def _window_vectors(
    windows: list[list[HeldText]], vectors: Mapping[str, NDArray[np.float32]], dimension: int
) -> Vectors:
    sums = np.zeros((len(windows), dimension), np.float32)
    for place, row in enumerate(windows):
        for weight, one in zip(WINDOW_WEIGHTS, row, strict=False):
            sums[place] += weight * vectors[one.text]
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.asarray(sums / np.maximum(lengths, 1e-9), np.float32)
