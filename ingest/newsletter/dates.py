"""Dates of issues in the spellings that mails, pages and people use."""

import re
from datetime import UTC, datetime

from dateutil import parser as date_parser

_MONTHS = {
    "januar": "January", "jänner": "January", "februar": "February", "märz": "March",
    "maerz": "March", "mai": "May", "juni": "June", "juli": "July", "oktober": "October",
    "dezember": "December", "okt": "Oct", "dez": "Dec",
    "janvier": "January", "février": "February", "mars": "March", "avril": "April",
    "juin": "June", "juillet": "July", "août": "August", "septembre": "September",
    "octobre": "October", "novembre": "November", "décembre": "December",
    "enero": "January", "febrero": "February", "marzo": "March", "abril": "April",
    "mayo": "May", "junio": "June", "julio": "July", "agosto": "August",
    "septiembre": "September", "octubre": "October", "noviembre": "November",
    "diciembre": "December",
}  # fmt: skip
_WORD = re.compile(r"[A-Za-zäéûÄ]+")
_MONTH_NAME = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez|jän|janv|fév|avr|juin"
    r"|juil|août|déc|ene|abr|ago|dic)[a-zéû]{0,8}\.?"
)
_IN_TEXT = re.compile(
    rf"\b(?:{_MONTH_NAME} \d{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)\d\d"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.)? (?:de )?{_MONTH_NAME} (?:de )?,?(?:19|20)\d\d"
    r"|(?:19|20)\d\d-[01]\d-[0-3]\d|[0-3]?\d\.[01]?\d\.20\d\d)\b",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\d:\d\d")
_YEAR = re.compile(r"\d{4}|\d{2}[-/. ]\d{1,2}[-/. ]\d{2}")
# What dateutil would fill in for parts that are not written.
_BLANK = datetime(1, 1, 1)


def parse_date(text: str) -> str | None:
    """Return a date as ``2026-06-01T05:00:00Z``, or ``2026-06-01`` where no hour is written.

    A time without a zone is taken as UTC. None where ``text`` is no whole date.

    >>> parse_date("Tue, 10 Jan 2023 09:28:04 +0100"), parse_date("14 Oct 2022")
    ('2023-01-10T08:28:04Z', '2022-10-14')
    """
    text = " ".join(text.split())[:100]
    if not _YEAR.search(text):
        return None
    english = _WORD.sub(lambda word: _MONTHS.get(word[0].lower(), word[0]), text)
    try:
        moment: datetime = date_parser.parse(
            english, default=_BLANK, dayfirst="." in english, tzinfos=_zone
        )
        if moment.year < 1970:
            return None
        if not _CLOCK.search(text):
            return moment.date().isoformat()
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, ArithmeticError, TypeError, AttributeError):
        return None  # dateutil raises any of these on what it cannot read


def find_date(text: str) -> str | None:
    """Return the first whole date written in a text, or None."""
    match = _IN_TEXT.search(text[:500])
    return parse_date(match[0].replace(" de ", " ")) if match else None


def _zone(name: str | None, offset: int | None) -> int | None:
    """Return the seconds from UTC of a zone's name; a name that is not known counts as UTC."""
    if offset is not None:
        return offset
    hours = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8}
    hours |= {"PDT": -7, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2, "BST": 1}
    return 3600 * hours.get((name or "").upper(), 0)
