"""``earmark check``: is each stated time right?"""

from pathlib import Path

import click

from corpus.catalogue import episodes, issues, takeaways
from corpus.moments import format_moment
from web.choosing import choose_scope
from web.cli import print_json
from web.held_documents import checked_document, episode_document
from web.wiring import House


@click.command(name="check")
@click.argument("subject", required=False, metavar="[EPISODE|ISSUE]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def command(home: Path | None, subject: str | None, as_json: bool) -> None:
    """Say of each takeaway whether its stated time is right, and where else it is said.

    An episode is named by id, guid or title; an issue as issue:3; without either, all.

    Example: earmark check issue:3
    """
    house = House(home)
    with house.catalogue.read() as conn:
        scope = choose_scope(conn, subject)
        found = takeaways.list_takeaways(conn, episode_id=scope.episode_id, issue_id=scope.issue_id)
        ids = sorted({item.episode_id for item in found if item.episode_id is not None})
        held = {episode.id: episode for episode in episodes.list_episodes(conn, ids=ids)}
        unjoined = [issue for issue in issues.list_issues(conn) if issue.episode_id is None]
    if as_json:
        rows = []
        for item in found:
            episode = held.get(item.episode_id or 0)
            rows.append(
                {
                    **checked_document(item),
                    "episode": episode_document(episode) if episode else None,
                }
            )
        print_json({"takeaways": rows})
        return
    for item in found:
        stated = "" if item.stated_ms is None else format_moment(item.stated_ms)
        moved = item.verdict == "moved" and item.found_ms is not None
        where = f" to {format_moment(item.found_ms or 0)}" if moved else ""
        click.echo(f"{stated:>8}  {item.verdict}{where}: {item.text}")
        if moved and item.sentence:
            click.echo(f"          said there: {item.sentence}")
    for issue in unjoined:
        click.echo(f"issue:{issue.id} {issue.title or 'Untitled'}: its episode is not known")
