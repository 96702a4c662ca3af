"""The files of a generation beside its keywords: vectors, words, and how the subject turns.

::

    base-000512        the vectors when they were last written together
    turns-000512.npz   the turns with them
    words-000512.*     the words with them (search/word_files.py)
    delta-000640.npz   all of it as put by one update, and the ids that it dropped
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from search.durable import write_durably
from search.faiss_index import FaissIndex
from search.indexing import Entries
from search.layered_index import LayeredIndex
from search.manifest import Manifest
from search.turns import TurnTable, no_turns
from search.vectors import ExactIndex, VectorIndex
from search.word_files import name_words, open_words, write_words
from search.word_table import WordRows, WordTable, no_words

_WORD_ARRAYS = ("word_ids", "word_nexts", "word_counts", "words")
"""What a delta file calls what :class:`WordRows` has."""


@dataclass(frozen=True, slots=True)
class Tables:
    """What is known of single passages."""

    turns: TurnTable
    words: WordTable

    def follow(self, vectors: VectorIndex, path: Path) -> Self:
        """Return these with a delta file, and let it count in ``vectors``."""
        with np.load(path, allow_pickle=False) as delta:
            vectors.remove(delta["drops"])
            vectors.add(delta["ids"], delta["vectors"])
            put = WordRows(*(delta[name] for name in _WORD_ARRAYS))
            return type(self)(
                self.turns.put(delta["turn_ids"], delta["turns"]),
                self.words.drop(delta["drops"]).put(put),
            )


@dataclass(frozen=True, slots=True)
class Layers:
    """What is known of the passages but for what is sought by keywords."""

    vectors: LayeredIndex
    tables: Tables

    def follow(self, paths: Iterable[Path]) -> Self:
        """Return these with delta files; they share what is large."""
        vectors, tables = self.vectors.copy(), self.tables
        for path in paths:
            tables = tables.follow(vectors, path)
        return type(self)(vectors, tables)


def load_layers(generation: Path, manifest: Manifest) -> Layers:
    """Return what a generation holds.

    Raises:
        OSError: If a file of it is missing or broken.
    """
    base = LayeredIndex(FaissIndex.load(generation / manifest.base, mapped=True))
    layers = Layers(base, _load_tables(generation, manifest))
    return layers.follow(generation / name for name in manifest.deltas)


def write_base(folder: Path, seq: int, vectors: FaissIndex, turns: TurnTable) -> str:
    """Write all vectors, and the turns of what has one; return the name for the manifest.

    The words of a base are written by themselves (``write_words``).
    """
    base = f"base-{seq:09}"
    ids, rows = turns.list_of(vectors.ids)
    write_durably(folder / _name_turns(base), lambda path: _save(path, {"ids": ids, "turns": rows}))
    write_durably(folder / base, vectors.save)
    return base


def write_together(generation: Path, manifest: Manifest) -> Manifest:
    """Write what base and deltas hold into a new base."""
    whole = FaissIndex.load(generation / manifest.base)
    tables = _load_tables(generation, manifest)
    for name in manifest.deltas:
        tables = tables.follow(whole, generation / name)
    write_words(generation, manifest.seq, tables.words.iter_of(whole.ids))
    base = write_base(generation, manifest.seq, whole, tables.turns)
    return manifest.at(base=base, deltas=())


def write_delta(generation: Path, seq: int, entries: Entries, drops: list[int]) -> str:
    """Write what an update puts and drops; return the name for the manifest."""
    name = f"delta-{seq:09}.npz"
    arrays: dict[str, NDArray[Any]] = {
        "ids": entries.ids,
        "vectors": entries.vectors,
        "drops": np.asarray(drops, np.int64),
        "turn_ids": entries.turn_ids,
        "turns": entries.turns,
        **_name_arrays(entries.words),
    }
    write_durably(generation / name, lambda path: _save(path, arrays))
    return name


def write_merged(generation: Path, manifest: Manifest) -> Manifest:
    """Write the deltas into one."""
    vectors = ExactIndex(manifest.fingerprint.dimension)
    tables = Tables(no_turns(), no_words())
    drops: set[int] = set()
    turned: set[int] = set()
    for name in manifest.deltas:
        with np.load(generation / name, allow_pickle=False) as delta:
            drops.update(delta["drops"].tolist())
            turned.update(delta["turn_ids"].tolist())
        tables = tables.follow(vectors, generation / name)
    turn_ids, rows = tables.turns.list_of(np.asarray(sorted(turned), np.int64))
    arrays: dict[str, NDArray[Any]] = {
        "ids": vectors.ids,
        "vectors": vectors.vectors,
        "drops": np.asarray(sorted(drops), np.int64),
        "turn_ids": turn_ids,
        "turns": rows,
        **_name_arrays(tables.words.list_of(vectors.ids)),
    }
    name = f"merged-{manifest.seq:09}.npz"
    write_durably(generation / name, lambda path: _save(path, arrays))
    return manifest.at(deltas=(name,))


def count_rows(path: Path) -> int:
    """Return how many vectors a delta file puts and drops."""
    with np.load(path, allow_pickle=False) as delta:
        return len(delta["ids"]) + len(delta["drops"])


def remove_unnamed(generation: Path, manifest: Manifest) -> None:
    """Remove the files of former manifests: whoever has them open keeps them."""
    of_base = (manifest.base, _name_turns(manifest.base), *name_words(_find_seq(manifest.base)))
    named = {*of_base, *manifest.deltas}
    for pattern in ("base-*", "*.npz", "words-*"):
        for path in generation.glob(pattern):
            if path.name not in named:
                path.unlink(missing_ok=True)


def _find_seq(base: str) -> int:
    return int(base.removeprefix("base-"))


def _name_turns(base: str) -> str:
    return f"turns-{base.removeprefix('base-')}.npz"


def _load_tables(generation: Path, manifest: Manifest) -> Tables:
    with np.load(generation / _name_turns(manifest.base), allow_pickle=False) as kept:
        turns = TurnTable(kept["ids"], kept["turns"])
    return Tables(turns, open_words(generation, _find_seq(manifest.base)))


def _name_arrays(words: WordRows) -> dict[str, NDArray[Any]]:
    rows = (words.ids, words.nexts, words.counts, words.rows)
    return dict(zip(_WORD_ARRAYS, rows, strict=True))


def _save(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
