"""Trains the weights of ingest.noteworthy on episodes whose notes have known times.

    python -m bench.train_drafter EPISODES.jsonl[.gz] QUERIES.jsonl --half tune [--cache FILE] \
        [--write ingest/draft_weights.py]

As bench.train_aligner, but for an episode as a whole: the right places are those within 60, and
those within 45, seconds of any of its notes.
"""

from pathlib import Path

import numpy as np

from bench.align_notes import iter_episodes, make_parser
from bench.draft_takeaways import FEWEST_NOTES
from bench.measuring import get_embedder, read_segments
from bench.train_aligner import Note, join_notes
from bench.train_reranker import train
from ingest.draft import list_telling, understand
from ingest.noteworthy import get_features

WITHIN_S = (60, 45)

_HEAD = '"""What makes a place worth noting, weighed; written by bench/train_drafter.py."""'


def main() -> None:
    parser = make_parser(__doc__)
    parser.add_argument("--write", type=Path, help="the module for the weights")
    args = parser.parse_args()
    embedder = get_embedder(args.embedder, args.cache)
    examples: list[Note] = []
    for episode, rows in iter_episodes(args):
        if len(rows) < FEWEST_NOTES:
            continue
        segments = read_segments(episode["segments"])
        talk = understand(list_telling(segments, None), segments, embedder)
        features = get_features(talk.timeline, talk.meaning, talk.embed_title(episode["title"]))
        times_s = np.array([[row["start"] for row in rows]])
        off_s = np.abs(talk.timeline.starts[:, None] / 1000 - times_s).min(axis=1)
        stacked = np.stack(list(features.values()), axis=1).astype(np.float32)
        examples.append((stacked, [off_s <= within for within in WITHIN_S]))
    print(f"{len(examples)} episodes")
    weights = dict(zip(features, train(join_notes(examples)).tolist(), strict=True))
    lines = [f'    "{name}": {weight:.3f},' for name, weight in weights.items()]
    text = "\n".join([_HEAD, "", "WEIGHTS = {", *lines, "}", ""])
    print(text)
    if args.write:
        args.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
