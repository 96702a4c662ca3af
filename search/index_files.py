"""The files of a generation beside its keywords: vectors, and how much the subject turns.

::

    base-000512        the vectors when they were last written together
    turns-000512.npz   the turns with them
    delta-000640.npz   both as put by one update, and the ids that it dropped
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


@dataclass(frozen=True, slots=True)
class Layers:
    """What is known of the passages but for their words."""

    vectors: LayeredIndex
    turns: TurnTable

    def follow(self, paths: Iterable[Path]) -> Self:
        """Return these with delta files; they share what is large."""
        vectors, turns = self.vectors.copy(), self.turns
        for path in paths:
            turns = _apply(vectors, turns, path)
        return type(self)(vectors, turns)


def load_layers(generation: Path, manifest: Manifest) -> Layers:
    """Return what a generation holds.

    Raises:
        OSError: If a file of it is missing or broken.
    """
    base = LayeredIndex(FaissIndex.load(generation / manifest.base, mapped=True))
    layers = Layers(base, _load_turns(generation / _name_turns(manifest.base)))
    return layers.follow(generation / name for name in manifest.deltas)


def write_base(folder: Path, seq: int, vectors: FaissIndex, turns: TurnTable) -> str:
    """Write all vectors, and the turns of what has one; return the name for the manifest."""
    base = f"base-{seq:09}"
    ids, rows = turns.list_of(vectors.ids)
    write_durably(folder / _name_turns(base), lambda path: _save(path, {"ids": ids, "turns": rows}))
    write_durably(folder / base, vectors.save)
    return base


def write_together(generation: Path, manifest: Manifest) -> Manifest:
    """Write what base and deltas hold into a new base."""
    whole = FaissIndex.load(generation / manifest.base)
    turns = _load_turns(generation / _name_turns(manifest.base))
    for name in manifest.deltas:
        turns = _apply(whole, turns, generation / name)
    return manifest.at(base=write_base(generation, manifest.seq, whole, turns), deltas=())


def write_delta(generation: Path, seq: int, entries: Entries, drops: list[int]) -> str:
    """Write what an update puts and drops; return the name for the manifest."""
    name = f"delta-{seq:09}.npz"
    arrays: dict[str, NDArray[Any]] = {
        "ids": entries.ids,
        "vectors": entries.vectors,
        "drops": np.asarray(drops, np.int64),
        "turn_ids": entries.turn_ids,
        "turns": entries.turns,
    }
    write_durably(generation / name, lambda path: _save(path, arrays))
    return name


def write_merged(generation: Path, manifest: Manifest) -> Manifest:
    """Write the deltas into one."""
    vectors, turns = ExactIndex(manifest.fingerprint.dimension), no_turns()
    drops: set[int] = set()
    turned: set[int] = set()
    for name in manifest.deltas:
        with np.load(generation / name, allow_pickle=False) as delta:
            drops.update(delta["drops"].tolist())
            turned.update(delta["turn_ids"].tolist())
        turns = _apply(vectors, turns, generation / name)
    turn_ids, rows = turns.list_of(np.asarray(sorted(turned), np.int64))
    arrays: dict[str, NDArray[Any]] = {
        "ids": vectors.ids,
        "vectors": vectors.vectors,
        "drops": np.asarray(sorted(drops), np.int64),
        "turn_ids": turn_ids,
        "turns": rows,
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
    named = {manifest.base, _name_turns(manifest.base), *manifest.deltas}
    for path in [*generation.glob("base-*"), *generation.glob("*.npz")]:
        if path.name not in named:
            path.unlink(missing_ok=True)


def _name_turns(base: str) -> str:
    return f"turns-{base.removeprefix('base-')}.npz"


def _load_turns(path: Path) -> TurnTable:
    with np.load(path, allow_pickle=False) as kept:
        return TurnTable(kept["ids"], kept["turns"])


def _apply(vectors: VectorIndex, turns: TurnTable, path: Path) -> TurnTable:
    """Let a delta count in ``vectors``; return the turns with it."""
    with np.load(path, allow_pickle=False) as delta:
        vectors.remove(delta["drops"])
        vectors.add(delta["ids"], delta["vectors"])
        return turns.put(delta["turn_ids"], delta["turns"])


def _save(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
