"""What the index holds of a passage: its words and its vector, with those that follow.

A moment that somebody asks for is rarely over after one passage. So the words and the meaning of
the next passages count for a passage too, the farther the less. Each text is embedded once, by
itself; the vector of a window is the weighted sum of its passages' vectors.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from search.embedder import Embedder, Vectors
from search.keywords import KeywordDocument
from search.source import HeldText, PassageSource, text_hash

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
    known = {one.id: one for one in held}
    missing = sorted({id_ for window in windows.values() for id_ in window} - known.keys())
    known |= {one.id: one for one in source.get_texts(missing)}
    rows = [[known[id_] for id_ in windows[one.id] if id_ in known] for one in held]
    documents = [_make_document(row) for row in rows]
    if embedder is None:
        return Entries(documents, np.empty((0, 0), np.float32))
    return Entries(documents, _window_vectors(source, embedder, rows))


def _following(id_: int, around: tuple[int, ...]) -> tuple[int, ...]:
    return around[around.index(id_) :]


def _make_document(window: list[HeldText]) -> KeywordDocument:
    first = window[0]
    return KeywordDocument(
        id=first.id,
        text=first.text,
        following=tuple(one.text for one in window[1:]),
        title=f"{first.title} {first.show}",
    )


def _window_vectors(
    source: PassageSource, embedder: Embedder, windows: list[list[HeldText]]
) -> Vectors:
    hashes = {one.id: text_hash(one.text) for row in windows for one in row}
    texts = {hashes[one.id]: one.text for row in windows for one in row}
    vectors = source.get_vectors(list(texts), embedder.model)
    missing = [key for key in texts if key not in vectors]
    # Texts of like length share a block, so that little is padded.
    missing.sort(key=lambda key: len(texts[key]))
    for start in range(0, len(missing), EMBED_BLOCK):
        block = missing[start : start + EMBED_BLOCK]
        made = embedder.embed_passages([texts[key] for key in block])
        source.put_vectors(block, made, embedder.model)
        vectors |= dict(zip(block, made, strict=True))
    sums = np.zeros((len(windows), embedder.dimension), np.float32)
    for place, row in enumerate(windows):
        for weight, one in zip(WINDOW_WEIGHTS, row, strict=False):
            sums[place] += weight * vectors[hashes[one.id]]
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.asarray(sums / np.maximum(lengths, 1e-9), np.float32)
