"""Reads the index that is there now, and notices when it is another one."""

import threading
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import IndexMismatchError
from search.index_files import Layers, load_layers
from search.index_store import REMEDY, check_fingerprint
from search.keywords import KeywordIndex
from search.layered_index import LayeredIndex
from search.manifest import (
    CURRENT,
    MANIFEST,
    Fingerprint,
    Manifest,
    find_current,
    read_manifest,
)
from search.turns import TurnTable
from search.word_table import WordTable

_TRIES = 5  # a generation may be replaced while it is opened, but hardly this often
_Stamp = tuple[int, int, int] | None


@dataclass(frozen=True, slots=True)
class OpenIndex:
    """One state of the index, which stays as it is while a search goes on."""

    generation: Path
    manifest: Manifest
    keywords: KeywordIndex
    layers: Layers

    @property
    def vectors(self) -> LayeredIndex:
        """Of the passages' windows."""
        return self.layers.vectors

    @property
    def turns(self) -> TurnTable:
        """How much the subject turns at the passages."""
        return self.layers.tables.turns

    @property
    def words(self) -> WordTable:
        """The words of the passages, by what they mean."""
        return self.layers.tables.words


class IndexReader:
    """Gives the current index to any number of threads."""

    def __init__(self, folder: Path, fingerprint: Fingerprint) -> None:
        self._folder = folder
        self._fingerprint = fingerprint
        self._lock = threading.Lock()
        self._open: OpenIndex | None = None
        self._stamps: tuple[_Stamp, _Stamp] = (None, None)

    def get(self) -> OpenIndex | None:
        """Return the current index, opened again where it has changed; None before the first one.

        Raises:
            IndexMismatchError: If it was built by another model, chunker or version, or is broken.
        """
        with self._lock:
            stamps = self._read_stamps()
            if stamps != self._stamps or self._open is None:
                self._open = self._open_current()
                self._stamps = stamps
            return self._open

    def _read_stamps(self) -> tuple[_Stamp, _Stamp]:
        manifest = self._open.generation / MANIFEST if self._open else None
        return _stamp(self._folder / CURRENT), _stamp(manifest) if manifest else None

    def _open_current(self) -> OpenIndex | None:
        problem: OSError | None = None
        for _ in range(_TRIES):
            generation = find_current(self._folder)
            if generation is None:
                return None
            try:
                return self._open_generation(generation)
            except OSError as error:
                problem = error
        raise IndexMismatchError("the index", f"cannot be opened: {problem}", REMEDY) from problem

    def _open_generation(self, generation: Path) -> OpenIndex:
        manifest = read_manifest(generation)
        check_fingerprint(manifest, self._fingerprint)
        before = self._open
        if before is None or before.generation != generation:
            layers = load_layers(generation, manifest)
            return OpenIndex(generation, manifest, KeywordIndex(generation / "keywords"), layers)
        before.keywords.reload()
        return OpenIndex(generation, manifest, before.keywords, _follow(before, manifest))


def _follow(before: OpenIndex, manifest: Manifest) -> Layers:
    """Return what ``manifest`` holds, reading only the files that are new."""
    known, named = before.manifest.deltas, manifest.deltas
    if manifest.base != before.manifest.base or named[: len(known)] != known:
        return load_layers(before.generation, manifest)
    return before.layers.follow(before.generation / name for name in named[len(known) :])


def _stamp(path: Path) -> _Stamp:
    """Return what changes when a file is replaced, or None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino, status.st_size
