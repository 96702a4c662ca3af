"""How often is the verdict on a takeaway right, and how near is the second found?

    python -m bench.check_takeaways DATA [--transcripts FOLDER] [--embedder MODULE:CLASS]

DATA holds NAME.json (sentences of a recording with times in seconds) beside takeaways-NAME.json
(paraphrases with their true start, or null where they are never said). Kinds: a = stated right,
b = stated 14 to 120 s off, c = never said. FOLDER may hold another transcript, NAME.json too,
a list of segments with words.
"""

import argparse
import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.measuring import get_embedder, print_figures, read_segments
from corpus.records import ParsedTakeaway, Segment
from ingest.check import Checked, check_takeaways
from search.embedder import PassageEmbedder

WANTED = {"a": "confirmed", "b": "moved", "c": "not found"}


@dataclass(frozen=True)
class Stated:
    text: str
    kind: str
    true_ms: int | None
    stated_ms: int


def state_times(
    takeaways: list[dict[str, Any]], duration_s: float, swap: int, rng: random.Random
) -> list[Stated]:
    out, told = [], 0
    for row in takeaways:
        true_ms = row["true_ms"]
        if true_ms is None:
            stated_ms = rng.randrange(10, int(duration_s)) * 1000
            out.append(Stated(row["text"], "c", None, stated_ms))
            continue
        kind, shift = "ba"[(told + swap) % 2 == 0], 0
        told += 1
        if kind == "b":
            shift = rng.choice((-1, 1)) * rng.randint(14, 120) * 1000
            if not 0 <= true_ms + shift < duration_s * 1000:
                shift = -shift
        out.append(Stated(row["text"], kind, true_ms, (true_ms + shift) // 1000 * 1000))
    rng.shuffle(out)
    return out


def figures_of(rows: list[tuple[Stated, Checked]]) -> dict[str, Any]:
    def share(kind: str) -> float:
        right = [WANTED[kind] == checked.verdict for stated, checked in rows if stated.kind == kind]
        return round(float(np.mean(right)), 4)

    errors = [
        abs(checked.found_ms - stated.true_ms) / 1000
        for stated, checked in rows
        if checked.found_ms is not None and stated.true_ms is not None
    ]
    told = sum(stated.true_ms is not None for stated, _ in rows)
    return {
        **{f"verdict_{kind}": share(kind) for kind in "abc"},
        "found_share": round(len(errors) / told, 4),
        "found_median_s": round(float(np.median(errors)), 2),
        "found_p90_s": round(float(np.percentile(errors, 90)), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--transcripts", type=Path, help="other transcripts of the recordings")
    parser.add_argument("--embedder", default="search.openvino_embedder:OpenvinoEmbedder")
    parser.add_argument("--cache", type=Path, help="file that keeps vectors between runs")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--failures", type=int, default=0)
    args = parser.parse_args()
    embedder = get_embedder(args.embedder, args.cache)
    rows: list[tuple[Stated, Checked]] = []
    for side in sorted(args.data.glob("takeaways-*.json")):
        name = side.stem.removeprefix("takeaways-")
        plan, reference = (
            json.loads(side.read_text()),
            json.loads((side.parent / f"{name}.json").read_text()),
        )
        said = reference["sentences"]
        if args.transcripts:
            said = json.loads((args.transcripts / f"{name}.json").read_text())
        segments = read_segments(said)
        for seed in range(args.seeds):
            for swap in (0, 1):
                rng = random.Random(f"{seed}-{name}-{swap}")
                stated = state_times(plan["takeaways"], reference["duration"], swap, rng)
                rows += run_round(stated, segments, embedder, reference["duration"])
    wrong = [(s, c) for s, c in rows if WANTED[s.kind] != c.verdict]
    for s, c in wrong[: args.failures]:
        print(s.kind, c.verdict, c.confidence, s.text[:80], "|", (c.sentence or "")[:80])
    print_figures({"takeaways": len(rows), **figures_of(rows)})


def run_round(
    stated: list[Stated],
    segments: tuple[Segment, ...],
    embedder: PassageEmbedder | None,
    duration_s: float,
) -> list[tuple[Stated, Checked]]:
    claims = [ParsedTakeaway(text=row.text, start_ms=row.stated_ms) for row in stated]
    checked = check_takeaways(claims, segments, embedder, duration_ms=round(duration_s * 1000))
    return list(zip(stated, checked, strict=True))


if __name__ == "__main__":
    main()
