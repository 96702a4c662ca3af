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
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from corpus.formats.questions import parse_question
from corpus.records import Segment
from ingest.chunker import CHUNKER_VERSION, chunk_segments
from search.engine import EmbeddedEngine
from search.hits import Mode
from search.index_reader import IndexReader
from search.index_store import IndexStore
from search.judging import FIGURES, Question, evaluate, make_question
from search.manifest import Fingerprint
from search.openvino_embedder import OpenvinoEmbedder
from search.reranking import Reranker, rerank
from search.sentence_embedder import DEFAULT_MODEL
from search.vocabulary import make_vocabulary
from tests.memory_source import MemorySource


class CachedSource(MemorySource):
    """Keeps its vectors in a file between runs."""

    def __init__(self, folder: Path, model: str) -> None:
        super().__init__()
        self._path = folder / f"vectors-{Path(model).name}.npz"
        self._model = model
        if self._path.exists():
            with np.load(self._path) as kept:
                hashes = kept["hashes"].tolist()
                super().put_vectors(hashes, kept["vectors"], model)
                words = np.split(kept["words"], np.cumsum(kept["counts"])[:-1])
                super().put_words(hashes, words, model)

    def save(self) -> None:
        hashes = [key for key, model in self._vectors if model == self._model]
        if hashes:
            vectors = np.stack([self._vectors[key, self._model] for key in hashes])
            known = self.get_words(hashes, self._model)
            words = [known[key] for key in hashes]
            np.savez(
                self._path,
                hashes=np.array(hashes),
                vectors=vectors,
                words=np.concatenate(words),
                counts=[len(one) for one in words],
            )


def main() -> None:
    parser = make_parser(__doc__)
    parser.add_argument("--modes", default="hybrid,keyword,semantic")
    args = parser.parse_args()
    engine, guids = open_engine(args, rerank)
    for mode in args.modes.split(","):
        _report(mode, engine, list_questions(args, guids))


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
    embedder = OpenvinoEmbedder(args.model)
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
    engine = EmbeddedEngine(
        source, reader, embedder, reranker=reranker, get_vocabulary=lambda: make_vocabulary(())
    )
    return engine, guids


def list_questions(args: argparse.Namespace, guids: dict[int, str]) -> list[Question]:
    """Return the questions of a half, over the episodes that ``open_engine`` numbered."""
    numbers = {guid: number for number, guid in guids.items()}
    known = [parse_question(line) for line in read_lines(args.questions)]
    return [
        make_question(one, [numbers[one.guid]]) for one in known if in_half(one.guid, args.half)
    ]


def fill(source: CachedSource, path: Path) -> dict[int, str]:
    guids = {}
    for number, line in enumerate(map(json.loads, read_lines(path)), 1):
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


def _report(mode: Mode, engine: EmbeddedEngine, questions: list[Question]) -> None:
    figures = evaluate(engine, questions, mode).figures
    print(f"{mode:<10}{'kind':<20}{'n':>6}" + "".join(f"{name:>11}" for name in FIGURES))
    for kind, row in figures.items():
        means = "".join(f"{row[name]:>11.3f}" for name in FIGURES)
        print(f"{mode:<10}{kind:<20}{row['n']:>6}{means}")
    print(f"{mode:<10}p50 {figures['all']['p50_ms']} ms, p95 {figures['all']['p95_ms']} ms")


def in_half(guid: str, half: str) -> bool:
    digest = hashlib.md5(guid.encode(), usedforsecurity=False).digest()
    return half == "all" or (half == "tune") == (digest[0] % 2 == 0)


def read_lines(path: Path) -> Iterator[str]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        yield from (line for line in file if line.strip())


if __name__ == "__main__":
    main()
