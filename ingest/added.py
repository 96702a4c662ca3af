"""What came of adding a source."""

from dataclasses import dataclass

from ingest.reading import SourceKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What a source was taken for, and what came of it."""

    source: str
    kind: SourceKind | None
    what: str
    """For a person: ``feed "The Retainer": 3 episodes, 3 new``."""
    changed: bool = False
    problem: str | None = None
    """Why it could not be added, or could be only in part."""


def is_address(source: str) -> bool:
    """Tell whether a source is to be fetched from the network."""
    return source.startswith(("http://", "https://"))


def count_of(number: int, noun: str) -> str:
    """Return a number of things in words.

    >>> count_of(1, "episode"), count_of(2, "issue")
    ('1 episode', '2 issues')
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"
