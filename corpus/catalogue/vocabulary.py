"""What the owner says means the same; search.vocabulary lays it over a list of our own."""

import unicodedata
from collections.abc import Sequence

from sqlalchemy import Connection, delete, select

from corpus.catalogue.rows import insert_id, upsert
from corpus.catalogue.schema import vocabulary
from corpus.catalogue.undos import Before, read_before, remember
from corpus.errors import UsageError

MOST_TERMS = 2_000
MOST_MEANINGS = 20
MOST_LETTERS = 100
"""Letters of a term or of one of its meanings at most."""

Changes = tuple[tuple[str, tuple[str, ...]], ...]
"""Terms with their meanings, in the order of the terms; no meanings: the term is not to count."""


def list_changes(conn: Connection) -> Changes:
    """Return what the owner has set and removed."""
    rows = conn.execute(select(vocabulary).order_by(vocabulary.c.term_key))
    return tuple((row.term, tuple(row.meanings)) for row in rows)


def set_term(conn: Connection, term: str, meanings: Sequence[str], *, now_ms: int) -> int:
    """Let ``term`` mean the same as ``meanings``, and nothing else; return the undo's id.

    Raises:
        UsageError: If there are no words in it, or too many.
    """
    term = _words(term)
    kept = tuple(dict.fromkeys(_words(meaning) for meaning in meanings if meaning.strip()))
    kept = tuple(meaning for meaning in kept if _key(meaning) != _key(term))
    if not kept:
        raise UsageError(term, "is given no other name", "write at least one that means the same")
    if len(kept) > MOST_MEANINGS:
        raise UsageError(term, f"has more than {MOST_MEANINGS} other names", "leave some out")
    return _put(conn, term, kept, said=f"{term} is set", now_ms=now_ms)


def remove_term(conn: Connection, term: str, *, now_ms: int) -> int:
    """Let ``term`` count for itself alone, also where our list has it; return the undo's id.

    Raises:
        UsageError: If there are no words in it.
    """
    term = _words(term)
    return _put(conn, term, (), said=f"{term} is removed", now_ms=now_ms)


def reset_terms(conn: Connection, *, now_ms: int) -> int:
    """Return to our list; return the undo's id."""
    ids = list(conn.execute(select(vocabulary.c.id)).scalars())
    before = read_before(conn, vocabulary, ids)
    conn.execute(delete(vocabulary))
    return remember(
        conn, before, subject="vocabulary", said="the vocabulary is as it came", now_ms=now_ms
    )


def _put(conn: Connection, term: str, meanings: tuple[str, ...], *, said: str, now_ms: int) -> int:
    key = _key(term)
    values = {
        "term": term,
        "term_key": key,
        "meanings": list(meanings),
        "changed_ms": now_ms,
    }
    held = conn.execute(select(vocabulary.c.id).where(vocabulary.c.term_key == key)).scalar()
    if held is not None:
        before = read_before(conn, vocabulary, [held])
        upsert(conn, vocabulary, [values], ("term_key",))
    else:
        if len(list_changes(conn)) >= MOST_TERMS:
            raise UsageError("The vocabulary", f"has {MOST_TERMS} changes", "reset or remove some")
        before = (Before(table=vocabulary, id=insert_id(conn, vocabulary, values), row=None),)
    return remember(conn, before, subject="vocabulary", said=said, now_ms=now_ms)


def _key(term: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", term).casefold().split())


def _words(text: str) -> str:
    words = " ".join(text.split())
    if not any(letter.isalnum() for letter in words):
        raise UsageError(words[:40] or "A term", "has no words", "write a word or a name")
    if len(words) > MOST_LETTERS:
        raise UsageError(words[:40], f"has more than {MOST_LETTERS} letters", "write a short name")
    return words
