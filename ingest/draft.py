"""Drafts takeaways for an episode that has none: its own best sentences, with their seconds.

Extractive on purpose, so that every draft can be heard at its second. Places are chosen so that as
many as can be are near what shows' own people would note (`ingest.noteworthy`), a minute apart at
least. Near each, the sentence is taken that states most of what is spoken of there and stands by
itself, and no two drafts say the same (maximal marginal relevance, Carbonell and Goldstein 1998).
"""

import math
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.moments import format_moment
from corpus.records import Segment
from ingest.check import spoken_within
from ingest.noteworthy import (
    Chances,
    choose_places,
    get_features,
    tell_opening,
    weigh_places,
)
from ingest.sentences import Spoken, split_sentences
from ingest.show_habits import Habits
from ingest.terms import is_filler, split_terms, weigh_terms
from ingest.timeline import Timeline, find_meaning
from search.embedder import PassageEmbedder, Vectors
from search.meaning import Meaning, Rows, unit

_SUBJECT_BEFORE_S, _SUBJECT_S = 30, 120
_NEAR_MS = 15_000
"""How far from the best place the sentence is looked for."""
_APART_MS = 60_000
"""Two drafts are never nearer, but in short episodes, where half an even share is enough."""
_QUALITY = 0.1
"""What standing alone counts beside the chance of being noted, where places are chosen."""
_LIKELY = 8.0
"""What that chance counts where the sentence is."""
_GREETING_MS = 90_000
_ROUNDS = 20
_SMALL_TALK_S = 15
_LEAST_WORDS, _GOOD_WORDS, _MOST_WORDS = 7, 16, 45
_REDUNDANT = 0.5
_SAME = 0.7
"""Cosine, the episode's mean taken away, from which on two sentences say the same."""

_SMALL_TALK = re.compile(
    r"\b(?:sponsor\w*|coupon|promo|discount|percent off|\d+ ?% off|brought to you|sign up|patreon"
    r"|subscribe|newsletter|leave (?:us )?a review|five stars?|dot com|\w+\.(?:com|io|org|fm)"
    r"|welcome (?:back )?to|thank(?:s| you)(?: so much| very much)?,? for|my name is|i'?m your host"
    r"|joining (?:me|us)|nice to (?:meet|see)|see you (?:next|in)|bye|tune in|this episode"
    r"|our website|show notes|twitter|linkedin)\b",
    re.IGNORECASE,
)
_FILLED = re.compile(
    r"(?:(?<=\s)|^)(?:u[hm]+|e[rh]m?|you know|i mean|sort of|kind of)(?:,\s*|\s+)", re.IGNORECASE
)
_AGAIN = re.compile(
    # Emphasis ("very, very") and "had had" are meant so.
    r"\b(?!(?:very|really|much|so|many|more|long|far|no|had)\b)"
    r"((?:[\w'’]+ ){0,2}[\w'’]+)(?:[,.…–—-]* +\1\b(?!['’])[,…]?)+",
    re.IGNORECASE,
)
_OPENER = re.compile(
    r"^(?:(?:and|but|so|well|now|yeah|yes|okay|ok|right|like|oh|exactly|absolutely)\b[,.]?\s+)+",
    re.IGNORECASE,
)
_LEANS_BACK = re.compile(
    r"^(?:it|that|this|they|he|she|him|her|them|those|these|which|there|then|here|also|again|having"
    r"|such|both|because|or|otherwise|whereas)\b",
    re.IGNORECASE,
)
_REFERS = re.compile(
    r"\b(?:earlier|just (?:said|talked|mentioned)|(?:were|are|be|been) talking|we(?:'ve)? talked"
    r"|(?:you|I|he|she|they|we) (?:said|mentioned|asked|told)|by the way"
    r"|(?:that|this) (?:one|person|thing)"
    r"|reason for (?:this|that)|the other (?:one|thing)|last point|next (?:one|question|point))\b",
    re.IGNORECASE,
)
_ASSERTS = re.compile(
    r"\b(?:should|must|needs? to|ha(?:ve|s) to|never|always|important|essential|instead of"
    r"|rather than|means?|because|if you|when you|helps?|matters?|makes? sure|better|best|key|goal"
    r"|problem is|only way|without)\b",
    re.IGNORECASE,
)
_ENDED = re.compile(r"(?<!\.)[.!?][\"'”’)\]]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A takeaway that nobody has read yet."""

    text: str
    """The sentence without its fillers."""
    start_ms: int
    end_ms: int
    sentence: str
    """As it is said."""
    speaker: str | None = None
    reason: str = ""
    """Why it was taken, for a person."""


@dataclass(frozen=True, slots=True)
class Talk:
    """The telling sentences of an episode and what they mean."""

    timeline: Timeline
    meaning: Meaning
    embedder: PassageEmbedder
    quality: Rows
    """How well each would stand alone as a takeaway."""

    def embed(self, texts: Sequence[str]) -> Rows:
        """Return unit rows, the episode's mean taken away."""
        return unit(self.embedder.embed_passages(texts) - self.meaning.mean)

    def embed_title(self, title: str) -> Rows | None:
        """Return the unit vector of a title, if it says something."""
        return self.embed([title])[0] if title.strip() else None


def draft_takeaways(
    segments: Sequence[Segment],
    embedder: PassageEmbedder | None,
    n: int = 9,
    *,
    duration_ms: int | None = None,
    title: str = "",
    habits: Habits | None = None,
) -> tuple[Drafted, ...]:
    """Return up to ``n`` takeaways in order of time, spread over the episode of that title.

    ``habits`` say where the show's people usually note something (`ingest.show_habits`).

    Raises:
        ModelError: If the embedder has no weights.
    """
    telling = list_telling(segments, duration_ms)
    if n < 1 or not telling:
        return ()
    talk = understand(telling, segments, embedder)
    title_vector = talk.embed_title(title)
    features = get_features(talk.timeline, talk.meaning, title_vector, habits)
    chances = weigh_places(talk.timeline, features)
    return tuple(_draft(talk.timeline, chances, at) for at in _choose_sentences(talk, chances, n))


def list_telling(segments: Sequence[Segment], duration_ms: int | None) -> list[Spoken]:
    """Return the sentences that are long enough to say something, in order of time."""
    sentences = spoken_within(split_sentences(segments), duration_ms)
    telling = [one for one in sentences if len(one.text.split()) >= _LEAST_WORDS]
    return sorted(telling, key=lambda one: one.start_ms)


def understand(
    telling: Sequence[Spoken], segments: Sequence[Segment], embedder: PassageEmbedder | None
) -> Talk:
    """Return what the telling sentences of a transcript mean, by words alone without an embedder.

    Raises:
        ModelError: If the embedder has no weights.
    """
    timeline = Timeline(telling)
    texts = [one.text for one in timeline.sentences]
    chosen: PassageEmbedder = embedder or _HashedWords(texts)
    chatter = [bool(_SMALL_TALK.search(text)) for text in texts]
    near = timeline.flags(chatter, -_SMALL_TALK_S, _SMALL_TALK_S)
    quality = np.array([_fit_to_stand_alone(text) for text in texts]) - 0.6 * near
    quality -= np.array(chatter, np.float64)
    return Talk(timeline, find_meaning(segments, chosen), chosen, quality)


class _HashedWords:
    """Stands in where no embedder is at hand: bags of words, by how much each tells."""

    model = "hashed-words"
    dimension = 512

    def __init__(self, texts: Sequence[str]) -> None:
        self._weights = weigh_terms([split_terms(text) for text in texts])

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for term in split_terms(text):
                if not is_filler(term):
                    place = zlib.crc32(term.encode("utf-8", "replace")) % self.dimension
                    row[place] += self._weights.get(term, 1.0)
        return rows


def _choose_sentences(talk: Talk, chances: Chances, n: int) -> list[int]:
    """Return up to ``n`` places that are worth the most together and say different things."""
    starts = talk.timeline.starts
    apart_ms = max(1.0, min(_APART_MS, int(starts[-1] - starts[0]) / (2 * n)))
    worth = chances.noted + _QUALITY * talk.quality - _is_greeting(starts)
    chosen: list[int] = []
    for _ in range(_ROUNDS):
        places = choose_places(starts, worth, n, apart_ms)
        chosen, refused = _refine(talk, worth, places, apart_ms)
        if not refused:
            break
        worth[refused] = -np.inf
    return chosen


def _is_greeting(starts: NDArray[np.int64]) -> Rows:
    """Return 1 for places where a show greets, or lets hear what is to come; else 0."""
    since = starts - starts[0]
    return np.asarray(since < min(_GREETING_MS, since[-1] / 20), np.float64)


def _refine(
    talk: Talk, worth: Rows, places: Sequence[int], apart_ms: float
) -> tuple[list[int], list[int]]:
    """Return the sentences near some places that say most, and the places that say nothing new."""
    starts = talk.timeline.starts
    limits = [*(starts[at] - apart_ms for at in places[1:]), math.inf]
    chosen: list[int] = []
    refused: list[int] = []
    said: list[Rows] = []
    for place, latest in zip(places, limits, strict=True):
        earliest = starts[chosen[-1]] + apart_ms if chosen else -math.inf
        free = (starts >= earliest) & (starts <= latest) & np.isfinite(worth)
        near = np.flatnonzero(free & (np.abs(starts - starts[place]) <= _NEAR_MS))
        found = _pick_sentence(talk, worth, near, said)
        if found is None:
            refused.append(place)
        else:
            chosen.append(found[0])
            said.append(found[1])
    return chosen, refused


def _pick_sentence(
    talk: Talk, worth: Rows, near: NDArray[np.intp], said: Sequence[Rows]
) -> tuple[int, Rows] | None:
    """Return the place and vector of the sentence that states most of what is spoken of there."""
    timeline = talk.timeline
    vectors = talk.embed([timeline.sentences[int(at)].text for at in near])
    about = talk.meaning.around(timeline.starts[near], -_SUBJECT_BEFORE_S, _SUBJECT_S)
    fits = (vectors * about).sum(axis=1) + talk.quality[near] + _LIKELY * worth[near]
    if said:
        alike = (vectors @ np.array(said).T).max(axis=1)
        fits = np.where(alike < _SAME, fits - _REDUNDANT * alike, -np.inf)
    best = int(fits.argmax())
    return (int(near[best]), vectors[best]) if math.isfinite(float(fits[best])) else None


def _fit_to_stand_alone(text: str) -> float:
    """Return up to 1 for a statement of a good length that leans on nothing before it."""
    words = len(text.split())
    length = min(1.0, words / _GOOD_WORDS) if words <= _MOST_WORDS else 0.3
    plain = _OPENER.sub("", text)
    asks = text.rstrip("\"'”’ ").endswith("?")
    personal = len(re.findall(r"\b(?:I|I'm|my|me)\b", text)) / words
    leans = 0.25 * bool(_LEANS_BACK.match(plain)) + 0.25 * bool(_REFERS.search(text))
    leans += 0.25 * bool(_AGAIN.search(text))
    says = 0.2 * bool(_ASSERTS.search(text)) + 0.2 * bool(_ENDED.search(text))
    return 0.4 * length + says - 0.6 * asks - leans - 2 * personal


def _draft(timeline: Timeline, chances: Chances, at: int) -> Drafted:
    sentence = timeline.sentences[at]
    opening, reasons = tell_opening(timeline, chances, at)
    moment = format_moment(int(timeline.starts[opening]))
    return Drafted(
        text=clean_fillers(sentence.text),
        start_ms=sentence.start_ms,
        end_ms=sentence.end_ms,
        sentence=sentence.text,
        speaker=sentence.speaker,
        reason=f"states what is spoken of from {moment} on: {', '.join(reasons)}".rstrip(": "),
    )


def clean_fillers(text: str) -> str:
    """Return a spoken sentence without "um", "you know", openers and what is begun twice.

    >>> clean_fillers("So, um, you know, a brief, a brief fits on, on one page.")
    'A brief fits on one page.'
    """
    plain = _OPENER.sub("", _FILLED.sub("", _OPENER.sub("", " ".join(text.split()))))
    plain = _AGAIN.sub(r"\1", plain)
    plain = plain.lstrip(" ,;–—-") or " ".join(text.split())
    return plain[:1].upper() + plain[1:]
