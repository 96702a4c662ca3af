"""``earmark vocabulary``: what means the same, so that a question finds it under every name."""

import click

from corpus.catalogue import undos, vocabulary
from corpus.errors import NotHeldError
from corpus.homes import now_ms
from web.cli import print_json, say
from web.wiring import House

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group(name="vocabulary", invoke_without_command=True)
@_JSON
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """List, set and remove names that mean the same, such as AM and account manager.

    Example: earmark vocabulary set AM "account manager" "account management"
    """
    ctx.obj = House(ctx.obj)
    if ctx.invoked_subcommand is None:
        _print(ctx.obj, as_json=as_json)


@command.command(name="list")
@_JSON
@click.pass_obj
def list_terms(house: House, as_json: bool) -> None:
    """List what means the same.

    Example: earmark vocabulary list --json
    """
    _print(house, as_json=as_json)


def _print(house: House, *, as_json: bool) -> None:
    from web.vocabulary_documents import vocabulary_document

    with house.catalogue.read() as conn:
        document = vocabulary_document(conn)
    if as_json:
        print_json(document)
        return
    for entry in document["vocabulary"]:
        mark = "" if entry["origin"] == "default" else f"  ({entry['origin']})"
        click.echo(f"{entry['term']} = {', '.join(entry['meanings'])}{mark}")
    if document["removed"]:
        say(f"removed: {', '.join(document['removed'])}")


@command.command(name="set")
@click.argument("term")
@click.argument("meanings", nargs=-1, required=True)
@click.pass_obj
def set_term(house: House, term: str, meanings: tuple[str, ...]) -> None:
    """Let TERM mean the same as MEANINGS, and nothing else.

    Example: earmark vocabulary set AM "account manager" "account management"
    """
    with house.catalogue.write() as conn:
        vocabulary.set_term(conn, term, meanings, now_ms=now_ms())
    say(f"{term} = {', '.join(meanings)}")


@command.command(name="remove")
@click.argument("term")
@click.pass_obj
def remove_term(house: House, term: str) -> None:
    """Let TERM count for itself alone.

    Example: earmark vocabulary remove AM
    """
    with house.catalogue.write() as conn:
        vocabulary.remove_term(conn, term, now_ms=now_ms())
    say(f"{term} counts for itself alone")


@command.command(name="reset")
@click.pass_obj
def reset(house: House) -> None:
    """Return to the list as it came.

    Example: earmark vocabulary reset
    """
    with house.catalogue.write() as conn:
        vocabulary.reset_terms(conn, now_ms=now_ms())
    say("The vocabulary is as it came.")


@command.command(name="undo")
@click.pass_obj
def undo(house: House) -> None:
    """Take back the last change.

    Example: earmark vocabulary undo
    """
    with house.catalogue.write() as conn:
        undo_id = undos.find_last_undo(conn, "vocabulary")
        if undo_id is None:
            raise NotHeldError("The vocabulary", "has nothing to take back")
        said = undos.take_back(conn, undo_id, now_ms=now_ms()).said
    say(f"Taken back: {said}.")
