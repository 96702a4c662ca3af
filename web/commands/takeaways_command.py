"""``earmark takeaways``: a block in the author's own form."""

from pathlib import Path
from typing import get_args

import click

from corpus.catalogue import takeaways
from ingest.takeaway_publishing import PublishStyle
from web.blocks import publish_takeaways, takeaway_block
from web.choosing import choose_scope
from web.cli import print_json
from web.episode_links import list_takeaway_documents, make_links
from web.links import CHOICES
from web.reading_page import reading_page
from web.wiring import House


@click.command(name="takeaways")
@click.argument("subject", required=False, metavar="[EPISODE|ISSUE]")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "md", "html", "csv", "json", "page", *get_args(PublishStyle)]),
    default="text",
    show_default=True,
    help="The form of the block.",
)
@click.option("--player", type=click.Choice(CHOICES), help="Where links lead.")
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.pass_obj
def command(
    home: Path | None, subject: str | None, style: str, player: str | None, as_json: bool
) -> None:
    """Print takeaways in their author's own form, ready to paste: of an episode, an issue, or all.

    An episode is named by id, guid or title; an issue as issue:3. Drafts are left out until they
    are accepted; in JSON they stand with their origin.

    soundbites are podcast:soundbite lines for a feed, chapters a Podcasting 2.0 chapters file, vtt
    captions; they hold what has a time.

    page is one HTML file to read and hear, for somebody who has no Earmark.

    Example: earmark takeaways issue:3 --format md
    """
    house = House(home)
    with house.catalogue.read() as conn:
        scope = choose_scope(conn, subject)
        found = takeaways.list_takeaways(conn, episode_id=scope.episode_id, issue_id=scope.issue_id)
        links = make_links(conn, house.settings, [item.episode_id for item in found], player)
        documents = list_takeaway_documents(conn, found, checked=False)
    if as_json or style == "json":
        print_json({"takeaways": documents})
        return
    if style == "page":
        with house.catalogue.read() as conn:
            click.echo(reading_page(conn, house.settings, scope), nl=False)
        return
    found = tuple(item for item in found if not item.is_draft)
    if style in get_args(PublishStyle):
        click.echo(publish_takeaways(found, style))  # type: ignore[arg-type]
        return
    click.echo(takeaway_block(found, style, links))  # type: ignore[arg-type]
