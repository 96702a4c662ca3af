"""Says why nothing was found, and what to leave out so that something is."""

from collections.abc import Callable, Sequence
from dataclasses import fields, replace

from search.hits import Drop, SearchRequest
from search.keywords import KeywordIndex, index_terms
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


def say_unheld(query: Query) -> str:
    """Return that none of what may be answered holds the phrases of a question."""
    named = _say_filters(query)
    among = f" that passes {' '.join(named)}" if named else ""
    phrases = " and ".join(" or ".join(f'"{way}"' for way in ways) for ways in query.phrases)
    return f"nothing{among} holds {phrases}"


def _say_filters(query: Query) -> list[str]:
    """Return a question's filters and excluded words as one types them."""
    said = [*_say_fields(query.filters)]
    said += [f"-{one}" for barred in query.barred for one in _say_fields(barred)]
    return [*said, *(f"-{_quote(word)}" for word in query.excluded)]


def _say_fields(filters: Filters) -> list[str]:
    values = {item.name: getattr(filters, item.name) for item in fields(filters)}
    return [f"{name}:{_quote(value)}" for name, value in values.items() if value is not None]


def _quote(said: str) -> str:
    return f'"{said}"' if " " in said else said


def find_reasons(
    query: Query,
    keywords: KeywordIndex,
    drops: Sequence[Drop],
    *,
    count: Callable[[Query], int],
    is_let_through: bool,
) -> list[str]:
    """Return why nothing was found, in words, and what would find something.

    ``count`` says how many hits a question has; ``is_let_through`` whether any passage passes the
    filters and has no excluded word.
    """
    named = _say_filters(query)
    remedies = []
    if any(drop.name != "quotes" for drop in drops):
        remedies.append("drop it" if len(named) == 1 else "drop one of these")
    elif len(named) > 1 and count(replace(query, filters=Filters(), barred=(), excluded=())):
        remedies.append("drop all of these")
    if any(drop.name == "quotes" for drop in drops):
        remedies.append("leave out the quotes to find what is near")
    reasons = []
    if named and not is_let_through:
        reasons.append(f"nothing passes {' '.join(named)}")
    elif query.phrases:
        reasons.append(say_unheld(query))
    elif named:
        reasons.append(f"nothing that passes {' '.join(named)} has these words")
    if reasons and remedies:
        reasons[-1] += f": {', or '.join(remedies)}"
    return reasons + _find_missing(query, keywords)


def _find_missing(query: Query, keywords: KeywordIndex) -> list[str]:
    """Return which words no passage has; signs alone are none."""
    said = [word for word in dict.fromkeys(query.text.split()) if index_terms(word)]
    if not said:
        return ["there is no word to look for"]
    missing = [word for word in said[:100] if not keywords.count_word(word)]
    shown = ", ".join(f"“{word[:40]}”" for word in missing[:_MOST_WORDS])
    return [f"no passage has {shown}"] if shown else []
