"""``earmark index``: the search index, a cache."""

from pathlib import Path

import click

from web.cli import say
from web.progress import show_progress
from web.wiring import House


@click.group(name="index")
def command() -> None:
    """Look after the search index, which can be rebuilt from the catalogue at any time.

    Example: earmark index rebuild
    """


@command.command(name="rebuild")
@click.pass_obj
def rebuild_command(home: Path | None) -> None:
    """Build the index anew, aside, and put it in place; nothing is embedded twice.

    Example: earmark index rebuild
    """
    with show_progress("index") as on_progress:
        count = House(home).get_indexer().rebuild(on_progress)
    say(f"index rebuilt: {count} passages")
