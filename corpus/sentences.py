"""Sentences: where each one stands in a text.

The rules are for spoken and written English with an eye on other scripts: ideographic full stops
end a sentence without white space, and text that a recogniser left without any stop is cut at
length, so that nothing downstream ever waits for a full stop that does not come.
"""

import re
from bisect import bisect_right

Span = tuple[int, int]
"""Offsets of the first letter and behind the last one."""

MAX_CHARS = 300  # some 20 seconds of speech; longer than all but a few per mille of real sentences

_STOP = re.compile(r"[.!?…]{1,8}[\"'”’)\]»]{0,4}(?=\s)|[。！？｡؟۔।]{1,8}[」』”’）]{0,4}|\n")
_LAST_WORD = re.compile(r"[^\s(\[\"“‘]{1,24}\Z")
_INITIAL = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]", re.UNICODE)
_SOFT_STOP = re.compile(r"[,;:，、；：]\s*|\s[–—-]+\s")
_SPACE = re.compile(r"\s+")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Never end a sentence: something always follows.
_TITLES = _words(
    "mr mrs ms mx dr prof st sr jr gen col capt lt sgt rev hon gov sen rep pres messrs mme mlle "
    "no nos vol vols fig figs eq ch sec pp vs cf viz approx est dept ext al eg ie e.g i.e"
)
# End one only before a capital letter.
_SHORTENED = _words(
    "etc inc ltd co corp llc a.m p.m am pm u.s u.k u.n e.u d.c ph.d b.a m.a b.s m.s jan feb mar "
    "apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun min max avg"
)


def split_sentences(text: str, *, max_chars: int = MAX_CHARS) -> tuple[Span, ...]:
    """Return the offsets of the sentences of ``text``, in order; only white space lies between.

    >>> text = "Dr. Smith paid 3.5 million. Really?"
    >>> [text[start:end] for start, end in split_sentences(text)]
    ['Dr. Smith paid 3.5 million.', 'Really?']
    """
    spans: list[Span] = []
    start = 0
    for match in _STOP.finditer(text):
        if _ends_sentence(text, match):
            spans += _cut_long(text, _strip(text, start, match.end()), max_chars)
            start = match.end()
    return (*spans, *_cut_long(text, _strip(text, start, len(text)), max_chars))


def find_sentence(spans: tuple[Span, ...], offset: int) -> int | None:
    """Return which of ``spans`` holds the letter at ``offset``, or none between two."""
    place = bisect_right(spans, offset, key=lambda span: span[0]) - 1
    return place if place >= 0 and offset < spans[place][1] else None


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    stop = match.group()
    if stop[0] not in ".…":
        return True
    following = text[match.end() :][:40].lstrip()[:1] if match.end() < len(text) else ""
    goes_on = following.islower() or following in {",", ";", ":", "-", "–", "—"}
    if stop[0] == "…" or stop.startswith(".."):
        return not goes_on
    last = _LAST_WORD.search(text, max(0, match.start() - 24), match.start())
    word = last.group().lower() if last else ""
    if word in _TITLES:
        return False
    if word in _SHORTENED:
        return not (goes_on or following.isdigit())
    # "I" at the end is a pronoun; any other single letter is somebody's initial.
    return not (_INITIAL.fullmatch(word) and word != "i")


def _strip(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _cut_long(text: str, span: Span, max_chars: int) -> list[Span]:
    """Return ``span`` in pieces of at most ``max_chars``, cut at a comma, else at white space."""
    start, end = span
    pieces: list[Span] = []
    while end - start > max_chars:
        cut = _find_cut(text, start, start + max_chars)
        pieces.append(_strip(text, start, cut))
        start, _ = _strip(text, cut, end)
    return [*pieces, (start, end)] if end > start else pieces


def _find_cut(text: str, start: int, limit: int) -> int:
    middle = start + (limit - start) // 2
    for pattern in (_SOFT_STOP, _SPACE):
        ends = [match.end() for match in pattern.finditer(text, middle, limit)]
        if ends:
            return ends[-1]
    return limit
