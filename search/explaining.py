"""Says why nothing was found, and what to leave out so that something is."""

from collections.abc import Callable, Sequence
from dataclasses import fields

from search.hits import Drop, SearchRequest
from search.keywords import KeywordIndex
from search.query import FILTERS, Demand, Filters, Query, join_filters, list_demands, parse_query

MOST_TRIED = 8
"""Filters and signs that are tried; each costs a search."""
_MOST_WORDS = 5


def asked_filters(request: SearchRequest, *, without: str | None = None) -> Filters:
    """Return the filters that stand beside a question, leaving out the one named ``without``."""
    said = {name: getattr(request, name) for name in FILTERS if name != without}
    return Filters(**said)


def find_drops(request: SearchRequest, count: Callable[[Query], int]) -> tuple[Drop, ...]:
    """Return what a question is to be asked without, the one with most hits first.

    ``count`` says how many hits a question has.
    """
    drops = []
    for demand in _list_demands(request)[:MOST_TRIED]:
        others = asked_filters(request, without=demand.name)
        query = join_filters(parse_query(demand.without), others)
        total = count(query) if query.text else 0
        if total:
            drops.append(Drop(name=demand.name, said=demand.said, text=demand.without, total=total))
    return tuple(sorted(drops, key=lambda drop: -drop.total))


def _list_demands(request: SearchRequest) -> list[Demand]:
    """Return what keeps passages out, in the question or beside it; a name is one demand."""
    demands = {demand.said: demand for demand in list_demands(request.text)}
    written = {demand.name: demand for demand in demands.values()}
    for name in FILTERS:
        said = (getattr(request, name) or "").strip()
        if said:
            # What stands beside the question wins over what it says itself.
            held = written.get(name)
            without = held.without if held else request.text
            if held:
                del demands[held.said]
            demand = Demand(name=name, said=f"{name}:{said}", without=without)
            demands[demand.said] = demand
    return list(demands.values())


def say_phrases(query: Query) -> str:
    """Return the phrases of a question as it has them."""
    return " and ".join(" or ".join(f'"{way}"' for way in ways) for ways in query.phrases)


def find_reasons(query: Query, keywords: KeywordIndex, drops: Sequence[Drop]) -> list[str]:
    """Return why nothing was found, in words."""
    named = [
        f"{item.name}:{value}"
        for item in fields(query.filters)
        if (value := getattr(query.filters, item.name)) is not None
    ]
    named += [f"-{word}" for word in query.excluded]
    reasons = []
    if named:
        remedy = "drop one of these" if drops or len(named) == 1 else "drop all of these"
        reasons.append(f"nothing passes {' '.join(named)}: {remedy}")
    if query.phrases:
        reasons.append(
            f"nothing holds {say_phrases(query)}: leave out the quotes to find what is near"
        )
    said = dict.fromkeys(query.text.split())
    missing = [word for word in list(said)[:100] if not keywords.count_word(word)]
    if missing:
        shown = ", ".join(f"“{word[:40]}”" for word in missing[:_MOST_WORDS])
        reasons.append(f"no passage has {shown}")
    return reasons
