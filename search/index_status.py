"""How the index stands to the catalogue, without loading a model."""

from dataclasses import dataclass
from pathlib import Path

from search.manifest import find_current, read_manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexStatus:
    """What the index was made by and how far it is."""

    model: str | None = None
    dimension: int | None = None
    count: int = 0
    generation: str | None = None
    current: bool = False
    """Whether it holds every change of the catalogue and was made as the settings say."""


def read_index_status(folder: Path, *, model: str, chunker: str, last_change: int) -> IndexStatus:
    """Return how the index in ``folder`` stands; one that cannot be read counts as none."""
    generation = find_current(folder)
    if generation is None:
        return IndexStatus(current=last_change == 0)
    try:
        manifest = read_manifest(generation)
    except OSError:
        return IndexStatus()
    made = manifest.fingerprint
    return IndexStatus(
        model=made.model,
        dimension=made.dimension,
        count=manifest.count,
        generation=generation.name,
        current=manifest.seq >= last_change and (made.model, made.chunker) == (model, chunker),
    )
