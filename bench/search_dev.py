"""Measures search on questions whose answers are known, in this process, with cached vectors.

::

    python -m bench.search_dev EPISODES.jsonl[.gz] QUESTIONS.jsonl --cache DIR [--half tune]

EPISODES is an interchange file; a question is a line with query, episode_id, start and end in
seconds, and maybe a kind. A hit is right within 30 or 60 seconds of ``start``; for kind
``question`` from there to ``end``. Tune on one half of the episodes, confirm on the other.
"""

import argparse
import gzip
import hashlib
import json
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from corpus.records import Segment
from ingest.chunker import CHUNKER_VERSION, chunk_segments
from search.engine import EmbeddedEngine
from search.hits import Hit, SearchRequest
from search.index_reader import IndexReader
from search.index_store import IndexStore
from search.manifest import Fingerprint
from search.reranking import Reranker, rerank
from search.sentence_embedder import DEFAULT_MODEL, SentenceEmbedder
from tests.memory_source import MemorySource

FIGURES = ("hit@1_30", "hit@10_30", "hit@1_60", "hit@5_60", "hit@10_60", "mrr@10", "ep@1")


class CachedSource(MemorySource):
    """Keeps its vectors in a file between runs."""

    def __init__(self, folder: Path, model: str) -> None:
        super().__init__()
        self._path = folder / f"vectors-{Path(model).name}.npz"
        self._model = model
        if self._path.exists():
            with np.load(self._path) as kept:
                super().put_vectors(kept["hashes"].tolist(), kept["vectors"], model)

    def save(self) -> None:
        hashes = [key for key, model in self._vectors if model == self._model]
        if hashes:
            vectors = np.stack([self._vectors[key, self._model] for key in hashes])
            np.savez(self._path, hashes=np.array(hashes), vectors=vectors)


def main() -> None:
    parser = make_parser(__doc__)
    parser.add_argument("--modes", default="hybrid,keyword,semantic")
    args = parser.parse_args()
    engine, guids = open_engine(args, rerank)
    for mode in args.modes.split(","):
        _report(mode, engine, list_questions(args), guids)


def make_parser(description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("episodes", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--cache", type=Path, required=True, help="outside the repository")
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--half", choices=["tune", "confirm", "all"], default="all")
    parser.add_argument("--keep-index", action="store_true", help="search what was built before")
    return parser


def open_engine(
    args: argparse.Namespace, reranker: Reranker
) -> tuple[EmbeddedEngine, dict[int, str]]:
    """Return an engine over all episodes, and their ids in the file by their ids in the index."""
    args.cache.mkdir(parents=True, exist_ok=True)
    source = CachedSource(args.cache, args.model)
    guids = fill(source, args.episodes)
    embedder = SentenceEmbedder(args.model)
    fingerprint = Fingerprint(
        model=args.model, dimension=embedder.dimension, chunker=CHUNKER_VERSION
    )
    store = IndexStore(args.cache / f"index-{Path(args.model).name}", fingerprint)
    began = time.perf_counter()
    try:
        # The source starts anew in each run: what an index was built from is not there any more.
        if not args.keep_index:
            store.rebuild(source, embedder, lambda done, _: print(done, file=sys.stderr))
    finally:
        source.save()
    print(f"index built in {time.perf_counter() - began:.0f} s", file=sys.stderr)
    reader = IndexReader(store.folder, fingerprint)
    return EmbeddedEngine(source, reader, embedder, reranker=reranker), guids


def list_questions(args: argparse.Namespace) -> list[dict[str, Any]]:
    return [one for one in read_lines(args.questions) if in_half(one, args.half)]


def fill(source: CachedSource, path: Path) -> dict[int, str]:
    guids = {}
    for number, line in enumerate(read_lines(path), 1):
        segments = [
            Segment(
                start_ms=round(one["start"] * 1000),
                end_ms=round(one["end"] * 1000),
                speaker=one["speaker"],
                text=one["text"],
            )
            for one in line["segments"]
        ]
        source.put(
            chunk_segments(segments),
            episode=number,
            title=line["title"],
            show=line["podcast"],
            published=line.get("date"),
        )
        guids[number] = line["episode_id"]
    return guids


def _report(
    mode: str, engine: EmbeddedEngine, questions: list[dict[str, Any]], guids: dict[int, str]
) -> None:
    engine.search(SearchRequest(text="warm up", mode=mode))
    figures = defaultdict(list)
    seconds = []
    for question in questions:
        began = time.perf_counter()
        answer = engine.search(SearchRequest(text=question["query"], mode=mode))
        seconds.append(time.perf_counter() - began)
        row = _judge(question, answer.hits, guids)
        figures["all"].append(row)
        figures[question.get("kind", "question")].append(row)
    print(f"{mode:<10}{'kind':<20}{'n':>6}" + "".join(f"{name:>11}" for name in FIGURES))
    for kind, rows in figures.items():
        means = [statistics.fmean(row[name] for row in rows) for name in FIGURES]
        print(f"{mode:<10}{kind:<20}{len(rows):>6}" + "".join(f"{mean:>11.3f}" for mean in means))
    p50, p95 = np.percentile(seconds, [50, 95]) * 1000
    print(f"{mode:<10}p50 {p50:.1f} ms, p95 {p95:.1f} ms")


def _judge(question: dict[str, Any], hits: tuple[Hit, ...], guids: dict[int, str]) -> dict:
    right_episode = [guids[hit.episode_id or 0] == question["episode_id"] for hit in hits]
    row: dict[str, float] = {"ep@1": right_episode[:1] == [True]}
    for within in (30, 60):
        right = [
            same and is_near(question, (hit.passage.start_ms or 0) / 1000, within)
            for same, hit in zip(right_episode, hits, strict=True)
        ]
        first = right.index(True) if True in right else len(FIGURES) * 100
        row |= {f"hit@{k}_{within}": first < k for k in (1, 5, 10)}
        row["mrr@10"] = 1 / (first + 1) if first < 10 else 0.0
    return row


def is_near(question: dict[str, Any], second: float, within: int) -> bool:
    if question.get("kind", "question") != "question":
        return abs(second - question["start"]) <= within
    grace = 30 if within == 60 else 0
    return question["start"] - within <= second <= question["end"] + grace


def in_half(question: dict[str, Any], half: str) -> bool:
    digest = hashlib.md5(question["episode_id"].encode(), usedforsecurity=False).digest()
    return half == "all" or (half == "tune") == (digest[0] % 2 == 0)


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if line.strip())


if __name__ == "__main__":
    main()
