"""``earmark sync``: ask feeds what is new."""

import sys
from pathlib import Path

import click

from web.cli import print_json, say
from web.progress import say_tally, work_until_idle
from web.wiring import House


@click.command(name="sync")
@click.option("--all", "everything", is_flag=True, help="Ask all feeds, due or not.")
@click.option("--json", "as_json", is_flag=True, help="Print how it went.")
@click.pass_obj
def command(home: Path | None, everything: bool, as_json: bool) -> None:
    """Ask feeds that are due, look into folders and mailboxes; then work until done.

    Example: earmark sync
    """
    from ingest.worker import queue_polls, queue_rereads

    house = House(home)
    polled = queue_polls(house.workshop, due_only=not everything)
    reread = queue_rereads(house.workshop, due_only=False)
    looked = f", {reread} folders and mailboxes to look into" if reread else ""
    say(f"{polled} feed{'' if polled == 1 else 's'} to ask{looked}")
    tally = work_until_idle(house.workshop)
    if as_json:
        print_json({"polled": polled, "done": tally.done, "failed": tally.failed})
    sys.exit(0 if say_tally(tally) else 1)
