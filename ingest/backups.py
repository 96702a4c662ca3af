"""A consistent copy of all that cannot be had again, and back.

A backup is one zip file::

    backup.json      format, when it was made, and the SHA-256 of each file
    corpus.sqlite    the catalogue at one moment, made by SQLite's online backup
    media/...        the audio that no feed leads to

The index is left out: it is made again from the catalogue. A backup is written aside and renamed.
To restore, everything is checked first; then the audio is put back, and the catalogue is replaced
in one transaction of SQLite's own, which a kill rolls back.
"""

import hashlib
import json
import shutil
import sqlite3
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from corpus.catalogue.schema import APPLICATION_ID, SCHEMA_VERSION
from corpus.errors import FormatError, UsageError
from corpus.homes import Home
from search.durable import write_durably

FORMAT = 1
MANIFEST = "backup.json"
CATALOGUE = "corpus.sqlite"
_CHUNK = 1 << 20
_PAGES = 4_096
_MOST_MANIFEST = 64 << 20  # bytes; a name and a hash for each of some hundred thousand files


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was restored."""

    made: str
    """When the backup was made, in the world's time."""
    media: int
    """How many audio files it held."""
    kept: Path | None
    """The backup of what was there before."""


Progress = Callable[[int], None]
"""Called with how many pages of the catalogue are left to copy."""


def write_backup(home: Home, path: Path, *, progress: Progress | None = None) -> int:
    """Write a backup of ``home`` to ``path``; return its size in bytes.

    Raises:
        UsageError: If there is no catalogue, or the file cannot be written.
    """
    if not _catalogue_of(home).is_file():
        raise UsageError(str(home.path), "holds no catalogue to back up", "name another --home")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_durably(path, lambda aside: _write(home, aside, progress))
        return path.stat().st_size
    except OSError as error:
        raise UsageError(str(path), f"cannot be written: {error}") from error


def _write(home: Home, aside: Path, progress: Progress | None) -> None:
    with tempfile.TemporaryDirectory(prefix="backup-", dir=aside.parent) as folder:
        copy = Path(folder) / CATALOGUE
        _copy_catalogue(_catalogue_of(home), copy, progress)
        with closing(sqlite3.connect(copy)) as held:
            pragmas = {name: _pragma(held, name) for name in ("application_id", "user_version")}
            names = list(_iter_lone_media(held, home.media))
        # Audio hardly gets smaller; the catalogue does.
        with zipfile.ZipFile(aside, "w", zipfile.ZIP_STORED) as packed:
            files = {CATALOGUE: _pack(packed, copy, CATALOGUE, zipfile.ZIP_DEFLATED)}
            for name in names:
                file = home.media / name
                files[f"media/{name}"] = _pack(packed, file, f"media/{name}", zipfile.ZIP_STORED)
            made = datetime.now(UTC).isoformat(timespec="seconds")
            said = {"format": FORMAT, "made": made, **pragmas, "files": files}
            packed.writestr(MANIFEST, json.dumps(said, indent=1))


def _copy_catalogue(source: Path, target: Path, progress: Progress | None) -> None:
    with (
        closing(sqlite3.connect(source.absolute().as_uri() + "?mode=ro", uri=True)) as held,
        closing(sqlite3.connect(target)) as copy,
    ):
        # In one step: one in pieces begins anew with each change that somebody else makes.
        held.backup(copy, progress=_told(progress))
        # One file, without a log beside it.
        copy.execute("PRAGMA journal_mode = DELETE")


def _iter_lone_media(held: sqlite3.Connection, media: Path) -> Iterator[str]:
    """Yield the audio files that no address leads to: they cannot be fetched again."""
    rows = held.execute(
        "SELECT DISTINCT media_path FROM episodes WHERE media_path IS NOT NULL AND"
        " coalesce(audio_url, '') NOT LIKE 'http%' ORDER BY 1"
    )
    for (name,) in rows:
        if _is_inside(name) and (media / name).is_file():
            yield name


def _pack(packed: zipfile.ZipFile, file: Path, name: str, how: int) -> str:
    digest = hashlib.sha256()
    entry = zipfile.ZipInfo.from_file(file, name, strict_timestamps=False)
    entry.compress_type = how
    with file.open("rb") as source, packed.open(entry, "w", force_zip64=True) as target:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            target.write(chunk)
    return digest.hexdigest()


def _told(progress: Progress | None) -> Callable[[int, int, int], None]:
    return lambda status, left, whole: progress(left) if progress else None


def restore_backup(
    home: Home, path: Path, *, force: bool = False, progress: Progress | None = None
) -> Restored:
    """Put a backup into ``home``; where it holds something, only with ``force``, keeping a backup.

    Raises:
        FormatError: If the file is no whole backup, or of a newer Earmark; nothing was changed.
        UsageError: If ``home`` holds something, or cannot be written.
    """
    is_used = _catalogue_of(home).exists()
    if is_used and not force:
        raise UsageError(
            str(home.path), "holds a catalogue already", "restore with --force, or another --home"
        )
    try:
        home.path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="restoring-", dir=home.path) as folder:
            said = _unpack(path, Path(folder))
            _check_catalogue(path, Path(folder) / CATALOGUE, said)
            kept = _keep_copy(home) if is_used else None
            count = _put_media(Path(folder) / "media", home.media)
            # The index follows the change log of what was there before.
            shutil.rmtree(home.index, ignore_errors=True)
            _replace_catalogue(Path(folder) / CATALOGUE, _catalogue_of(home), progress)
    except (OSError, sqlite3.Error) as error:
        raise UsageError(str(home.path), f"cannot be restored: {error}") from error
    return Restored(made=str(said.get("made", "")), media=count, kept=kept)


def _unpack(path: Path, folder: Path) -> Mapping[str, Any]:
    """Unpack what a backup names, and check each file; return what it says of itself."""
    try:
        with zipfile.ZipFile(path) as packed:
            said = _read_manifest(packed, path)
            for name, digest in said["files"].items():
                if not _is_inside(name) or (name != CATALOGUE and not name.startswith("media/")):
                    raise FormatError(
                        str(path), f"holds a file that is none of a backup: {name[:80]}"
                    )
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with packed.open(name) as source, target.open("wb") as file:
                    if _copy(source, file) != digest:
                        raise FormatError(str(path), f"is damaged: {name[:80]} is another one")
    except (zipfile.BadZipFile, EOFError, KeyError, NotImplementedError, zlib.error) as error:
        raise FormatError(str(path), f"is no whole backup: {error}") from error
    return said


def _read_manifest(packed: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    if packed.getinfo(MANIFEST).file_size > _MOST_MANIFEST:
        raise FormatError(str(path), "is no backup of Earmark")
    try:
        said = json.loads(packed.read(MANIFEST))
        files = {str(name): str(digest) for name, digest in said["files"].items()}
        known = int(said["format"]) == FORMAT and CATALOGUE in files
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise FormatError(str(path), "is no backup of Earmark") from error
    if not known:
        raise FormatError(str(path), "is no backup that this version knows", "update Earmark")
    return {**said, "files": files}


def _copy(source: IO[bytes], target: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest()


def _check_catalogue(path: Path, copy: Path, said: Mapping[str, Any]) -> None:
    try:
        with closing(sqlite3.connect(copy)) as held:
            application, version = _pragma(held, "application_id"), _pragma(held, "user_version")
            sound = held.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise FormatError(str(path), f"holds a broken catalogue: {error}") from error
    if application != APPLICATION_ID:
        raise FormatError(str(path), "holds no catalogue of Earmark")
    if version > SCHEMA_VERSION:
        problem = f"was made by a newer Earmark (schema {version}, this one {SCHEMA_VERSION})"
        raise FormatError(str(path), problem, "update Earmark")
    if sound != "ok":
        raise FormatError(str(path), f"holds a broken catalogue: {sound}")


def _keep_copy(home: Home) -> Path:
    home.backups.mkdir(exist_ok=True)
    kept = home.backups / f"before-restore-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}.zip"
    write_backup(home, kept)
    return kept


def _put_media(source: Path, media: Path) -> int:
    count = 0
    for file in sorted(source.rglob("*")) if source.is_dir() else ():
        if file.is_file():
            target = media / file.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            file.replace(target)
            count += 1
    return count


def _replace_catalogue(copy: Path, catalogue: Path, progress: Progress | None) -> None:
    """Let the catalogue be ``copy``, in one transaction: readers see the old or the new one."""
    with (
        closing(sqlite3.connect(copy)) as source,
        closing(sqlite3.connect(catalogue, timeout=30)) as target,
    ):
        source.backup(target, pages=_PAGES, progress=_told(progress))
        target.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _catalogue_of(home: Home) -> Path:
    return home.path / CATALOGUE


def _pragma(held: sqlite3.Connection, name: str) -> int:
    return int(held.execute(f"PRAGMA {name}").fetchone()[0])


def _is_inside(name: str) -> bool:
    """Tell whether a name stays in its folder, on every platform."""
    path = PurePosixPath(name)
    return not (
        path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or not path.parts
    )
