"""How many of the nearest vectors does each layout of the index find, and how soon?

    python -m bench.index_recall HOME --questions QUESTIONS.jsonl [--take 300]

The vectors are those that a home keeps, the questions have a ``query`` each. Each layout of
search/faiss_index.py holds all vectors in turn; what it answers is compared with an exact search.
Times are of one thread's processor, a question.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
from sqlalchemy import select

from bench.measuring import make_embedder, print_figures
from corpus.catalogue import Catalogue, open_catalogue
from corpus.catalogue.schema import vectors as kept
from search.embedder import Vectors
from search.faiss_index import FaissIndex
from search.vectors import ExactIndex, VectorIndex

DEPTHS = (10, 200)
LIMITS = {"half": 10**9, "ivf": 0}
"""Up to how many vectors the first layout is taken."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("home", type=Path)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--take", type=int, default=300, help="so many questions, spread evenly")
    parser.add_argument("--embedder", default="search.openvino_embedder:OpenvinoEmbedder")
    args = parser.parse_args()
    embedder = make_embedder(args.embedder)
    lines = args.questions.read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["query"] for line in lines[:: max(1, len(lines) // args.take)]]
    catalogue = open_catalogue(args.home)
    rows = read_vectors(catalogue, embedder.model)
    catalogue.close()
    asked = np.stack([embedder.read_query(text)[0] for text in texts])
    ids = np.arange(len(rows), dtype=np.int64)
    exact = ExactIndex(rows.shape[1])
    exact.add(ids, rows)
    right = answer(exact, asked)[0]
    for layout, half_up_to in LIMITS.items():
        index = FaissIndex(rows.shape[1], half_up_to=half_up_to)
        index.add(ids, rows)
        found, took_ms = answer(index, asked)
        shares = {f"recall_{depth}": share(found, right, depth) for depth in DEPTHS}
        print_figures({"layout": layout, "vectors": len(rows), **shares, "ms": round(took_ms, 2)})


def read_vectors(catalogue: Catalogue, model: str) -> Vectors:
    with catalogue.read() as conn:
        found = conn.execute(select(kept.c.vector).where(kept.c.model == model)).scalars()
        return np.stack([np.frombuffer(row, np.float32) for row in found])


def answer(index: VectorIndex, asked: Vectors) -> tuple[list[list[int]], float]:
    """Return the ids nearest to each question, and the milliseconds for one."""
    began = time.process_time()
    found = [[id_ for id_, _ in index.nearest(row, max(DEPTHS))] for row in asked]
    return found, (time.process_time() - began) * 1000 / len(asked)


def share(found: list[list[int]], right: list[list[int]], depth: int) -> float:
    """Return the share of the ``depth`` nearest that were found at all."""
    held = [
        len(set(some) & set(all_[:depth])) / len(all_[:depth])
        for some, all_ in zip(found, right, strict=True)
    ]
    return round(float(np.mean(held)), 4)


if __name__ == "__main__":
    main()
