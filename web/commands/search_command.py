"""``earmark search``: ask a question."""

from pathlib import Path
from typing import get_args

import click

from corpus.homes import find_home
from corpus.records import PassageKind
from search.hits import Mode, SearchRequest
from web.cli import print_json, say
from web.documents import Document
from web.early_start import start_embedder


@click.command(name="search")
@click.argument("query", default="")
@click.option("-k", "k", default=10, show_default=True, help="How many hits.")
@click.option(
    "--mode",
    type=click.Choice(get_args(Mode)),
    default="hybrid",
    show_default=True,
    help="By words, by meaning, or both.",
)
@click.option("--show", help="Only this show.")
@click.option("--speaker", help="Only what this person says.")
@click.option("--kind", type=click.Choice(get_args(PassageKind)), help="Only this kind.")
@click.option("--after", metavar="DATE", help="Published on this day or later.")
@click.option("--before", metavar="DATE", help="Published before this day.")
@click.option("--like", type=int, metavar="ID", help="Find passages like this one.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def command(
    home: Path | None,
    query: str,
    k: int,
    mode: Mode,
    show: str | None,
    speaker: str | None,
    kind: str | None,
    after: str | None,
    before: str | None,
    like: int | None,
    as_json: bool,
) -> None:
    """Find the passages that answer a question.

    Example: earmark search "should account managers also run projects?"
    """
    if not query and like is None:
        raise click.UsageError("Missing argument 'QUERY'.")
    query = query.encode("utf-8", "replace").decode()  # a shell may hand on bytes that are no text
    wanted = SearchRequest(
        text=query,
        k=k,
        mode=mode,
        show=show,
        speaker=speaker,
        kind=kind,
        after=after,
        before=before,
        like=like,
    )
    index = find_home(home).index
    embedder = start_embedder(index, query) if mode != "keyword" and query else None
    # Only now: what these import is read while the model loads.
    from web.answers import answer_document
    from web.wiring import House

    house = House(home, embedder=embedder)
    document = answer_document(house, wanted)
    if as_json:
        print_json(document)
    else:
        _print_answer(document, house.settings.public_url)


def _print_answer(document: Document, site: str) -> None:
    for problem in document["problems"]:
        say(problem)
    if document["suggestion"]:
        say(f"did you mean: {document['suggestion']}")
    for drop in document["drops"]:
        say(f"without {drop['said']}: {drop['total']} hits")
    for hit in document["hits"]:
        of = hit["episode"] or hit["issue"] or {}
        best = hit["best"] or {}
        named = f"{hit['speaker']}: " if hit["speaker"] else ""
        click.echo(f"{hit['rank']:>3}. {named}{best.get('text') or hit['text']}")
        click.echo(f"     {of.get('show') or ''} / {of.get('title')} at {hit['moment'] or '-'}")
        click.echo(f"     {site}{hit['url']}  ({hit['why']})")
    if not document["hits"]:
        say("nothing found")
