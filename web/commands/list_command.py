"""``earmark list``: what is held."""

from pathlib import Path

import click

from corpus.catalogue import episodes
from corpus.moments import format_moment
from web.cli import print_json
from web.commands.status_command import say_coverage
from web.held_documents import episode_document, list_issue_documents, list_show_documents
from web.wiring import House


@click.command(name="list")
@click.argument("what", type=click.Choice(["shows", "episodes", "issues"]))
@click.option("--show", "show_title", help="Only episodes of this show.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def command(home: Path | None, what: str, show_title: str | None, as_json: bool) -> None:
    """List the shows, episodes or issues that are held.

    Example: earmark list episodes --show "The Retainer"
    """
    house = House(home)
    if what == "issues":
        documents = list_issue_documents(house.catalogue)
    elif what == "shows":
        with house.catalogue.read() as conn:
            documents = list_show_documents(conn)
    else:
        with house.catalogue.read() as conn:
            found = episodes.list_episodes(conn)
        wanted = (show_title or "").casefold()
        documents = [episode_document(item) for item in found if wanted in item.show.casefold()]
    if as_json:
        print_json({what: documents})
        return
    for row in documents:
        when = (row.get("published") or "")[:10]
        length = format_moment(row["duration_ms"]) if row.get("duration_ms") else ""
        of = row.get("show") or (row.get("episode") or {}).get("title") or say_coverage(row)
        click.echo(f"{row['id']:>6} {when:<10} {length:>8} {row['title'] or 'Untitled'}  {of}")
