"""``earmark restore``: a backup, back again."""

from pathlib import Path

import click

from ingest.backups import restore_backup
from web.cli import say
from web.wiring import House


@click.command(name="restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--force", is_flag=True, help="Replace what is held; a backup of it is kept.")
@click.pass_obj
def command(home: Path | None, file: Path, force: bool) -> None:
    """Put a backup into the data folder; then run `earmark index rebuild`.

    Example: earmark --home new-home restore earmark.zip
    """
    house = House(home)
    done = restore_backup(house.home, file, force=force)
    say(f"restored what was held at {done.made}, with {done.media} audio files")
    if done.kept:
        say(f"what was there before is kept in {done.kept}")
    say("the search index is made again by: earmark index rebuild")
