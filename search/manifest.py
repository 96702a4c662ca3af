"""What a generation of the index says of itself."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self

from search.durable import write_durably

CURRENT = "current"
MANIFEST = "manifest.json"
KEYWORDS_VERSION = "6"
"""Of what is indexed for a passage beside its vector: another one asks for a rebuild."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What an index was made by; only one made the same way can be read or added to."""

    model: str | None
    """The embedder's name; None for an index of words alone."""
    dimension: int
    chunker: str
    """The version of the rules that cut passages."""
    keywords: str = KEYWORDS_VERSION
    """The version of what is indexed of a passage."""
    normalised: bool = True
    """Whether vectors have unit length."""

    def differences(self, wanted: Self) -> list[str]:
        """Return what stands in the way of reading this as ``wanted``, in words."""
        mine, theirs = asdict(self), asdict(wanted)
        return [
            f"{name} is {mine[name]!r} in the index and {theirs[name]!r} in the settings"
            for name in mine
            if mine[name] != theirs[name]
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """How far a generation is, and which files belong to it."""

    fingerprint: Fingerprint
    seq: int
    """The last change that counts in it."""
    count: int
    """How many passages it holds."""
    base: str
    deltas: tuple[str, ...] = ()
    words: int = 0
    """The last change whose words are held, where they are ahead of the vectors."""
    software: str = ""
    """The version of Earmark that wrote it: told, not checked."""

    def at(self, **changes: Any) -> "Manifest":
        """Return this with some fields changed."""
        return replace(self, **changes)


def find_current(folder: Path) -> Path | None:
    """Return the folder of the generation that counts, or None before the first one."""
    try:
        name = (folder / CURRENT).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    return folder / name


def read_manifest(generation: Path) -> Manifest:
    """Return the manifest of a generation.

    Raises:
        OSError: If it cannot be read.
    """
    try:
        said = json.loads((generation / MANIFEST).read_text(encoding="utf-8"))
        said["fingerprint"] = Fingerprint(**said["fingerprint"])
        said["deltas"] = tuple(said["deltas"])
        return Manifest(**said)
    except (ValueError, KeyError, TypeError) as error:
        raise OSError(f"{generation / MANIFEST} is no manifest") from error


def write_manifest(generation: Path, manifest: Manifest) -> None:
    """Replace the manifest of a generation; only from then on its changes count."""
    text = json.dumps(asdict(manifest), indent=1)
    write_durably(generation / MANIFEST, lambda path: write_text(path, text))


def write_text(path: Path, text: str) -> None:
    """Write a text file, always as UTF-8."""
    path.write_text(text, encoding="utf-8")
