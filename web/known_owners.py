"""What hits say of their episodes and issues, read once for each state of the catalogue."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from corpus.catalogue import Catalogue, episodes, issues, judgements, players
from corpus.holdings import Episode, Issue, Judgement
from web.episode_links import list_drifts
from web.links import PageUrls

if TYPE_CHECKING:
    from ingest.audio_length import Drift

MOST_KEPT = 2_000
"""Episodes and issues; beyond that all are read again."""


@dataclass(slots=True)
class Owners:
    """Episodes and issues by their ids, with what the links to them need."""

    episodes: dict[int, Episode] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    pages: dict[int, PageUrls] = field(default_factory=dict)
    """Addresses of episodes elsewhere."""
    judgements: dict[str, tuple[Judgement, ...]] | None = None
    """What was judged, by the question's key; None before it was read."""
    drifts: "dict[int, Drift]" = field(default_factory=dict)


class KnownOwners:
    """Keeps owners until anything is written to the catalogue; any number of threads may ask."""

    def __init__(self, catalogue: Catalogue, most: int = MOST_KEPT) -> None:
        self._catalogue = catalogue
        self._most = most
        self._lock = threading.Lock()
        self._state = ""
        self._kept = Owners()

    def get(self, episode_ids: Sequence[int], issue_ids: Sequence[int]) -> Owners:
        """Return the owners with these ids and maybe others; one that is not held is absent."""
        kept = self._get_kept()
        new_episodes = _missing(episode_ids, kept.episodes)
        new_issues = _missing(issue_ids, kept.issues)
        if new_episodes or new_issues:
            # A transaction costs as much as all else here: only where there is something to read.
            with self._catalogue.read() as conn:
                _read_episodes(conn, kept, new_episodes)
                held = issues.list_issues(conn, ids=new_issues) if new_issues else ()
                kept.issues.update({one.id: one for one in held})
        return kept

    def list_judgements(self, question: str) -> tuple[Judgement, ...]:
        """Return what was judged of a question; the newest last."""
        kept = self._get_kept()
        if kept.judgements is None:
            with self._catalogue.read() as conn:
                held = judgements.list_judgements(conn)
            by_question: dict[str, tuple[Judgement, ...]] = {}
            for one in held:
                key = judgements.question_key(one.question)
                by_question[key] = (*by_question.get(key, ()), one)
            kept.judgements = by_question
        return kept.judgements.get(judgements.question_key(question), ())

    def _get_kept(self) -> Owners:
        state = self._catalogue.state()
        with self._lock:
            if state != self._state or _size(self._kept) > self._most:
                self._state, self._kept = state, Owners()
            return self._kept


def _read_episodes(conn: Connection, kept: Owners, ids: Sequence[int]) -> None:
    if not ids:
        return
    held = episodes.list_episodes(conn, ids=ids)
    kept.pages.update(players.list_pages(conn, ids))
    kept.drifts.update(list_drifts(conn, held))
    # Last: an episode that is here has all of this.
    kept.episodes.update({episode.id: episode for episode in held})


def _missing(ids: Sequence[int], kept: Mapping[int, object]) -> list[int]:
    return sorted(set(ids) - kept.keys())


def _size(kept: Owners) -> int:
    return len(kept.episodes) + len(kept.issues)
