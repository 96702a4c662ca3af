"""The index on disk: a cache that may be lost, and is whole whenever a process is killed.

::

    index/
      current              the name of the generation that is read
      g000003/
        manifest.json      what it was made by, how far it is, and which files belong to it
        keywords/          tantivy, with its own atomic commits
        base-000512        the vectors when they were last written together
        turns-000512.npz   how much the subject turns at the passages, with them
        words-000512.*     what the single words of the passages mean, with them
        delta-000640.npz   all of it as put since, and ids dropped, one file per update

An update writes its delta, commits the keywords, and then replaces the manifest: only that makes it
count. Killed before, it is done again and does the same, since ids put twice replace. (Until then a
reader may meet new words with old vectors, which does no harm.) A rebuild fills a folder aside,
renames it, and replaces ``current``.

Words are quick and vectors slow: of many changes, and of a first index, all words can be found
before the first vector is made. The vectors follow block by block, in the generation that is read.
"""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from corpus.errors import IndexMismatchError, UsageError
from search.durable import rename_durably, write_durably
from search.embedder import Embedder
from search.faiss_index import FaissIndex
from search.index_files import (
    count_rows,
    remove_unnamed,
    write_base,
    write_delta,
    write_merged,
    write_together,
)
from search.indexing import Entries, find_touched, make_entries
from search.keywords import KeywordDocument, KeywordIndex
from search.manifest import (
    CURRENT,
    Fingerprint,
    Manifest,
    find_current,
    read_manifest,
    write_manifest,
    write_text,
)
from search.source import Change, Ids, PassageSource
from search.turns import Turns, TurnTable, no_turns
from search.vector_file import open_vector_file
from search.vectors import find_last
from search.word_files import write_words
from search.word_table import WordRows

BATCH = 512
WORDS_BATCH = 4096  # each commit costs as much as the words of some hundred passages
REMEDY = "run: earmark index rebuild"

_ABANDONED_S = 86_400.0  # no rebuild takes a day

Progress = Callable[[int, int], None]
"""Called with how many passages are done, of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merging:
    """When vectors are written together: files to open at start against vectors to write again."""

    most_deltas: int = 32
    least_rows: int = 2_000
    share: float = 0.2
    """Of all passages: with more changes than this, and than ``least_rows``, all are written."""


class IndexStore:
    """Writes the index; one process at a time does."""

    def __init__(
        self,
        folder: Path,
        fingerprint: Fingerprint,
        merging: Merging | None = None,
        *,
        patience_s: float = 300.0,
    ) -> None:
        """Write to ``folder``; wait for another writer for ``patience_s`` seconds."""
        self._patience_s = patience_s
        self._folder = folder
        self._fingerprint = fingerprint
        self._merging = merging or Merging()

    @property
    def folder(self) -> Path:
        """Where the generations are."""
        return self._folder

    def find_manifest(self) -> Manifest | None:
        """Return what the current generation says of itself, or None before the first one."""
        generation = find_current(self._folder)
        return read_manifest(generation) if generation else None

    def update(
        self, source: PassageSource, embedder: Embedder | None, progress: Progress | None = None
    ) -> int:
        """Bring the index up to the last change; return how many changes that took.

        Raises:
            IndexMismatchError: If it was built by another model, chunker or version.
            ModelError: If the embedder's weights cannot be had.
            UsageError: If another process keeps writing.
        """
        with self._writing():
            generation = find_current(self._folder)
            if generation is None:
                return self._build_first(source, embedder, progress)
            manifest = read_manifest(generation)
            check_fingerprint(manifest, self._fingerprint)
            return self._follow_changes(generation, manifest, (source, embedder), progress)

    def rebuild(
        self, source: PassageSource, embedder: Embedder | None, progress: Progress | None = None
    ) -> int:
        """Build a new generation and let it count; return how many passages it holds.

        Raises:
            ModelError: If the embedder's weights cannot be had.
            UsageError: If another process keeps writing.
        """
        with self._writing():
            return self._rebuild(source, embedder, progress)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Keep other processes from writing; a killed one holds no lock."""
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self._folder / "lock", timeout=self._patience_s):
                yield
        except Timeout as error:
            raise UsageError(
                "the index", "is being written by another process", "try again when it is done"
            ) from error

    def _build_first(
        self, source: PassageSource, embedder: Embedder | None, progress: Progress | None
    ) -> int:
        """Build the first generation where it is read: all words, then vectors block by block."""
        if embedder is None:
            return self._rebuild(source, None, progress)
        generation, manifest = self._publish_words(source)
        done = self._follow_changes(generation, manifest, (source, embedder), progress)
        manifest = read_manifest(generation)
        if manifest.deltas:
            manifest = write_together(generation, manifest)
            write_manifest(generation, manifest)
            remove_unnamed(generation, manifest)
        return done

    def _publish_words(self, source: PassageSource) -> tuple[Path, Manifest]:
        """Let a generation of words alone count, until there are vectors too."""
        self._clear_abandoned()
        aside = Path(tempfile.mkdtemp(prefix="building-", dir=self._folder))
        seq = source.last_change()
        keywords = KeywordIndex(aside / "keywords")
        keywords.fill(_iter_documents(source))
        # No change counts as applied: each still gets its vector, block by block.
        base = self._write_empty(aside)
        manifest = self._write_first(aside, base, seq=0, count=len(keywords), words=seq)
        return self._publish(aside), manifest

    @property
    def _dimension(self) -> int:
        return max(1, self._fingerprint.dimension)

    def _write_empty(self, aside: Path) -> str:
        write_words(aside, 0, [])
        return write_base(aside, 0, FaissIndex(self._dimension), no_turns())

    def _write_first(
        self, aside: Path, base: str, *, seq: int, count: int, words: int = 0
    ) -> Manifest:
        manifest = Manifest(
            fingerprint=self._fingerprint, seq=seq, count=count, base=base, words=words
        )
        write_manifest(aside, manifest)
        return manifest

    def _rebuild(
        self, source: PassageSource, embedder: Embedder | None, progress: Progress | None
    ) -> int:
        self._clear_abandoned()
        aside = Path(tempfile.mkdtemp(prefix="building-", dir=self._folder))
        seq = source.last_change()
        keywords = KeywordIndex(aside / "keywords")
        keywords.fill(_iter_documents(source))
        if embedder is None:
            base = self._write_empty(aside)
        else:
            base = _write_filled(source, embedder, aside, progress)
        manifest = self._write_first(aside, base, seq=seq, count=len(keywords))
        self._follow_changes(aside, manifest, (source, embedder), None)
        self._publish(aside)
        return len(keywords)

    def _follow_changes(
        self,
        generation: Path,
        manifest: Manifest,
        tools: tuple[PassageSource, Embedder | None],
        progress: Progress | None,
    ) -> int:
        source, embedder = tools
        done, total = 0, source.last_change() - manifest.seq
        keywords: KeywordIndex | None = None
        while changes := source.list_changes(manifest.seq, BATCH):
            keywords = keywords or KeywordIndex(generation / "keywords")
            if embedder is not None and len(changes) == BATCH and changes[-1].seq > manifest.words:
                manifest = manifest.at(words=_put_words_ahead(source, keywords, manifest))
                write_manifest(generation, manifest)  # readers look at the words again
            manifest = _apply_changes(generation, manifest, changes, (*tools, keywords))
            manifest = _merge_deltas(generation, manifest, self._merging)
            write_manifest(generation, manifest)
            remove_unnamed(generation, manifest)
            keywords.settle()  # what was changed can be found already
            done += len(changes)
            if progress:
                progress(done, max(done, total))
        return done

    def _publish(self, aside: Path) -> Path:
        names = sorted(path.name for path in self._folder.glob("g[0-9]*"))
        number = int(names[-1][1:]) + 1 if names else 1
        generation = self._folder / f"g{number:06}"
        rename_durably(aside, generation)
        write_durably(self._folder / CURRENT, lambda path: write_text(path, generation.name + "\n"))
        # The one before may be being opened just now; those before it are read by nobody.
        for name in names[:-1]:
            shutil.rmtree(self._folder / name, ignore_errors=True)
        return generation

    def _clear_abandoned(self) -> None:
        for aside in self._folder.glob("building-*"):
            if time.time() - aside.stat().st_mtime > _ABANDONED_S:
                shutil.rmtree(aside, ignore_errors=True)


def check_fingerprint(manifest: Manifest, wanted: Fingerprint) -> None:
    """Raise IndexMismatchError, naming both sides, where an index is not what is wanted."""
    differences = manifest.fingerprint.differences(wanted)
    if differences:
        raise IndexMismatchError("the index", "; ".join(differences), REMEDY)


def _iter_documents(source: PassageSource) -> Iterator[KeywordDocument]:
    last = 0
    while ids := source.list_ids(last, BATCH):
        yield from make_entries(source, None, ids).documents
        last = ids[-1]


def _write_filled(
    source: PassageSource, embedder: Embedder, aside: Path, progress: Progress | None
) -> str:
    """Write the vectors of all passages, their words, and how much the subject turns at them."""
    vectors = FaissIndex(embedder.dimension)
    turn_ids: list[Ids] = [np.empty(0, np.int64)]
    turns: list[Turns] = [np.empty((0, 2), np.float32)]
    with open_vector_file(aside / "vectors", embedder.dimension) as made:

        def iter_words() -> Iterator[WordRows]:
            for entries in _iter_entries(source, embedder, progress):
                made.put(entries.ids, entries.vectors)
                turn_ids.append(entries.turn_ids)
                turns.append(entries.turns)
                yield entries.words

        write_words(aside, 0, iter_words())
        # Together, so that inverted lists are trained on all of them.
        vectors.add(made.ids, made.map())
    # An episode across two batches has its turns twice.
    unique, places = find_last(np.concatenate(turn_ids))
    return write_base(aside, 0, vectors, TurnTable(unique, np.concatenate(turns)[places]))


def _iter_entries(
    source: PassageSource, embedder: Embedder, progress: Progress | None
) -> Iterator[Entries]:
    last, done = 0, 0
    while ids := source.list_ids(last, BATCH):
        yield make_entries(source, embedder, ids)
        last, done = ids[-1], done + len(ids)
        if progress:
            progress(done, done)


def _put_words_ahead(source: PassageSource, keywords: KeywordIndex, manifest: Manifest) -> int:
    """Let the words of all changes be found; return the number of the last one."""
    seq = max(manifest.seq, manifest.words)
    while changes := source.list_changes(seq, WORDS_BATCH):
        entries, drops = _read_changes(source, None, changes)
        keywords.apply(entries.documents, drops)
        seq = changes[-1].seq
    return seq


def _read_changes(
    source: PassageSource, embedder: Embedder | None, changes: list[Change]
) -> tuple[Entries, list[int]]:
    """Return what ``changes`` put, and the ids that they drop."""
    latest = {change.passage_id: change.action for change in changes}
    puts = [id_ for id_, action in latest.items() if action == "put"]
    entries = make_entries(source, embedder, find_touched(source, puts))
    held = {document.id for document in entries.documents}
    # A passage put here and dropped by a later change is not held any more.
    return entries, sorted(latest.keys() - held)


def _apply_changes(
    generation: Path,
    manifest: Manifest,
    changes: list[Change],
    tools: tuple[PassageSource, Embedder | None, KeywordIndex],
) -> Manifest:
    """Apply changes; of those whose words are held already only the vectors."""
    source, embedder, keywords = tools
    entries, drops = _read_changes(source, embedder, changes)
    seq = changes[-1].seq
    deltas = manifest.deltas
    if embedder is not None:
        deltas = (*deltas, write_delta(generation, seq, entries, drops))
    if seq > manifest.words:
        keywords.apply(entries.documents, drops)
    return manifest.at(seq=seq, count=len(keywords), deltas=deltas)


def _merge_deltas(generation: Path, manifest: Manifest, merging: Merging) -> Manifest:
    """Return ``manifest`` with fewer files, where there are too many or they are too large."""
    if len(manifest.deltas) < 2:
        return manifest
    sizes = [count_rows(generation / name) for name in manifest.deltas]
    if sum(sizes) > max(merging.least_rows, merging.share * manifest.count):
        return write_together(generation, manifest)
    if len(manifest.deltas) <= merging.most_deltas:
        return manifest
    return write_merged(generation, manifest)
