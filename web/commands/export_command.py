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

    A file named .opml gets the followed feeds, for podcast apps and feed readers.

    Example: earmark export everything.jsonl.gz
    """
    from ingest.exporting import export_all, export_subscriptions

    if file.suffix.lower() in (".opml", ".xml"):
        count = export_subscriptions(House(home).catalogue, file)
        say(f"{file}: {count} feed{'' if count == 1 else 's'}")
        return
    count = export_all(House(home).catalogue, file)
    say(f"{file}: {count} records")
