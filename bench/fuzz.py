"""Feeds broken input to one parser: only FormatError may come out, in time and in little memory.

::

    python -m bench.fuzz PARSER [--inputs 200000] [--seconds S] [--plain | --large | --dense]

Where `atheris <https://github.com/google/atheris>`_ is installed (``pip install --group fuzz``), it
steers by what code each input reaches; without it, or with ``--plain``, seeds are mutated blindly.
With ``--large`` each seed is only tried repeated to the length of a megabyte; with ``--dense``
the megabytes of ``bench.fuzz_dense`` are, each in a process of its own.
Seeds are the files of ``bench/fuzz_seeds/PARSER/``. An input that breaks a rule is written to the
folder that ``--kept`` names and the run ends with 1. The time allowed is 2 seconds for a megabyte,
and a second for anything; memory is 300 MB over what the process had at its start.
"""

import argparse
import json
import os
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from bench.fuzz_dense import LARGEST, iter_dense
from corpus.errors import FormatError

SEEDS = Path(__file__).parent / "fuzz_seeds"
LEAST_S = 1.0
PER_MB_S = 2.0
MEMORY_MB = 300
LONGEST_S = 20.0
TOKENS = (
    b"<", b">", b"</", b"&amp;", b"&#0;", b"&#x110000;", b"<![CDATA[", b"]]>", b"<!--", b"-->",
    b"[", b"]", b"{", b"}", b"\\u0000", b"\\ud800", b"null", b"-1", b"1e999", b"NaN", b"00:00",
    b"(1:02:03)", b"99:99:99.999", b" --> ", b"\n\n", b"\r\n", b"\r", b"\x00", b"\xff\xfe",
    b"\xef\xbb\xbf", b"\x1f\x8b", b"=?utf-8?q?=", b"=\r\n", b"From ", b"--x\n", b"http://[",
    b"Content-Type: multipart/mixed; boundary=x\n", b"https://a.example/?t=1h2m3s", b"**", b"## ",
    b"\xe2\x80\xa8", b"\xd9\xa1", b"\xc2\xb2", b"- ", b"| ", b"\t", b"9" * 40, b"after:", b"OR",
    b"encoding='utf-16'", b"-",
)  # fmt: skip
"""What the formats are made of, so that blind mutation meets more than white noise."""


def _transcript(data: bytes) -> object:
    from corpus.formats.transcripts import parse_transcript

    return parse_transcript(data)


def _feed(data: bytes) -> object:
    from ingest.feeds import parse_feed

    return parse_feed(data, "https://a.example/feed.xml")


def _newsletters(data: bytes) -> object:
    from ingest.newsletters import parse_newsletters

    return parse_newsletters(data)


def _takeaways_in_text(data: bytes) -> object:
    from ingest.newsletter.text import read_plain_text
    from ingest.takeaways import find_takeaways

    return find_takeaways(read_plain_text(_text(data)))


def _takeaways_in_markdown(data: bytes) -> object:
    from ingest.newsletter.text import read_markdown
    from ingest.takeaways import find_takeaways

    return find_takeaways(read_markdown(_text(data)))


def _opml(data: bytes) -> object:
    from corpus.formats.opml import parse_opml

    return parse_opml(data)


def _chapters(data: bytes) -> object:
    from corpus.formats.chapters import parse_chapters_json

    return parse_chapters_json(data)


def _interchange(data: bytes) -> object:
    from corpus.formats.interchange import iter_interchange

    return list(iter_interchange(data))


def _query(data: bytes) -> object:
    from search.query import parse_query

    return parse_query(_text(data))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


PARSERS: dict[str, Callable[[bytes], object]] = {
    "transcript": _transcript,
    "feed": _feed,
    "newsletters": _newsletters,
    "takeaways-text": _takeaways_in_text,
    "takeaways-markdown": _takeaways_in_markdown,
    "opml": _opml,
    "chapters": _chapters,
    "interchange": _interchange,
    "query": _query,
}

REFUSE_NOTHING = frozenset({"takeaways-text", "takeaways-markdown", "interchange", "query"})
"""They find what there is, or say beside it what they could not read."""


class Watch:
    """Runs a parser on inputs and ends the process at the first that breaks a rule."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.name = args.parser
        self._told = ""
        self._parse = PARSERS[args.parser]
        self._kept = args.kept
        self._inputs = args.inputs
        self._seconds = args.seconds
        self._started = time.monotonic()
        self._memory_mb = 0
        self.run = self.refused = 0
        self._slowest_s = 0.0

    def warm(self, seeds: list[bytes]) -> None:
        """Let everything be imported that the seeds need, off the clock."""
        for seed in seeds:
            with suppress(FormatError):
                self._parse(seed)

    def try_input(self, data: bytes) -> None:
        """Parse one input; end with what happened where it breaks a rule or all are done."""
        began = time.monotonic(), time.process_time()
        try:
            self._parse(data)
        except FormatError as error:
            if self.name in REFUSE_NOTHING:
                self._end(1, f"refused: {error}", data)
            self.refused += 1
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            self._end(1, f"{type(error).__name__}: {error}", data)
        # Whichever is less: other processes take from the clock, and other threads from our time.
        took_s = min(time.monotonic() - began[0], time.process_time() - began[1])
        self.run += 1
        self._slowest_s = max(self._slowest_s, took_s)
        if took_s > max(LEAST_S, PER_MB_S * len(data) / LARGEST):
            self._end(1, f"took {took_s:.1f} s for {len(data)} bytes", data)
        grown_mb = self._grown_mb()
        if grown_mb > MEMORY_MB:
            self._end(1, f"memory grew by {grown_mb} MB", data)
        if self.is_done():
            self.finish()

    def measure_alone(self, name: str, data: bytes) -> None:
        """Parse one input in this process, say what that took, and end it."""
        signal.setitimer(signal.ITIMER_PROF, LONGEST_S)
        self._memory_mb, self._told = self._peak_mb(), name
        self.try_input(data)
        self._end(0, name, None)

    def finish(self) -> None:
        """End with nothing broken."""
        self._end(0, "nothing broken", None)

    def is_done(self) -> bool:
        late = self._seconds and time.monotonic() - self._started > self._seconds
        return bool(late) or self.run >= self._inputs

    def _grown_mb(self) -> int:
        peak_mb = self._peak_mb()
        self._memory_mb = self._memory_mb or peak_mb  # after the first input, when all is loaded
        return peak_mb - self._memory_mb

    def _peak_mb(self) -> int:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

    def _end(self, status: int, told: str, data: bytes | None) -> None:
        figures: dict[str, Any] = {
            "parser": self.name,
            "inputs": self.run,
            "refused": self.refused,
            "slowest_s": round(self._slowest_s, 3),
            "grown_mb": self._grown_mb(),
            "seconds": round(time.monotonic() - self._started, 1),
            "told": told,
        }
        if data is not None:
            self._kept.mkdir(parents=True, exist_ok=True)
            path = self._kept / f"{self.name}-{self._told or self.run}"
            path.write_bytes(data)
            figures["kept"] = str(path)
            traceback.print_exc()
        print(json.dumps(figures), flush=True)
        os._exit(status)  # atheris lets nothing else end it


def main() -> None:
    args = _parse_arguments()
    watch = Watch(args)
    seeds = [path.read_bytes() for path in sorted((SEEDS / args.parser).iterdir())]
    if args.large:
        _run_large(watch, seeds)
    if args.dense:
        _run_dense(watch, seeds)
    atheris = None if args.plain else _find_atheris()
    if atheris is not None:
        _run_atheris(atheris, watch, seeds, args)
    _run_plain(watch, seeds, random.Random(args.random))


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parser", choices=PARSERS)
    parser.add_argument("--inputs", type=int, default=200_000)
    parser.add_argument("--seconds", type=float, default=0, help="end then, however many were run")
    parser.add_argument("--plain", action="store_true", help="mutate blindly, without atheris")
    parser.add_argument("--large", action="store_true", help="try the seeds as long as a megabyte")
    parser.add_argument("--dense", action="store_true", help="try the most hostile megabytes")
    parser.add_argument("--random", type=int, default=1, help="another number, other mutations")
    parser.add_argument("--kept", type=Path, default=Path("fuzz-kept"))
    return parser.parse_args()


def _run_large(watch: Watch, seeds: list[bytes]) -> None:
    """Try each seed again and again up to a megabyte: what is quadratic shows there."""
    watch.warm(seeds)
    for seed in seeds:
        watch.try_input((seed * (LARGEST // max(1, len(seed)) + 1))[:LARGEST])
    watch.finish()


def _run_dense(watch: Watch, seeds: list[bytes]) -> None:
    """Try the densest megabytes; a child for each, because memory is counted by its peak."""
    watch.warm(seeds)
    broken = 0
    for name, data in iter_dense(watch.name):
        child = os.fork()
        if child == 0:
            watch.measure_alone(name, data)
        _, ended = os.waitpid(child, 0)
        broken += ended != 0
        if os.WIFSIGNALED(ended):
            print(json.dumps({"parser": watch.name, "told": f"{name}: over {LONGEST_S} s"}))
    print(json.dumps({"parser": watch.name, "broken": broken}), flush=True)
    sys.exit(bool(broken))


def _find_atheris() -> Any:
    try:
        import atheris
    except ImportError:
        return None
    return atheris


def _run_atheris(atheris: Any, watch: Watch, seeds: list[bytes], args: argparse.Namespace) -> None:
    """Let atheris choose the inputs by the code that they reach."""
    with atheris.instrument_imports(include=["corpus", "search", "ingest"]):
        watch.warm(seeds)
    with tempfile.TemporaryDirectory() as grown:
        told = [sys.argv[0], grown, str(SEEDS / args.parser), "-max_len=4096", "-rss_limit_mb=0"]
        told += [f"-seed={args.random}", "-verbosity=0", "-detect_leaks=0"]
        atheris.Setup(told, watch.try_input)
        atheris.Fuzz()


def _run_plain(watch: Watch, seeds: list[bytes], chance: random.Random) -> None:
    watch.warm(seeds)
    while True:
        watch.try_input(mutate(chance.choice(seeds), seeds, chance))


def mutate(data: bytes, seeds: list[bytes], chance: random.Random) -> bytes:
    """Return ``data`` with one to eight changes: bytes, pieces, tokens, parts of other seeds."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at = chance.randint(0, len(changed))
        end = min(len(changed), at + chance.choice((1, 1, 4, 40)))
        kind = chance.randrange(6)
        if kind == 0:
            changed[at:end] = bytes(chance.randrange(256) for _ in range(end - at))
        elif kind == 1:
            del changed[at:end]
        elif kind == 2:
            changed[at:at] = chance.choice(TOKENS) * chance.choice((1, 1, 1, 200))
        elif kind == 3:
            changed[at:at] = changed[at:end] * chance.choice((1, 2, 50))
        elif kind == 4:
            other = chance.choice(seeds)
            start = chance.randint(0, len(other))
            changed[at:at] = other[start : start + chance.choice((4, 40, 400))]
        else:
            changed[at:end] = chance.choice(TOKENS)
    return bytes(changed[:LARGEST])


if __name__ == "__main__":
    main()
