"""``earmark add``: bring sources in."""

import sys
from pathlib import Path

import click

from web.cli import print_json, say
from web.progress import say_tally, work_until_idle
from web.wiring import House


@click.command(name="add")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--no-work", is_flag=True, help="Only queue the long work; a worker does it.")
@click.option("--json", "as_json", is_flag=True, help="Print what each source was taken for.")
@click.pass_obj
def command(home: Path | None, sources: tuple[str, ...], no_work: bool, as_json: bool) -> None:
    """Add feeds, audio, transcripts, newsletters, folders or addresses; then work until done.

    Example: earmark add https://example.com/feed.xml issue.html recordings/
    """
    from ingest.added import Added
    from ingest.adding import iter_added

    house = House(home)
    added: list[Added] = []
    for item in iter_added(house.workshop, list(sources)):
        added.append(item)
        name = item.source if "://" in item.source else Path(item.source).name
        say(f"{name}: {item.what}" + (f": {item.problem}" if item.problem else ""))
    tally = None if no_work else work_until_idle(house.workshop)
    if as_json:
        rows = [
            {
                "source": item.source,
                "kind": item.kind,
                "what": item.what,
                "changed": item.changed,
                "problem": item.problem,
            }
            for item in added
        ]
        print_json({"added": rows})
    bad = [item for item in added if item.problem]
    if bad and len(added) > 1:
        say(f"{len(added) - len(bad)} of {len(added)} sources are in; not, or only in part:")
        for item in bad:
            say(f"  {item.source}: {item.problem}")
    worked = say_tally(tally) if tally else True
    sys.exit(0 if worked and not bad else 1)
