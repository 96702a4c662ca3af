"""What a worker works with: the catalogue and the seams, handed over by whoever wires them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from corpus.catalogue import Catalogue
from corpus.homes import Home
from corpus.settings import Settings
from ingest.door import Door
from ingest.robots import Robots
from ingest.speech.transcriber import Transcriber
from search.embedder import Embedder

if TYPE_CHECKING:
    from ingest.rephrasing import Rephraser

Progress = Callable[[float | None, str], None]
"""Says how far a step is (0 to 1, or unknown) and what it does."""


class Indexer(Protocol):
    """Brings the search index up to date with the catalogue."""

    def update(self, on_progress: Progress) -> int:
        """Apply all changes since the last time; return the number of the last one applied.

        Raises:
            IndexMismatchError: If the index was built by another model, chunker or version.
            ModelError: If passages cannot be embedded.
        """

    def rebuild(self, on_progress: Progress) -> int:
        """Build the index anew; return how many passages it holds."""


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """The tools of a worker; models are made when first asked for."""

    catalogue: Catalogue
    home: Home
    settings: Settings
    door: Door
    get_transcriber: Callable[[], Transcriber]
    get_embedder: Callable[[], Embedder | None]
    get_indexer: Callable[[], Indexer]
    now_ms: Callable[[], int]
    get_rephraser: Callable[[], "Rephraser | None"] = lambda: None
    """What words drafts anew; None where nobody has named one."""
    robots: Robots = field(default_factory=Robots)
