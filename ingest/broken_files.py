"""Files that could not be read: told once, and not tried again until they change."""

from pathlib import Path

from corpus.catalogue import notes
from ingest.workshop import Workshop

BROKEN = "broken"


def is_known_broken(shop: Workshop, source: str) -> bool:
    """Tell whether a file was told to be broken and is as it was then."""
    path = Path(source).expanduser().resolve()
    with shop.catalogue.read() as conn:
        held = notes.find_source(conn, str(path))
    return held is not None and held == (BROKEN, _signature(path))


def remember_broken(shop: Workshop, source: str) -> None:
    """Remember that a file is broken as it is now."""
    path = Path(source).expanduser().resolve()
    if path.is_file():
        with shop.catalogue.write() as conn:
            notes.put_source(
                conn, str(path), kind=BROKEN, content_hash=_signature(path), now_ms=shop.now_ms()
            )


def _signature(path: Path) -> str:
    """Return what changes when a file is written, moved or given other rights."""
    try:
        stat = path.stat()
    except OSError:
        return "gone"
    return f"{stat.st_size}:{stat.st_mtime_ns}:{stat.st_ctime_ns}"
