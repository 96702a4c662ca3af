"""Made-up talk of any length for the benches: its text, its vectors, and where it is kept.

Words of syllables are as often as Zipf's law has them. Vectors stand around centres, as real ones
do. All of it is the same each time.
"""

import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.catalogue_source import CatalogueSource
from search.embedder import Vectors
from search.manifest import Fingerprint
from search.said_words import WORD_DIMENSION, PackedWords, SaidWords

DIMENSION = 768  # of the default embedder
FINGERPRINT = Fingerprint(model="made-up", dimension=DIMENSION, chunker="speed")
WORDS = 60  # of a passage: about half a minute of speech
CENTRES = 256
SAID = 34  # words of a passage that have a vector, as in real talk
_POOL = 4_096
_BATCH = 5_000
_SYLLABLES = [a + b for a in (*"bdfgklmnprstvz", "ch", "st", "tr") for b in "aeiou"]


class MadeUpEmbedder:
    """Vectors around centres, always the same for the same text."""

    model = FINGERPRINT.model or ""
    dimension = DIMENSION

    def __init__(self) -> None:
        self._centres = np.random.default_rng(1).standard_normal((CENTRES, DIMENSION))
        pool = np.random.default_rng(6).standard_normal((_POOL, WORD_DIMENSION))
        pool /= np.linalg.norm(pool, axis=1, keepdims=True)
        self._pool = pool.astype(np.float32)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._vector(text) for text in texts])

    def read_passages(self, texts: Sequence[str]) -> tuple[Vectors, list[SaidWords]]:
        return self.embed_passages(texts), [self._words(text) for text in texts]

    def read_query(self, text: str) -> tuple[NDArray[np.float32], SaidWords]:
        terms = tuple(dict.fromkeys(text.split()))
        places = [zlib.crc32(term.encode()) % _POOL for term in terms]
        return self._vector(text), SaidWords(terms, self._pool[places])

    def _words(self, text: str) -> SaidWords:
        start = zlib.crc32(text.encode()) % (_POOL - SAID)
        terms = tuple(str(place) for place in range(start, start + SAID))
        return SaidWords(terms, self._pool[start : start + SAID])

    def _vector(self, text: str) -> NDArray[np.float32]:
        made = np.random.Generator(np.random.SFC64(zlib.crc32(text.encode())))
        vector = made.standard_normal(DIMENSION) + self._centres[made.integers(CENTRES)]
        return np.asarray(vector / np.linalg.norm(vector), np.float32)


class SpeedSource(CatalogueSource):
    """The catalogue, but vectors are made anew instead of kept: a million fill a disk."""

    def get_vectors(self, hashes: Sequence[str], model: str) -> dict[str, NDArray[np.float32]]:
        return {}

    def put_vectors(self, hashes: Sequence[str], vectors_: Vectors, model: str) -> None:
        pass

    def get_words(self, hashes: Sequence[str], model: str) -> dict[str, PackedWords]:
        return {}

    def put_words(self, hashes: Sequence[str], words: Sequence[PackedWords], model: str) -> None:
        pass


class TimedEmbedder(MadeUpEmbedder):
    """Embeds questions with a real model for the time it takes, and answers a made-up vector."""

    def __init__(self, inner: Any) -> None:
        super().__init__()
        self._inner = inner

    def read_query(self, text: str) -> tuple[NDArray[np.float32], SaidWords]:
        self._inner.read_query(text)
        return super().read_query(text)


def make_words(count: int) -> list[str]:
    """Return made-up words of two to four syllables, each once."""
    made = np.random.default_rng(2)
    words: dict[str, None] = {}
    while len(words) < count:
        sizes = made.integers(2, 5, count)
        picks = made.integers(0, len(_SYLLABLES), (count, 4))
        words |= dict.fromkeys(
            "".join(_SYLLABLES[at] for at in row[:size])
            for row, size in zip(picks, sizes, strict=True)
        )
    return list(words)[:count]


def iter_texts(size: int) -> Iterator[str]:
    """Yield passages whose words are as often as Zipf's law has them."""
    words = np.array(make_words(min(200_000, 5_000 + size)))
    made = np.random.default_rng(3)
    for start in range(0, size, _BATCH):
        count = min(_BATCH, size - start)
        ranks = (made.zipf(1.15, (count, WORDS)) - 1) % len(words)
        for row in words[ranks]:
            yield " ".join(row)
