"""Tells an issue that came on another way: by mail, from a feed, from its page."""

from corpus.addresses import page_key
from corpus.catalogue.rows import title_key

_SHINGLE = 4
_FEWEST = 20  # words; fewer say too little to be compared
_HELD_IN = 0.75  # of the shorter text: mails and pages differ in heads and feet
_HELD_BOTH = 0.4  # of the longer: a teaser is not its issue


def are_one_issue(one: tuple[str, str | None], other: tuple[str, str | None]) -> bool:
    """Tell whether two texts, each with its link if it has one, are the same issue.

    Two pages of one site are two issues; otherwise most words of the shorter text stand in the
    other in the same order (w-shingling; Broder 1997).
    """
    (text, link), (other_text, other_link) = one, other
    if link and other_link and _site(link) == _site(other_link):
        return page_key(link) == page_key(other_link)
    mine, theirs = _shingles(text), _shingles(other_text)
    if not mine or not theirs:
        return False
    common = len(mine & theirs)
    shorter, longer = sorted((len(mine), len(theirs)))
    return common >= _HELD_IN * shorter and common >= _HELD_BOTH * longer


def _site(link: str) -> str:
    return page_key(link).partition("/")[0].partition("?")[0]


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = title_key(text).split()
    if len(words) < _FEWEST:
        return frozenset()
    return frozenset(tuple(words[at : at + _SHINGLE]) for at in range(len(words) - _SHINGLE + 1))
