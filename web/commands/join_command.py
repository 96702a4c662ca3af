"""``earmark join``: which episode an issue speaks of."""

from pathlib import Path

import click

from corpus.catalogue import episodes, undos
from corpus.errors import NotHeldError, UsageError
from corpus.homes import now_ms
from web.choosing import choose_issue
from web.cli import print_json, say
from web.documents import Document
from web.join_documents import LIKELY, join_document, list_join_documents
from web.wiring import House


@click.command(name="join")
@click.argument("issue", required=False)
@click.argument("episode", required=False, metavar="[EPISODE|none]")
@click.option("--undo", is_flag=True, help="Take back what was last picked for the issue.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def command(
    home: Path | None, issue: str | None, episode: str | None, undo: bool, as_json: bool
) -> None:
    """Say which episode an issue speaks of, why and how sure; or pick EPISODE for it, or none.

    Without an issue, those are listed whose episode is not sure. An issue is named as issue:3, an
    episode by id, guid or title. Its times are checked by: earmark work --once

    Example: earmark join issue:3 "Quiet budgets"
    """
    house = House(home)
    if issue is None:
        if undo:
            raise UsageError("The command", "names no issue", "earmark join issue:3 --undo")
        _list(house, as_json=as_json)
        return
    with house.catalogue.read() as conn:
        held = choose_issue(conn, issue)
    if undo:
        _undo(house, held.id)
    elif episode is not None:
        _pick(house, held.id, episode)
    document = join_document(house.catalogue, held.id)
    if as_json:
        print_json(document)
    else:
        _say_issue(document)


def _list(house: House, *, as_json: bool) -> None:
    documents = list_join_documents(house.catalogue)
    if as_json:
        print_json({"issues": documents})
        return
    for document in documents:
        _say_issue(document)
    if not documents:
        say("No issue waits for its episode.")


def _pick(house: House, issue_id: int, episode: str) -> None:
    from ingest.joining import join_issue

    with house.catalogue.read() as conn:
        wanted = None if episode == "none" else episodes.find_episode(conn, episode).id
    _, said = join_issue(house.catalogue, issue_id, wanted, now_ms=now_ms())
    say(f"{said}; earmark join issue:{issue_id} --undo takes it back")


def _undo(house: House, issue_id: int) -> None:
    from ingest.takeaway_edits import take_back

    with house.catalogue.read() as conn:
        undo_id = undos.find_last_undo(conn, f"join:{issue_id}")
    if undo_id is None:
        raise NotHeldError(f"issue {issue_id}", "has no pick to take back")
    say(f"taken back: {take_back(house.catalogue, undo_id, now_ms=now_ms()).said}")


def _say_issue(document: Document) -> None:
    click.echo(f"issue:{document['id']}  {document['title'] or 'Untitled'}")
    joined = document["episode"]
    if joined:
        how = "picked by hand"
        if document["joined_by"] != "author":
            how = f"{document['confidence'] or 0:.0%} sure"
        click.echo(f"  speaks of {_named(joined)}, {how}")
    elif document["joined_by"] == "author":
        click.echo("  speaks of no episode held here: so somebody decided")
    else:
        likely = any(row["confidence"] >= LIKELY for row in document["proposals"])
        click.echo(
            "  its episode is not sure" if likely else "  nothing held here is likely to be it"
        )
    for row in document["proposals"]:
        if row["confidence"] < LIKELY:
            continue
        is_it = joined is not None and row["episode_id"] == joined["id"]
        if not is_it:
            click.echo(f"  {row['confidence']:>4.0%}  {_named(row['episode'])}")
        for reason in row["reasons"]:
            click.echo(f"          {reason}")


def _named(episode: Document) -> str:
    day = (episode["published"] or "undated")[:10]
    return f"{episode['title']} ({episode['show']}, {day})  [{episode['id']}]"
