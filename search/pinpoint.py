"""Points at the words of a hit, and at the sentence that answers."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence, Set
from functools import lru_cache
from itertools import chain, pairwise
from typing import NamedTuple

from corpus.records import Passage, Sentence
from search.hits import BestSentence, Span
from search.tokens import STOP_WORDS, spell_terms, tokenize

# Of each pair of neighbouring words that stands in the sentence too, over its words alone.
_PAIR_BONUS = 0.5
ENOUGH = 0.6
"""What of the best sentence's score an earlier one needs to be where the answer begins: what is
asked about is brought up first, and said out in what follows."""


def find_spans(text: str, terms: Sequence[str]) -> tuple[Span, ...]:
    """Return where ``text`` has one of ``terms``, in any inflection, in order.

    Stop words count only where a question has no other words.

    >>> find_spans("They retained the clients", ["retain", "the"])
    ((5, 13),)
    """
    wanted = {term for term in terms if term not in STOP_WORDS} or set(terms)
    spans: list[Span] = []
    for start, end in _find_places(text, wanted):
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return tuple(spans)


def find_terms(text: str) -> frozenset[str]:
    """Return the stems of all words of ``text``."""
    return frozenset(chain.from_iterable(_read(text).terms))


def find_best_sentence(
    passage: Passage, weights: Mapping[str, float], *, enough: float = ENOUGH
) -> BestSentence | None:
    """Return where the answer begins: the first sentence with about the most of a question's words.

    ``weights`` are the question's terms in order, with what each is worth; ``enough`` is what of
    the most counts, from 0 to 1. Where no sentence has any of them it is the first one: there the
    hit begins.
    """
    if not passage.sentences:
        return None
    pairs = set(pairwise(weights))
    read = _read(passage.text)
    scores = [_score(read.terms_inside(sentence), weights, pairs) for sentence in passage.sentences]
    least = enough * max(scores)
    best = passage.sentences[next(at for at, score in enumerate(scores) if score >= least)]
    return BestSentence(
        text=passage.text[best.start : best.end],
        start=best.start,
        end=best.end,
        start_ms=best.start_ms,
        end_ms=best.end_ms,
        speaker=best.speaker,
    )


class _Runs(NamedTuple):
    """The runs of letters between white space of a text: no word reaches over its ends."""

    texts: list[str]
    starts: list[int]
    terms: list[tuple[str, ...]]

    def terms_inside(self, sentence: Sentence) -> list[str]:
        """Return the stems of a sentence in order."""
        first = bisect_left(self.starts, sentence.start)
        last = bisect_left(self.starts, sentence.end, lo=first)
        return list(chain.from_iterable(self.terms[first:last]))


@lru_cache(maxsize=64)  # terms, spans and sentence of a hit ask for the same
def _read(text: str) -> _Runs:
    # Their stems are known from other texts: to make all words anew costs four times that.
    texts = text.split()
    starts = []
    behind = 0
    for run in texts:
        starts.append(text.find(run, behind))
        behind = starts[-1] + len(run)
    return _Runs(texts, starts, spell_terms(text))


def _find_places(text: str, wanted: Set[str]) -> list[tuple[int, int]]:
    """Return where each word with one of these stems begins and ends, in order."""
    return sorted(
        {
            (start + token.start, start + token.end)
            for run, start, terms in zip(*_read(text), strict=True)
            if not wanted.isdisjoint(terms)
            for token in tokenize(run)
            if token.term in wanted
        }
    )


def _score(terms: list[str], weights: Mapping[str, float], pairs: set[tuple[str, str]]) -> float:
    words = sum(weights[term] for term in weights.keys() & terms)
    if not words:
        return 0.0
    together = set(pairwise(terms)) & pairs
    return words + _PAIR_BONUS * sum(min(weights[one], weights[two]) for one, two in together)
