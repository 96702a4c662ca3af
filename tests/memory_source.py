"""A source of passages without a catalogue."""

import bisect
from collections.abc import Sequence

import numpy as np

from corpus.records import Passage
from search.source import Change, HeldPassage, HeldText, Place
from search.tokens import fold_name


class MemorySource:
    def __init__(self):
        self._held: dict[int, HeldPassage] = {}
        self._where: dict[int, tuple[tuple, int]] = {}
        self._texts: dict[tuple, dict[int, int]] = {}
        self._published: dict[int, str | None] = {}
        self._changes: list[Change] = []
        self._vectors: dict[tuple[str, str], np.ndarray] = {}
        self._words: dict[tuple[str, str], np.ndarray] = {}
        self._last_id = 0

    def put(
        self,
        passages: Sequence[Passage],
        *,
        episode: int | None = None,
        issue: int | None = None,
        title: str = "",
        show: str = "",
        published: str | None = None,
    ) -> list[int]:
        ids = []
        for passage in passages:
            self._last_id += 1
            id_ = self._last_id
            text = (passage.kind, episode, issue)
            places = self._texts.setdefault(text, {})
            position = max(places, default=-1) + 1
            places[position] = id_
            self._where[id_] = (text, position)
            self._held[id_] = HeldPassage(
                id=id_, passage=passage, episode_id=episode, issue_id=issue, title=title, show=show
            )
            self._published[id_] = published
            self._log(id_, "put")
            ids.append(id_)
        return ids

    def change(self, id_: int, passage: Passage) -> None:
        old = self._held[id_]
        self._held[id_] = HeldPassage(
            id=id_,
            passage=passage,
            episode_id=old.episode_id,
            issue_id=old.issue_id,
            title=old.title,
            show=old.show,
        )
        self._log(id_, "put")

    def drop(self, ids: Sequence[int]) -> None:
        for id_ in ids:
            text, position = self._where.pop(id_)
            del self._held[id_], self._texts[text][position]
            self._log(id_, "drop")

    def _log(self, id_, action):
        self._changes.append(Change(seq=self.last_change() + 1, passage_id=id_, action=action))

    def get_passages(self, ids):
        return [self._held[id_] for id_ in ids if id_ in self._held]

    def get_texts(self, ids):
        return [
            HeldText(
                one.id,
                one.passage.kind,
                one.passage.text,
                one.title,
                one.show,
                one.passage.speakers,
            )
            for one in self.get_passages(ids)
        ]

    def get_places(self, ids):
        return {
            one.id: Place(
                ("issue", one.issue_id) if one.episode_id is None else ("episode", one.episode_id),
                one.passage.start_ms,
            )
            for one in self.get_passages(ids)
        }

    def find_neighbours(self, ids, reach):
        found = {}
        for id_ in ids:
            if id_ in self._where:
                text, position = self._where[id_]
                places = self._texts[text]
                around = (place for place in sorted(places) if abs(place - position) <= reach)
                found[id_] = tuple(places[place] for place in around)
        return found

    def find_ids(self, filters):
        ids = [id_ for id_, one in self._held.items() if self._passes(one, filters)]
        return np.asarray(sorted(ids), np.int64)

    def _passes(self, one, filters):
        published = self._published[one.id] or ""
        return (
            fold_name(filters.show or "") in fold_name(one.show)
            and (
                filters.speaker is None
                or any(
                    fold_name(filters.speaker) in fold_name(name) for name in one.passage.speakers
                )
            )
            and filters.kind in (None, one.passage.kind)
            and (filters.after is None or published >= filters.after)
            and (filters.before is None or "" < published < filters.before)
        )

    def list_ids(self, after, limit):
        ids = sorted(self._held)
        start = bisect.bisect_right(ids, after)
        return ids[start : start + limit]

    def list_changes(self, after, limit):
        return [change for change in self._changes if change.seq > after][:limit]

    def last_change(self):
        return self._changes[-1].seq if self._changes else 0

    def get_vectors(self, hashes, model):
        keys = {hash_: (hash_, model) for hash_ in hashes}
        return {hash_: self._vectors[key] for hash_, key in keys.items() if key in self._vectors}

    def put_vectors(self, hashes, vectors, model):
        for hash_, vector in zip(hashes, vectors, strict=True):
            self._vectors.setdefault((hash_, model), vector)

    def get_words(self, hashes, model):
        keys = {hash_: (hash_, model) for hash_ in hashes}
        return {hash_: self._words[key] for hash_, key in keys.items() if key in self._words}

    def put_words(self, hashes, words, model):
        for hash_, packed in zip(hashes, words, strict=True):
            self._words.setdefault((hash_, model), packed)
