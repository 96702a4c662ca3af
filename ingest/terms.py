"""The words of a text as they are compared: stems, and numbers as digits."""

import math
import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import Stemmer

# A thousands separator belongs to its number, an apostrophe to its word.
_WORD = re.compile(r"\d{1,3}(?:[,’']\d{3})+(?!\d)|\d+(?:\.\d+)?|[^\W\d_]+(?:['’][^\W\d_]+)*")
_UNITS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen
"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SMALL = {word: value for value, word in enumerate(_UNITS.split())} | {
    word: 10 * value for value, word in enumerate(_TENS.split(), 2)
}
_MOST = 10**15
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_FILLERS = """
    a an the and or but if so that this these those there here it its they them their he she his
    her him we us our you your i me my who whom whose which what when where why how than then as
    at by for from in into of off on onto out over to up down with without within about after
    again against all also always am any are be been being before below between both can cannot
    could did do does doing done each either else even ever every few get gets getting go goes
    going gone got had has have having instead is isnt just keep let like made make makes many
    may maybe might more most much must need needs neither never no nor not now one only other
    others own per put quite rather really same shall should since some something still such
    take takes taken tell too try under until upon use used uses using very want wants was way
    well were while will would yet yes yeah okay thing things lot kind sort dont doesnt didnt
    cant wont im youre theyre weve ive thats lets anybody everybody nobody somebody anyone
    everyone someone people person
"""
_local = threading.local()


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return the stem (Snowball, English) of a word in lower case.

    Words of other languages come back as they are or cut alike on both sides of a comparison.
    """
    # A stemmer keeps a buffer of its own, so threads must not share one.
    if not hasattr(_local, "stemmer"):
        _local.stemmer = Stemmer.Stemmer("english")
    return str(_local.stemmer.stemWord(word))


def split_words(text: str) -> tuple[str, ...]:
    """Return the words in lower case; number words are digits.

    >>> split_words("Don’t go above seventy-five percent, or 1,200 of the client’s hours!")
    ('dont', 'go', 'above', '75', 'percent', 'or', '1200', 'of', 'the', 'client', 'hours')
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return tuple(_numbers_as_digits(_plain(found) for found in _WORD.findall(folded)))


def split_terms(text: str) -> tuple[str, ...]:
    """Return the stems of the words of a text, in order."""
    return tuple(stem(word) for word in split_words(text))


def is_filler(term: str) -> bool:
    """Tell whether a term says nothing about a subject: "should", "every", "make" ..."""
    return term in _fillers()


@lru_cache(maxsize=1)
def _fillers() -> frozenset[str]:
    return frozenset(stem(word) for word in _FILLERS.split())


def weigh_terms(texts: Iterable[Sequence[str]]) -> Mapping[str, float]:
    """Return how much each term tells among texts that are lists of terms.

    The probabilistic idf of Robertson and Sparck Jones as BM25 in Lucene has it,
    ``ln(1 + (n - df + 0.5) / (df + 0.5))``; the empty term's weight is that of an unseen one.
    """
    counts: Counter[str] = Counter()
    size = 0
    for terms in texts:
        counts.update(set(terms))
        size += 1
    weights = {
        term: math.log(1 + (size - found + 0.5) / (found + 0.5)) for term, found in counts.items()
    }
    weights[""] = math.log(1 + (size + 0.5) / 0.5)
    return weights


def _plain(word: str) -> str:
    if word[0].isdigit():
        return re.sub(r"[,’']", "", word)
    word = word.replace("’", "'").removesuffix("'s")
    return word.replace("'", "")


def _numbers_as_digits(words: Iterable[str]) -> Iterable[str]:
    """Replace runs of number words by one number: "seventy five" is 75."""
    total, group = 0, None
    for word in words:
        if word in _SMALL and _continues(group, _SMALL[word]):
            group = (group or 0) + _SMALL[word]
        elif group is not None and word in _SCALES and group * _SCALES[word] < _MOST:
            total, group = _scaled(total, group, _SCALES[word])
        else:
            if group is not None:
                yield str(total + group)
                total, group = 0, None
            if word in _SMALL:
                group = _SMALL[word]
            else:
                yield word
    if group is not None:
        yield str(total + group)


def _continues(group: int | None, value: int) -> bool:
    """Tell whether a number word adds to the number before it: after "seventy" or "hundred"."""
    if group is None:
        return True
    return (group % 100 == 0 and group > 0) or (group % 10 == 0 and group % 100 > 10 and value < 10)


def _scaled(total: int, group: int, scale: int) -> tuple[int, int]:
    if scale == 100:
        return total, group * 100
    return total + group * scale, 0
