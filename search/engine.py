"""Answers questions: the seam, and its implementation on one machine."""

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ModelError
from search.embedder import Embedder
from search.explaining import asked_filters, find_drops, find_reasons, say_unheld
from search.fusion import Fused, find_own_words, fuse, group, is_apart, weigh_meaning
from search.hits import Drop, Hit, Mode, SearchAnswer, SearchRequest, Why
from search.index_reader import IndexReader, OpenIndex
from search.keywords import Scored, Soft, Weighed
from search.pinpoint import ENOUGH, find_best_sentence, find_spans, find_terms
from search.query import Query, join_filters, parse_query
from search.reranking import DEPTH as RERANKED
from search.reranking import Evidence, Reranker, rerank
from search.said_words import NO_WORDS, SaidWords, sum_up
from search.source import HeldPassage, Ids, PassageSource
from search.spelling import SpellingBook
from search.vectors import Near
from search.vocabulary import Vocabulary

DEPTH = 200
"""Candidates taken from each list. It is the same for every page: so all pages of an answer are of
one order, and no page reaches further."""
APART_MS = 45_000
"""Passages of one episode that begin within this are one hit."""
SENTENCE_WORDS = 6
"""So many words in quotes are a sentence as somebody remembers it, hardly a term."""
MENDED_WEIGHT = 0.8
"""Of a word in its nearest spelling, against one that was typed."""

_ONLY: dict[Mode, Why] = {"keyword": "words", "semantic": "meaning"}
"""What alone can bring a hit."""

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
    mode: Mode
    words: SaidWords = NO_WORDS


@dataclass(slots=True)
class _Found:
    """What is known of an answer so far."""

    mode: Mode
    problems: list[str]
    fused: list[Fused] = field(default_factory=list)
    asked: _Asked | None = None
    suggestion: str | None = None
    drops: tuple[Drop, ...] = ()


class EmbeddedEngine:
    """Searches the index in this process; any number of threads may."""

    def __init__(
        self,
        source: PassageSource,
        reader: IndexReader,
        embedder: Embedder | None,
        *,
        reranker: Reranker = rerank,
        get_vocabulary: Callable[[], Vocabulary] = Vocabulary,
    ) -> None:
        """Without an embedder, questions are answered by their words alone."""
        self._source = source
        self._reader = reader
        self._embedder = embedder
        self._reranker = reranker
        self._get_vocabulary = get_vocabulary
        self._spelling = SpellingBook()
        self._aside = ThreadPoolExecutor(thread_name_prefix="words")

    def search(self, request: SearchRequest) -> SearchAnswer:
        """Return the best passages; nothing that can be typed is an error.

        Raises:
            IndexMismatchError: If the index was built by another model, chunker or version.
        """
        if request.like is not None:
            return self._search_like(request, request.like)
        began = time.perf_counter()
        query = join_filters(parse_query(request.text), asked_filters(request))
        found = _Found(request.mode, list(query.problems))
        opened = self._reader.get()
        if opened is None:
            found.problems.append("nothing is indexed yet")
        elif not query.text:
            found.problems.append("there is nothing to look for: type some words")
        else:
            self._find(opened, query, request, found)
        return _make_answer(self._make_hits(found, request), found, began)

    def _search_like(self, request: SearchRequest, passage_id: int) -> SearchAnswer:
        """Return passages that mean much the same as one, from elsewhere."""
        began = time.perf_counter()
        query = join_filters(parse_query(request.text), asked_filters(request))
        found = _Found("semantic", list(query.problems))
        opened, held = self._reader.get(), self._source.get_passages([passage_id])
        if opened is None:
            found.problems.append("nothing is indexed yet")
        elif not held:
            found.problems.append(f"passage {passage_id} is no longer held")
        else:
            query = replace(query, text=held[0].passage.text)
            vector, _ = self._embed(opened, query.text, found)
            found.asked = self._prepare(opened, query, vector, softs=[], mode=found.mode)
            here = self._source.get_places([passage_id])[passage_id]
            ranked = self._rank(opened, found.asked)
            places = self._source.get_places([one.id for one in ranked])
            found.fused = [one for one in ranked if is_apart(places[one.id], here, APART_MS)]
        # Its own words are not what anybody asked for.
        hits = tuple(replace(hit, spans=()) for hit in self._make_hits(found, request))
        return _make_answer(hits, found, began)

    def _find(self, opened: OpenIndex, query: Query, request: SearchRequest, found: _Found) -> None:
        found.suggestion = self._spelling.correct(request.text, opened.keywords)
        meant = parse_query(found.suggestion) if found.suggestion else query
        softs = [Soft(meant.text, MENDED_WEIGHT)] if found.suggestion else []
        softs += self._get_vocabulary().find_softs(meant.loose)
        asked = self._prepare(opened, query, softs=softs, mode=found.mode)
        # Words need neither the vector nor the interpreter: they are sought meanwhile.
        words = self._aside.submit(_search_words, opened, asked) if found.mode == "hybrid" else None
        vector, said = self._embed(opened, meant.text, found)
        asked = replace(asked, vector=vector, words=said, mode=found.mode)
        found.asked, found.fused = asked, self._rank(opened, asked, words)
        if not found.fused and query.phrases and _may_be_loosened(query):
            # Quotation marks are typed for titles, irony and what somebody said as well, not only
            # to demand words.
            loose = replace(query, phrases=())
            unquoted = self._prepare(opened, loose, vector, softs=softs, mode=found.mode)
            found.asked = replace(unquoted, words=said)
            found.fused = self._rank(opened, found.asked)
            if found.fused:
                found.problems.append(f"{say_unheld(query)}: answered without the quotes")
        if not found.fused:

            def count(other: Query) -> int:
                tried = self._prepare(opened, other, vector, softs=softs, mode=found.mode)
                return len(self._rank(opened, tried))

            if found.suggestion and not count(join_filters(meant, asked_filters(request))):
                found.suggestion = None
            allowed = self._find_allowed(opened, replace(query, phrases=()))
            found.drops = find_drops(request, count)
            found.problems += find_reasons(
                query,
                opened.keywords,
                found.drops,
                count=count,
                is_let_through=allowed is None or len(allowed) > 0,
            )

    def _embed(
        self, opened: OpenIndex, text: str, found: _Found
    ) -> tuple[NDArray[np.float32] | None, SaidWords]:
        """Return a question's vector and words where they are of use; say where there are none."""
        if found.mode == "keyword":
            return None, NO_WORDS
        try:
            if self._embedder is not None and len(opened.vectors):
                return self._embedder.read_query(text)
            reason = "no model is set" if self._embedder is None else "the index has no vectors"
        except ModelError as error:
            _log.warning("searching by words alone: %s", error)
            reason = str(error)
        found.problems.append(f"searched by words alone: {reason}")
        found.mode = "keyword"
        return None, NO_WORDS

    def _prepare(
        self,
        opened: OpenIndex,
        query: Query,
        vector: NDArray[np.float32] | None = None,
        *,
        softs: Sequence[Soft],
        mode: Mode,
    ) -> _Asked:
        allowed = self._find_allowed(opened, query)
        weighed = opened.keywords.weigh(query.text, softs)
        return _Asked(query, weighed, vector, allowed, mode)

    def _find_allowed(self, opened: OpenIndex, query: Query) -> Ids | None:
        """Return the passages that may be answered, or None where all may."""
        allowed: Ids | None = None
        if query.barred or not query.filters.is_empty:
            allowed = self._source.find_ids(query.filters)
            for barred in query.barred:
                allowed = np.setdiff1d(allowed, self._source.find_ids(barred), assume_unique=True)
        if query.phrases or query.excluded:
            named = opened.keywords.find_ids(query.phrases, query.excluded)
            allowed = named if allowed is None else np.intersect1d(allowed, named)
        return allowed

    def _rank(
        self, opened: OpenIndex, asked: _Asked, sought: Future[Scored] | None = None
    ) -> list[Fused]:
        """Return all candidates, the best first; ``sought`` are those by words, on their way."""
        words: Scored = []
        meaning: Near = []
        more: Future[Scored] | None = None
        if asked.vector is not None:
            meaning = opened.vectors.nearest(asked.vector, DEPTH, asked.allowed)
        if asked.mode != "semantic":
            words = sought.result() if sought else _search_words(opened, asked)
        if asked.mode == "hybrid" and asked.vector is not None:
            words_too = _missing(meaning, words)
            meaning_too = _missing(words, meaning)
            more = self._aside.submit(
                opened.keywords.search, asked.weighed, len(words_too), words_too
            )
            meaning += opened.vectors.nearest(asked.vector, len(meaning_too), meaning_too)
        # Both lists together name all candidates already.
        ids = sorted({id_ for id_, _ in chain(words, meaning)})
        places = self._source.get_places(ids)
        turns = opened.turns.get(ids)
        words += more.result() if more else []
        own_words = find_own_words(words, asked.weighed)
        fused = fuse(words, meaning, weigh_meaning(own_words))
        if words and meaning:
            best = asked.weighed.best_possible
            shares = {id_: score / best for id_, score in words}
            near = _compare_words(opened, asked, [one.id for one in fused[:RERANKED]])
            known = Evidence(shares, dict(meaning), own_words, turns, near)
            fused = self._reranker(fused, places, known)
        return group(fused, places, APART_MS)

    def _make_hits(self, found: _Found, request: SearchRequest) -> tuple[Hit, ...]:
        if found.asked is None:
            return ()
        offset = max(0, request.offset)
        page = found.fused[offset : offset + max(0, request.k)]
        held = {one.id: one for one in self._source.get_passages([one.id for one in page])}
        return tuple(
            _make_hit(rank, one, held[one.id], found.asked)
            for rank, one in enumerate(page, offset + 1)
            if one.id in held
        )


def _make_answer(hits: tuple[Hit, ...], found: _Found, began: float) -> SearchAnswer:
    return SearchAnswer(
        hits=hits,
        total=len(found.fused),
        mode=found.mode,
        took_ms=round((time.perf_counter() - began) * 1000),
        problems=tuple(found.problems),
        suggestion=found.suggestion,
        drops=found.drops,
        found=tuple(one.id for one in found.fused),
    )


def _make_hit(rank: int, fused: Fused, held: HeldPassage, asked: _Asked) -> Hit:
    terms = asked.weighed.terms_in(find_terms(held.passage.text))
    enough = 1.0 if asked.query.phrases else ENOUGH  # what is quoted is looked for itself
    return Hit(
        rank=rank,
        score=round(fused.score, 4),
        why=_ONLY.get(asked.mode, fused.why),
        passage_id=held.id,
        passage=held.passage,
        spans=find_spans(held.passage.text, list(terms)),
        best=find_best_sentence(held.passage, terms, enough=enough),
        episode_id=held.episode_id,
        issue_id=held.issue_id,
    )


def _search_words(opened: OpenIndex, asked: _Asked) -> Scored:
    return opened.keywords.search(asked.weighed, DEPTH, asked.allowed)


def _compare_words(opened: OpenIndex, asked: _Asked, ids: list[int]) -> dict[int, float]:
    """Return how near the question's words are to those of passages that have any."""
    if not asked.words.terms:
        return {}
    nearest, known = opened.words.find_nearest(ids, asked.words.vectors)
    near = sum_up(nearest, opened.keywords.weigh_terms(asked.words.terms))
    return {
        id_: value
        for id_, value, is_known in zip(ids, near.tolist(), known, strict=True)
        if is_known
    }


def _may_be_loosened(query: Query) -> bool:
    """Tell whether a question has words outside its quotes, or quotes a whole sentence."""
    quoted = [len(way.split()) for ways in query.phrases for way in ways]
    return len(query.text.split()) > sum(quoted) or min(quoted, default=0) >= SENTENCE_WORDS


def _missing(found: list[tuple[int, float]], where: list[tuple[int, float]]) -> Ids:
    ids = {id_ for id_, _ in found} - {id_ for id_, _ in where}
    return np.asarray(sorted(ids), np.int64)
