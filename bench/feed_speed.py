"""Measures how fast a long feed with publisher's transcripts is had, stored and found by words.

::

    python -m bench.feed_speed [--episodes 1000] [--cues 900] [--embedder none|fake] [--profile P]

A server on this machine gives a feed of one-hour episodes, each with a WebVTT transcript made here.
Earmark follows it as it follows any feed: through the door, into the catalogue, by the worker's own
steps. One line of JSON is printed at each quarter, and one at the end, when the last episode has
been found by a word that only it has. ``total_per_s`` counts from the request for the feed until
then; ``cpu_s`` is this process's own time, whatever else the machine does, from its start, with the
making of the feed; memory is in megabytes and does not count the server, a process of its own.
"""

import argparse
import cProfile
import itertools
import json
import multiprocessing
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from corpus.catalogue import open_catalogue, passages
from corpus.holdings import Job
from corpus.homes import Home, now_ms
from corpus.settings import Settings
from ingest.adding import iter_added
from ingest.chunker import CHUNKER_VERSION
from ingest.door import HttpDoor
from ingest.index_steps import StoreIndexer
from ingest.worker import run_until_idle
from ingest.workshop import Workshop
from search.catalogue_source import CatalogueSource
from search.embedder import Embedder
from search.engine import EmbeddedEngine
from search.hits import SearchRequest
from search.index_reader import IndexReader
from search.index_store import IndexStore
from search.manifest import Fingerprint
from tests.fake_embedder import FakeEmbedder
from tests.fake_transcriber import FakeTranscriber

HOUR_S = 3600
WORDS = 10_000  # different ones; about as many as an hour of talk has in all


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing of it; connections stay open, as on a real host."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        del format, args


def main() -> None:
    args = _parse_arguments()
    with tempfile.TemporaryDirectory() as folder:
        pages, home = Path(folder, "pages"), Home(Path(folder, "home"))
        with _serve(pages) as root:
            _make_feed(pages, root, args)
            profiler = cProfile.Profile() if args.profile else None
            if profiler:
                profiler.enable()
            _follow(f"{root}/feed.xml", home, args)
            if profiler:
                profiler.disable()
                profiler.dump_stats(args.profile)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--episodes", type=int, default=1000)
    parser.add_argument("--cues", type=int, default=900, help="of an hour")
    parser.add_argument("--embedder", choices=("none", "fake"), default="none")
    parser.add_argument("--profile", type=Path, help="write what cProfile saw to this file")
    return parser.parse_args()


def _make_feed(pages: Path, root: str, args: argparse.Namespace) -> None:
    pages.mkdir(exist_ok=True)
    chance = random.Random(7)
    words = ["".join(chance.choices("aeioubdfgklmnprstv", k=n % 7 + 3)) for n in range(WORDS)]
    weights = list(itertools.accumulate(1 / rank for rank in range(1, WORDS + 1)))
    items = []
    for number in range(args.episodes):
        said = iter(chance.choices(words, cum_weights=weights, k=args.cues * 10))
        (pages / f"{number}.vtt").write_text(_make_transcript(said, number, args.cues))
        items.append(_make_item(root, number))
    head = '<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0"'
    head += ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel>'
    text = f"{head}<title>Long Show</title>{''.join(items)}</channel></rss>"
    (pages / "feed.xml").write_text(text)


def _make_item(root: str, number: int) -> str:
    return (
        f"<item><title>Episode {number}</title><guid>long-show-{number}</guid>"
        f"<description>What is said in episode {number}.</description>"
        f'<enclosure url="{root}/{number}.mp3" type="audio/mpeg" length="57600000"/>'
        f"<itunes:duration>{HOUR_S}</itunes:duration>"
        f'<podcast:transcript url="{root}/{number}.vtt" type="text/vtt"/></item>'
    )


def _make_transcript(said: Iterator[str], number: int, cues: int) -> str:
    lines = ["WEBVTT\n"]
    for cue in range(cues):
        text = " ".join(itertools.islice(said, 10))
        if cue == cues - 1:
            text += f" {_own_word(number)}"
        text = f"{text.capitalize()}." if cue % 2 else text
        start, end = (_clock(HOUR_S * 1000 * at // cues) for at in (cue, cue + 1))
        lines.append(f"{start} --> {end}\n<v Speaker {cue // 12 % 2 + 1}>{text}\n")
    return "\n".join(lines)


def _own_word(number: int) -> str:
    return f"zx{number}q"


def _clock(ms: int) -> str:
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms:03}"


@contextmanager
def _serve(pages: Path) -> Iterator[str]:
    pages.mkdir()
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=_run_server, args=(pages, theirs), daemon=True)
    server.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        server.terminate()
        server.join()


def _run_server(pages: Path, pipe: Connection) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(pages)))
    pipe.send(server.server_address[1])
    server.serve_forever()


def _follow(url: str, home: Home, args: argparse.Namespace) -> None:
    embedder = FakeEmbedder() if args.embedder == "fake" else None
    shop = _make_shop(home, embedder)
    started = time.monotonic()
    (added,) = iter_added(shop, [url])
    if added.problem:
        raise SystemExit(added.problem)
    stored = 0

    def report(job: Job, progress: float | None, note: str) -> None:
        nonlocal stored
        del progress
        if note.startswith("failed"):
            raise SystemExit(f"{job.kind} {job.title} {note}")
        if job.kind == "publisher" and note == "done":
            stored += 1
            if stored % max(1, args.episodes // 4) == 0:
                _print(stored, "stored", time.monotonic() - started)

    run_until_idle(shop, report)
    _check_found(shop, embedder, args.episodes)
    _print(args.episodes, "findable", time.monotonic() - started)
    with shop.catalogue.read() as conn:
        held = passages.count_passages(conn)
    print(json.dumps({"passages": held, "catalogue_mb": _size_mb(home.path / "corpus.sqlite")}))


def _make_shop(home: Home, embedder: Embedder | None) -> Workshop:
    catalogue = open_catalogue(home.path)
    store = IndexStore(home.index, _fingerprint(embedder))
    source = CatalogueSource(catalogue)
    indexer = StoreIndexer(store, source, embedder, count_passages=lambda: 0)
    return Workshop(
        catalogue=catalogue,
        home=home,
        settings=Settings(new_episodes=0, allow_private_addresses=True, transcribe="never"),
        door=HttpDoor(allow_private=True),
        get_transcriber=FakeTranscriber,
        get_embedder=lambda: embedder,
        get_indexer=lambda: indexer,
        now_ms=now_ms,
    )


def _fingerprint(embedder: Embedder | None) -> Fingerprint:
    model, dimension = (embedder.model, embedder.dimension) if embedder else (None, 0)
    return Fingerprint(model=model, dimension=dimension, chunker=CHUNKER_VERSION)


def _check_found(shop: Workshop, embedder: Embedder | None, episodes: int) -> None:
    """End with an error unless each of some episodes is found by the word that only it has."""
    reader = IndexReader(shop.home.index, _fingerprint(embedder))
    engine = EmbeddedEngine(CatalogueSource(shop.catalogue), reader, embedder)
    for number in {0, episodes // 2, episodes - 1}:
        asked = SearchRequest(text=_own_word(number), k=3, mode="keyword")
        hits = engine.search(asked).hits
        if not hits or _own_word(number) not in hits[0].passage.text:
            raise SystemExit(f"episode {number} is not found by its own word")


def _print(episodes: int, what: str, took_s: float) -> None:
    figures = {
        "episodes": episodes,
        "now": what,
        "seconds": round(took_s, 2),
        "cpu_s": round(time.process_time(), 2),
        "total_per_s": round(episodes / took_s, 2),
        "memory_mb": _memory_mb(),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    print(json.dumps(figures), flush=True)


def _memory_mb() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 2**20


def _size_mb(path: Path) -> int:
    return path.stat().st_size // 2**20


if __name__ == "__main__":
    main()
