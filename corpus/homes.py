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


def default_home() -> Path:
    """Return the platform's own place for a user's data."""
    return Path(platformdirs.user_data_dir("earmark", appauthor=False))


def now_ms() -> int:
    """Return the clock as milliseconds since 1970: the one place where it is read."""
    return time.time_ns() // 1_000_000
