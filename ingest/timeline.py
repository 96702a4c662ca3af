"""An episode by time: what is said, and what is meant, in a stretch before or after a place."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.moments import MAX_MS
from corpus.records import Segment
from ingest.chunker import chunk_segments
from ingest.sentences import Spoken
from search.embedder import Embedder

Rows = NDArray[np.float64]


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


class Meaning:
    """What the passages of an episode mean, in the order of time.

    They are the passages that the index holds: half a minute in one vector tells more of a subject
    than the vectors of its sentences (docs/takeaways.md). All share the episode's subject, so their
    mean is taken away, as Mu and Viswanath do ("All-but-the-top", 2018).
    """

    def __init__(self, starts_ms: Sequence[int], vectors: Rows) -> None:
        """Take at least one passage's start and vector; each lasts until the next."""
        order = np.argsort(np.array(starts_ms, np.int64), kind="stable")
        self.mean: Rows = vectors.mean(axis=0)
        self._vectors = vectors[order] - self.mean
        self._starts = np.array(starts_ms, np.int64)[order]
        lasting = np.diff(self._starts)[:, None] * self._vectors[:-1]
        self._until = np.vstack([np.zeros((1, vectors.shape[1])), np.cumsum(lasting, axis=0)])

    @classmethod
    def of(cls, segments: Sequence[Segment], embedder: Embedder) -> "Meaning":
        """Return the meaning of a transcript that says something.

        Raises:
            ModelError: If the embedder has no weights.
        """
        passages = chunk_segments(segments)
        starts_ms = [min(max(passage.start_ms or 0, 0), MAX_MS) for passage in passages]
        vectors = embedder.embed_passages([passage.text for passage in passages])
        return cls(starts_ms, vectors.astype(np.float64))

    def around(self, starts: NDArray[np.int64], from_s: int, to_s: int) -> Rows:
        """Return unit rows: what is meant from and to seconds after each start."""
        return unit(self._before(starts + 1000 * to_s) - self._before(starts + 1000 * from_s))

    def turns(self, starts: NDArray[np.int64], around_s: int) -> Rows:
        """Return how unlike what is meant before and after each start are, 0..2.

        One minus the cosine of two blocks, as TextTiling compares them (Hearst 1997).
        """
        before, after = self.around(starts, -around_s, 0), self.around(starts, 0, around_s)
        return np.asarray(1 - (before * after).sum(axis=1), np.float64)

    def _before(self, moments: NDArray[np.int64]) -> Rows:
        """Return the integral of the meaning over time, up to each moment."""
        at = np.maximum(np.searchsorted(self._starts, moments, side="right") - 1, 0)
        since = np.maximum(moments - self._starts[at], 0)[:, None]
        return np.asarray(self._until[at] + since * self._vectors[at], np.float64)


def unit(rows: Rows) -> Rows:
    """Return the rows with length one; a row of zeros stays."""
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-9), np.float64)
