"""Earmark's own podcast and newsletter, small enough to ship: to try it with, and to test it."""

from importlib import resources
from pathlib import Path

from corpus.errors import NotHeldError

_SOURCES = ("feed.xml", "issue-1.txt", "issue-2.html")


def sample_path(name: str = "") -> Path:
    """Return where a sample lies, or the folder of all samples.

    Raises:
        NotHeldError: If there is no sample of that name.
    """
    folder = Path(str(resources.files(__name__)))
    if not name:
        return folder
    path = folder / name
    if path.parent != folder or not path.is_file():
        raise NotHeldError(name, "is no sample", f"the samples lie in {folder}")
    return path


def sample_sources() -> tuple[Path, ...]:
    """Return what to add, the feed first, so that the issues find their episodes."""
    return tuple(sample_path(name) for name in _SOURCES)
