"""Measures how fast a long feed with publisher's transcripts is had, stored, found and embedded.

::

    python -m bench.feed_speed [--episodes 1000] [--cues 900] [--embedder none|fake|real]

A server on this machine gives a feed of one-hour episodes, each with a WebVTT transcript made here.
Earmark follows it as it follows any feed: through the door, into the catalogue, by the worker's own
steps. A line of JSON tells each quarter of the storing and of the embedding, and the last line all:

``stored_per_s``, ``findable_per_s``
    Episodes, from the request for the feed until the last one is stored, and until it is found by a
    word that only it has, which is asked before the first vector is made.
``cpu_ms_per_episode``
    This process's own time until then, whatever else the machine does; without that of the second
    worker, which stores half of the episodes.
``embed_share``
    Passages embedded a second, with all that is done around it, in parts of what the embedder does
    alone, in one call, with some of the same texts.
``around_cpu_ms``
    This process's own time for what is done around the embedder for one passage.
``stored_mb``, ``embedded_mb``
    Memory at each quarter, without files that are only mapped. The server, a process of its own,
    does not count.
``peak_mb``
    The most that was ever resident, mapped files of the index with it.
"""

import argparse
import itertools
import json
import multiprocessing
import os
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.catalogue import open_catalogue, passages, transcripts
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
from search.embedder import Embedder, Vectors
from search.engine import EmbeddedEngine
from search.hits import SearchRequest
from search.index_reader import IndexReader
from search.index_store import IndexStore
from search.manifest import Fingerprint
from search.openvino_embedder import OpenvinoEmbedder
from search.said_words import SaidWords
from tests.fake_embedder import FakeEmbedder
from tests.fake_transcriber import FakeTranscriber
from web.companions import accompanied

HOUR_S = 3600
SAMPLE = 1_000  # texts that are embedded alone
WORDS = 10_000  # different ones; about as many as an hour of talk has in all


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing of it; connections stay open, as on a real host."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        del format, args


class Watched:
    """Embeds, and tells when the first text came, how long it all took, and the memory used."""

    def __init__(self, inner: Embedder, on_first: Callable[[], int]) -> None:
        """Ask ``on_first`` before the first text; it returns how many will come at most."""
        self._inner, self._on_first = inner, on_first
        self.model, self.dimension = inner.model, inner.dimension
        self.started: float | None = None
        self._cpu_started = self._inside_cpu_s = 0.0
        self.texts: list[str] = []
        self.memory_mb: list[int] = []
        self.done = self._expected = 0

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return self.read_passages(texts)[0]

    def read_passages(self, texts: Sequence[str]) -> tuple[Vectors, list[SaidWords]]:
        if self.started is None:
            self._expected = self._on_first()
            self._inner.read_passages(texts[:1])  # loads the weights, which is no embedding
            self.started, self._cpu_started = time.monotonic(), time.process_time()
        asked = time.process_time()
        made = self._inner.read_passages(texts)
        self._inside_cpu_s += time.process_time() - asked
        self.texts += texts[:: max(1, self._expected // SAMPLE)]
        self.done += len(texts)
        while 4 * self.done >= (len(self.memory_mb) + 1) * self._expected:
            self.memory_mb.append(_memory_mb())
            _print({"embedded": self.done, "memory_mb": self.memory_mb[-1]})
        return made

    def read_query(self, text: str) -> tuple[NDArray[np.float32], SaidWords]:
        return self._inner.read_query(text)

    def figures(self) -> dict[str, Any]:
        """Return how it went, up to now; embeds some of the texts again, alone."""
        if self.started is None:
            return {}
        took_s = time.monotonic() - self.started
        around_s = time.process_time() - self._cpu_started - self._inside_cpu_s
        asked = time.monotonic()
        self._inner.read_passages(self.texts)
        alone_per_s = len(self.texts) / (time.monotonic() - asked)
        return {
            "embedded_per_s": round(self.done / took_s, 1),
            "embed_share": round(self.done / took_s / alone_per_s, 3),
            "around_cpu_ms": round(around_s / self.done * 1000, 3),
            "embedded_mb": self.memory_mb,
        }


@dataclass
class Clock:
    """How long it took, and how much of this process's time, since it was made."""

    started: float = field(default_factory=time.monotonic)
    cpu_started: float = field(default_factory=time.process_time)

    def per_s(self, episodes: int) -> float:
        return round(episodes / (time.monotonic() - self.started), 2)

    def cpu_ms(self, episodes: int) -> float:
        return round((time.process_time() - self.cpu_started) * 1000 / episodes, 1)


def main() -> None:
    args = _parse_arguments()
    # The second worker, a process of its own, is told like any other.
    os.environ |= {"EARMARK_ALLOW_PRIVATE_ADDRESSES": "true", "EARMARK_TRANSCRIBE": "never"}
    _print(measure(args.episodes, args.cues, args.embedder))


def measure(episodes: int, cues: int, embedder: str) -> dict[str, Any]:
    """Return the figures of a run; end with an error where an episode is not found."""
    with tempfile.TemporaryDirectory() as folder:
        pages, home = Path(folder, "pages"), Home(Path(folder, "home"))
        with _serve(pages) as root:
            _make_feed(pages, root, episodes, cues)
            return _follow(f"{root}/feed.xml", home, episodes, embedder)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--episodes", type=int, default=1000)
    parser.add_argument("--cues", type=int, default=900, help="of an hour")
    parser.add_argument("--embedder", choices=("none", "fake", "real"), default="none")
    return parser.parse_args()


def _make_feed(pages: Path, root: str, episodes: int, cues: int) -> None:
    pages.mkdir(exist_ok=True)
    chance = random.Random(7)
    words = ["".join(chance.choices("aeioubdfgklmnprstv", k=n % 7 + 3)) for n in range(WORDS)]
    weights = list(itertools.accumulate(1 / rank for rank in range(1, WORDS + 1)))
    items = []
    for number in range(episodes):
        said = iter(chance.choices(words, cum_weights=weights, k=cues * 10))
        (pages / f"{number}.vtt").write_text(_make_transcript(said, number, cues))
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


def _follow(url: str, home: Home, episodes: int, embedder: str) -> dict[str, Any]:
    figures: dict[str, Any] = {"episodes": episodes, "stored_mb": []}

    def on_words() -> int:
        _check_found(shop, watched, episodes)
        figures["findable_per_s"] = clock.per_s(episodes)
        figures["cpu_ms_per_episode"] = clock.cpu_ms(episodes)
        with shop.catalogue.read() as conn:
            return passages.count_passages(conn)

    def on_note(job: Job, note: str) -> None:
        if note.startswith("failed"):
            raise SystemExit(f"{job.kind} {job.title} {note}")
        # What the second worker stored last is counted when this one turns to the index.
        if job.kind == "index" or (job.kind, note) == ("publisher", "done"):
            _note_stored(shop, clock, figures)

    watched = Watched(_get_embedder(embedder), on_words) if embedder != "none" else None
    shop = _make_shop(home, watched)
    clock = Clock()
    (added,) = iter_added(shop, [url])
    if added.problem:
        raise SystemExit(added.problem)
    with accompanied(shop):
        run_until_idle(shop, lambda job, _, note: on_note(job, note))
    if watched:
        figures |= watched.figures()
    else:
        on_words()
    shop.catalogue.close()
    catalogue_mb = (home.path / "corpus.sqlite").stat().st_size // 2**20
    return figures | {"peak_mb": _peak_mb(), "catalogue_mb": catalogue_mb}


def _note_stored(shop: Workshop, clock: Clock, figures: dict[str, Any]) -> None:
    with shop.catalogue.read() as conn:
        stored = figures["stored"] = transcripts.count_transcripts(conn)
    if 4 * stored >= (len(figures["stored_mb"]) + 1) * figures["episodes"]:
        figures["stored_mb"].append(_memory_mb())
        figures["stored_per_s"] = clock.per_s(stored)
        told = {"stored": stored, "per_s": figures["stored_per_s"]}
        _print(told | {"cpu_ms": clock.cpu_ms(stored), "memory_mb": _memory_mb()})


def _get_embedder(name: str) -> Embedder:
    return OpenvinoEmbedder() if name == "real" else FakeEmbedder(384)


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


def _print(figures: dict[str, Any]) -> None:
    print(json.dumps(figures), flush=True)


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _memory_mb() -> int:
    _, resident, shared, *_ = map(int, Path("/proc/self/statm").read_text().split())
    return (resident - shared) * resource.getpagesize() // 2**20


if __name__ == "__main__":
    main()
