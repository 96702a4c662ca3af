"""``earmark doctor``: what is wrong here and how to mend it."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from corpus.errors import EarmarkError, ModelError
from web.cli import print_json
from web.wiring import House

_LOW_BYTES = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found."""

    check: str
    good: bool
    detail: str


@click.command(name="doctor")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def command(home: Path | None, as_json: bool) -> None:
    """Say what is wrong here and how to mend it.

    Example: earmark doctor
    """
    house = House(home)
    checks: dict[str, Callable[[House], str]] = {
        "data folder": _check_folder,
        "catalogue": _check_catalogue,
        "jobs": _check_jobs,
        "embedding model": _check_embedder,
        "Whisper model": _check_whisper,
        "search index": _check_index,
    }
    findings = [_run(house, name, check) for name, check in checks.items()]
    if as_json:
        rows = [{"check": f.check, "good": f.good, "detail": f.detail} for f in findings]
        print_json({"findings": rows})
    else:
        for finding in findings:
            mark = "good" if finding.good else "BAD "
            click.echo(f"{mark}  {finding.check}: {finding.detail}")
    sys.exit(0 if all(finding.good for finding in findings) else 1)


class _BadError(Exception):
    """A check that failed, with what to do about it."""


def _run(house: House, name: str, check: Callable[[House], str]) -> Finding:
    try:
        return Finding(name, True, check(house))
    except (_BadError, EarmarkError, OSError) as error:
        return Finding(name, False, str(error))


def _check_folder(house: House) -> str:
    path = house.home.path
    path.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(path).free
    if free < _LOW_BYTES:
        raise _BadError(f"{path} has only {free / 1e9:.1f} GB left: make room, or move it (--home)")
    return f"{path}, {free / 1e9:.0f} GB free"


def _check_catalogue(house: House) -> str:
    with house.catalogue.read() as conn:
        if house.catalogue.dialect == "sqlite":
            found = conn.exec_driver_sql("PRAGMA quick_check").scalar()
            if found != "ok":
                raise _BadError(f"is damaged ({found}): restore a copy from {house.home.backups}")
            if conn.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise _BadError("has rows without their owners: restore a copy, or report it")
    return "whole"


def _check_jobs(house: House) -> str:
    from corpus.catalogue import jobs

    with house.catalogue.read() as conn:
        counts = jobs.count_jobs(conn)
    if counts["failed"]:
        raise _BadError(f"{counts['failed']} failed: see `earmark jobs --state failed`")
    return f"{counts['queued']} queued, {counts['running']} running, none failed"


def _check_embedder(house: House) -> str:
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


def _check_whisper(house: House) -> str:
    from corpus.weights import find_weights

    find_weights(house.settings.whisper_model)
    return house.settings.whisper_model


def _check_index(house: House) -> str:
    from web.commands.status_command import status_document

    index = status_document(house)["index"]
    if not index["current"]:
        raise _BadError("is behind the catalogue: run `earmark work --once`")
    return f"{index['count']} vectors of {index['model']}"
