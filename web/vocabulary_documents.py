"""The vocabulary as a JSON document, and what may be asked to be put into it."""

import re

from sqlalchemy import Connection

from corpus.catalogue import vocabulary
from search.vocabulary import Entry, list_entries
from web.documents import Document

_SEPARATORS = re.compile(r"[,;\n]")


def vocabulary_document(conn: Connection) -> Document:
    """Return the list in force, as ``earmark vocabulary --json`` prints it."""
    changes = vocabulary.list_changes(conn)
    return {
        "vocabulary": [entry_document(entry) for entry in list_entries(changes)],
        "removed": [term for term, meanings in changes if not meanings],
    }


def entry_document(entry: Entry) -> Document:
    """Return names that mean the same."""
    return {"term": entry.term, "meanings": list(entry.meanings), "origin": entry.origin}


def read_meanings(text: str) -> list[str]:
    """Return names from a line: they stand between commas, semicolons or line ends.

    >>> read_meanings("account manager, account management;")
    ['account manager', 'account management']
    """
    return [name for part in _SEPARATORS.split(text) if (name := " ".join(part.split()))]
