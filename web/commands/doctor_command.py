"""``earmark doctor``: what is wrong here and how to mend it."""

import sys
from dataclasses import asdict
from pathlib import Path

import click

from web.checkup import check_house
from web.cli import print_json
from web.wiring import House


@click.command(name="doctor")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def command(home: Path | None, as_json: bool) -> None:
    """Say what is wrong here and how to mend it.

    Example: earmark doctor
    """
    findings = check_house(House(home))
    if as_json:
        print_json({"findings": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            mark = "good" if finding.good else "BAD "
            click.echo(f"{mark}  {finding.check}: {finding.detail}")
    sys.exit(0 if all(finding.good for finding in findings) else 1)
