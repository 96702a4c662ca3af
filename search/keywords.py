"""Finds passages by their words: BM25 on tantivy, over the words that search.tokens tells it.

A passage is indexed with its own words three times, those of the next passage twice and those of
the one after once: what is talked about is rarely over after thirty seconds. (It also makes the
term frequency saturate as with k1 = 0.4, which suits short passages.) Neighbouring words count as
pairs too. Measured on 1,399 real questions, by words alone: the first hit begins within 60 seconds
of the right moment for 53 %, against 45 % where a passage has only its own words and no pairs.

The names of who speaks in a passage count as its own words do; but nobody says them, so phrases and
what is barred are of the text alone.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import tantivy
from numpy.typing import NDArray

from search.source import Ids
from search.tokens import Token, join_compounds, one_a_place, spell, tokenize
from search.vectors import are_among

Scored = list[tuple[int, float]]
"""Ids with their scores, the best first; equal ones by id."""

OWN_TIMES = 3
PAIR_WEIGHT = 0.3
TITLE_WEIGHT = 0.1
_COMMON = 0.1
"""Inverse document frequency of what nine of ten passages have: such a word tells none of them from
the others, but its list takes longer than those of all other words of a question together."""
_FEW = 10_000  # passages, of which common words take no time either
MAX_TERMS = 100  # of a question: the rarest ones say what it is about
BLOCK = 64
"""Neighbouring ids that one term of the index stands for."""
_NAMED = 400  # allowed ids that are looked up one by one
_LISTED = 2_000  # allowed ids that a query may list
_SPARSE = 50  # one in so many: below that, going deep costs more than listing them
_BLOCKS = 1_000  # blocks that a query may list
_BLOCKS_SHARE = 0.3  # of all passages: above that, going deep costs less than listing blocks
_WRITER_BYTES = 60_000_000
_GAP = 10  # places that no phrase reaches over
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
    speakers: tuple[str, ...] = ()
    """The names of who speaks in it."""


@dataclass(frozen=True, slots=True)
class Soft:
    """Other words for a question: what was probably meant, or what means the same."""

    text: str
    weight: float
    """Of each of its words, against one of the question's own."""
    together: bool = False
    """Whether only all of its words count, as in the name of one thing."""


@dataclass(frozen=True, slots=True)
class WeighedSoft:
    """Other words for a question, as the index knows them."""

    terms: Mapping[str, float]
    pairs: tuple[str, ...]
    soft: Soft


@dataclass(frozen=True, slots=True)
class Weighed:
    """The words of a question that occur anywhere, with their inverse document frequency."""

    terms: Mapping[str, float]
    pairs: tuple[str, ...]
    best_possible: float = 0.0
    """The score of a passage that has nothing but all of the question's words, without pairs."""
    softs: tuple[WeighedSoft, ...] = ()

    def terms_in(self, held: Collection[str]) -> dict[str, float]:
        """Return the terms that count in a passage that has the terms ``held``, with their worth.

        The question's own come first and in its order.
        """
        counted = dict(self.terms)
        for one in self.softs:
            if not one.soft.together or all(term in held for term in one.terms):
                for term, weight in one.terms.items():
                    counted.setdefault(term, weight * one.soft.weight)
        return counted


class KeywordIndex:
    """A folder with a tantivy index; one process writes, any number reads."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._schema = _schema()
        self._index = tantivy.Index(self._schema, path=str(folder), reuse=True)
        words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        self._index.register_tokenizer("words", words)
        self._searcher = self._index.searcher()
        self._settling: Any = None

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def apply(self, puts: Iterable[KeywordDocument], drops: Sequence[int] = ()) -> None:
        """Hold ``puts`` and none of ``drops``, in one commit; an id put again is replaced.

        To be followed by `settle`, once whoever waits for it knows.
        """
        self.settle()
        held = list(puts)
        gone = [*drops, *(document.id for document in held)]
        writer = self._index.writer(_WRITER_BYTES, 1)
        if gone:
            ids = tantivy.Query.term_set_query(self._schema, "id", gone)
            writer.delete_documents_by_query(ids)
        for document in held:
            writer.add_document(_tantivy_document(document))
        writer.commit()
        self._settling = writer
        self.reload()

    def settle(self) -> None:
        """Wait until what was written is merged with the rest: seconds, now and then."""
        writer, self._settling = self._settling, None
        if writer is not None:
            writer.wait_merging_threads()
            self.reload()

    def fill(self, documents: Iterable[KeywordDocument]) -> None:
        """Hold ``documents``, none of which is held yet, in one commit."""
        # Two threads: reading the words on one core is as much as writing them on another.
        writer = self._index.writer(2 * _WRITER_BYTES, 2)
        for document in documents:
            writer.add_document(_tantivy_document(document))
        writer.commit()
        self._settling = writer
        self.settle()

    def reload(self) -> None:
        """See what was committed since."""
        self._index.reload()
        self._searcher = self._index.searcher()

    def weigh(self, text: str, softs: Sequence[Soft] = ()) -> Weighed:
        """Return those words of a question that occur, the rarest where there are too many."""
        terms = index_terms(text)
        weights = self._weigh_terms(terms)
        held = {term: weight for term, (weight, occurs) in weights.items() if occurs}
        mass = sum(weight for weight, _ in weights.values())
        # The rarest, in the order in which the question has them.
        least = sorted(held.values(), reverse=True)[:MAX_TERMS]
        kept = {term: weight for term, weight in held.items() if weight >= least[-1]}
        pairs = tuple(dict.fromkeys(index_pairs(terms[: 2 * MAX_TERMS])))
        others = tuple(self._weigh_soft(soft, kept, pairs) for soft in softs)
        return Weighed(kept, pairs, mass * (_K1 + 1), tuple(one for one in others if one.terms))

    def _weigh_soft(
        self, soft: Soft, own: Mapping[str, float], own_pairs: Sequence[str]
    ) -> WeighedSoft:
        """Return what ``soft`` adds to a question's own words; nothing where it has too many."""
        terms = index_terms(soft.text)[:MAX_TERMS]
        weights = self._weigh_terms(terms)
        new = {
            term: weight
            for term, (weight, occurs) in weights.items()
            if occurs and (soft.together or term not in own)
        }
        if soft.together and len(new) < len(weights):
            new = {}
        pairs = [pair for pair in dict.fromkeys(index_pairs(terms)) if pair not in own_pairs]
        return WeighedSoft(new, tuple(pairs), soft)

    def _weigh_terms(self, terms: Sequence[str]) -> dict[str, tuple[float, bool]]:
        """Return for each term its inverse document frequency, and whether it occurs."""
        searcher = self._searcher
        found = {}
        for term in dict.fromkeys(terms):
            count = max(searcher.doc_freq("body", term), searcher.doc_freq("title", term))
            found[term] = _idf(count, searcher.num_docs), count > 0
        return found

    def weigh_terms(self, terms: Sequence[str]) -> list[float]:
        """Return the inverse document frequency of stems, the highest for what occurs nowhere."""
        weights = self._weigh_terms(terms)
        return [weights[term][0] for term in terms]

    def list_words(self) -> list[tuple[str, int]]:
        """Return each folded word with the number of passages that have it."""
        return list(self._searcher.terms_with_prefix("exact", ""))

    def count_word(self, word: str) -> int:
        """Return in how many passages, with their speakers, or titles a word is, inflected too."""
        counts = [
            self._searcher.doc_freq(name, term)
            for term in index_terms(word)
            for name in ("body", "title")
        ]
        return int(max(counts, default=0))

    def count_pair(self, left: str, right: str) -> int:
        """Return in how many passages two words stand beside each other, in any inflection."""
        pairs = index_pairs([*index_terms(left)[-1:], *index_terms(right)[:1]])
        return int(max((self._searcher.doc_freq("pairs", pair) for pair in pairs), default=0))

    def search(self, weighed: Weighed, k: int, allowed: Ids | None = None) -> Scored:
        """Return the ``k`` best passages, of those ``allowed`` where given."""
        if not (weighed.terms or weighed.softs) or k <= 0 or not len(self):
            return []
        ranked = self._ranked_query(weighed)
        if allowed is None:
            return _pair(*self._find(ranked, k), k)
        return self._search_among(ranked, k, allowed) if len(allowed) else []

    def _search_among(self, ranked: Any, k: int, allowed: Ids) -> Scored:
        """Return the best of those ``allowed``, in the way that is quickest for so many."""
        if len(allowed) <= _NAMED:
            named = _any_of([self._id_query(id_) for id_ in allowed.tolist()])
            return _pair(*self._find(_within(ranked, named), k), k)
        most = min(_BLOCKS, _BLOCKS_SHARE * len(self) / BLOCK)
        blocks = _list_blocks(allowed) if len(allowed) <= most * BLOCK else None
        if blocks is not None and len(blocks) <= most:
            listed = self._set_query("block", blocks)
            return self._find_among(_within(ranked, listed), k, allowed, of=BLOCK * len(blocks))
        if len(allowed) <= max(_LISTED, len(self) // _SPARSE):
            return _pair(*self._find(_within(ranked, self._set_query("id", allowed)), k), k)
        return self._find_among(ranked, k, allowed, of=len(self))

    def find_ids(self, phrases: Sequence[Sequence[str]], excluded: Sequence[str]) -> Ids:
        """Return the passages that hold one phrase of each of ``phrases`` and no ``excluded``."""
        clauses = [(tantivy.Occur.Must, tantivy.Query.all_query())]
        clauses += [
            (tantivy.Occur.Must, _any_of([self._phrase_query(way) for way in ways]))
            for ways in phrases
        ]
        clauses += [(tantivy.Occur.MustNot, self._phrase_query(said)) for said in excluded]
        query = tantivy.Query.const_score_query(tantivy.Query.boolean_query(clauses), 1.0)
        found, _ = self._find(query, max(1, len(self)))
        return np.sort(found)

    def _find_among(self, query: Any, k: int, allowed: Ids, *, of: int) -> Scored:
        """Return the best of those ``allowed``, as deep into all ``of`` passages as that needs."""
        depth = round(1.5 * k * of / len(allowed)) + k
        while True:
            ids, scores = self._find(query, depth)
            order = np.argsort(ids)
            among = np.empty(len(ids), bool)
            among[order] = are_among(ids[order], allowed)
            if np.count_nonzero(among) >= k or len(ids) < depth:
                return _pair(ids[among], scores[among], k)
            depth *= 4

    def _find(self, query: Any, k: int) -> tuple[Ids, NDArray[np.float64]]:
        """Return the ids of the ``k`` best passages, in any order, with their scores."""
        searcher = self._searcher
        hits = searcher.search(query, limit=k, count=False).hits
        ids = searcher.fast_field_values("id", [address for _, address in hits])
        scores = np.fromiter((score for score, _ in hits), np.float64, len(hits))
        return np.asarray(ids, np.int64), scores

    def _ranked_query(self, weighed: Weighed) -> Any:
        queries = self._term_queries(weighed.terms, weighed.pairs)
        for one in weighed.softs:
            inner = _any_of(self._term_queries(one.terms, one.pairs))
            if one.soft.together:
                for term in one.terms:
                    must = tantivy.Query.const_score_query(self._term_query("body", term), 0.0)
                    inner = inner.and_must_match(must)
            queries.append(tantivy.Query.boost_query(inner, one.soft.weight))
        return _any_of(queries)

    def _term_queries(self, terms: Mapping[str, float], pairs: Iterable[str]) -> list[Any]:
        least = _COMMON if len(self) > _FEW else 0.0
        queries = []
        for term in [term for term, weight in terms.items() if weight >= least] or terms:
            queries.append(self._term_query("body", term))
            title = self._term_query("title", term)
            queries.append(tantivy.Query.boost_query(title, TITLE_WEIGHT))
        for pair in pairs:
            query = self._term_query("pairs", pair)
            queries.append(tantivy.Query.boost_query(query, PAIR_WEIGHT))
        return queries

    def _term_query(self, name: str, term: str) -> Any:
        return tantivy.Query.term_query(self._schema, name, term, "freq")

    def _id_query(self, id_: int) -> Any:
        return tantivy.Query.term_query(self._schema, "id", id_, "basic")

    def _set_query(self, name: str, values: Ids) -> Any:
        return tantivy.Query.term_set_query(self._schema, name, values.tolist())

    def _phrase_query(self, said: str) -> Any:
        tokens = one_a_place(tokenize(said))
        ways = {
            tuple(token.surface for token in tokens if not token.joined),
            join_compounds(tokens),
        }
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


def _within(ranked: Any, among: Any) -> Any:
    """Return what finds the same with the same scores, but only ``among``."""
    return ranked.and_must_match(tantivy.Query.const_score_query(among, 0.0))


def _list_blocks(ids: Ids) -> Ids:
    blocks = ids // BLOCK
    return blocks[np.diff(blocks, prepend=-1) > 0]


def _pair(ids: Ids, scores: NDArray[np.float64], k: int) -> Scored:
    best = np.lexsort((ids, -scores))[:k]
    return list(zip(ids[best].tolist(), scores[best].tolist(), strict=True))


def _any_of(queries: list[Any]) -> Any:
    if not queries:
        return tantivy.Query.empty_query()
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", indexed=True, fast=True)
    builder.add_unsigned_field("block", indexed=True)
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
    made.add_unsigned("block", document.id // BLOCK)
    # Who asks what somebody says of a thing names her; she seldom says her own name.
    names = _terms_of_names(" ".join(document.speakers))
    bodies = [*(text.terms for text in texts), names]
    made.add_text("body", _repeat(bodies, [*times, OWN_TIMES]))
    made.add_text("pairs", _repeat([text.pairs for text in texts], times))
    made.add_text("title", _terms_of_names(document.title))
    if texts[0].exact is not None:
        made.add_text("exact", texts[0].exact)
    else:
        made.add_pre_tokenized_text("exact", _placed_words(document.text))
    return made


def _placed_words(text: str) -> Any:
    """Return a text's words with their places: compounds in parts, and all once more as wholes.

    So both `my e mail address` and `my email address` are phrases of what is written e-mail. What
    is told apart by capitals alone stands as a whole only: nobody who bars `you` means YouTube.
    """
    placed = sorted(tokenize(text), key=lambda token: token.position)
    within = {at for word in placed if word.joined for at in range(word.start, word.end)}
    words = [
        tantivy.Token(word.surface, word.position, word.start, word.end)
        for word in placed
        if not word.joined and not (word.start in within and _is_beside_letters(text, word))
    ]
    if len(words) < len(placed):
        behind = placed[-1].position + _GAP
        wholes = enumerate(join_compounds(one_a_place(placed)), behind)
        words += [tantivy.Token(word, place, 0, len(text)) for place, word in wholes]
    return tantivy.PreTokenizedString(text, words)


def _is_beside_letters(text: str, word: Token) -> bool:
    return (
        text[max(0, word.start - 1) : word.start].isalnum()
        or text[word.end : word.end + 1].isalnum()
    )


def _repeat(texts: Sequence[str], times: Sequence[int]) -> str:
    return " ".join(text for text, count in zip(texts, times, strict=True) for _ in range(count))


@lru_cache(maxsize=64)  # the passages of an episode share them
def _terms_of_names(names: str) -> str:
    return " ".join(index_terms(names))
