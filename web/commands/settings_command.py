"""``earmark settings``: every setting and where its value comes from."""

from pathlib import Path
from typing import Any

import click

from corpus.catalogue import notes
from corpus.settings import NAMES, parse_setting, setting_help
from web.cli import print_json, say
from web.wiring import House


def settings_document(house: House) -> dict[str, Any]:
    """Return every setting with its value in force now and where it comes from."""
    settings, origins = house.load_settings()
    rows = [
        {
            "name": name,
            "value": getattr(settings, name),
            "origin": origins[name],
            "help": setting_help(name),
        }
        for name in NAMES
    ]
    return {"settings": rows}


@click.group(name="settings", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """List every setting with its value and where it comes from.

    Example: earmark settings set allow_private_addresses true
    """
    if ctx.invoked_subcommand:
        return
    document = settings_document(House(ctx.obj))
    if as_json:
        print_json(document)
        return
    for row in document["settings"]:
        click.echo(f"{row['name']} = {row['value']}  ({row['origin']})")
        click.echo(f"    {row['help']}")


@command.command(name="set")
@click.argument("name")
@click.argument("value")
@click.pass_obj
def set_command(home: Path | None, name: str, value: str) -> None:
    """Make a setting.

    Example: earmark settings set whisper_model tiny.en
    """
    made = parse_setting(name, value)
    with House(home).catalogue.write() as conn:
        notes.put_setting(conn, name, made)
    say(f"{name} = {made}")


@command.command(name="unset")
@click.argument("name", type=click.Choice(NAMES))
@click.pass_obj
def unset_command(home: Path | None, name: str) -> None:
    """Return a setting to its default.

    Example: earmark settings unset whisper_model
    """
    with House(home).catalogue.write() as conn:
        notes.drop_setting(conn, name)
    say(f"{name} is at its default")
