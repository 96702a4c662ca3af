"""``earmark export``: everything out, as an interchange file."""

from pathlib import Path

import click

from web.cli import say
from web.wiring import House


@click.command(name="export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def command(home: Path | None, file: Path) -> None:
    """Write everything into an interchange file (.jsonl or .jsonl.gz), which `add` reads again.

    Example: earmark export everything.jsonl.gz
    """
    from ingest.exporting import export_all

    count = export_all(House(home).catalogue, file)
    say(f"{file}: {count} records")
