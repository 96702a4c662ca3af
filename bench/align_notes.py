"""How near are notes without times put to the times that their authors gave them?

    python -m bench.align_notes EPISODES.jsonl[.gz] QUERIES.jsonl [--half tune|confirm]

EPISODES are interchange lines; QUERIES have query, kind, episode_id and start (seconds). Notes of
an episode are handed over in listed order and shuffled. Baselines in the same run: the window of
60 s with the nearest vector, and that vector and words in equal parts.
"""

import argparse
import gzip
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.measuring import get_embedder, print_figures, read_segments
from bench.search_dev import in_half
from corpus.records import Segment
from ingest.align import align_notes
from ingest.sentences import split_sentences
from ingest.terms import split_terms, weigh_terms
from search.embedder import PassageEmbedder

KINDS = ("chapter", "show_note", "listener_question")


def iter_lines(path: Path) -> Iterator[dict[str, Any]]:
    data = path.read_bytes()
    for line in (gzip.decompress(data) if path.suffix == ".gz" else data).splitlines():
        yield json.loads(line)


def place_by_window(
    notes: Sequence[str], segments: Sequence[Segment], embedder: PassageEmbedder
) -> dict[str, list[int]]:
    """Baselines: the best window of a minute by vector alone, and with words."""
    sentences = [one for one in split_sentences(segments) if len(one.text.split()) > 3]
    starts = np.array([one.start_ms for one in sentences])
    ends = np.searchsorted(starts, starts + 60_000)
    vectors = embedder.embed_passages([one.text for one in sentences])
    windows = np.array([vectors[a:b].sum(axis=0) for a, b in enumerate(ends)])
    windows /= np.maximum(np.linalg.norm(windows, axis=1, keepdims=True), 1e-9)
    meaning = embedder.embed_passages(notes) @ windows.T
    terms = [split_terms(one.text) for one in sentences]
    idf = weigh_terms(terms)
    words = np.zeros_like(meaning)
    for row, note in zip(words, notes, strict=True):
        sought = set(split_terms(note))
        total = sum(idf.get(term, idf[""]) for term in sought) or 1
        for at, end in enumerate(ends):
            said = sought.intersection(*[set().union(*terms[at:end])])
            row[at] = sum(idf[term] for term in said) / total
    return {
        "vector": [int(starts[row.argmax()]) for row in meaning],
        "hybrid": [int(starts[row.argmax()]) for row in meaning + words],
    }


def make_parser(about: str | None) -> argparse.ArgumentParser:
    """Return what benches of notes with known times have in common."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("episodes", type=Path)
    parser.add_argument("queries", type=Path)
    parser.add_argument("--half", choices=["tune", "confirm", "all"], default="all")
    parser.add_argument("--embedder", default="search.openvino_embedder:OpenvinoEmbedder")
    parser.add_argument("--cache", type=Path, help="file that keeps vectors between runs")
    return parser


def iter_episodes(
    args: argparse.Namespace,
) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Yield each episode of the half with its notes that people timed."""
    noted = defaultdict(list)
    for row in iter_lines(args.queries):
        if row["kind"] in KINDS:
            noted[row["episode_id"]].append(row)
    for episode in iter_lines(args.episodes):
        if in_half(episode["episode_id"], args.half):
            yield episode, noted[episode["episode_id"]]


def main() -> None:
    args = make_parser(__doc__).parse_args()
    embedder = get_embedder(args.embedder, args.cache)
    errors: dict[str, list[float]] = defaultdict(list)
    for episode, rows in iter_episodes(args):
        for way, off in measure(episode, rows, embedder):
            errors[way].append(off)
    for way, offs in sorted(errors.items()):
        shares = {f"within_{s}s": round(float(np.mean(np.array(offs) <= s)), 4) for s in (30, 60)}
        print_figures({"way": way, "notes": len(offs), **shares, "median_s": np.median(offs)})


def measure(
    episode: dict[str, Any], rows: list[dict[str, Any]], embedder: PassageEmbedder | None
) -> Iterator[tuple[str, float]]:
    segments, duration_ms = read_segments(episode["segments"]), round(episode["duration"] * 1000)
    mixed = random.Random(episode["episode_id"]).sample(rows, len(rows))
    for way, order in (("listed", rows), ("shuffled", mixed)):
        notes = [row["query"] for row in order]
        found = align_notes(notes, segments, embedder, duration_ms=duration_ms)
        for row, aligned in zip(order, found, strict=True):
            yield way, abs((aligned.start_ms or 0) / 1000 - row["start"])
    if embedder is not None and rows:
        notes = [row["query"] for row in rows]
        for way, places in place_by_window(notes, segments, embedder).items():
            for row, start_ms in zip(rows, places, strict=True):
                yield f"baseline {way}", abs(start_ms / 1000 - row["start"])


if __name__ == "__main__":
    main()
