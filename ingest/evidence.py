"""What speaks for a text being said at a place: its meaning and its words, window by window."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.sentences import Spoken
from ingest.terms import is_filler, split_words, stem, weigh_terms
from search.embedder import PassageEmbedder

Floats = NDArray[np.float32]
"""Shape (texts, sentences) unless said."""

WINDOWS = (1, 2, 3)
"""Windows of so many sentences, from each sentence on."""
_COMMON_IDF = 1.2
"""A term in about a third of all sentences or more tells nothing."""
_UNLIKE = 0.35
"""Cosine that any two words have in models of the MiniLM kind: no likeness yet."""
_CHOSEN_PLACES = 40
"""Places a text that are looked at in windows, since embedding those costs the most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """How well each text fits each place, by window size; about 0 where nothing speaks for it."""

    meaning: tuple[Floats, ...]
    """Cosine after the episode's mean is taken away; zeros where no embedder was at hand."""
    words: tuple[Floats, ...]
    """Share of the text's telling words (idf-weighted) that are said, in 0..1."""


def gather_evidence(
    texts: Sequence[str], sentences: Sequence[Spoken], embedder: PassageEmbedder | None
) -> Evidence:
    """Weigh ``texts`` against windows of one to three sentences that begin at each sentence.

    All sentences of an episode share its subject. The mean of their vectors is therefore taken
    away before comparing, as Mu and Viswanath do ("All-but-the-top", 2018), so that a text is not
    found wherever the episode's general subject is spoken of.

    Raises:
        ModelError: If the embedder has no weights.
    """
    words = _word_evidence(texts, sentences, embedder)
    if embedder is None or not texts or not sentences:
        nothing = np.zeros((len(texts), len(sentences)), np.float32)
        return Evidence(meaning=(nothing,) * len(WINDOWS), words=words)
    spoken = embedder.embed_passages([sentence.text for sentence in sentences])
    mean = spoken.mean(axis=0)
    wanted = unit_rows(embedder.embed_passages(texts) - mean)
    single = wanted @ unit_rows(spoken - mean).T
    places = _best_places(single + words[0] + words[1])
    meaning = [single]
    for size in WINDOWS[1:]:
        windows = embedder.embed_passages([_window(sentences, at, size) for at in places])
        scores = single.copy()
        scores[:, places] = wanted @ unit_rows(windows - mean).T
        meaning.append(scores)
    return Evidence(meaning=tuple(meaning), words=words)


def unit_rows(vectors: Floats) -> Floats:
    """Return the rows with length one; a row of zeros stays."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)


def _window(sentences: Sequence[Spoken], start: int, size: int) -> str:
    return " ".join(sentence.text for sentence in sentences[start : start + size])


def _best_places(scores: Floats) -> NDArray[np.intp]:
    """Return the places, in order, that are among the best of any text."""
    count = min(_CHOSEN_PLACES, scores.shape[1])
    return np.unique(np.argpartition(-scores, count - 1, axis=1)[:, :count])


def _word_evidence(
    texts: Sequence[str], sentences: Sequence[Spoken], embedder: PassageEmbedder | None
) -> tuple[Floats, ...]:
    said = [split_words(sentence.text) for sentence in sentences]
    shape = len(texts), len(sentences)
    if not any(said) or not texts:
        return (np.zeros(shape, np.float32),) * len(WINDOWS)
    sought = [tuple(dict.fromkeys(split_words(text))) for text in texts]
    stems = [[stem(word) for word in words] for words in said]
    weights = weigh_terms(stems)
    likeness = _Likeness([*said, *sought], embedder)
    told = _Told(stems, likeness)
    rows = [told.shares([stem(word) for word in words], weights) for words in sought]
    return tuple(np.stack([row[at] for row in rows]) for at in range(len(WINDOWS)))


class _Likeness:
    """How alike any two words of a vocabulary are, in 0..1: "friendly" is a bit of "warm"."""

    def __init__(self, texts: Sequence[Sequence[str]], embedder: PassageEmbedder | None) -> None:
        spelt = {stem(word): word for text in texts for word in text}
        self.number = {term: at for at, term in enumerate(spelt)}
        self._vectors: Floats | None = None
        if embedder is not None:
            self._vectors = embedder.embed_passages(list(spelt.values()))
        # Vectors call 50 and 75 alike, but a number is said or not said.
        self._digits = np.array([term[0].isdigit() for term in spelt])

    def rows(self, terms: Sequence[str]) -> Floats:
        """Return the likeness of each term to the whole vocabulary."""
        own = np.array([self.number[term] for term in terms], np.intp)
        if self._vectors is None:
            rows = np.zeros((len(own), len(self.number)), np.float32)
        else:
            cosines = self._vectors[own] @ self._vectors.T
            rows = np.clip((cosines - _UNLIKE) / (1 - _UNLIKE), 0, 1)
            rows[:, self._digits] = 0
            rows[self._digits[own]] = 0
        rows[np.arange(len(own)), own] = 1
        return np.asarray(rows, np.float32)


class _Told:
    """The words of all sentences in one row, to be searched at once."""

    def __init__(self, stems: Sequence[Sequence[str]], likeness: _Likeness) -> None:
        self._likeness = likeness
        # A sentence without words stands as nothing, for reduceat knows no empty slices.
        self._filled = np.array([bool(terms) for terms in stems])
        filled = [terms for terms in stems if terms]
        self._said = np.array([likeness.number[t] for terms in filled for t in terms], np.intp)
        self._starts = np.cumsum([0, *(len(terms) for terms in filled[:-1])])

    def shares(self, terms: Sequence[str], weights: Mapping[str, float]) -> tuple[Floats, ...]:
        """Return, by window size and place, the weighted share of ``terms`` that is said there."""
        nothing = np.zeros(len(self._filled), np.float32)
        weight = np.array([_telling(term, weights) for term in terms], np.float32)
        terms, weight = [t for t, w in zip(terms, weight, strict=True) if w], weight[weight > 0]
        if not terms:
            return (nothing,) * len(WINDOWS)
        best = np.zeros((len(terms), len(self._filled)), np.float32)
        rows = self._likeness.rows(terms)[:, self._said]
        best[:, self._filled] = np.maximum.reduceat(rows, self._starts, axis=1)
        shares, window = [], best
        for size in WINDOWS:
            if size > 1:
                window = window.copy()
                window[:, : 1 - size] = np.maximum(window[:, : 1 - size], best[:, size - 1 :])
            shares.append(np.asarray(weight @ window / weight.sum(), np.float32))
        return tuple(shares)


def _telling(term: str, weights: Mapping[str, float]) -> float:
    if is_filler(term):
        return 0.0
    return max(0.0, weights.get(term, weights[""]) - _COMMON_IDF)
