"""How many drafted takeaways stand near a moment that the show's own people thought worth noting?

    python -m bench.draft_takeaways EPISODES.jsonl[.gz] QUERIES.jsonl [--half 0|1]

Share of nine drafts that start within 60 s of a time-coded note, beside nine sentences spread
evenly over the episode. Episodes with fewer than five notes are left out.
"""

import argparse
from collections import defaultdict
from pathlib import Path

import numpy as np

from bench.align_notes import KINDS, iter_lines
from bench.measuring import get_embedder, print_figures, read_segments
from ingest.draft import draft_takeaways
from ingest.sentences import split_sentences

DRAFTS = 9


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("episodes", type=Path)
    parser.add_argument("queries", type=Path)
    parser.add_argument("--half", type=int, choices=(0, 1))
    parser.add_argument("--embedder", default="search.openvino_embedder:OpenvinoEmbedder")
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--print", type=int, default=0, help="print drafts of so many episodes")
    args = parser.parse_args()
    embedder = get_embedder(args.embedder, args.cache)
    noted: dict[str, list[float]] = defaultdict(list)
    for row in iter_lines(args.queries):
        if row["kind"] in KINDS:
            noted[row["episode_id"]].append(row["start"])
    shares: dict[str, list[float]] = defaultdict(list)
    step = slice(args.half, None, 2) if args.half is not None else slice(None)
    for number, episode in enumerate(list(iter_lines(args.episodes))[step]):
        times = np.array(noted[episode["episode_id"]])
        if len(times) < 5:
            continue
        segments = read_segments(episode["segments"])
        drafts = draft_takeaways(segments, embedder, DRAFTS)
        starts = [one.start_ms for one in split_sentences(segments)]
        even = [starts[int(len(starts) * (at + 0.5) / DRAFTS)] for at in range(DRAFTS)]
        for way, places in (("drafted", [one.start_ms for one in drafts]), ("even", even)):
            near = [np.abs(times - place / 1000).min() <= 60 for place in places]
            shares[way].append(float(np.mean(near)))
        if number < args.print:
            print(episode["title"], *(f"\n  {d.start_ms // 1000} {d.text}" for d in drafts))
    means = {way: round(float(np.mean(values)), 4) for way, values in shares.items()}
    print_figures({"episodes": len(shares["even"]), **means})


if __name__ == "__main__":
    main()
