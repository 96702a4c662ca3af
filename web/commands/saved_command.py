"""``earmark saved``: searches that are asked again and again."""

import click

from corpus.catalogue import saved, undos
from corpus.errors import NotHeldError
from corpus.homes import now_ms
from web.cli import print_json, say
from web.wiring import House


@click.group(name="saved", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """List saved searches, or add and remove them; what is new is told by: earmark digest.

    Example: earmark saved add "Saying no" "how do I say no to extra work?"
    """
    from web.digests import saved_document

    ctx.obj = House(ctx.obj)
    if ctx.invoked_subcommand is not None:
        return
    with ctx.obj.catalogue.read() as conn:
        held = saved.list_saved(conn)
    if as_json:
        print_json({"saved": [saved_document(one) for one in held]})
        return
    for one in held:
        asked = " ".join(f"{name}={value}" for name, value in one.asked.items())
        click.echo(f"{one.id:>6}  {one.name}  {asked}")
    if not held:
        say("No search is saved.")


@command.command()
@click.argument("name")
@click.argument("query")
@click.option("--show", help="Only this show.")
@click.option("--speaker", help="Only what this person says.")
@click.option("--kind", help="Only this kind.")
@click.pass_obj
def add(
    house: House, name: str, query: str, show: str | None, speaker: str | None, kind: str | None
) -> None:
    """Save a search under a name.

    Example: earmark saved add "Saying no" "how do I say no to extra work?"
    """
    given = {"q": query, "show": show, "speaker": speaker, "kind": kind}
    asked = {key: value for key, value in given.items() if value}
    with house.catalogue.write() as conn:
        saved_id, _ = saved.save_search(conn, name, asked, now_ms=now_ms())
    click.echo(f"{saved_id}  {name}")


@command.command()
@click.argument("saved_id", type=int, metavar="ID")
@click.pass_obj
def remove(house: House, saved_id: int) -> None:
    """Remove a saved search.

    Example: earmark saved remove 3
    """
    with house.catalogue.write() as conn:
        _, said = saved.remove_saved(conn, saved_id, now_ms=now_ms())
    say(f"{said}; to have it back: earmark saved undo")


@command.command()
@click.pass_obj
def undo(house: House) -> None:
    """Take back the last change to the saved searches.

    Example: earmark saved undo
    """
    with house.catalogue.write() as conn:
        undo_id = undos.find_last_undo(conn, "saved")
        if undo_id is None:
            raise NotHeldError("The saved searches", "have nothing to take back")
        said = undos.take_back(conn, undo_id, now_ms=now_ms()).said
    say(f"taken back: {said}")
