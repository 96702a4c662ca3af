"""Which way is better for takeaways without a time: checking them, aligning them, or the rule?

    python -m bench.place_untimed EPISODES.jsonl[.gz] QUERIES.jsonl [--half tune|confirm]

Notes that shows timed are handed over without their times (EPISODES and QUERIES as in
bench/align_notes.py), shuffled among four notes of another episode of the show, which nobody
speaks of here. Told are the share that gets a time, the share of those within 30 seconds of the
author's, and the share of strangers that get one.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence

from bench.align_notes import iter_episodes, make_parser
from bench.measuring import get_embedder, print_figures, read_segments
from corpus.records import ParsedTakeaway, Segment
from ingest.align import align_notes
from ingest.check import check_takeaways
from ingest.placing import SURE, place_takeaways
from search.embedder import PassageEmbedder

_STRANGERS = 4


def main() -> None:
    args = make_parser(__doc__).parse_args()
    embedder = get_embedder(args.embedder, args.cache)
    episodes = [(episode, rows) for episode, rows in iter_episodes(args) if rows]
    told: dict[str, list[tuple[float | None, int | None]]] = defaultdict(list)
    for episode, rows in episodes:
        rng = random.Random(episode["episode_id"])
        same = [r for e, r in episodes if e["podcast"] == episode["podcast"] and e is not episode]
        strangers = rng.choice(same)[:_STRANGERS] if same else []
        true_s = {row["query"]: row["start"] for row in rows}
        texts = list({row["query"]: None for row in [*rows, *strangers]})
        rng.shuffle(texts)
        segments = read_segments(episode["segments"])
        for way, places in place(texts, segments, embedder, round(episode["duration"] * 1000)):
            told[way] += [(true_s.get(text), at) for text, at in zip(texts, places, strict=True)]
    for way, pairs in told.items():
        print_figures({"way": way, **figures_of(pairs)})


def place(
    texts: Sequence[str],
    segments: Sequence[Segment],
    embedder: PassageEmbedder | None,
    duration_ms: int,
) -> Iterator[tuple[str, list[int | None]]]:
    claims = [ParsedTakeaway(text=text) for text in texts]
    checked = check_takeaways(claims, segments, embedder, duration_ms=duration_ms)
    yield "checked", [one.found_ms for one in checked]
    aligned = align_notes(texts, segments, embedder, duration_ms=duration_ms)
    yield "aligned", [one.start_ms for one in aligned]
    yield (
        "aligned where sure",
        [one.start_ms if one.confidence >= SURE else None for one in aligned],
    )
    placed = place_takeaways(claims, segments, embedder, duration_ms=duration_ms)
    yield "rule", [one.found_ms for one in placed]


def figures_of(pairs: list[tuple[float | None, int | None]]) -> dict[str, float]:
    noted = [(true_s, at) for true_s, at in pairs if true_s is not None]
    timed = [(true_s, at) for true_s, at in noted if at is not None]
    right = sum(abs(at / 1000 - true_s) <= 30 for true_s, at in timed)
    strangers = [at for true_s, at in pairs if true_s is None]
    return {
        "notes": len(noted),
        "timed": round(len(timed) / max(1, len(noted)), 3),
        "right_of_timed": round(right / max(1, len(timed)), 3),
        "right_of_all": round(right / max(1, len(noted)), 3),
        "strangers": len(strangers),
        "strangers_timed": round(
            sum(at is not None for at in strangers) / max(1, len(strangers)), 3
        ),
    }


if __name__ == "__main__":
    main()
