"""Joins a newsletter issue to the episode it speaks of, with reasons a person can weigh.

Each piece of evidence adds log odds to a candidate and a reason in words. A link to the episode,
its title or its guest by name settle most cases; dates, subject and times settle the rest. That
the issue speaks of none of the candidates is one more candidate.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from rapidfuzz import fuzz

from corpus.records import EpisodeMention, ParsedTakeaway
from ingest.terms import is_filler, split_terms, split_words, stem, weigh_terms

_NONE_OF_THEM = 2.5
_SURE = 0.8
_MARGIN = 0.4

# "The Handbook: Agency Operations" is often called by the part before the colon alone.
_SUBTITLE = re.compile(r"(?: ?[:|(]| [-–—] | with | by ).*")
_FORMERLY = re.compile(r"\b(?:formerly|previously|früher|ehemals)(?: known as)?:? ([^()]+)", re.I)
_NUMBER = re.compile(r"(?:\b(?:episode|ep\.?|folge|show|no\.?) ?#? ?|#)(\d{1,4})\b", re.I)
_SHOW_WORDS = frozenset(("the", "a", "podcast", "show", "radio", "der", "die", "das"))


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueFacts:
    """What joining needs to know of an issue."""

    text: str
    """The whole issue."""
    published: str | None = None
    """ISO 8601, a date or a moment; UTC where it says nothing."""
    takeaways: tuple[ParsedTakeaway, ...] = ()
    links: tuple[str, ...] = ()
    """Addresses it links to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeFacts:
    """What joining needs to know of an episode; whatever is unknown is neutral."""

    episode_id: int
    show: str | None = None
    former_shows: tuple[str, ...] = ()
    """Names the show had before."""
    title: str | None = None
    published: str | None = None
    number: int | None = None
    duration_ms: int | None = None
    show_notes: str = ""
    persons: tuple[str, ...] = ()
    """Named by the feed or as speakers of the transcript; hosts are told by being everywhere."""
    links: tuple[str, ...] = ()
    """Its page and its enclosures."""
    transcript: str = ""
    """Its words, where they are at hand; worth filling for the best few only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An episode that an issue may speak of."""

    episode_id: int
    confidence: float
    """0..1; over all candidates at most 1."""
    reasons: tuple[str, ...]
    """For a person, strongest first."""


@dataclass(frozen=True, slots=True)
class _Reason:
    odds: float
    text: str


@dataclass(frozen=True, slots=True)
class _Reading:
    """An issue and all candidates, read once."""

    mention: EpisodeMention
    issue: IssueFacts
    padded: str
    """The issue's words in one line, a space on both sides of each."""
    numbers: frozenset[int]
    subject: Mapping[str, float]
    """Its telling terms and how much each tells."""
    claims: Mapping[str, float]
    """The same of its takeaways."""
    hosts: frozenset[str]
    links: frozenset[str]


def propose_episode(
    mention: EpisodeMention, issue: IssueFacts, candidates: Sequence[EpisodeFacts]
) -> tuple[Proposal, ...]:
    """Return all candidates, the likeliest first, with their confidence and reasons."""
    if not candidates:
        return ()
    reading = _read(mention, issue, candidates)
    found = [[*_iter_reasons(reading, candidate)] for candidate in candidates]
    odds = [sum(reason.odds for reason in reasons) for reasons in found]
    top = max(*odds, _NONE_OF_THEM)
    total = sum(math.exp(value - top) for value in (*odds, _NONE_OF_THEM))
    proposals = [
        Proposal(
            episode_id=candidate.episode_id,
            confidence=round(math.exp(value - top) / total, 4),
            reasons=tuple(r.text for r in sorted(reasons, key=lambda r: -abs(r.odds))),
        )
        for candidate, reasons, value in zip(candidates, found, odds, strict=True)
    ]
    order = sorted(range(len(odds)), key=lambda at: -odds[at])
    return tuple(proposals[at] for at in order)


def decide(proposals: Sequence[Proposal]) -> Proposal | None:
    """Return the proposal that is sure enough to join without asking, if there is one."""
    if not proposals:
        return None
    best, *others = sorted(proposals, key=lambda proposal: -proposal.confidence)
    second = others[0].confidence if others else 0.0
    sure = best.confidence >= _SURE and best.confidence - second >= _MARGIN
    return best if sure else None


def _read(
    mention: EpisodeMention, issue: IssueFacts, candidates: Sequence[EpisodeFacts]
) -> _Reading:
    about = [split_terms(f"{one.title or ''} {one.show_notes}") for one in candidates]
    weights = weigh_terms(about)
    return _Reading(
        mention=mention,
        issue=issue,
        padded=_padded(issue.text),
        numbers=frozenset(map(int, _NUMBER.findall(" ".join(issue.text.split())))),
        subject=_telling(issue.text, weights),
        claims=_telling(" ".join(one.text for one in issue.takeaways), {}),
        hosts=_find_hosts(candidates),
        links=frozenset(filter(None, map(_bare_link, issue.links))),
    )


def _iter_reasons(reading: _Reading, candidate: EpisodeFacts) -> Iterator[_Reason]:
    for weigh in (
        _weigh_links,
        _weigh_show,
        _weigh_title,
        _weigh_number,
        _weigh_guests,
        _weigh_persons,
        _weigh_date,
        _weigh_subject,
        _weigh_transcript,
        _weigh_times,
    ):
        reason = weigh(reading, candidate)
        if reason is not None:
            yield reason


def _weigh_links(reading: _Reading, candidate: EpisodeFacts) -> _Reason | None:
    for link in candidate.links:
        if _bare_link(link) in reading.links:
            return _Reason(6.0, f"the issue links to it ({link})")
    return None


def _weigh_show(reading: _Reading, candidate: EpisodeFacts) -> _Reason | None:
    names = [*_iter_show_names(candidate)]
    if not names:
        return None
    said = reading.mention.show
    if not said or not split_words(said):
        named = next((name for name in names if _stands_in(_bare_show(name), reading.padded)), "")
        return _Reason(1.5, f"the issue names the show {named}") if named else None
    alike = max(_show_likeness(said, name) for name in names)
    if alike >= 85:
        return _Reason(2.0, f"the issue speaks of the show {said}")
    if alike < 60:
        return _Reason(-3.0, f"the issue speaks of another show, {said}")
    return None


def _iter_show_names(candidate: EpisodeFacts) -> Iterator[str]:
    """Yield the names a show has and had, also where it tells its former one in its name."""
    for name in filter(None, (candidate.show, *candidate.former_shows)):
        yield name
        if match := _FORMERLY.search(name):
            yield match[1]


def _weigh_title(reading: _Reading, candidate: EpisodeFacts) -> _Reason | None:
    title = candidate.title
    if not title:
        return None
    words = split_words(title)
    if reading.mention.title and words:
        alike = fuzz.token_set_ratio(" ".join(words), " ".join(split_words(reading.mention.title)))
        if alike >= 88:
            return _Reason(5.0, f"the issue names its title, {title}")
    telling = [term for term in split_terms(title) if not is_filler(term)]
    if len(words) >= 2 and len(telling) >= 1 and _stands_in(" ".join(words), reading.padded):
        return _Reason(2.0 + min(3.0, len(telling)), f"its title stands in the issue: {title}")
    return None


def _weigh_number(reading: _Reading, candidate: EpisodeFacts) -> _Reason | None:
    if candidate.number is None or not reading.numbers:
        return None
    if candidate.number in reading.numbers:
        return _Reason(2.5, f"the issue names number {candidate.number}")
    return _Reason(-0.5, "the issue names another number")


def _weigh_guests(reading: _Reading, candidate: EpisodeFacts) -> _Reason | None:
    guests = [guest for guest in reading.mention.guests if guest.strip()]
    if not guests:
        return None
    places = (
        (4.0, "title", _padded(candidate.title or "")),
        (4.0, "list of persons", _padded(" | ".join(candidate.persons))),
        (3.5, "show notes", _padded(candidate.show_notes)),
        (2.0, "transcript", _padded(candidate.transcript)),
    )
    for guest in guests:
        for odds, place, text in places:
            if _stands_in(guest, text):
                return _Reason(odds, f"{guest}, the guest, is named in its {place}")
    persons = [person for person in candidate.persons if _plain(person) not in reading.hosts]
    return _weigh_misspelt(guests, persons, known=bool(persons or candidate.show_notes))


def _weigh_misspelt(
    guests: Sequence[str], persons: Sequence[str], *, known: bool
) -> _Reason | None:
    for guest in guests:
        for person in persons:
            if fuzz.token_sort_ratio(_plain(guest), _plain(person)) >= 85:
                return _Reason(3.0, f"{person} is much like {guest}, the guest")
    return _Reason(-1.5, f"{guests[0]}, the guest, is not named") if known else None


def _weigh_persons(reading: _Reading, candidate: EpisodeFacts) -> _Reason | None:
    """Where the mention tells no guest, a person of the episode may still stand in the issue."""
    if any(guest.strip() for guest in reading.mention.guests):
        return None
    for person in candidate.persons:
        known = _plain(person) not in reading.hosts and " " in _plain(person)
        if known and _stands_in(person, reading.padded):
            return _Reason(3.0, f"the issue names {person}, who is in it")
    return None


def _weigh_date(reading: _Reading, candidate: EpisodeFacts) -> _Reason | None:
    issued, published = _parse_day(reading.issue.published), _parse_day(candidate.published)
    if issued is None or published is None:
        return None
    days = (issued - published).days
    if days < -1:
        return _Reason(-2.0, f"it came out {-days} days after the issue")
    told = "it came out on the day of the issue"
    if days > 0:
        told = f"it came out {days} {'day' if days == 1 else 'days'} before the issue"
    if days <= 10:
        return _Reason(1.5, told)
    return _Reason(0.7 if days <= 31 else -min(2.0, days / 120), told)


def _weigh_subject(reading: _Reading, candidate: EpisodeFacts) -> _Reason | None:
    words = split_words(f"{candidate.title or ''} {candidate.show_notes}")
    about = {stem(word): word for word in words if not is_filler(stem(word))}
    shared = sorted(about.keys() & reading.subject.keys(), key=lambda term: -reading.subject[term])
    if not shared or len(about) < 2:
        return None
    share = len(shared) / len(about)
    weight = sum(reading.subject[term] for term in shared)
    odds = 2.5 * share * weight / (weight + 4)
    named = ", ".join(about[term] for term in shared[:5])
    return _Reason(odds, f"both speak of {named}") if odds >= 0.2 else None


def _weigh_transcript(reading: _Reading, candidate: EpisodeFacts) -> _Reason | None:
    total = sum(reading.claims.values())
    if not candidate.transcript or not total:
        return None
    said = set(split_terms(candidate.transcript))
    share = sum(weight for term, weight in reading.claims.items() if term in said) / total
    # Any two episodes of a show share about half of such words.
    return _Reason(6 * (share - 0.5), f"{share:.0%} of the takeaways' words are said in it")


def _weigh_times(reading: _Reading, candidate: EpisodeFacts) -> _Reason | None:
    times = [one.start_ms for one in reading.issue.takeaways if one.start_ms is not None]
    if not times or not candidate.duration_ms:
        return None
    late = sum(time > candidate.duration_ms for time in times)
    if late:
        return _Reason(-min(4.0, 1.5 * late), f"{late} of {len(times)} times lie after its end")
    return _Reason(0.3, "all times lie within it")


def _telling(text: str, weights: Mapping[str, float]) -> dict[str, float]:
    terms = {term for term in split_terms(text) if not is_filler(term) and len(term) > 2}
    return {term: weights.get(term, 1.0) for term in terms}


def _find_hosts(candidates: Sequence[EpisodeFacts]) -> frozenset[str]:
    """Return the persons who are in most episodes of their show, where it has three or more."""
    episodes = Counter(one.show for one in candidates)
    seen = Counter(
        (one.show, person) for one in candidates for person in {_plain(p) for p in one.persons}
    )
    return frozenset(
        person
        for (show, person), count in seen.items()
        if episodes[show] >= 3 and 2 * count > episodes[show]
    )


def _show_likeness(said: str, name: str) -> float:
    """Return 0..100; subtitles may be dropped on either side."""
    pairs = ((_plain_show(said), _plain_show(name)), (_bare_show(said), _bare_show(name)))
    likeness = (fuzz.token_sort_ratio(one, other) for one, other in pairs if one and other)
    return max(likeness, default=0.0)


def _plain_show(name: str) -> str:
    words = split_words(name)
    return " ".join(word for word in words if word not in _SHOW_WORDS) or " ".join(words)


def _bare_show(name: str) -> str:
    return _plain_show(_SUBTITLE.sub("", " ".join(name.split())) or name)


def _plain(name: str) -> str:
    return " ".join(split_words(name))


def _padded(text: str) -> str:
    return f" {_plain(text)} "


def _stands_in(phrase: str, padded: str) -> bool:
    plain = _plain(phrase)
    return bool(plain) and f" {plain} " in padded


def _parse_day(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _bare_link(link: str) -> str:
    """Return host and path, which survive trackers, schemes and slashes; "" for a bare host."""
    try:
        parts = urlsplit(link.strip())
    except ValueError:
        return ""
    host = (parts.netloc.rpartition("@")[2]).casefold().removeprefix("www.")
    path = parts.path.rstrip("/")
    # Where the path says nothing, the query does: ?p=123.
    return f"{host}{path}" if path else f"{host}?{parts.query}" if host and parts.query else ""
