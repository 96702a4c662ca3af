"""The data folder: where it is and what lies where in it."""

import time
from dataclasses import dataclass
from pathlib import Path

import platformdirs


@dataclass(frozen=True, slots=True)
class Home:
    """A data folder. ``corpus.sqlite`` and ``media/`` are truth, ``index/`` can be rebuilt."""

    path: Path

    @property
    def media(self) -> Path:
        """Audio that is held, and parts of downloads."""
        return self.path / "media"

    @property
    def index(self) -> Path:
        """The search index, a cache."""
        return self.path / "index"

    @property
    def backups(self) -> Path:
        """Copies of the catalogue."""
        return self.path / "backups"


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """How many bytes of the disk each part of a data folder takes."""

    catalogue: int
    media: int
    index: int
    backups: int

    @property
    def total(self) -> int:
        """All parts together."""
        return self.catalogue + self.media + self.index + self.backups


def measure_storage(home: Home) -> Storage:
    """Return how much a data folder takes; a file that goes meanwhile counts for nothing."""
    return Storage(
        catalogue=sum(map(_size, home.path.glob("corpus.sqlite*"))),
        media=_size_of_folder(home.media),
        index=_size_of_folder(home.index),
        backups=_size_of_folder(home.backups),
    )


def _size_of_folder(folder: Path) -> int:
    return sum(_size(path) for path in folder.rglob("*") if path.is_file())


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def find_home(path: Path | None) -> Home:
    """Return the data folder at a path, or at the platform's own place for users' data."""
    place = path or Path(platformdirs.user_data_dir("earmark", appauthor=False))
    return Home(place.expanduser().resolve())


def now_ms() -> int:
    """Return the clock as milliseconds since 1970: the one place where it is read."""
    return time.time_ns() // 1_000_000
