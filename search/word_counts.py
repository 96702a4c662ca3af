"""How often words occur in all that is held, as the keyword index knows it; no model is needed."""

from pathlib import Path

from search.keywords import KeywordIndex
from search.manifest import find_current


def open_word_counts(folder: Path) -> KeywordIndex | None:
    """Return the words of the index in ``folder``, or None where none can be read yet."""
    generation = find_current(folder)
    if generation is None or not (generation / "keywords").is_dir():
        return None
    try:
        return KeywordIndex(generation / "keywords")
    except (OSError, ValueError):
        # Of another version: whoever searches is told, and how it is rebuilt.
        return None
