"""Finds which episode an issue speaks of, from its prose. Unsure is None."""

import re
from collections.abc import Iterable, Iterator, Sequence

from corpus.records import Block, EpisodeMention

_EPISODE_WORD = re.compile(r"\b(?:episode|podcast|show notes|listen|guest)", re.IGNORECASE)
_CAPITAL = r"[A-ZÀ-ÖØ-Þ]"
_PARTICLE = r"(?:van der|van den|van|von|de la|de|da|di|del|el|al|bin|ten)"
_NAME = rf"{_CAPITAL}[\w’'-]+(?:\s{_CAPITAL}\.)?(?:\s{_PARTICLE})?(?:\s{_CAPITAL}[\w’'-]+){{1,2}}"
_NAMES = rf"{_NAME}(?:(?:,\s|,?\s(?:and|&|und)\s){_NAME}){{0,3}}"
# "account management coach", "my friend and CFO", "Acme’s head of design", "Dr."
_ROLE = (
    r"(?:(?:the|our|my|an?)\s)?(?:[a-z][\w’'/-]*,?\s){0,6}(?:(?:[A-Z]{2,5}|[A-Z][a-z]+’s)\s)?"
    r"(?:[a-z][\w’'/-]*\s){0,4}(?:(?:Dr|Prof|Mrs?|Ms)\.?\s)?"
)

_SHOW = rf"(?P<show>(?:the\s)?{_CAPITAL}[^,.;!?()\n\"“”…]{{2,90}})"
_EPISODE_OF = re.compile(
    r"\b(?:episodes?|edition|instalment)(?:\s#?\d+)?\s(?:of|on|from)\s"
    rf"(?:(?:our|my)\spodcast,?\s)?{_SHOW}"
)
_ON_SHOW = re.compile(
    rf"\b(?:on|of|to|from|for|in)\s(?:the\s)?(?P<show>{_CAPITAL}[\w’'&-]*(?:\s(?:of|the|and|for|to|in|&|"
    rf"{_CAPITAL}[\w’'&-]*)){{0,6}}?)\s(?P<word>[Pp]odcast|[Ss]how)\b"
)
_HEADPHONES = re.compile(r"^[🎧🎙🎤🔊📻]\ufe0f?\s(?P<show>[^\n]{3,90}?):?$")
_SHOW_ENDS = re.compile(
    r"\s(?:with|where|featuring|feat\.|is|was|are|as|we|I|you|which|that|about|today|this|now|on|"
    r"has|had|out|"
    r"and\s(?:I|we))\b.*$|\s[–—|-]\s.*$",
    re.DOTALL,
)
_GENERIC = re.compile(
    r"^(?i:listen|new|latest|this|today|watch|episode|podcast|now|from|more|audio|subscribe|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b"
    r"(?!\s(?!Now|Here|Episode|Week|Month|Podcast|On|To|In)[A-Z&])"
    r"|^(?i:apple|spotify|google|youtube|amazon|overcast)\b"
    r"|^(?i:the|our|my)\s(?i:podcast|show|episode|series|week)$"
)

_GUEST_PATTERNS = (
    re.compile(
        rf"\b(?:episode|podcast|show|conversation|interview|chat)\b[^.!?\n]{{0,120}}?,?\s(?:with|featuring)\s"
        rf"{_ROLE}(?P<names>{_NAMES})"
    ),
    re.compile(
        r"\b(?:sat down|caught up|sits down|talk(?:s|ed)?|spoke|speaks|chat(?:s|ted)?|joined|"
        rf"interview(?:s|ed)?)\s(?:with\s|to\s|by\s){_ROLE}(?P<names>{_NAMES})"
    ),
    re.compile(rf"\b[Gg]uests?(?:\s(?:is|are|was|were))?[,:]?\s{_ROLE}(?P<names>{_NAMES})"),
    re.compile(rf"\bI\sinterviewed\s{_ROLE}(?P<names>{_NAMES})"),
)
_DISCUSSING = re.compile(
    rf"\b[Ii]n\sthis\s(?:week’s\s|week's\s)?episode,?\s(?P<names>{_NAMES})\s(?:discuss|talk|explore|chat|share|dig|explain|cover)"
)
_BIO = re.compile(rf"^(?P<name>{_NAME})\s(?:is|was)\s(?:an?|the|one)\b")
_HOST = re.compile(rf"\b(?:[Hh]ost(?:ed\sby)?|I[’']m|[Mm]y\sname\sis)\s(?P<name>{_NAME})")

_QUOTED_TITLE = re.compile(
    r"\b(?i:listen\sto|episode)\b[^.!?\n\"“]{0,60}"
    r"[\"“](?P<title>[A-ZÀ-Þ0-9][^\"”\n]{3,150})[\"”]"
)
_NUMBERED_TITLE = re.compile(
    r"(?:^|\n)\W{0,4}(?P<episode>(?:Episode|Ep\.?|Folge)\s?#?\d{1,5})(?:\s?[:–—|-]\s?(?P<title>[^\n]{4,150}))?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\bEpisode\s#?\d{1,5}\b")

_NO_PERSON = re.compile(
    r"\b(?:The|Our|Podcasts?|Show|Apple|Spotify|Google|YouTube|Agency|Episode|Newsletter|Radio|Media|Chatbot|Bot|AI|"
    r"University|Group|Inc|Ltd|GmbH|Part|Season|January|February|March|April|June|July|August|"
    r"September|October|November|December)\b"
)

MAX_BLOCK = 2000
"""Letters of a block that are looked at; nobody names an episode behind so many."""
MAX_GUESTS = 4


def find_mention(blocks: Sequence[Block]) -> EpisodeMention:
    """Return the show, the title and the guests that an issue's prose names for its episode.

    Only what the words make plain is returned. The host is no guest.
    """
    texts = [block.text[:MAX_BLOCK] for block in blocks if block.kind != "code"]
    near = list(_iter_near_episode(texts))
    return EpisodeMention(
        show=_find_show(near),
        title=_find_title(near),
        guests=tuple(_find_guests(near, texts)),
    )


def _iter_near_episode(texts: Sequence[str]) -> Iterator[str]:
    """Yield the texts that speak of an episode, and the text on either side of each."""
    speaking = [bool(_EPISODE_WORD.search(text)) for text in texts]
    for index, text in enumerate(texts):
        if any(speaking[max(0, index - 1) : index + 2]):
            yield text


def _find_show(texts: Sequence[str]) -> str | None:
    return next(_iter_shows(texts), None)


def _iter_shows(texts: Sequence[str]) -> Iterator[str]:
    """Yield what may be the show's name, the surest first."""
    for match in (match for text in texts for match in _EPISODE_OF.finditer(text)):
        if show := _as_show(match["show"]):
            yield show
    for heading in filter(None, map(_HEADPHONES.match, texts)):
        if (show := _as_show(heading["show"])) and _is_titled(show):
            yield show
    for match in (match for text in texts for match in _ON_SHOW.finditer(text)):
        word = f" {match['word']}" if match["word"][0].isupper() else ""
        if show := _as_show(match["show"] + word):
            yield show


def _as_show(text: str) -> str | None:
    """Return a show's name without what follows it, or None where it is no name."""
    name = _SHOW_ENDS.sub("", text).strip(" :–—-*_'’")
    name = re.sub(r"^the\s(?=[A-ZÀ-Þ])", "", re.sub(r"\spodcast$", "", name))
    if len(name) < 3 or _GENERIC.match(name) or not name[0].isupper():
        return None
    return name


def _is_titled(name: str) -> bool:
    """Say whether the words of a name are written as a title's are."""
    words = [word for word in re.findall(r"[^\W\d_]+", name) if len(word) > 3]
    return len(words) > 0 and sum(word[0].isupper() for word in words) * 4 >= len(words) * 3


def _find_title(texts: Sequence[str]) -> str | None:
    for pattern in (_NUMBERED_TITLE, _QUOTED_TITLE):
        for text in texts:
            match = pattern.search(text)
            if match and match["title"]:
                return match["title"].strip(" .,;:*_")
    numbers = (match[0] for text in texts for match in _NUMBER.finditer(text))
    return next(numbers, None)


def _find_guests(near: Sequence[str], texts: Sequence[str]) -> list[str]:
    hosts = {match["name"] for text in texts for match in _HOST.finditer(text)}
    described = {match["name"] for text in near if (match := _BIO.match(text))}
    named = [
        name
        for text in near
        for pattern in _GUEST_PATTERNS
        for match in pattern.finditer(text)
        for name in _split_names(match["names"])
    ]
    named += [
        name
        for text in near
        for match in _DISCUSSING.finditer(text)
        for name in _split_names(match["names"])
        if name in described
    ]
    return list(_iter_plausible(named, hosts))[:MAX_GUESTS]


def _split_names(names: str) -> list[str]:
    return [re.sub(r"[’']s$", "", name) for name in re.split(r",\s|,?\s(?:and|&|und)\s", names)]


def _iter_plausible(names: Iterable[str], hosts: set[str]) -> Iterator[str]:
    """Yield each name once, without hosts and without names of shows and products."""
    seen = set(hosts)
    for name in names:
        if name not in seen and not _NO_PERSON.search(name):
            seen.add(name)
            yield name
