"""Finds passages by their words: BM25 on tantivy, over the words that search.tokens tells it.

A passage is indexed with its own words three times, those of the next passage twice and those of
the one after once: what is talked about is rarely over after thirty seconds. (It also makes the
term frequency saturate as with k1 = 0.4, which suits short passages.) Neighbouring words count as
pairs too. Measured on 1,399 real questions, by words alone: the first hit begins within 60 seconds
of the right moment for 53 %, against 45 % where a passage has only its own words and no pairs.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import tantivy

from search.source import Ids
from search.tokens import Token, spell, tokenize

Scored = list[tuple[int, float]]
"""Ids with their scores, the best first; equal ones by id."""

KEYWORDS_VERSION = "1"
"""Of what is indexed for a passage: another one asks for a rebuild."""

OWN_TIMES = 3
PAIR_WEIGHT = 0.3
TITLE_WEIGHT = 0.1
MAX_TERMS = 100  # of a question: the rarest ones say what it is about
_WRITER_BYTES = 60_000_000
_K1 = 1.2  # of tantivy's BM25, which cannot be changed


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordDocument:
    """What the keyword index holds of a passage."""

    id: int
    text: str
    following: tuple[str, ...] = ()
    """The texts of the next passages, the nearest first."""
    title: str = ""
    """Of its show and episode or issue."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """The words of a question that occur anywhere, with their inverse document frequency."""

    terms: Mapping[str, float]
    pairs: tuple[str, ...]
    best_possible: float = 0.0
    """The score of a passage that has nothing but all of the question's words, without pairs."""


class KeywordIndex:
    """A folder with a tantivy index; one process writes, any number reads."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._schema = _schema()
        self._index = tantivy.Index(self._schema, path=str(folder), reuse=True)
        words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        self._index.register_tokenizer("words", words)
        self._searcher = self._index.searcher()

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def apply(self, puts: Iterable[KeywordDocument], drops: Sequence[int] = ()) -> None:
        """Hold ``puts`` and none of ``drops``, in one commit; an id put again is replaced."""
        held = list(puts)
        gone = [*drops, *(document.id for document in held)]
        writer = self._index.writer(_WRITER_BYTES, 1)
        if gone:
            ids = tantivy.Query.term_set_query(self._schema, "id", gone)
            writer.delete_documents_by_query(ids)
        for document in held:
            writer.add_document(_tantivy_document(document))
        self._commit(writer)

    def fill(self, documents: Iterable[KeywordDocument]) -> None:
        """Hold ``documents``, none of which is held yet, in one commit."""
        # Two threads: reading the words on one core is as much as writing them on another.
        writer = self._index.writer(2 * _WRITER_BYTES, 2)
        for document in documents:
            writer.add_document(_tantivy_document(document))
        self._commit(writer)

    def _commit(self, writer: Any) -> None:
        writer.commit()
        writer.wait_merging_threads()
        self.reload()

    def reload(self) -> None:
        """See what was committed since."""
        self._index.reload()
        self._searcher = self._index.searcher()

    def weigh(self, text: str) -> Weighed:
        """Return those words of a question that occur, the rarest where there are too many."""
        searcher, terms = self._searcher, index_terms(text)
        weights: dict[str, float] = {}
        mass = 0.0
        for term in dict.fromkeys(terms):
            in_bodies, in_titles = searcher.doc_freq("body", term), searcher.doc_freq("title", term)
            weight = _idf(max(in_bodies, in_titles), searcher.num_docs)
            mass += weight
            if in_bodies or in_titles:
                weights[term] = weight
        # The rarest, in the order in which the question has them.
        least = sorted(weights.values(), reverse=True)[:MAX_TERMS]
        kept = {term: weight for term, weight in weights.items() if weight >= least[-1]}
        pairs = dict.fromkeys(index_pairs(terms[: 2 * MAX_TERMS]))
        return Weighed(kept, tuple(pairs), mass * (_K1 + 1))

    def search(self, weighed: Weighed, k: int, allowed: Ids | None = None) -> Scored:
        """Return the ``k`` best passages, of those ``allowed`` where given."""
        if not weighed.terms or k <= 0 or not len(self):
            return []
        ranked = self._ranked_query(weighed)
        if allowed is None:
            return self._collect(ranked, k)
        only = tantivy.Query.term_set_query(self._schema, "id", allowed.tolist())
        must = tantivy.Query.const_score_query(only, 0.0)
        return self._collect(ranked.and_must_match(must), k) if len(allowed) else []

    def find_ids(self, phrases: Sequence[Sequence[str]], excluded: Sequence[str]) -> Ids:
        """Return the passages that hold one phrase of each of ``phrases`` and no ``excluded``."""
        clauses = [(tantivy.Occur.Must, tantivy.Query.all_query())]
        clauses += [
            (tantivy.Occur.Must, _any_of([self._phrase_query(way) for way in ways]))
            for ways in phrases
        ]
        clauses += [(tantivy.Occur.MustNot, self._phrase_query(said)) for said in excluded]
        query = tantivy.Query.const_score_query(tantivy.Query.boolean_query(clauses), 1.0)
        found = self._collect(query, max(1, len(self)))
        return np.sort(np.fromiter((id_ for id_, _ in found), np.int64, len(found)))

    def _collect(self, query: Any, k: int) -> Scored:
        searcher = self._searcher
        hits = searcher.search(query, limit=k, count=False).hits
        ids = searcher.fast_field_values("id", [address for _, address in hits])
        scored = [
            (int(id_), float(score))
            for id_, (score, _) in zip(ids, hits, strict=True)
            if id_ is not None
        ]
        return sorted(scored, key=lambda pair: (-pair[1], pair[0]))

    def _ranked_query(self, weighed: Weighed) -> Any:
        queries = []
        for term in weighed.terms:
            queries.append(tantivy.Query.term_query(self._schema, "body", term, "freq"))
            title = tantivy.Query.term_query(self._schema, "title", term, "freq")
            queries.append(tantivy.Query.boost_query(title, TITLE_WEIGHT))
        for pair in weighed.pairs:
            query = tantivy.Query.term_query(self._schema, "pairs", pair, "freq")
            queries.append(tantivy.Query.boost_query(query, PAIR_WEIGHT))
        return _any_of(queries)

    def _phrase_query(self, said: str) -> Any:
        tokens = tokenize(said)
        ways = {tuple(token.surface for token in tokens if not token.joined), _whole_way(tokens)}
        return _any_of([self._sequence_query(way) for way in ways if way])

    def _sequence_query(self, words: tuple[str, ...]) -> Any:
        if len(words) == 1:
            return tantivy.Query.term_query(self._schema, "exact", words[0], "position")
        return tantivy.Query.phrase_query(self._schema, "exact", list(words))


def index_terms(text: str) -> tuple[str, ...]:
    """Return the stems of ``text``, a compound as a whole once and in parts."""
    return tuple(chain.from_iterable(word.terms for word in spell(text)))


def index_pairs(terms: Sequence[str]) -> list[str]:
    """Return each two neighbouring terms as one."""
    return [f"{left}_{right}" for left, right in pairwise(terms)]


def _idf(count: int, total: int) -> float:
    return math.log(1 + (total - count + 0.5) / (count + 0.5))


def _any_of(queries: list[Any]) -> Any:
    if not queries:
        return tantivy.Query.empty_query()
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", indexed=True, fast=True)
    for name in ("body", "pairs", "title"):
        builder.add_text_field(name, tokenizer_name="words", index_option="freq")
    builder.add_text_field("exact", tokenizer_name="words", index_option="position")
    return builder.build()


@dataclass(frozen=True, slots=True)
class _Written:
    """A text as the index writes it."""

    terms: str
    pairs: str
    exact: str | None
    """Its words as they are written; None where one of them has two ways at one place."""


@lru_cache(maxsize=64)  # a passage's words count for the two before it as well
def _write(text: str) -> _Written:
    words = spell(text)
    terms = list(chain.from_iterable([word.terms for word in words]))
    surfaces = [word.surfaces for word in words]
    exact = None if None in surfaces else " ".join(chain.from_iterable(filter(None, surfaces)))
    return _Written(" ".join(terms), " ".join(index_pairs(terms)), exact)


def _tantivy_document(document: KeywordDocument) -> Any:
    texts = [_write(text) for text in (document.text, *document.following)]
    times = [max(1, OWN_TIMES - place) for place in range(len(texts))]
    made = tantivy.Document()
    made.add_unsigned("id", document.id)
    made.add_text("body", _repeat([text.terms for text in texts], times))
    made.add_text("pairs", _repeat([text.pairs for text in texts], times))
    made.add_text("title", _title_terms(document.title))
    if texts[0].exact is not None:
        made.add_text("exact", texts[0].exact)
    else:
        made.add_pre_tokenized_text("exact", _placed_words(document.text))
    return made


def _placed_words(text: str) -> Any:
    """Return a text's words with several at one place, where it holds compounds."""
    placed = sorted(tokenize(text), key=lambda token: token.position)
    words = [tantivy.Token(word.surface, word.position, word.start, word.end) for word in placed]
    return tantivy.PreTokenizedString(text, words)


def _repeat(texts: Sequence[str], times: Sequence[int]) -> str:
    return " ".join(text for text, count in zip(texts, times, strict=True) for _ in range(count))


@lru_cache(maxsize=64)  # all passages of an episode share it
def _title_terms(title: str) -> str:
    return " ".join(index_terms(title))


def _whole_way(tokens: list[Token]) -> tuple[str, ...]:
    """Return a phrase with its compounds as wholes."""
    wholes = {token.start: token for token in tokens if token.joined}
    words: list[str] = []
    covered = -1
    for token in tokens:
        if token.start >= covered:
            whole = wholes.get(token.start)
            words.append((whole or token).surface)
            covered = whole.end if whole else covered
    return tuple(words)
