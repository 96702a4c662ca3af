"""Answers questions: the seam, and its implementation on one machine."""

import logging
import time
from dataclasses import dataclass, fields, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ModelError
from search.embedder import Embedder
from search.fusion import Fused, find_own_words, fuse, group, is_apart, weigh_meaning
from search.hits import Hit, Mode, SearchAnswer, SearchRequest
from search.index_reader import IndexReader, OpenIndex
from search.keywords import Scored, Weighed
from search.pinpoint import find_best_sentence, find_spans
from search.query import Filters, Query, join_filters, parse_query
from search.reranking import Evidence, Reranker, rerank
from search.source import HeldPassage, Ids, PassageSource
from search.vectors import Near

POOL = 200
"""Candidates taken from each list for the first pages."""
APART_MS = 45_000
"""Passages of one episode that begin within this are one hit."""
MAX_DEPTH = 2_000
"""No page reaches further."""

_log = logging.getLogger(__name__)


class SearchEngine(Protocol):
    """Finds passages; whoever implements it passes tests/test_search_engine.py."""

    def search(self, request: SearchRequest) -> SearchAnswer:
        """Return the best passages; nothing that can be typed is an error.

        Raises:
            IndexMismatchError: If the index was built by another model, chunker or version.
        """


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question made ready for both indexes."""

    query: Query
    weighed: Weighed
    vector: NDArray[np.float32] | None
    allowed: Ids | None
    depth: int


class EmbeddedEngine:
    """Searches the index in this process; any number of threads may."""

    def __init__(
        self,
        source: PassageSource,
        reader: IndexReader,
        embedder: Embedder | None,
        *,
        reranker: Reranker = rerank,
    ) -> None:
        """Without an embedder, questions are answered by their words alone."""
        self._source = source
        self._reader = reader
        self._embedder = embedder
        self._reranker = reranker

    def search(self, request: SearchRequest) -> SearchAnswer:
        """Return the best passages; nothing that can be typed is an error.

        Raises:
            IndexMismatchError: If the index was built by another model, chunker or version.
        """
        if request.like is not None:
            return self._search_like(request, request.like)
        began = time.perf_counter()
        query = join_filters(parse_query(request.text), _asked_filters(request))
        problems = list(query.problems)
        opened = self._reader.get()
        mode, fused = request.mode, list[Fused]()
        asked: _Asked | None = None
        if opened is None:
            problems.append("nothing is indexed yet")
        elif not query.text:
            problems.append("there is nothing to look for: type some words")
        else:
            mode, vector = self._choose_mode(opened, query, request.mode, problems)
            asked = self._prepare(opened, query, vector, request)
            fused = self._rank(opened, asked, mode)
            if not fused and query.phrases and _asks_more(query):
                # Quotation marks are typed for titles and irony too, not only to demand words.
                loose = replace(query, phrases=())
                asked = self._prepare(opened, loose, vector, request)
                fused = self._rank(opened, asked, mode)
                if fused:
                    problems.append(f"nothing holds {_said(query)}: answered without the quotes")
            if not fused:
                problems += _reasons(query)
        hits = self._make_hits(fused, asked, request) if asked else ()
        return _make_answer(hits, fused, mode, began=began, problems=problems)

    def _search_like(self, request: SearchRequest, passage_id: int) -> SearchAnswer:
        """Return passages that mean much the same as one, from elsewhere."""
        began = time.perf_counter()
        query = join_filters(parse_query(request.text), _asked_filters(request))
        problems, mode, fused = list(query.problems), request.mode, list[Fused]()
        hits: tuple[Hit, ...] = ()
        opened, held = self._reader.get(), self._source.get_passages([passage_id])
        if opened is None or not held:
            what = "nothing is indexed yet" if held else f"passage {passage_id} is no longer held"
            problems.append(what)
        else:
            query = replace(query, text=held[0].passage.text)
            mode, vector = self._choose_mode(opened, query, "semantic", problems)
            asked = self._prepare(opened, query, vector, request)
            here = self._source.get_places([passage_id])
            ranked = self._rank(opened, asked, mode)
            places = self._source.get_places([one.id for one in ranked])
            fused = [one for one in ranked if is_apart(places[one.id], here[passage_id], APART_MS)]
            # Its own words are not what anybody asked for.
            found = self._make_hits(fused, asked, request)
            hits = tuple(replace(hit, spans=()) for hit in found)
        return _make_answer(hits, fused, mode, began=began, problems=problems)

    def _choose_mode(
        self, opened: OpenIndex, query: Query, mode: Mode, problems: list[str]
    ) -> tuple[Mode, NDArray[np.float32] | None]:
        """Return the mode that can run, and the question's vector where it is of use."""
        if mode == "keyword":
            return mode, None
        try:
            if self._embedder is not None and len(opened.vectors):
                return mode, self._embedder.embed_queries([query.text])[0]
            reason = "no model is set" if self._embedder is None else "the index has no vectors"
        except ModelError as error:
            _log.warning("searching by words alone: %s", error)
            reason = str(error)
        problems.append(f"searched by words alone: {reason}")
        return "keyword", None

    def _prepare(
        self,
        opened: OpenIndex,
        query: Query,
        vector: NDArray[np.float32] | None,
        request: SearchRequest,
    ) -> _Asked:
        allowed = None if query.filters.is_empty else self._source.find_ids(query.filters)
        if query.phrases or query.excluded:
            named = opened.keywords.find_ids(query.phrases, query.excluded)
            allowed = named if allowed is None else np.intersect1d(allowed, named)
        depth = max(0, request.offset) + max(0, request.k)
        # Several candidates may turn out to be one hit.
        depth = min(MAX_DEPTH, max(POOL, 3 * depth))
        return _Asked(query, opened.keywords.weigh(query.text), vector, allowed, depth)

    def _rank(self, opened: OpenIndex, asked: _Asked, mode: Mode) -> list[Fused]:
        words: Scored = []
        meaning: Near = []
        if mode != "semantic":
            words = opened.keywords.search(asked.weighed, asked.depth, asked.allowed)
        if asked.vector is not None:
            meaning = opened.vectors.nearest(asked.vector, asked.depth, asked.allowed)
        if mode == "hybrid" and asked.vector is not None:
            words_too = _missing(meaning, words)
            meaning_too = _missing(words, meaning)
            words += opened.keywords.search(asked.weighed, len(words_too), words_too)
            meaning += opened.vectors.nearest(asked.vector, len(meaning_too), meaning_too)
        own_words = find_own_words(words, asked.weighed)
        fused = fuse(words, meaning, weigh_meaning(own_words))
        places = self._source.get_places([one.id for one in fused])
        if words and meaning:
            best = asked.weighed.best_possible
            shares = {id_: score / best for id_, score in words}
            fused = self._reranker(fused, places, Evidence(shares, dict(meaning), own_words))
        return group(fused, places, APART_MS)

    def _make_hits(
        self, fused: list[Fused], asked: _Asked, request: SearchRequest
    ) -> tuple[Hit, ...]:
        offset = max(0, request.offset)
        page = fused[offset : offset + max(0, request.k)]
        held = {one.id: one for one in self._source.get_passages([one.id for one in page])}
        return tuple(
            _make_hit(rank, one, held[one.id], asked.weighed)
            for rank, one in enumerate(page, offset + 1)
            if one.id in held
        )


def _make_answer(
    hits: tuple[Hit, ...], fused: list[Fused], mode: Mode, *, began: float, problems: list[str]
) -> SearchAnswer:
    return SearchAnswer(
        hits=hits,
        total=len(fused),
        mode=mode,
        took_ms=round((time.perf_counter() - began) * 1000),
        problems=tuple(problems),
        found=tuple(one.id for one in fused),
    )


def _make_hit(rank: int, fused: Fused, held: HeldPassage, weighed: Weighed) -> Hit:
    return Hit(
        rank=rank,
        score=round(fused.score, 4),
        why=fused.why,
        passage_id=held.id,
        passage=held.passage,
        spans=find_spans(held.passage.text, list(weighed.terms)),
        best=find_best_sentence(held.passage, weighed.terms),
        episode_id=held.episode_id,
        issue_id=held.issue_id,
    )


def _said(query: Query) -> str:
    return " and ".join(" or ".join(f'"{way}"' for way in ways) for ways in query.phrases)


def _asks_more(query: Query) -> bool:
    """Tell whether a question has words outside its quotes."""
    quoted = sum(len(way.split()) for ways in query.phrases for way in ways)
    return len(query.text.split()) > quoted


def _reasons(query: Query) -> list[str]:
    """Return why nothing was found, where it is not for want of the words."""
    named = [
        f"{item.name}:{value}"
        for item in fields(query.filters)
        if (value := getattr(query.filters, item.name)) is not None
    ]
    named += [f"-{word}" for word in query.excluded]
    reasons = [f"nothing passes {' '.join(named)}: drop one of these"] if named else []
    if query.phrases:
        reasons.append(f"nothing holds {_said(query)}: leave out the quotes to find what is near")
    return reasons


def _missing(found: list[tuple[int, float]], where: list[tuple[int, float]]) -> Ids:
    ids = {id_ for id_, _ in found} - {id_ for id_, _ in where}
    return np.asarray(sorted(ids), np.int64)


def _asked_filters(request: SearchRequest) -> Filters:
    return Filters(
        show=request.show,
        speaker=request.speaker,
        kind=request.kind,
        after=request.after,
        before=request.before,
    )
