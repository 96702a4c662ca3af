"""An embedder without a model: hashed bags of words, so that shared words mean nearness."""

import hashlib
from collections.abc import Sequence

import numpy as np

from search.embedder import Vectors
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

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        rows = [self._vector(text) for text in texts]
        return np.stack(rows) if rows else np.empty((0, self.dimension), np.float32)

    def _vector(self, text: str):
        vector = np.full(self.dimension, 1e-3, np.float32)
        for token in tokenize(text):
            if token.term not in STOP_WORDS:
                digest = hashlib.blake2b(token.term.encode(), digest_size=8).digest()
                number = int.from_bytes(digest, "big")
                vector[number % self.dimension] += 1 if number >> 40 & 1 else -1
        return vector / np.linalg.norm(vector)
