"""Brings the search index up to date; the index is a cache of the catalogue."""

from collections.abc import Callable

from search.embedder import Embedder
from search.index_store import IndexStore
from search.source import PassageSource

Progress = Callable[[float | None, str], None]


class StoreIndexer:
    """Updates or rebuilds one index from one source of passages."""

    def __init__(
        self,
        store: IndexStore,
        source: PassageSource,
        embedder: Embedder,
        *,
        count_passages: Callable[[], int],
    ) -> None:
        self._store = store
        self._source = source
        self._embedder = embedder
        self._count_passages = count_passages

    def update(self, on_progress: Progress) -> int:
        """Apply all changes since the last time; return the number of the last one applied.

        Raises:
            IndexMismatchError: If the index was built by another model, chunker or version.
            ModelError: If the embedder's weights cannot be had.
        """

        def tell(done: int, total: int) -> None:
            on_progress(done / total, f"{done} of {total} changes")

        self._store.update(self._source, self._embedder, tell)
        manifest = self._store.find_manifest()
        return manifest.seq if manifest else 0

    def rebuild(self, on_progress: Progress) -> int:
        """Build the index anew; return how many passages it holds.

        Raises:
            ModelError: If the embedder's weights cannot be had.
        """
        return self._store.rebuild(self._source, self._embedder, self._telling(on_progress))

    def _telling(self, on_progress: Progress) -> Callable[[int, int], None]:
        total = self._count_passages()

        def tell(done: int, _: int) -> None:
            share = min(done / total, 1.0) if total else None
            on_progress(share, f"{done} of {total} passages")

        return tell
