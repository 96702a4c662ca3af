"""How many drafted takeaways stand near a moment that the show's own people thought worth noting?

    python -m bench.draft_takeaways EPISODES.jsonl[.gz] QUERIES.jsonl [--half tune|confirm]

Share of nine drafts that start within 60 s of a time-coded note, beside nine sentences spread
evenly over the episode, with the 95 % interval of the difference over 2,000 bootstrap samples of
whole episodes. Episodes with fewer than five notes are left out. `alike` counts pairs of drafts of
one episode with a cosine of 0.8 or more, `most_alike` is the highest.
"""

import argparse
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.align_notes import iter_episodes, make_parser
from bench.measuring import get_embedder, print_figures, read_segments
from ingest.draft import Drafted, draft_takeaways
from ingest.sentences import split_sentences
from ingest.show_habits import learn_habits
from search.embedder import PassageEmbedder

DRAFTS = 9
FEWEST_NOTES = 5
WITHIN_S = 60
ALIKE = 0.8
SAMPLES = 2_000


def main() -> None:
    parser = make_parser(__doc__)
    parser.add_argument("--print", type=int, default=0, help="print drafts of so many episodes")
    parser.add_argument(
        "--habits", action="store_true", help="learn from the notes of the show's other episodes"
    )
    args = parser.parse_args()
    embedder = get_embedder(args.embedder, args.cache)
    drafted, even, cosines, counts = [], [], [], []
    noted = list_noted(args, "all") if args.habits else []
    for episode, rows in iter_episodes(args):
        if len(rows) < FEWEST_NOTES:
            continue
        times = np.array([row["start"] for row in rows])
        segments = read_segments(episode["segments"])
        habits = learn_habits([row[2:] for row in noted if is_other(row, episode)])
        drafts = draft_takeaways(segments, embedder, DRAFTS, title=episode["title"], habits=habits)
        starts = [one.start_ms for one in split_sentences(segments)]
        spread = [starts[int(len(starts) * (at + 0.5) / DRAFTS)] for at in range(DRAFTS)]
        drafted.append(share_near([one.start_ms for one in drafts], times))
        even.append(share_near(spread, times))
        cosines += pair_cosines(drafts, embedder)
        counts.append(len(drafts))
        if len(counts) <= args.print:
            print(episode["title"], *map(tell, drafts), sep="\n  ")
    alike = np.array(cosines or [0.0])
    print_figures(
        {
            "episodes": len(even),
            "fewest_drafts": min(counts),
            **compare(np.array(drafted), np.array(even)),
            "alike": int((alike >= ALIKE).sum()),
            "most_alike": round(float(alike.max()), 3),
        }
    )


Noted = tuple[str, str, list[int], int]


def list_noted(args: argparse.Namespace, half: str) -> list[Noted]:
    """Return show, id, moments of the notes and length of all episodes of a half, or of ``all``."""
    every = argparse.Namespace(**{**vars(args), "half": half})
    return [
        (
            episode["podcast"],
            episode["episode_id"],
            [round(row["start"] * 1000) for row in rows],
            round(episode["duration"] * 1000),
        )
        for episode, rows in iter_episodes(every)
    ]


def is_other(row: Noted, episode: dict[str, Any]) -> bool:
    return row[0] == episode["podcast"] and row[1] != episode["episode_id"]


def share_near(places_ms: list[int], times_s: NDArray[np.float64]) -> float:
    near = [np.abs(times_s - place / 1000).min() <= WITHIN_S for place in places_ms]
    return float(np.mean(near)) if near else 0.0


def compare(drafted: NDArray[np.float64], even: NDArray[np.float64]) -> dict[str, Any]:
    gains = drafted - even
    picks = np.random.default_rng(0).integers(0, len(gains), (SAMPLES, len(gains)))
    low, high = np.percentile(gains[picks].mean(axis=1), [2.5, 97.5])
    return {
        "drafted": round(float(drafted.mean()), 4),
        "even": round(float(even.mean()), 4),
        "difference": [round(float(one), 4) for one in (gains.mean(), low, high)],
    }


def pair_cosines(drafts: tuple[Drafted, ...], embedder: PassageEmbedder | None) -> list[float]:
    if embedder is None:
        return []
    vectors = embedder.embed_passages([one.sentence for one in drafts])
    return [float(one) for one in (vectors @ vectors.T)[np.triu_indices(len(drafts), 1)]]


def tell(draft: Drafted) -> str:
    return f"{draft.start_ms // 1000} {draft.text}  [{draft.reason}]"


if __name__ == "__main__":
    main()
