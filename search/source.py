"""The seam between search and what holds the passages."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.records import Passage, PassageKind
from search.embedder import Vectors
from search.query import Filters
from search.said_words import PackedWords

Ids = NDArray[np.int64]
"""Passage ids, ascending, each once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPassage:
    """A passage with what search must know of its episode or issue."""

    id: int
    passage: Passage
    episode_id: int | None = None
    issue_id: int | None = None
    title: str = ""
    """Of its episode or issue."""
    show: str = ""
    """The title of its show, or the name of its newsletter."""


@dataclass(frozen=True, slots=True)
class HeldText:
    """What is indexed of a passage."""

    id: int
    kind: PassageKind
    text: str
    title: str = ""
    """Of its episode or issue."""
    show: str = ""
    """The title of its show, or the name of its newsletter."""
    speakers: tuple[str, ...] = ()
    """Who speaks in it, by name or by a label that only counts."""


class Place(NamedTuple):  # hundreds are made for each question: a fifth of a dataclass's time
    """Where a passage is, so that one minute is not answered ten times."""

    source: tuple[str, int]
    """What it is a part of: ``("episode", id)`` or ``("issue", id)``."""
    start_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A line of the change log: this passage was put, or dropped."""

    seq: int
    passage_id: int
    action: Literal["put", "drop"]


class PassageSource(Protocol):
    """Holds passages and vectors; whoever implements it passes tests/test_search_source.py.

    Everything is asked for in bulk: a call may name thousands of ids. A change is seen in
    ``list_changes`` no later than in any other answer.
    """

    def get_passages(self, ids: Sequence[int]) -> list[HeldPassage]:
        """Return those of ``ids`` that are held, in the order asked for."""

    def get_texts(self, ids: Sequence[int]) -> list[HeldText]:
        """Return the texts of those of ``ids`` that are held, in the order asked for.

        They cost a fraction of what the whole passages do.
        """

    def get_places(self, ids: Sequence[int]) -> Mapping[int, Place]:
        """Return where those of ``ids`` are that are held, without loading their texts."""

    def find_neighbours(self, ids: Sequence[int], reach: int) -> Mapping[int, tuple[int, ...]]:
        """Return, for each id that is held, the ids around it in the order of the text.

        These are the passages of the same kind, of the same episode or issue, whose position is
        at most ``reach`` away; the id itself is among them.
        """

    def find_ids(self, filters: Filters) -> Ids:
        """Return the ids that ``filters`` let through, ascending.

        ``show`` and ``speaker`` are parts of names, whatever their case of letters, accents and
        apostrophes; ``show`` of an issue is its newsletter's name. ``after`` takes what was
        published on that day or later, ``before`` what was published before it; what has no date
        passes neither.
        """

    def list_ids(self, after: int, limit: int) -> list[int]:
        """Return up to ``limit`` ids above ``after``, ascending."""

    def list_changes(self, after: int, limit: int) -> list[Change]:
        """Return up to ``limit`` changes with a ``seq`` above ``after``, in order."""

    def last_change(self) -> int:
        """Return the highest ``seq``, or 0."""

    def get_vectors(self, hashes: Sequence[str], model: str) -> dict[str, NDArray[np.float32]]:
        """Return the vectors kept for ``model``, by the ``text_hash`` of what was embedded."""

    def put_vectors(self, hashes: Sequence[str], vectors: Vectors, model: str) -> None:
        """Keep vectors; one that is kept already stays as it is."""

    def get_words(self, hashes: Sequence[str], model: str) -> dict[str, PackedWords]:
        """Return the words kept for ``model``, by the ``text_hash`` of the text that has them."""

    def put_words(self, hashes: Sequence[str], words: Sequence[PackedWords], model: str) -> None:
        """Keep the words of texts; what is kept of one already stays as it is."""


def text_hash(text: str) -> str:
    """Return what a text's vector is kept under: its SHA-256 in hexadecimal.

    >>> text_hash("")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
