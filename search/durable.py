"""Files that are either the old or the new one, whenever the power goes."""

import os
from collections.abc import Callable
from pathlib import Path


def write_durably(path: Path, write: Callable[[Path], None]) -> None:
    """Let ``write`` fill a file aside, and give it the name ``path`` once it is on the disk."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.aside")
    try:
        write(aside)
        _sync(aside)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    _sync_folder(path.parent)


def rename_durably(old: Path, new: Path) -> None:
    """Give a folder its final name."""
    _sync_folder(old)
    old.rename(new)
    _sync_folder(new.parent)


def _sync(path: Path) -> None:
    # Windows flushes only what is open for writing.
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
