"""Measures the speed of search at several sizes, beside plain baselines in the same run.

::

    python -m bench.search_speed --folder DIR [--sizes 20000,100000] [--embedder MODULE:CLASS]

The text is made up: words of syllables, as often as Zipf's law has them, in episodes of shows that
hold 1 %, 10 % and 50 % of all. The vectors are made up too, around centres as real ones are; with
``--embedder`` each question is embedded by a real model as well, and that time counts. No question
is asked twice, not with another filter either, and the first 50 are not counted. Index and
catalogue are the real ones and stay in DIR, where a second run finds them. Each part runs in a
process of its own, so that its memory is its own.

The baselines are FAISS's flat index with bm25s (both lists, not joined), and SQLite's FTS5 (words
alone).
"""

import argparse
import json
import resource
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.made_up_talk import (
    DIMENSION,
    FINGERPRINT,
    WORDS,
    MadeUpEmbedder,
    SpeedSource,
    TimedEmbedder,
    iter_texts,
)
from bench.measuring import get_embedder
from corpus.catalogue import open_catalogue
from corpus.catalogue.schema import changes, episodes, passages, shows
from search.engine import EmbeddedEngine
from search.hits import SearchRequest
from search.index_reader import IndexReader
from search.index_store import IndexStore
from search.source import text_hash

SHARES = {"one": 0.01, "ten": 0.10, "fifty": 0.50, "rest": 0.39}
PER_EPISODE = 100
FILTERS = (None, "one", "ten", "fifty")
WARM_UP = 50  # questions
LIST_DEPTH = 200
_BATCH = 5_000
_MOST_S = 60.0


def build(folder: Path, size: int) -> None:
    """Fill a catalogue and its index, each unless it is there already."""
    if (folder / "built.json").exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    began = time.perf_counter()
    catalogue = open_catalogue(folder)
    with catalogue.write() as conn:
        for id_, title in enumerate(SHARES, 1):
            row = {"id": id_, "kind": "podcast", "title": title, "title_key": title, "added_ms": 1}
            conn.execute(shows.insert(), row)
        _put_episodes(conn, size)
    texts = enumerate(iter_texts(size))
    while rows := [_passage_row(place, text) for place, text in _take(texts, _BATCH)]:
        with catalogue.write() as conn:
            conn.execute(passages.insert(), rows)
            logged = [{"passage_id": row["id"], "op": "put"} for row in rows]
            conn.execute(changes.insert(), logged)
    filled = time.perf_counter()
    IndexStore(folder / "index", FINGERPRINT).rebuild(SpeedSource(catalogue), MadeUpEmbedder())
    catalogue.close()
    took = {"fill_s": filled - began, "index_s": time.perf_counter() - filled}
    took["most_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (folder / "built.json").write_text(json.dumps(took), encoding="utf-8")


def _take(rows: Iterator[Any], count: int) -> list[Any]:
    return list(islice(rows, count))


def _put_episodes(conn: Any, size: int) -> None:
    count = size // PER_EPISODE + 1
    bounds = np.cumsum([share * count for share in SHARES.values()])
    made = [
        {
            "id": at + 1,
            "show_id": min(int(np.searchsorted(bounds, at, "right")) + 1, len(SHARES)),
            "guid": str(at),
            "title": f"Episode {at}",
            "title_key": f"episode {at}",
            "published": f"20{10 + at % 15}-01-01",
            "persons": [],
            "transcript_refs": [],
            "show_notes": "",
            "content_hash": "",
            "added_ms": 1,
        }
        for at in range(count)
    ]
    # Shuffled, so that a filter's passages are not all beside each other.
    order = np.random.default_rng(4).permutation(count)
    for row, other in zip(made, [made[at]["show_id"] for at in order], strict=True):
        row["show_id"] = other
    for start in range(0, count, _BATCH):
        conn.execute(episodes.insert(), made[start : start + _BATCH])


def _passage_row(place: int, text: str) -> dict[str, Any]:
    position = place % PER_EPISODE
    start_ms = 30_000 * position
    return {
        "id": place + 1,
        "episode_id": place // PER_EPISODE + 1,
        "kind": "transcript",
        "position": position,
        "start_ms": start_ms,
        "end_ms": start_ms + 29_000,
        "text": text,
        "speakers": [],
        "sentences": [[0, len(text), start_ms, start_ms + 29_000, None]],
        "content_hash": text_hash(text),
        "chunker": FINGERPRINT.chunker,
    }


def make_questions(size: int, count: int) -> list[str]:
    """Return a few neighbouring words of one passage with a few of another."""
    made = np.random.default_rng(5)
    texts = [text.split() for text, _ in zip(iter_texts(size), range(_BATCH), strict=False)]
    questions = []
    for _ in range(count):
        one, other = made.integers(len(texts), size=2)
        start = int(made.integers(WORDS - 5))
        questions.append(" ".join(texts[one][start : start + 4] + texts[other][:2]))
    return questions


def measure(folder: Path, size: int, *, count: int, embedder: str) -> dict[str, Any]:
    """Return the figures of Earmark's own search."""
    before_mb = _rss_mb()
    source = SpeedSource(open_catalogue(folder))
    model = get_embedder(embedder, None)
    asked = TimedEmbedder(model) if model else MadeUpEmbedder()
    asked.read_query("a first question loads the model")
    began = time.perf_counter()
    reader = IndexReader(folder / "index", FINGERPRINT)
    reader.get()
    opened_s = time.perf_counter() - began
    engine = EmbeddedEngine(source, reader, asked)
    found: dict[str, Any] = {"open_s": opened_s}
    began = time.perf_counter()
    engine.search(SearchRequest(text="which words come first"))
    found["first_ms"] = (time.perf_counter() - began) * 1000
    engine.search(SearchRequest(text="word", kind="transcript"))  # as the site does at start
    found |= _time(
        size, count, lambda text, show: engine.search(SearchRequest(text=text, show=show))
    )
    found["rss_mb"] = _rss_mb()
    found["rss_before_mb"] = before_mb
    found["added_s"] = [_add_one(folder, source, engine, number) for number in range(3)]
    return found


def _add_one(folder: Path, source: SpeedSource, engine: EmbeddedEngine, number: int) -> float:
    """Return how long it takes from storing a passage until it is found."""
    catalogue = open_catalogue(folder)
    word = f"wombat{time.time_ns()}"
    row = _passage_row(number, f"{word} said something new")
    del row["id"]
    row["position"] = time.time_ns() % 1_000_000_000
    # Far from what former runs added: what begins at one time is one hit.
    row["start_ms"] = 3 * row["position"]
    row["end_ms"] = row["start_ms"] + 29_000
    began = time.perf_counter()
    with catalogue.write() as conn:
        key = conn.execute(passages.insert(), row).inserted_primary_key
        assert key is not None
        conn.execute(changes.insert(), {"passage_id": key[0], "op": "put"})
    store = IndexStore(folder / "index", FINGERPRINT)
    worker = threading.Thread(target=store.update, args=(source, MadeUpEmbedder()))
    worker.start()
    found = False
    while not found and time.perf_counter() - began < _MOST_S:
        # Made-up vectors turn everywhere: that it comes first is nothing to ask of them.
        found = key[0] in engine.search(SearchRequest(text=word)).found
    took_s = time.perf_counter() - began
    worker.join()
    assert found, "the new passage is not found"
    catalogue.close()
    return took_s


def measure_flat(folder: Path, size: int, *, count: int) -> dict[str, Any]:
    """Return the figures of FAISS's flat index with bm25s; without bm25s of FAISS alone."""
    import faiss

    faiss.omp_set_num_threads(1)
    embedder = MadeUpEmbedder()
    texts = list(iter_texts(size))
    flat = faiss.IndexFlatIP(DIMENSION)
    for start in range(0, size, _BATCH):
        flat.add(embedder.embed_passages(texts[start : start + _BATCH]))
    words = _open_bm25s(texts)
    del texts
    allowed = _show_ids(folder)

    def search(text: str, show: str | None) -> None:
        row = embedder.read_query(text)[0][np.newaxis]
        ids = None if show is None else allowed[show]
        if ids is None:
            flat.search(row, min(LIST_DEPTH, size))
        else:
            selector = faiss.IDSelectorBatch(ids - 1)
            flat.search(row, LIST_DEPTH, params=faiss.SearchParameters(sel=selector))
        if words:
            words(text, ids)

    found: dict[str, Any] = {**_time(size, count, search)}
    return found | {"rss_mb": _rss_mb(), "bm25s": words is not None}


def _open_bm25s(texts: Sequence[str]) -> Callable[[str, Any], Any] | None:
    try:
        import bm25s
    except ImportError:
        return None
    index = bm25s.BM25()
    index.index(bm25s.tokenize(texts, stopwords=None, show_progress=False), show_progress=False)
    size = len(texts)

    def search(text: str, ids: Any) -> Any:
        mask = None
        if ids is not None:
            mask = np.zeros(size, np.float32)
            mask[ids - 1] = 1
        tokens = bm25s.tokenize([text], stopwords=None, show_progress=False, return_ids=False)
        k = min(LIST_DEPTH, size)
        return index.retrieve(tokens, k=k, weight_mask=mask, show_progress=False)

    return search


def measure_fts5(folder: Path, size: int, *, count: int) -> dict[str, Any]:
    """Return the figures of SQLite's FTS5."""
    path = folder / "fts5.sqlite"
    held = sqlite3.connect(path)
    if not held.execute("SELECT 1 FROM sqlite_master WHERE name = 'words'").fetchone():
        with held:
            held.execute("CREATE VIRTUAL TABLE words USING fts5(text, content='', tokenize=porter)")
            rows = enumerate(iter_texts(size), 1)
            held.executemany("INSERT INTO words(rowid, text) VALUES (?, ?)", rows)
    held.execute("CREATE TEMP TABLE allowed (show TEXT, id INTEGER, PRIMARY KEY (show, id))")
    for show, ids in _show_ids(folder).items():
        held.executemany("INSERT INTO allowed VALUES (?, ?)", ((show, int(id_)) for id_ in ids))
    # The plus keeps SQLite from asking for each allowed row by itself, which takes seconds.
    within = " AND +rowid IN (SELECT id FROM allowed WHERE show = :show)"

    def search(text: str, show: str | None) -> None:
        said = " OR ".join(text.split())
        statement = f"SELECT rowid FROM words WHERE words MATCH :said{within if show else ''}"
        statement += f" ORDER BY rank LIMIT {LIST_DEPTH}"
        held.execute(statement, {"said": said, "show": show}).fetchall()

    found: dict[str, Any] = {**_time(size, count, search)}
    return found | {"rss_mb": _rss_mb()}


def _show_ids(folder: Path) -> dict[str, NDArray[np.int64]]:
    held = sqlite3.connect(folder / "corpus.sqlite")
    statement = (
        "SELECT passages.id FROM passages JOIN episodes ON episodes.id = episode_id JOIN shows ON "
        "shows.id = show_id WHERE shows.title = ? AND chunker = ? AND position < ? ORDER BY 1"
    )
    given = (FINGERPRINT.chunker, PER_EPISODE)
    return {
        show: np.array([id_ for (id_,) in held.execute(statement, (show, *given))], np.int64)
        for show in SHARES
    }


def _time(
    size: int, count: int, search: Callable[[str, str | None], object]
) -> dict[str, list[float]]:
    """Return for each filter median and 95th percentile in ms, on the clock and of processor time.

    Each has questions of its own: one that was asked before is known already.
    """
    made = iter(make_questions(size, WARM_UP + count * len(FILTERS)))
    # As the site does at its start, so that what filters ask of is in memory.
    search("what it lets through is found once", FILTERS[-1])
    for text in islice(made, WARM_UP):
        search(text, None)
    found = {}
    for show in FILTERS:
        search("what it lets through is found once", show)
        taken = []
        for text in islice(made, count):
            began, busy = time.perf_counter(), time.process_time()
            search(text, show)
            taken.append((time.perf_counter() - began, time.process_time() - busy))
        rows = np.percentile(taken, [50, 95], axis=0).T.ravel()
        found[show or "all"] = [float(at) * 1000 for at in rows]
    return found


def _rss_mb() -> float:
    """Return the memory that is held now, or the most that ever was where that is not told."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


_PARTS: dict[str, Callable[..., dict[str, Any]]] = {
    "earmark": measure,
    "flat + bm25s": measure_flat,
    "fts5": measure_fts5,
}


def print_table(size: int, figures: dict[str, dict[str, Any]]) -> None:
    print(f"{size:>9,} passages {'all':>16} {'1 %':>16} {'10 %':>16} {'50 %':>16} {'memory':>9}")
    for name, row in figures.items():
        for label, at in ((name, 0), ("  processor time", 2)):
            pairs = [row[show or "all"][at : at + 2] for show in FILTERS]
            times = " ".join(f"{p50:>8.1f}/{p95:>7.1f}" for p50, p95 in pairs)
            print(f"{label:<18} {times}" + (f" {row['rss_mb']:>6.0f} MB" if at == 0 else ""))
    own = figures["earmark"]
    added = ", ".join(f"{seconds:.2f}" for seconds in own["added_s"])
    print(
        f"{'':<18} opened in {own['open_s']:.2f} s, first answer {own['first_ms']:.0f} ms, "
        f"a passage added is found after {added} s\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--folder", type=Path, required=True, help="outside the repository")
    parser.add_argument("--sizes", default="20000,100000,1000000")
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--embedder", default="none", help="MODULE:CLASS, or none")
    parser.add_argument("--without", default="", help="baselines to leave out, with commas between")
    parser.add_argument("--part", help=argparse.SUPPRESS)  # what a process of its own does
    args = parser.parse_args()
    sizes = [int(size) for size in args.sizes.split(",")]
    if args.part:
        print(json.dumps(_run_part(args, sizes[0])))
        return
    print("median / 95th percentile in ms")
    for size in sizes:
        _run_apart(args, size, "build")
        left = [name for name in _PARTS if name not in args.without.split(",")]
        print_table(size, {name: _run_apart(args, size, name) for name in left})


def _run_part(args: argparse.Namespace, size: int) -> dict[str, Any]:
    folder = args.folder / str(size)
    if args.part == "build":
        build(folder, size)
        return {}
    more = {"embedder": args.embedder} if args.part == "earmark" else {}
    return _PARTS[args.part](folder, size, count=args.questions, **more)


def _run_apart(args: argparse.Namespace, size: int, part: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.search_speed", "--folder", str(args.folder)]
    command += ["--sizes", str(size), "--questions", str(args.questions)]
    command += ["--embedder", args.embedder, "--part", part]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{part} at {size}:\n{done.stderr[-2000:]}")
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


if __name__ == "__main__":
    main()
