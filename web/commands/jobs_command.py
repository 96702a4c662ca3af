"""``earmark jobs``: long work, what runs, what failed and why."""

import sys
from pathlib import Path

import click

from corpus.catalogue import jobs
from corpus.homes import now_ms
from web.cli import print_json, say
from web.held_documents import job_document
from web.wiring import House


@click.command(name="jobs")
@click.option(
    "--state", type=click.Choice(["queued", "running", "done", "failed"]), help="Only these."
)
@click.option("--retry", type=int, metavar="ID", help="Queue a failed job again.")
@click.option("-n", "limit", default=50, show_default=True, help="How many at most.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def command(
    home: Path | None, state: str | None, retry: int | None, limit: int, as_json: bool
) -> None:
    """List long work: what runs and how far it is, what failed and why.

    Example: earmark jobs --state failed
    """
    house = House(home)
    if retry is not None:
        with house.catalogue.write() as conn:
            queued = jobs.retry_job(conn, retry, now_ms=now_ms())
        say(f"job {retry} is {'queued again' if queued else 'not a failed job'}")
        sys.exit(0 if queued else 1)
    with house.catalogue.read() as conn:
        found = jobs.list_jobs(conn, state=state, limit=limit)  # type: ignore[arg-type]
    if as_json:
        print_json({"jobs": [job_document(job) for job in found]})
        return
    for job in found:
        share = "" if job.progress is None else f" {job.progress:.0%}"
        told = job.problem or job.note or ""
        click.echo(f"{job.id:>6} {job.state:<8}{share:>5} {job.kind:<11} {job.title}  {told}")
