"""``earmark digest``: what is new for the saved searches."""

from pathlib import Path

import click

from corpus.catalogue import saved
from corpus.homes import now_ms
from web.cli import print_json
from web.wiring import House


@click.command(name="digest")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "html", "json"]),
    default="text",
    show_default=True,
    help="The form.",
)
@click.option("--seen", is_flag=True, help="Let all that is printed count as seen.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def command(home: Path | None, style: str, seen: bool, as_json: bool) -> None:
    """Print what is new for the saved searches since it was last seen, such as for a mail.

    Links begin with the setting public_url.

    Example: earmark digest --format html --seen
    """
    from web.digests import digest_document, format_digest_html, format_digest_text, make_digest

    house = House(home)
    newest, parts = make_digest(house)
    site = house.settings.public_url.rstrip("/")
    if as_json or style == "json":
        print_json(digest_document(newest, parts))
    elif style == "html":
        click.echo(format_digest_html(parts, site), nl=False)
    else:
        click.echo(format_digest_text(parts, site), nl=False)
    if seen:
        with house.catalogue.write() as conn:
            saved.mark_seen(conn, newest, now_ms=now_ms())
