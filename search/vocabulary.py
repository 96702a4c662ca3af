"""What means the same in an agency: acronyms and names for one thing, which the owner edits.

A question that has one of them finds passages with the others too, at a lower weight and never
inside quotes. The list of ours is a beginning; what the owner sets or removes lies over it.
"""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from search.keywords import Soft, index_terms
from search.tokens import STOP_WORDS, fold

WEIGHT = 0.4
"""Of a word that means the same, against one that was typed."""
MOST_SOFTS = 12
"""Other names that count for one question at most."""

DEFAULTS: Mapping[str, tuple[str, ...]] = {
    "1:1": ("one-to-one", "one on one"),
    "AGI": ("adjusted gross income", "net revenue"),
    "AM": ("account manager", "account management"),
    "BD": ("business development", "new business"),
    "billable hours": ("billable time", "chargeable hours", "chargeable time"),
    "CEO": ("chief executive",),
    "CFO": ("chief financial officer", "finance director"),
    "change order": ("change request", "contract variation"),
    "churn": ("client loss", "losing clients"),
    "COO": ("chief operating officer", "operations director"),
    "CRM": ("customer relationship management",),
    "CSM": ("customer success manager", "client success manager"),
    "day rate": ("daily rate", "hourly rate"),
    "freelancer": ("contractor",),
    "FTE": ("full-time equivalent", "full time equivalent"),
    "KPI": ("key performance indicator",),
    "LTV": ("lifetime value",),
    "MSA": ("master services agreement", "master service agreement"),
    "NPS": ("net promoter score",),
    "OKR": ("objectives and key results",),
    "P&L": ("profit and loss",),
    "PM": ("project manager", "project management"),
    "PTO": ("paid time off", "annual leave"),
    "QBR": ("quarterly business review", "quarterly review"),
    "retainer": ("retained client", "rolling contract"),
    "RFP": ("request for proposal", "request for proposals"),
    "ROI": ("return on investment",),
    "scope creep": ("over-servicing", "overservicing", "out of scope"),
    "SOP": ("standard operating procedure",),
    "SOW": ("statement of work", "scope of work"),
    "timesheets": ("time tracking", "time sheets"),
    "upsell": ("upselling", "cross-sell", "account growth"),
    "utilisation": ("utilization",),
    "value pricing": ("value-based pricing",),
    "white label": ("white-label", "whitelabel"),
    "WIP": ("work in progress", "work in hand"),
}
"""Each term with the other names of what it means, in alphabetical order."""

Origin = Literal["default", "own", "changed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Names that mean the same."""

    term: str
    meanings: tuple[str, ...]
    origin: Origin = "default"
    """Of our list, the owner's own, or of our list and changed by her."""

    @property
    def names(self) -> tuple[str, ...]:
        """All names, the term first."""
        return (self.term, *self.meanings)


def list_entries(changes: Sequence[tuple[str, tuple[str, ...]]]) -> tuple[Entry, ...]:
    """Return the list in force: ours under the owner's changes, where no meanings mean: removed."""
    entries = {
        fold(term): Entry(term=term, meanings=meanings) for term, meanings in DEFAULTS.items()
    }
    for term, meanings in changes:
        is_ours = fold(term) in entries
        if meanings:
            origin: Origin = "changed" if is_ours else "own"
            entries[fold(term)] = Entry(term=term, meanings=meanings, origin=origin)
        else:
            entries.pop(fold(term), None)
    return tuple(entries[key] for key in sorted(entries))


class Vocabulary:
    """Finds the other names of what a question speaks of."""

    def __init__(self, entries: Sequence[Entry] = ()) -> None:
        self._entries = tuple(entries)
        self._ways: dict[str, list[tuple[tuple[str, ...], str, Entry]]] = {}
        for entry in self._entries:
            for name in entry.names:
                terms = index_terms(name)
                if terms:
                    self._ways.setdefault(terms[0], []).append((terms, name, entry))

    def find_softs(self, text: str) -> tuple[Soft, ...]:
        """Return the other names of what ``text`` names, without those that it has itself."""
        terms = index_terms(text)
        said: dict[str, tuple[str, ...]] = {}
        others: dict[str, None] = {}
        for place, term in enumerate(terms):
            for way, name, entry in self._ways.get(term, ()):
                if terms[place : place + len(way)] == way and _is_meant(name, text):
                    said[name] = way
                    others |= dict.fromkeys(entry.names)
        known = set(said.values())
        names = [
            name
            for name in others
            if (way := index_terms(name)) not in known and not STOP_WORDS.issuperset(way)
        ]
        return tuple(Soft(name, WEIGHT, together=True) for name in names[:MOST_SOFTS])


def _is_meant(name: str, text: str) -> bool:
    """Tell an acronym from the stop word that is spelt like it: AM, IT."""
    words = text.split()
    is_shouted = text.isupper() and len(words) > 2
    return fold(name) not in STOP_WORDS or (name in words and not is_shouted)


@functools.lru_cache(maxsize=4)
def make_vocabulary(changes: tuple[tuple[str, tuple[str, ...]], ...]) -> Vocabulary:
    """Return the vocabulary in force, made once for the same changes."""
    return Vocabulary(list_entries(changes))
