"""What is wrong here, and how to mend it: what ``earmark doctor`` and its page tell."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.errors import EarmarkError, ModelError

if TYPE_CHECKING:
    from web.wiring import House

_LOW_BYTES = 2_000_000_000
_QUICK_BYTES = 30_000_000
"""A catalogue larger than this is not read whole while somebody waits for a page: 100 MB take a
tenth of a second from memory and three from a disk."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found."""

    check: str
    good: bool
    detail: str


class _BadError(Exception):
    """A check that failed, with what to do about it."""


def check_house(house: "House", *, thorough: bool = True) -> tuple[Finding, ...]:
    """Return what each check of a house found; a check that fails stops no other.

    Args:
        house: Whose data folder, catalogue, models and index are checked.
        thorough: Whether a large catalogue is read whole too, which takes minutes.
    """
    checks: dict[str, Callable[[House], str]] = {
        "data folder": _check_folder,
        "catalogue": _check_catalogue if thorough else _check_small_catalogue,
        "jobs": _check_jobs,
        "embedding model": _check_embedder,
        "Whisper model": _check_whisper,
        "search index": _check_index,
    }
    return tuple(_run(house, name, check) for name, check in checks.items())


def check_for_visitors(house: "House") -> tuple[Finding, ...]:
    """Return what the quick checks found, without where on this machine anything lies."""
    path = str(house.home.path)

    def without_path(detail: str) -> str:
        return detail.replace(f"{path}, ", "").replace(path, "the data folder")

    found = check_house(house, thorough=False)
    return tuple(Finding(one.check, one.good, without_path(one.detail)) for one in found)


def _run(house: "House", name: str, check: "Callable[[House], str]") -> Finding:
    try:
        return Finding(name, True, check(house))
    except (_BadError, EarmarkError, OSError) as error:
        return Finding(name, False, str(error))


def _check_folder(house: "House") -> str:
    path = house.home.path
    path.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(path).free
    if free < _LOW_BYTES:
        raise _BadError(f"{path} has only {free / 1e9:.1f} GB left: make room, or move it (--home)")
    return f"{path}, {free / 1e9:.0f} GB free"


def _check_small_catalogue(house: "House") -> str:
    if sum(file.stat().st_size for file in house.home.path.glob("corpus.sqlite")) > _QUICK_BYTES:
        return "answers; being large, it is read whole by `earmark doctor` only"
    return _check_catalogue(house)


def _check_catalogue(house: "House") -> str:
    with house.catalogue.read() as conn:
        if house.catalogue.dialect == "sqlite":
            found = conn.exec_driver_sql("PRAGMA quick_check").scalar()
            if found != "ok":
                raise _BadError(f"is damaged ({found}): restore a copy from {house.home.backups}")
            if conn.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise _BadError("has rows without their owners: restore a copy, or report it")
    return "whole"


def _check_jobs(house: "House") -> str:
    from corpus.catalogue import jobs

    with house.catalogue.read() as conn:
        counts = jobs.count_jobs(conn)
    if counts["failed"]:
        raise _BadError(f"{counts['failed']} failed: see `earmark jobs --state failed`")
    return f"{counts['queued']} queued, {counts['running']} running, none failed"


def _check_embedder(house: "House") -> str:
    from corpus.settings import Settings
    from corpus.weights import check_installed, find_weights

    model = house.settings.embedding_model
    find_weights(model)
    if house.load_settings()[1]["embedding_model"] == "default":
        try:
            check_installed(Settings().embedding_model)
        except ModelError as error:
            return f"{model}, in place of a better one: {error}"
    return model


def _check_whisper(house: "House") -> str:
    from corpus.weights import find_weights

    find_weights(house.settings.whisper_model)
    return house.settings.whisper_model


def _check_index(house: "House") -> str:
    index = house.read_index_status()
    if not index.current:
        raise _BadError("is behind the catalogue: run `earmark work --once`")
    if index.model is None:
        return "empty: nothing has been brought in yet"
    return f"{index.count} vectors of {index.model}"
