"""An episode by time: what is said, and what is meant, in a stretch before or after a place."""

from collections.abc import Sequence

import numpy as np

from corpus.moments import MAX_MS
from corpus.records import Segment
from ingest.chunker import chunk_segments
from ingest.sentences import Spoken
from search.embedder import PassageEmbedder
from search.meaning import Meaning, Rows


class Timeline:
    """Places, which are sentences in order of time, and what is said around each."""

    def __init__(self, sentences: Sequence[Spoken]) -> None:
        """Take at least one sentence, in order of start."""
        self.sentences = sentences
        self.starts = np.array([one.start_ms for one in sentences], np.int64)

    def sums(self, rows: Rows, from_s: int, to_s: int) -> Rows:
        """Return the sums of ``rows`` (a row a place) from and to seconds after each place."""
        first = np.searchsorted(self.starts, self.starts + 1000 * from_s)
        after = np.searchsorted(self.starts, self.starts + 1000 * to_s)
        sums = np.vstack([np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0, dtype=np.float64)])
        return np.asarray(sums[np.maximum(first, after)] - sums[first], np.float64)

    def mean(self, column: Rows, from_s: int, to_s: int) -> Rows:
        """Return the mean of ``column`` (a number a place) in the stretch; 0 where it is empty."""
        both = self.sums(np.stack([column, np.ones(len(column))], axis=1), from_s, to_s)
        return np.asarray(both[:, 0] / np.maximum(both[:, 1], 1), np.float64)

    def best(self, column: Rows, from_s: int, to_s: int) -> Rows:
        """Return the highest of ``column`` in the stretch, which must hold the place itself."""
        first = np.searchsorted(self.starts, self.starts + 1000 * from_s)
        after = np.searchsorted(self.starts, self.starts + 1000 * to_s)
        return np.array([column[a:b].max() for a, b in zip(first, after, strict=True)], np.float64)

    def flags(self, marked: Sequence[bool], from_s: int, to_s: int) -> Rows:
        """Return 1 for each place with a marked one in the stretch, else 0."""
        column = np.array(marked, np.float64)[:, None]
        return np.asarray(self.sums(column, from_s, to_s)[:, 0] > 0, np.float64)


def find_meaning(segments: Sequence[Segment], embedder: PassageEmbedder) -> Meaning:
    """Return what the passages of a transcript that says something mean.

    Raises:
        ModelError: If the embedder has no weights.
    """
    passages = chunk_segments(segments)
    starts_ms = [min(max(passage.start_ms or 0, 0), MAX_MS) for passage in passages]
    vectors = embedder.embed_passages([passage.text for passage in passages])
    return Meaning(starts_ms, vectors.astype(np.float64))
