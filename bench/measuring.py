"""An embedder for the benches that keeps its vectors on disk, and what the benches share."""

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from corpus.records import Segment, Word
from search.embedder import Embedder, PassageEmbedder, Vectors


class KeptEmbedder:
    """Asks ``inner`` only for texts that it has not met before."""

    def __init__(self, inner: Embedder, path: Path) -> None:
        self._inner = inner
        self._kept = sqlite3.connect(path, timeout=120)
        self._kept.execute("CREATE TABLE IF NOT EXISTS vector (id TEXT PRIMARY KEY, row BLOB)")

    @property
    def model(self) -> str:
        return self._inner.model

    @property
    def dimension(self) -> int:
        return self._inner.dimension

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        ids = [hashlib.sha1(f"{self.model}\n{text}".encode()).hexdigest() for text in texts]
        new = {i: text for i, text in zip(ids, texts, strict=True) if self._find(i) is None}
        if new:
            rows = self._inner.embed_passages(list(new.values()))
            kept = [(i, row.astype(np.float32).tobytes()) for i, row in zip(new, rows, strict=True)]
            with self._kept:
                self._kept.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?)", kept)
        found = [self._find(i) for i in ids]
        rows = [np.frombuffer(row or b"", np.float32) for row in found]
        return np.array(rows, np.float32).reshape(len(texts), self.dimension)

    def _find(self, key: str) -> bytes | None:
        row = self._kept.execute("SELECT row FROM vector WHERE id = ?", (key,)).fetchone()
        return None if row is None else bytes(row[0])


def read_segments(rows: Sequence[dict[str, Any]]) -> tuple[Segment, ...]:
    """Return segments from JSON with times in seconds."""
    return tuple(
        Segment(
            start_ms=round(row["start"] * 1000),
            end_ms=round(row["end"] * 1000),
            text=row["text"].strip(),
            speaker=row.get("name") or row.get("speaker"),
            words=tuple(
                Word(
                    start_ms=round(word["start"] * 1000),
                    end_ms=round(word["end"] * 1000),
                    text=word["text"].strip(),
                )
                for word in row.get("words", ())
            ),
        )
        for row in rows
    )


def get_embedder(name: str, cache: Path | None) -> PassageEmbedder | None:
    """Return the embedder that ``MODULE:CLASS`` names, none for ``none``."""
    if name == "none":
        return None
    inner = make_embedder(name)
    return inner if cache is None else KeptEmbedder(inner, cache)


def make_embedder(name: str) -> Embedder:
    """Return the embedder that ``MODULE:CLASS`` names."""
    module, _, attribute = name.partition(":")
    made: Embedder = getattr(__import__(module, fromlist=[attribute]), attribute)()
    return made


def print_figures(figures: dict[str, Any]) -> None:
    print(json.dumps(figures))
