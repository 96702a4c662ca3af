"""What issues have told already, compared in words and, where vectors are kept, in meaning."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from corpus.holdings import Said
from search.catalogue_source import CatalogueSource
from search.source import text_hash

if TYPE_CHECKING:
    from web.wiring import House


def load_vectors(house: "House", texts: Sequence[str], said: Sequence[Said]) -> dict[str, Any]:
    """Return the vectors that were kept when texts were indexed; no model is loaded for others."""
    if not texts or not said:
        return {}
    hashes = {text_hash(text): text for text in (*texts, *(each.text for each in said))}
    kept = CatalogueSource(house.catalogue).get_vectors(
        list(hashes), house.settings.embedding_model
    )
    return {hashes[key]: vector for key, vector in kept.items()}
