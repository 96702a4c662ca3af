"""An embedder without a model: hashed bags of words, so that shared words mean nearness."""

import hashlib
from collections.abc import Sequence

import numpy as np

from search.embedder import Vectors
from search.said_words import NO_WORDS, WORD_DIMENSION, SaidWords
from search.tokens import STOP_WORDS, tokenize


class FakeEmbedder:
    def __init__(self, dimension: int = 64, model: str = "fake-words"):
        self.model = model
        self.dimension = dimension
        self.embedded = 0

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.embedded += len(texts)
        rows = [self._vector(text) for text in texts]
        return np.stack(rows) if rows else np.empty((0, self.dimension), np.float32)

    def read_passages(self, texts: Sequence[str]):
        return self.embed_passages(texts), [self._words(text) for text in texts]

    def read_query(self, text: str):
        return self._vector(text), self._words(text)

    def _words(self, text: str) -> SaidWords:
        terms = dict.fromkeys(
            token.term for token in tokenize(text) if token.surface not in STOP_WORDS
        )
        if not terms:
            return NO_WORDS
        rows = np.zeros((len(terms), WORD_DIMENSION), np.float32)
        for row, term in zip(rows, terms, strict=True):
            # Its number in base 2, as signs: other words are about at right angles.
            digest = hashlib.blake2b(term.encode(), digest_size=WORD_DIMENSION // 8).digest()
            bits = np.unpackbits(np.frombuffer(digest, np.uint8)).astype(np.float32)
            row[:] = (2 * bits - 1) / np.sqrt(WORD_DIMENSION)
        return SaidWords(tuple(terms), rows)

    def _vector(self, text: str):
        vector = np.full(self.dimension, 1e-3, np.float32)
        for token in tokenize(text):
            if token.term not in STOP_WORDS:
                digest = hashlib.blake2b(token.term.encode(), digest_size=8).digest()
                number = int.from_bytes(digest, "big")
                vector[number % self.dimension] += 1 if number >> 40 & 1 else -1
        return vector / np.linalg.norm(vector)
