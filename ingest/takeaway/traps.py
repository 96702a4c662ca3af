"""Tells times of day, dates, scripture and lengths from moments, by the words beside them."""

import re
from typing import Protocol

_OF_DAY_AFTER = re.compile(
    r"\s?(?:[ap]\.?\s?m\b|AM\b|PM\b|[Uu]hr\b|o['’]clock\b|h(?:rs?|ours?)?\b|Z\b|"
    r"(?:E|C|M|P|A)[SD]?T\b|GMT\b|UTC\b|BST\b|CES?T\b|EES?T\b|IST\b|AE[SD]T\b|JST\b|SGT\b|"
    r"(?:Eastern|Central|Mountain|Pacific|London|Berlin|Paris)\b)"
)
_OF_DAY_BEFORE = re.compile(
    r"(?:\b(?:at|from|until|till|by|before|since|around|um|gegen|vers|starts?|starting|doors)|@)\s$",
    re.IGNORECASE,
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mai|okt|dez|mär)[a-zä]{0,6}\.?"
_DATE_BEFORE = re.compile(
    r"(?:\b(?:mon|tues|wednes|thurs|fri|satur|sun)day|\b(?:mon|die|mitt|donners|frei|sams|sonn)(?:tag|woch)"
    rf"|\b{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?|\b\d{{1,2}}(?:st|nd|rd|th|\.)?\s{_MONTH}(?:\s\d{{4}})?"
    r"|\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{2,4})(?:T|[\s,;|·(–—-]*)$",
    re.IGNORECASE,
)
_NUMBER_WORD_BEFORE = re.compile(
    r"\b(?:ratio|odds|score|scored|won|lost|verses?|aspect|version|v|surah?|psalms?)(?:\s(?:of|is|was))?:?\s$",
    re.IGNORECASE,
)
_BOOK_BEFORE = re.compile(
    r"\b(?:Gen(?:esis)?|Ex(?:od|odus)?|Lev(?:iticus)?|Num(?:bers)?|Deut(?:eronomy)?|Josh(?:ua)?|"
    r"Judg(?:es)?|Ruth|Sam(?:uel)?|Kings|Chr(?:on(?:icles)?)?|Ezra|Neh(?:emiah)?|Esther|Job|"
    r"Ps(?:alms?)?|Prov(?:erbs)?|Eccl(?:esiastes)?|Song of Songs|Isa(?:iah)?|Jer(?:emiah)?|"
    r"Lam(?:entations)?|Ezek(?:iel)?|Dan(?:iel)?|Hos(?:ea)?|Joel|Amos|Obad(?:iah)?|Jonah|"
    r"Mic(?:ah)?|Nah(?:um)?|Hab(?:akkuk)?|Zeph(?:aniah)?|Hag(?:gai)?|Zech(?:ariah)?|"
    r"Mal(?:achi)?|Matt?(?:hew)?|Mark|Luke|John|Acts|Rom(?:ans)?|Cor(?:inthians)?|"
    r"Gal(?:atians)?|Eph(?:esians)?|Phil(?:ippians)?|Col(?:ossians)?|Thess(?:alonians)?|"
    r"Tim(?:othy)?|Titus|Philemon|Heb(?:rews)?|Jas|James|Pet(?:er)?|Jude|Rev(?:elation)?|"
    r"Qur['’]?an)\.?\s$"
)
VERSES = re.compile(r"\d{1,3}:\d{1,3}[-–]\d{1,3}(?![\d:])")
"""``9:18-38``: chapter and verses, never a stretch of an episode."""
_DURATION_BEFORE = re.compile(
    r"^\W*(?:\w+\W+){0,3}?(?:duration|length|run(?:ning|\s)?\s?time|laufzeit|dauer|spieldauer|"
    r"listen|listen now|watch|watch now|play|total time)\W{0,4}$",
    re.IGNORECASE,
)
_REACH = 40


class _Placed(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def shape(self) -> str: ...
    @property
    def place(self) -> str: ...


def is_no_moment(line: str, mark: _Placed) -> bool:
    """Say whether the words beside a mark show that it is something else than a moment."""
    before = line[max(0, mark.start - _REACH) : mark.start]
    after = line[mark.end : mark.end + 16]
    if mark.start < _REACH and mark.place == "last" and _DURATION_BEFORE.match(before):
        return True
    if mark.shape != "bare":
        return False
    return bool(
        _BOOK_BEFORE.search(before)
        or _DATE_BEFORE.search(before)
        or _OF_DAY_AFTER.match(after)
        or _OF_DAY_BEFORE.search(before)
        or _NUMBER_WORD_BEFORE.search(before)
    )
