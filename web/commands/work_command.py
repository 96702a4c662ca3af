"""``earmark work``: a worker."""

import signal
import sys
import threading
from pathlib import Path

import click

from web.cli import say
from web.companions import end_with_parent
from web.progress import Reporter, say_tally, work_until_idle
from web.wiring import House


@click.command(name="work")
@click.option("--once", is_flag=True, help="Stop when nothing is left to do.")
@click.option("--with-parent", is_flag=True, help="Stop when standard input ends.")
@click.option("--only", multiple=True, metavar="KIND", help="Only jobs of this kind.")
@click.pass_obj
def command(home: Path | None, once: bool, with_parent: bool, only: tuple[str, ...]) -> None:
    """Do queued work: any number of workers may run, on any machine that reaches the catalogue.

    Example: earmark work --only transcribe
    """
    from ingest.steps import STEPS
    from ingest.worker import run_forever

    unknown = sorted(set(only) - STEPS.keys())
    if unknown:
        raise click.BadParameter(
            f"{unknown[0]} is none of {', '.join(STEPS)}.", param_hint="--only"
        )
    house = House(home)
    if once:
        sys.exit(0 if say_tally(work_until_idle(house.workshop, only or None)) else 1)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if with_parent:
        end_with_parent()
    say("working; stop with Ctrl+C, the job in hand is finished or goes on next time")
    run_forever(house.workshop, Reporter(), stop=stop, kinds=only or None)
