"""The query language: plain words, and a few signs for those who want them.

=====================  ==================================================================
``client retention``    passages about it, the best first
``"scope creep"``       only passages with this phrase
``"a b" OR "c d"``      only passages with one of these phrases (or words)
``-agency``             no passage with this word (or ``-"a phrase"``, ``-show:kiln``)
``show:"Deep Cuts"``    only this show; so ``speaker:``, ``kind:``, ``after:``, ``before:``
=====================  ==================================================================

Everything can be typed; nothing is an error. What looks like an operator and is none is plain text.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import get_args

from corpus.records import PassageKind

MAX_QUERY_CHARS = 10_000
KINDS: tuple[str, ...] = get_args(PassageKind)
FILTERS = ("show", "speaker", "kind", "after", "before")

_QUOTES = '"“”„‟«»＂'
_QUOTE = re.compile(f"[{_QUOTES}]")
_PIECE = re.compile(
    rf"(?P<minus>(?<!\S)-(?=[^\s\d{_QUOTES}-]|[{_QUOTES}][^\s]))?"
    rf"(?:(?P<name>show|speaker|kind|after|before):)?"
    rf"(?:[{_QUOTES}](?P<phrase>[^{_QUOTES}]*)(?:[{_QUOTES}]|\Z)|(?P<word>[^\s{_QUOTES}]+))",
    re.IGNORECASE,
)
_DATE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a passage must be to be answered at all."""

    show: str | None = None
    """A show's title or part of it, in any case of letters."""
    speaker: str | None = None
    """A speaker's name or part of it."""
    kind: str | None = None
    after: str | None = None
    """A date, or its year or month: published then or later."""
    before: str | None = None
    """Published before this."""

    @property
    def is_empty(self) -> bool:
        """Whether everything may be answered."""
        return self == Filters()


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question as it was meant."""

    text: str
    """What it says without signs and filters: what is embedded and ranked by."""
    loose: str = ""
    """Its words outside of quotes."""
    phrases: tuple[tuple[str, ...], ...] = ()
    """Each must be there, in one of its ways; a way may be a single word."""
    excluded: tuple[str, ...] = ()
    """Words and phrases that must not be there."""
    filters: Filters = Filters()
    barred: tuple[Filters, ...] = ()
    """What passes one of these is not answered."""
    problems: tuple[str, ...] = ()


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    words: list[str] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)
    phrases: list[tuple[str, ...]] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    filters: dict[str, str] = field(default_factory=dict)
    barred: list[Filters] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    ways: list[str] = field(default_factory=list)
    """Words and phrases that stand with OR between them, up to the last piece."""
    has_phrase: bool = False
    """Whether one of them is a phrase: then one of them must be there."""
    is_or: bool = False
    """Whether an OR waits for what follows it."""

    def end_ways(self) -> None:
        """Take what follows for something else, whether OR stands before it or not."""
        if self.has_phrase:
            self.phrases.append(tuple(self.ways))
        self.ways = []
        self.has_phrase = self.is_or = False


def parse_query(text: str) -> Query:
    """Return what ``text`` asks for.

    >>> query = parse_query('"scope creep" budget -agency after:2024')
    >>> query.text, query.phrases, query.excluded, query.filters.after
    ('scope creep budget', (('scope creep',),), ('agency',), '2024')
    """
    reading = _Reading()
    if len(text) > MAX_QUERY_CHARS:
        reading.problems.append(f"only the first {MAX_QUERY_CHARS} characters were read")
    for match in _iter_pieces(text):
        _read_piece(reading, match)
    reading.end_ways()
    return Query(
        text=" ".join(reading.words),
        loose=" ".join(reading.loose),
        phrases=tuple(reading.phrases),
        excluded=tuple(reading.excluded),
        filters=Filters(**reading.filters),
        barred=tuple(reading.barred),
        problems=tuple(reading.problems),
    )


def _iter_pieces(text: str) -> Iterator[re.Match[str]]:
    return _PIECE.finditer(_without_inches(text[:MAX_QUERY_CHARS]))


def _without_inches(text: str) -> str:
    """Return ``text`` with a space for a mark that stands behind a word and closes nothing."""
    marks = [match.start() for match in _QUOTE.finditer(text)]
    if len(marks) % 2 and text[: marks[-1]][-1:].isalnum():
        return f"{text[: marks[-1]]} {text[marks[-1] + 1 :]}"
    return text


def _read_piece(reading: _Reading, match: re.Match[str]) -> None:
    name, phrase = match["name"], match["phrase"]
    said = (phrase if phrase is not None else match["word"]).strip()
    if not said:
        return
    if name or match["minus"]:
        reading.end_ways()
    if name:
        _read_filter(reading, name.lower(), said, is_barred=bool(match["minus"]))
    elif match["minus"]:
        reading.excluded.append(said)
    elif said == "OR" and phrase is None and reading.words:
        # Between words it says what is true anyway: any of them will do.
        reading.is_or = bool(reading.ways)
    else:
        _read_words(reading, said, is_phrase=phrase is not None)


def _read_words(reading: _Reading, said: str, *, is_phrase: bool) -> None:
    if not reading.is_or:
        reading.end_ways()
    reading.is_or = False
    reading.ways.append(said)
    reading.has_phrase |= is_phrase
    reading.words.append(said)
    if not is_phrase:
        reading.loose.append(said)


def _read_filter(reading: _Reading, name: str, said: str, *, is_barred: bool) -> None:
    said = said.lower() if name == "kind" else said
    problem = find_filter_problem(name, said)
    if problem is None and is_barred:
        reading.barred.append(Filters(**{name: said}))
    elif problem is None:
        if reading.filters.get(name, said) != said:
            reading.problems.append(f"{name} can be asked for once: {name}:{said} counts")
        reading.filters[name] = said
    else:
        reading.problems.append(problem)
        if not is_barred:
            reading.words.append(said)
            reading.loose.append(said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """A sign of a question that keeps passages out, and the question without it."""

    name: str
    """The filter's name; ``word`` for an excluded word, ``quotes`` for all quotation marks."""
    said: str
    without: str


def list_demands(text: str) -> tuple[Demand, ...]:
    """Return what in ``text`` keeps passages out; a filter that is said twice is one.

    >>> [(one.said, one.without) for one in list_demands('"a b" c -d show:e')]
    [('-d', '"a b" c show:e'), ('show:e', '"a b" c -d'), ('the quotes', 'a b c -d show:e')]
    """
    text = _without_inches(text[:MAX_QUERY_CHARS])
    found: dict[str, list[re.Match[str]]] = {}
    quoted: list[re.Match[str]] = []
    for match in _PIECE.finditer(text):
        said = (match["phrase"] if match["phrase"] is not None else match["word"]).strip()
        name = (match["name"] or "").lower()
        if not said:
            continue
        if match["minus"]:
            found.setdefault(match.group(), []).append(match)
        elif name and not find_filter_problem(name, said.lower() if name == "kind" else said):
            found.setdefault(name, []).append(match)
        elif match["phrase"] is not None:
            quoted.append(match)
    demands = [
        Demand(
            name=key if key in FILTERS else "word",
            said=matches[-1].group(),
            without=_blank(text, [match.span() for match in matches]),
        )
        for key, matches in found.items()
    ]
    if quoted:
        marks = [span for match in quoted for span in _mark_spans(match)]
        demands.append(Demand(name="quotes", said="the quotes", without=_blank(text, marks)))
    return tuple(demands)


def _mark_spans(match: re.Match[str]) -> tuple[tuple[int, int], tuple[int, int]]:
    start, end = match.span("phrase")
    return (start - 1, start), (end, match.end())


def _blank(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Return ``text`` without some of its letters and without double spaces."""
    pieces, last = [], 0
    for start, end in sorted(spans):
        pieces.append(text[last:start])
        last = end
    return " ".join(" ".join([*pieces, text[last:]]).split())


def replace_words(text: str, others: Mapping[str, str]) -> str:
    """Return ``text`` with some words replaced, but not in its filters or excluded words.

    >>> replace_words("acount show:acount", {"acount": "account"})
    'account show:acount'
    """
    words = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, others))})(?!\w)")

    def change(match: re.Match[str]) -> str:
        if match["minus"] or match["name"]:
            return match.group()
        return words.sub(lambda word: others[word.group()], match.group())

    return _PIECE.sub(change, _without_inches(text[:MAX_QUERY_CHARS]))


def find_filter_problem(name: str, said: str) -> str | None:
    """Return why ``said`` is nothing that the filter ``name`` can take, or None where it is."""
    if name == "kind" and said not in KINDS:
        return f"there is no kind {said[:40]!r}; it is one of {', '.join(KINDS)}"
    if name in {"after", "before"} and not _DATE.fullmatch(said):
        return f"{name} takes a date such as 2024, 2024-05 or 2024-05-31"
    return None


def join_filters(query: Query, asked: Filters) -> Query:
    """Return ``query`` with the filters ``asked`` beside its own; those win where both say one.

    One that cannot be is left out, and told among the problems.
    """
    filters, problems = query.filters, list(query.problems)
    for name in FILTERS:
        said = (getattr(asked, name) or "").strip()
        if not said:
            continue
        if problem := find_filter_problem(name, said):
            problems.append(problem)
        else:
            filters = replace(filters, **{name: said})
    return replace(query, filters=filters, problems=tuple(problems))
