"""``earmark takeaways``: a block in the author's own form."""

from pathlib import Path
from typing import get_args

import click

from corpus.catalogue import takeaways
from corpus.errors import UsageError
from ingest.takeaway_publishing import PublishStyle, format_atom, format_json_feed
from web.atom import list_feed_entries
from web.blocks import publish_takeaways, takeaway_block
from web.choosing import choose_scope
from web.cli import print_json
from web.episode_links import list_takeaway_documents, make_links
from web.links import CHOICES
from web.reading_page import reading_page
from web.wiring import House

_BLOCKS = ("text", "md", "html", "csv", "json")
_FEEDS = ("atom", "jsonfeed")


@click.command(name="takeaways")
@click.argument("subject", required=False, metavar="[EPISODE|ISSUE]")
@click.option(
    "--format",
    "style",
    type=click.Choice([*_BLOCKS, "page", *get_args(PublishStyle), *_FEEDS]),
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

    page is one HTML file to read and hear, for somebody who has no Earmark. atom and jsonfeed are
    feeds of the newest of all, which need the setting public_url.

    Example: earmark takeaways issue:3 --format md
    """
    house = House(home)
    if style in _FEEDS:
        _print_feed(house, subject, style)
        return
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


def _print_feed(house: House, subject: str | None, style: str) -> None:
    site = house.settings.public_url.rstrip("/")
    if subject is not None:
        raise UsageError("A feed", "is of all takeaways", "leave the episode or issue out")
    if not site:
        raise UsageError(
            "A feed", "needs the address of the site", "earmark settings set public_url"
        )
    with house.catalogue.read() as conn:
        entries = list_feed_entries(conn, site)
    write = format_atom if style == "atom" else format_json_feed
    click.echo(write(entries, site=site), nl=False)
