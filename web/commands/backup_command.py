"""``earmark backup``: a consistent copy of all that cannot be had again."""

from pathlib import Path

import click

from ingest.backups import write_backup
from web.cli import say
from web.wiring import House


@click.command(name="backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def command(home: Path | None, file: Path) -> None:
    """Write the catalogue, and the audio that no feed leads to, into one file.

    Earmark may go on working meanwhile.

    Example: earmark backup earmark.zip
    """
    size = write_backup(House(home).home, file)
    say(f"{file}: {size / 1_000_000:,.1f} MB")
