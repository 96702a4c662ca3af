"""Loads the model before and beside all else: a first question waits for little but it.

What runs the model is imported first, and what reads the catalogue while the model is read: that
holds the interpreter for a moment only. It saves a third of a second of one and a half.
"""

import contextlib
import threading
from collections.abc import Callable
from pathlib import Path

from corpus.errors import EarmarkError
from search.embedder import Embedder
from search.manifest import find_current, read_manifest


def start_embedder(index: Path, question: str) -> Embedder | None:
    """Return the embedder that an index was made by, while its model loads and embeds a question.

    None where there is no index, or one of words alone: the search tells what is wrong.
    """
    generation = find_current(index)
    if generation is None:
        return None
    try:
        model = read_manifest(generation).fingerprint.model
    except OSError:
        return None
    if model is None:
        return None
    from search.openvino_embedder import OpenvinoEmbedder, import_engine

    import_engine()
    embedder = OpenvinoEmbedder(model)
    embed_beside(lambda: embedder, question)
    return embedder


def embed_beside(get_embedder: Callable[[], Embedder], question: str) -> None:
    """Embed a question in a thread; its vector is kept, so that the search finds it made."""

    def embed() -> None:
        # The search asks again, and tells what is wrong. A command that ended before, for want
        # of an index, takes the interpreter from under what is imported: a RuntimeError.
        with contextlib.suppress(EarmarkError, RuntimeError):
            get_embedder().read_query(question)

    threading.Thread(target=embed, name="embed").start()
