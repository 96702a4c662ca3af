"""How long a command takes that asks one question: process started, model read, answered, ended.

    python -m bench.cold_start HOME ["a question"] [--rounds 7]

By meaning and words, and by words alone, turn by turn; seconds by the clock, of whole processes.
"""

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

from bench.measuring import print_figures

MODES = ("hybrid", "keyword")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("question", nargs="?", default="who should talk to the client?")
    parser.add_argument("--rounds", type=int, default=7)
    args = parser.parse_args()
    measure(args.home, args.question, 1)
    print_figures(measure(args.home, args.question, args.rounds))


def measure(home: Path, question: str, rounds: int) -> dict[str, float]:
    """Return median and slowest of each mode in seconds."""
    took: dict[str, list[float]] = {mode: [] for mode in MODES}
    for _ in range(rounds):
        for mode in MODES:
            command = [sys.executable, "-m", "web.cli", "--home", str(home), "search"]
            began = time.perf_counter()
            subprocess.run([*command, "--mode", mode, question], check=True, capture_output=True)
            took[mode].append(time.perf_counter() - began)
    return {
        f"{mode}_{name}_s": round(of(took[mode]), 2)
        for mode in MODES
        for name, of in (("median", statistics.median), ("slowest", max))
    }


if __name__ == "__main__":
    main()
