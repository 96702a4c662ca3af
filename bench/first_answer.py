"""How long the site needs from its start to its first answers.

    python -m bench.first_answer HOME ["a question"] [--rounds 5]

Seconds by the clock since the process was started: until a page can be had, until a search is
answered at all, and until it is answered by words and meaning. What is asked first is asked the
moment the site listens, and asked again until meaning counts.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import quote

from bench.load import find_port
from bench.measuring import print_figures

LONGEST_S = 120
PAUSE_S = 0.02


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("question", nargs="?", default="who should talk to the client?")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    measure(args.home, args.question)
    rounds = [measure(args.home, args.question) for _ in range(args.rounds)]
    print_figures(
        {
            f"{name}_{word}_s": round(of(one[name] for one in rounds), 2)
            for name in rounds[0]
            for word, of in (("median", statistics.median), ("slowest", max))
        }
    )


def measure(home: Path, question: str) -> dict[str, float]:
    """Start the site, and return in seconds when what was answered first."""
    port = find_port()
    command = [sys.executable, "-m", "web.cli", "--home", str(home), "serve", "--no-work"]
    began = time.perf_counter()
    server = subprocess.Popen([*command, "--port", str(port)], stderr=subprocess.DEVNULL)
    try:
        return _ask_on(f"http://127.0.0.1:{port}", question, began)
    finally:
        server.terminate()
        server.wait()


def _ask_on(site: str, question: str, began: float) -> dict[str, float]:
    address = f"{site}/api/v1/search?q={quote(question)}"
    _get(f"{site}/healthz", began)
    figures = {"page": time.perf_counter() - began}
    while True:
        answer = json.loads(_get(address, began))
        figures.setdefault("answer", time.perf_counter() - began)
        if answer["provisional"] is None:
            return figures | {"meaning": time.perf_counter() - began}
        time.sleep(PAUSE_S)


def _get(address: str, began: float) -> bytes:
    while True:
        try:
            with urllib.request.urlopen(address, timeout=LONGEST_S) as answer:
                found: bytes = answer.read()
                return found
        except OSError:
            if time.perf_counter() - began > LONGEST_S:
                raise
            time.sleep(PAUSE_S)


if __name__ == "__main__":
    main()
