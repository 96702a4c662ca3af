"""Points at the words of a hit, and at the sentence that answers."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from operator import attrgetter

from corpus.records import Passage, Sentence
from search.hits import BestSentence, Span
from search.tokens import STOP_WORDS, Token, tokenize

_START = attrgetter("start")
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
    found = sorted({(token.start, token.end) for token in _tokens(text) if token.term in wanted})
    spans: list[Span] = []
    for start, end in found:
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return tuple(spans)


def find_terms(text: str) -> frozenset[str]:
    """Return the stems of all words of ``text``."""
    return frozenset(token.term for token in _tokens(text))


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
    tokens = _tokens(passage.text)
    scores = [
        _score([token.term for token in _inside(tokens, sentence)], weights, pairs)
        for sentence in passage.sentences
    ]
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


@lru_cache(maxsize=64)  # spans and sentence of a hit ask for the same
def _tokens(text: str) -> tuple[Token, ...]:
    return tuple(tokenize(text))


def _inside(tokens: Sequence[Token], sentence: Sentence) -> Sequence[Token]:
    # Within a compound they are in no order, but no compound reaches over a sentence's end.
    first = bisect_left(tokens, sentence.start, key=_START)
    return tokens[first : bisect_left(tokens, sentence.end, lo=first, key=_START)]


def _score(terms: list[str], weights: Mapping[str, float], pairs: set[tuple[str, str]]) -> float:
    words = sum(weights[term] for term in set(terms) & weights.keys())
    together = set(pairwise(terms)) & pairs
    return words + _PAIR_BONUS * sum(min(weights[one], weights[two]) for one, two in together)
