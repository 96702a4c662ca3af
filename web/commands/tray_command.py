"""``earmark tray``: what is picked for the next issue."""

from collections.abc import Callable
from typing import Any

import click
from sqlalchemy import Connection

from corpus.catalogue import episodes, tray, undos
from corpus.errors import NotHeldError, UsageError
from corpus.homes import now_ms
from corpus.moments import parse_link_moment
from web.blocks import tray_block
from web.choosing import choose_issue
from web.cli import print_json, say
from web.episode_links import make_links
from web.links import CHOICES
from web.wiring import House

_STYLE = click.option(
    "--format",
    "style",
    type=click.Choice(["text", "md", "html", "csv", "json"]),
    default="text",
    show_default=True,
    help="The form of the block.",
)
_PLAYER = click.option("--player", type=click.Choice(CHOICES), help="Where links lead.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group(name="tray", invoke_without_command=True)
@_STYLE
@_PLAYER
@_JSON
@click.pass_context
def command(ctx: click.Context, style: str, player: str | None, as_json: bool) -> None:
    """Pick texts for the next issue, order and word them, and print them ready to paste.

    Example: earmark tray add takeaway:12
    """
    ctx.obj = House(ctx.obj)
    if ctx.invoked_subcommand is None:
        _print(ctx.obj, style, player, as_json=as_json)


@command.command(name="list")
@_STYLE
@_PLAYER
@_JSON
@click.pass_obj
def list_entries(house: House, style: str, player: str | None, as_json: bool) -> None:
    """Print the tray, ready to paste.

    Example: earmark tray list --format html
    """
    _print(house, style, player, as_json=as_json)


def _print(house: House, style: str, player: str | None, *, as_json: bool) -> None:
    from web.tray_documents import tray_document

    with house.catalogue.read() as conn:
        if as_json:
            print_json(tray_document(conn, house))
            return
        held = tray.list_tray(conn)
        links = make_links(conn, house.settings, [entry.episode_id for entry in held], player)
    if held:
        click.echo(tray_block(held, style, links))  # type: ignore[arg-type]
    for entry in held:
        say(f"{entry.id:>6}  {entry.episode or ''}  {entry.text[:60]}")
    if not held:
        say("Nothing is in the tray.")


@command.command()
@click.argument("what")
@click.argument("moment", required=False)
@_JSON
@click.pass_obj
def add(house: House, what: str, moment: str | None, as_json: bool) -> None:
    """Put in takeaway:ID, passage:ID, all of issue:ID, or the sentence at MOMENT of episode WHAT.

    Example: earmark tray add "Quiet budgets" 28:10
    """
    from web.tray_documents import one_document, read_pick

    if what.startswith("issue:") and moment is None:
        _add_issue(house, what, as_json=as_json)
        return
    with house.catalogue.write() as conn:
        pick = read_pick(conn, _asked(conn, what, moment))
        entry_id, undo_id = tray.add_to_tray(conn, pick, now_ms=now_ms())
        document = one_document(conn, house, entry_id)
    if as_json:
        print_json({**document, "undo_id": undo_id})
        return
    click.echo(f"{entry_id}  {document['text']}")
    if undo_id is None:
        say("It is in the tray already.")
    for each in document["said_before"]:
        how = "otherwise" if each["is_opposite"] else "before"
        say(f"said {how} in {each['label']} ({each['date'] or 'undated'}): {each['text']}")


def _add_issue(house: House, what: str, *, as_json: bool) -> None:
    from ingest.picking import pick_issue

    with house.catalogue.write() as conn:
        picks = pick_issue(conn, choose_issue(conn, what).id)
        new, undo_id = tray.add_all_to_tray(conn, picks, now_ms=now_ms())
    if as_json:
        print_json({"added": new, "known": len(picks) - new, "undo_id": undo_id})
    else:
        say(f"{new} added, {len(picks) - new} were in the tray already.")


def _asked(conn: Connection, what: str, moment: str | None) -> dict[str, Any]:
    kind, _, number = what.partition(":")
    if kind in ("takeaway", "passage") and moment is None:
        return {f"{kind}_id": number or "nothing"}
    if moment is None:
        raise UsageError(what, "names no moment", "write takeaway:12, passage:12, or EPISODE 28:10")
    episode_id = episodes.find_episode(conn, what).id
    return {"episode_id": episode_id, "at_ms": parse_link_moment(moment)}


@command.command()
@click.argument("entry", type=int)
@click.pass_obj
def remove(house: House, entry: int) -> None:
    """Take an entry out.

    Example: earmark tray remove 3
    """
    _change(house, lambda conn: tray.remove_entries(conn, [entry], now_ms=now_ms()))


@command.command()
@click.argument("entry", type=int)
@click.argument("place", type=click.IntRange(min=1))
@click.pass_obj
def move(house: House, entry: int, place: int) -> None:
    """Move an entry to a place, from 1.

    Example: earmark tray move 3 1
    """
    _change(house, lambda conn: tray.move_entry(conn, entry, place - 1, now_ms=now_ms()))


@command.command()
@click.argument("entry", type=int)
@click.argument("text")
@click.pass_obj
def edit(house: House, entry: int, text: str) -> None:
    """Word an entry anew; its original is kept.

    Example: earmark tray edit 3 "Say it before the client does."
    """
    _change(house, lambda conn: tray.edit_entry(conn, entry, text, now_ms=now_ms()))


@command.command()
@click.pass_obj
def clear(house: House) -> None:
    """Empty the tray.

    Example: earmark tray clear
    """
    _change(house, lambda conn: tray.remove_entries(conn, now_ms=now_ms()))


@command.command()
@click.argument("issue")
@click.option("--date", "used", help="The date of the issue (default: today).")
@click.pass_obj
def use(house: House, issue: str, used: str | None) -> None:
    """Remember in which issue all that is in the tray was used.

    Example: earmark tray use "Issue 12" --date 2026-06-01
    """
    from web.tray_documents import read_date

    _change(house, lambda conn: tray.mark_used(conn, issue, read_date(used), now_ms=now_ms()))


@command.command()
@click.pass_obj
def undo(house: House) -> None:
    """Take back the last change to the tray.

    Example: earmark tray undo
    """

    def take_back(conn: Connection) -> str:
        undo_id = undos.find_last_undo(conn, "tray")
        if undo_id is None:
            raise NotHeldError("The tray", "has nothing to take back")
        return undos.take_back(conn, undo_id, now_ms=now_ms()).said

    _change(house, take_back)


def _change(house: House, change: Callable[[Connection], object]) -> None:
    with house.catalogue.write() as conn:
        done = change(conn)
        count = tray.count_tray(conn)
    said = f"Taken back: {done}. " if isinstance(done, str) else ""
    say(f"{said}In the tray: {count}.")
