"""Trains the weights of ingest.align on notes whose times are known.

    python -m bench.train_aligner EPISODES.jsonl[.gz] QUERIES.jsonl --half tune [--cache FILE] \
        [--write ingest/align_weights.py]

The files are those of bench.align_notes. The weights make the summed softmax probability of the
places near the note's time as large as they can, as bench.train_reranker does for search: within 45
and within 15 seconds, tighter than what is measured, or places at the rim would count as right.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.align_notes import iter_episodes, make_parser
from bench.measuring import get_embedder, read_segments
from bench.train_reranker import Examples, train
from ingest.align import place_sentences
from ingest.beginnings import FEATURES, iter_features
from ingest.timeline import Timeline
from search.embedder import PassageEmbedder

WITHIN_S = (45, 15)

_HEAD = '"""What speaks for a note\'s beginning, weighed; written by bench/train_aligner.py."""'

Note = tuple[NDArray[np.float32], list[NDArray[np.bool_]]]


def main() -> None:
    parser = make_parser(__doc__)
    parser.add_argument("--write", type=Path, help="the module for the weights")
    args = parser.parse_args()
    embedder = get_embedder(args.embedder, args.cache)
    notes = [
        note for episode, rows in iter_episodes(args) for note in weigh(episode, rows, embedder)
    ]
    print(f"{len(notes)} notes")
    weights = dict(zip(FEATURES, train(join_notes(notes)).tolist(), strict=True))
    lines = [f'    "{name}": {weight:.3f},' for name, weight in weights.items()]
    text = "\n".join([_HEAD, "", "WEIGHTS = {", *lines, "}", ""])
    print(text)
    if args.write:
        args.write.write_text(text, encoding="utf-8")


def weigh(
    episode: dict[str, Any], rows: list[dict[str, Any]], embedder: PassageEmbedder | None
) -> list[Note]:
    """Return, for each note, the features of all places and which of them are near its time."""
    if not rows:
        return []
    duration_ms = round(episode["duration"] * 1000)
    segments = read_segments(episode["segments"])
    timeline = Timeline(place_sentences(segments, duration_ms))
    queries = [row["query"] for row in rows]
    shape = len(rows), len(timeline.starts)
    features = np.stack(
        [
            np.broadcast_to(feature, shape).astype(np.float32)
            for feature in iter_features(queries, segments, timeline, embedder)
        ],
        axis=-1,
    )
    out = []
    for row, own in zip(rows, features, strict=True):
        off_s = np.abs(timeline.starts / 1000 - row["start"])
        out.append((own, [off_s <= max(within, float(off_s.min())) for within in WITHIN_S]))
    return out


def join_notes(notes: list[Note]) -> Examples:
    counts = [len(features) for features, _ in notes]
    within = [np.concatenate([near[at] for _, near in notes]).astype(float) for at in (0, 1)]
    return Examples(
        rows=np.concatenate([features for features, _ in notes]).astype(np.float64),
        within=(within[0], within[1]),
        starts=np.cumsum([0, *counts[:-1]]),
        weights=np.full(len(notes), 1 / len(notes)),
    )


if __name__ == "__main__":
    main()
