"""``earmark status``: what is held and how it stands."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from web.cli import print_json
from web.held_documents import counts_document
from web.wiring import House


def status_document(house: House) -> dict[str, Any]:
    """Return counts, jobs by state, the index and what is wrong."""
    document = counts_document(house.catalogue)
    index = asdict(house.read_index_status())
    problems = document.pop("problems")
    return {**document, "vectors": index["count"], "index": index, "problems": problems}


def say_coverage(row: Mapping[str, Any]) -> str:
    """Return how many episodes of a show have what, for a person; nothing of a newsletter."""
    if not row.get("episodes"):
        return ""
    told, of = row["with_takeaways"], row["episodes"]
    return f"{told} of {of} episodes have takeaways, {row['with_transcript']} a transcript"


@click.command(name="status")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def command(home: Path | None, as_json: bool) -> None:
    """Say what is held, what is being worked on and what is wrong.

    Example: earmark status
    """
    document = status_document(House(home))
    if as_json:
        print_json(document)
        return
    for name in ("shows", "episodes", "issues", "takeaways", "passages", "vectors"):
        click.echo(f"{name:<10} {document[name]:>8}")
    for row in document["coverage"]:
        click.echo(f"coverage   {row['show']}: {say_coverage(row)}")
    click.echo("jobs       " + ", ".join(f"{n} {state}" for state, n in document["jobs"].items()))
    index = document["index"]
    state = "up to date" if index["current"] else "behind; earmark work brings it up to date"
    click.echo(f"index      {index['model'] or 'none yet'}, {state}")
    for row in document["problems"]:
        click.echo(f"problem    {row['subject']}: {row['problem']}")
