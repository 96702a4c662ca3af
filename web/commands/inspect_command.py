"""``earmark inspect``: what Earmark reads in a file."""

import sys
from pathlib import Path
from typing import get_args

import click

from corpus.errors import EarmarkError
from ingest.reading import SourceKind, read_document
from web.cli import print_json, say
from web.documents import Document, parsed_document


def _inspect(path: Path, kind: SourceKind | None) -> list[Document]:
    try:
        data = path.read_bytes()
    except OSError as error:
        return [_error_document(path, error.strerror or str(error))]
    try:
        found, documents = read_document(data, path.name, kind=kind)
    except EarmarkError as error:
        return [_error_document(path, str(error))]
    return [parsed_document(parsed) for parsed in documents] or [{"kind": found}]


def _error_document(path: Path, problem: str) -> Document:
    return {"kind": "error", "file": str(path), "error": problem, "problems": [problem]}


@click.command(name="inspect")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--as", "kind", type=click.Choice(get_args(SourceKind)), help="Read it as this.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON document a line.")
def command(files: tuple[Path, ...], kind: SourceKind | None, as_json: bool) -> None:
    """Show what Earmark reads in a file, without storing anything.

    Example: earmark inspect feed.xml issue.html episode.vtt
    """
    failed = False
    for path in files:
        for document in _inspect(path, kind):
            failed = failed or document["kind"] == "error"
            if as_json:
                print_json(document, indent=None)
            else:
                _say_document(path, document)
    sys.exit(1 if failed else 0)


def _say_document(path: Path, document: Document) -> None:
    if document["kind"] == "error":
        say(f"{path}: {document['error']}")
        return
    counts = [
        f"{len(document[name])} {name}"
        for name in ("episodes", "segments", "takeaways", "links", "problems")
        if name in document
    ]
    click.echo(f"{path}: {document['kind']}, {document.get('title') or 'untitled'}")
    click.echo("  " + ", ".join(counts))
