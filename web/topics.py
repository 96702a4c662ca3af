"""The timeline of an episode: its chapters, or else the sections that its words and meaning tell.

Sections are worked out when first asked for, from vectors that were kept when the episode was
indexed (no model is loaded), and kept in memory for as long as its passages stay as they are.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask import current_app

from corpus.catalogue import passages
from corpus.records import Chapter
from ingest.topics import Topic, find_topics
from search.catalogue_source import CatalogueSource
from search.source import text_hash

if TYPE_CHECKING:
    from web.wiring import House

_KEPT = 256


class KeptTopics:
    """The sections of the episodes that were looked at last; any number of threads may."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[int, tuple[tuple[int, int], tuple[Topic, ...]]] = OrderedDict()

    def find(self, episode_id: int, state: tuple[int, int]) -> tuple[Topic, ...] | None:
        """Return what was kept of an episode in this state."""
        with self._lock:
            held = self._held.get(episode_id)
            if held is None or held[0] != state:
                return None
            self._held.move_to_end(episode_id)
            return held[1]

    def keep(self, episode_id: int, state: tuple[int, int], topics: tuple[Topic, ...]) -> None:
        """Keep the sections of an episode in a state."""
        with self._lock:
            self._held[episode_id] = state, topics
            self._held.move_to_end(episode_id)
            while len(self._held) > _KEPT:
                self._held.popitem(last=False)


def list_topics(house: "House", episode_id: int) -> tuple[Topic, ...]:
    """Return the sections of an episode; none where little or nothing of it is written down."""
    kept: KeptTopics = current_app.extensions["earmark_topics"]
    with house.catalogue.read() as conn:
        state = passages.read_spoken_state(conn, episode_id)
        found = kept.find(episode_id, state)
        if found is not None:
            return found
        said = passages.list_passages(conn, episode_id=episode_id, kind="transcript")
    hashes = {text_hash(one.text): one.text for one in said}
    source = CatalogueSource(house.catalogue)
    vectors = source.get_vectors(list(hashes), house.settings.embedding_model)
    found = find_topics(
        said,
        {hashes[key]: vector for key, vector in vectors.items()},
        house.open_word_counts(),
    )
    # Before all is indexed, the next look may tell more.
    if len(vectors) == len(hashes):
        kept.keep(episode_id, state, found)
    return found


def name_topic(topic: Topic) -> str:
    """Return the title of a section."""
    return " · ".join(topic.names) or "…"


def topic_chapters(topics: Sequence[Topic]) -> tuple[Chapter, ...]:
    """Return sections as chapters have it."""
    return tuple(
        Chapter(start_ms=one.start_ms, end_ms=one.end_ms, title=name_topic(one)) for one in topics
    )
