"""Dates, durations and starts in the spellings that feeds use."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from corpus.errors import MomentError
from corpus.moments import MAX_MS, parse_link_moment

_ISO = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ]+(\d\d?):?(\d\d)(?::?(\d\d)(?:[.,]\d{1,9})?)?"
    r"\s*(Z|[+-]\d\d?:?(?:\d\d)?|[A-Z]{2,5})?)?",
    re.I | re.ASCII,
)
_EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}", re.ASCII)
_OFFSET = re.compile(r"([+-])(\d\d?):?(\d\d)?", re.ASCII)
# "GMT+02:00" is read as GMT by every reader; "[Europe/Berlin]" says again what the offset says.
_NOISE = re.compile(r"(?:GMT|UTC)\s?(?=[+-]\d)|\s?\[[^\[\]]*\]$")
_LEAP_SECOND = re.compile(r":60(?!\d)")
_LONGEST_DATE = 80

# Hours east of Greenwich of the names that feeds write; RFC 822 knows only the American ones.
_ZONES = {
    "UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "IST": 5.5, "CET": 1,
    "CEST": 2, "MET": 1, "MEST": 2, "MESZ": 2, "MEZ": 1, "EET": 2, "EEST": 3, "MSK": 3, "EST": -5,
    "EDT": -4, "ET": -5, "CST": -6, "CDT": -5, "CT": -6, "MST": -7, "MDT": -6, "MT": -7, "PST": -8,
    "PDT": -7, "PT": -8, "AKST": -9, "AKDT": -8, "HST": -10, "AEST": 10, "AEDT": 11, "ACST": 9.5,
    "ACDT": 10.5, "AWST": 8, "NZST": 12, "NZDT": 13, "JST": 9, "KST": 9, "SGT": 8, "HKT": 8,
    "BRT": -3, "ART": -3, "AST": -4, "ADT": -3, "NST": -3.5, "NDT": -2.5, "SAST": 2,
}  # fmt: skip

# The first letters that tell a month in German, French, Spanish, Italian, Portuguese, Dutch,
# Polish, Czech, Swedish, Turkish, Hungarian, Greek and Russian.
_MONTHS = {
    "Jan": "jan|ene|gen|sty|led|jän|ιαν|янв",
    "Feb": "feb|fév|fev|lut|úno|şub|φεβ|фев",
    "Mar": "mar|mär|mrz|maa|mrt|bře|μαρ|мар|már",
    "Apr": "apr|avr|abr|kwi|dub|nis|απρ|апр|ápr",
    "May": "may|mai|mei|mag|maj|kvě|μαϊ|μαι|май|мая|máj",
    "Jun": "jun|juin|giu|cze|čer|haz|ιουν|июн|jún",
    "Jul": "jul|juil|lug|lip|tem|ιουλ|июл|júl|čvc",
    "Aug": "aug|aoû|aou|ago|sie|srp|ağu|αυγ|авг",
    "Sep": "sep|set|wrz|zář|eyl|σεπ|сен|sze",
    "Oct": "oct|okt|out|ott|paź|říj|eki|οκτ|окт",
    "Nov": "nov|lis|kas|νοε|ноя",
    "Dec": "dec|dez|déc|dic|gru|pro|ara|δεκ|дек",
}
_MONTH_OF = {start: month for month, names in _MONTHS.items() for start in names.split("|")}
_NUMBER = re.compile(r"\d+", re.ASCII)
_WORD = re.compile(r"(?<!\d)[^\W\d_]+\.?")
_KEPT_WORDS = frozenset({"AM", "PM", "T", "Z"})

_CLOCK = re.compile(r"(?:(\d{1,6}):)?(\d{1,6}):(\d{1,6})(?:[.,]\d{1,9})?", re.ASCII)
_SECONDS = re.compile(r"(\d{1,9})(?:[.,](\d{0,9}))?\s*(?:s|secs?|seconds?)?", re.I | re.ASCII)
_UNITS = re.compile(
    r"(?:P?T?)(?:(\d{1,4})\s*(?:h|hrs?|hours?|std\.?|stunden?)[\s,:]*)?"
    r"(?:(\d{1,5})\s*(?:m|mins?\.?|minutes?|minuten)[\s,:]*)?"
    r"(?:(\d{1,6})(?:\.\d+)?\s*(?:s|secs?|seconds?|sekunden))?",
    re.I | re.ASCII,
)
_LONGEST_DURATION = 40


def parse_feed_date(text: str) -> str | None:
    """Return a date as UTC, ``2026-06-01T05:00:00Z``; None where the text names no day.

    A date without a zone is taken as UTC, a day without an hour as its beginning.

    >>> parse_feed_date("Mon, 1 Jun 2026 01:00:00 -0400")
    '2026-06-01T05:00:00Z'
    """
    text = _NOISE.sub("", " ".join(text[:_LONGEST_DATE].split()))
    text = _LEAP_SECOND.sub(":59", text)
    for read in (_read_iso, _read_epoch, _read_rfc822, _read_written):
        try:
            moment = read(text)
        except (ValueError, ArithmeticError, TypeError, IndexError):
            continue  # not this dialect
        if moment is not None and 1900 <= moment.year <= 9000:
            return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return None


def parse_duration(text: str) -> int | None:
    """Return the milliseconds of an ``itunes:duration``; None for junk and for zero.

    Apple asks for seconds and accepts ``H:MM:SS``; feeds write ``61:08`` and ``25:3:30`` too.

    >>> parse_duration("3210"), parse_duration("53:30"), parse_duration("0:53:30")
    (3210000, 3210000, 3210000)
    """
    text = text.strip()
    if not text or len(text) > _LONGEST_DURATION:
        return None
    if match := _CLOCK.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        ms = ((hours * 60 + minutes) * 60 + seconds) * 1000
    elif match := _SECONDS.fullmatch(text):
        ms = int(match[1]) * 1000 + int((match[2] or "0").ljust(3, "0")[:3])
    elif match := _UNITS.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        ms = ((hours * 60 + minutes) * 60 + seconds) * 1000
    else:
        return None
    return ms if 0 < ms <= MAX_MS else None


def parse_start(text: str) -> int | None:
    """Return the milliseconds of a start in Normal Play Time, ``50``, ``59.12``, ``00:01:29.2``.

    https://podlove.org/simple-chapters/ takes it from RFC 2326, 3.6. None where it is none.
    """
    if len(text) > _LONGEST_DURATION:
        return None
    try:
        ms = parse_link_moment(text.strip().replace(",", "."))
    except MomentError:
        return None
    return ms if ms <= MAX_MS else None


def _offset(zone: str | None) -> timedelta:
    """Return how far a zone is ahead of UTC; no time at all where it is unknown."""
    if zone and (match := _OFFSET.search(zone)):
        sign = -1 if match[1] == "-" else 1
        digits = match[2].zfill(2), match[3] or "0"
        return sign * timedelta(hours=int(digits[0]), minutes=int(digits[1]))
    return timedelta(hours=_ZONES.get((zone or "").strip(" ()").upper(), 0))


def _read_iso(text: str) -> datetime | None:
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    return _utc((year, month, day), (hour, minute, second), match[7])


def _read_rfc822(text: str) -> datetime | None:
    moment = parsedate_to_datetime(text)
    last = text.rsplit(maxsplit=1)[-1].strip("()").upper()
    if moment.tzinfo is None:
        # The library knows no zones but America's and no offset with a colon.
        known = last in _ZONES or _OFFSET.fullmatch(last)
        return moment.replace(tzinfo=UTC) - _offset(last if known else None)
    return moment.astimezone(UTC)


def _read_epoch(text: str) -> datetime | None:
    if not _EPOCH.fullmatch(text):
        return None
    seconds = float(text)
    return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)


def _read_written(text: str) -> datetime | None:
    """Read any other spelling, months in many languages, by dateutil's rules."""
    from dateutil import parser

    text = _WORD.sub(_english_word, text)
    numbers = _NUMBER.findall(text)
    if len(numbers) < 2 and not any(len(number) > 5 for number in numbers):
        return None  # a day has a year too
    # What the text leaves out comes from the default: two defaults tell whether a day is missing.
    first, second = (
        parser.parse(text, default=default, tzinfos=_zone_seconds)
        for default in (datetime(2000, 1, 1), datetime(2003, 2, 2))
    )
    if first != second:
        return None
    moment: datetime = first if first.tzinfo else first.replace(tzinfo=UTC)
    return moment.astimezone(UTC)


def _zone_seconds(name: str | None, offset: int | None) -> int:
    """Return what dateutil asks for of a zone; one that nobody knows is UTC."""
    return int(_ZONES.get(name or "", 0) * 3600) if offset is None else offset


def _english_word(match: re.Match[str]) -> str:
    """Return a month in English, a zone or half of the day as it is, and nothing of other words."""
    word = match[0].rstrip(".")
    if word.upper() in _KEPT_WORDS or word.upper() in _ZONES:
        return word.upper()
    start = word.lower()
    return next((f" {_MONTH_OF[start[:n]]} " for n in (4, 3) if start[:n] in _MONTH_OF), " ")


def _utc(date: tuple[int, int, int], clock: tuple[int, int, int], zone: str | None) -> datetime:
    day = datetime(*date, tzinfo=UTC)
    hour, minute, second = clock
    if hour > 24 or minute > 59 or second > 60:
        raise ValueError("no clock shows this")
    return day + timedelta(hours=hour, minutes=minute, seconds=second) - _offset(zone)
