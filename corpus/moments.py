"""Moments: where in an episode something is said, as whole milliseconds."""

import re

from corpus.errors import MomentError

# The look-ahead lets minutes pass 59 only where no hours stand before them.
_CLOCK = re.compile(r"(?:(\d{1,9}):(?=[0-5]?\d:))?(\d{1,9}):([0-5]\d)(?:[.,](\d{1,9}))?", re.ASCII)
_SECONDS = re.compile(r"(\d{1,9})(?:\.(\d{1,9}))?s?", re.ASCII)
_UNITS = re.compile(r"(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?", re.ASCII)

MAX_MS = 1_000 * 3_600_000  # no episode is longer than a thousand hours


def parse_moment(text: str) -> int:
    """Return the milliseconds that a clock text such as ``28:10`` names.

    >>> parse_moment("28:10")
    1690000
    >>> parse_moment("1:02:03.5")
    3723500

    Raises:
        MomentError: If ``text`` is no clock text.
    """
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        raise MomentError(text)
    hours, minutes, seconds, fraction = match.groups(default="0")
    whole_s = (int(hours) * 60 + int(minutes)) * 60 + int(seconds)
    return whole_s * 1000 + int(fraction.ljust(3, "0")[:3])


def parse_link_moment(text: str) -> int:
    """Return the milliseconds of a ``t=`` value: ``28:10``, ``1690``, ``1690.5``, ``28m10s``.

    >>> parse_link_moment("28m10s")
    1690000
    >>> parse_link_moment("1694.2")
    1694200

    Raises:
        MomentError: If ``text`` is none of these.
    """
    text = text.strip()
    if match := _SECONDS.fullmatch(text):
        whole, fraction = match.groups(default="0")
        return int(whole) * 1000 + int(fraction.ljust(3, "0")[:3])
    if text and (match := _UNITS.fullmatch(text)):
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return ((hours * 60 + minutes) * 60 + seconds) * 1000
    return parse_moment(text)


def format_moment(ms: int) -> str:
    """Return the clock text of a moment, to the second below.

    >>> format_moment(1_690_900)
    '28:10'
    >>> format_moment(3_723_500)
    '1:02:03'
    """
    seconds = max(ms, 0) // 1000
    hours, minutes = seconds // 3600, seconds // 60 % 60
    if hours:
        return f"{hours}:{minutes:02}:{seconds % 60:02}"
    return f"{minutes}:{seconds % 60:02}"


def format_seconds(ms: int) -> str:
    """Return a moment as seconds for ``t=`` in a link, without needless zeros.

    >>> format_seconds(1_694_200), format_seconds(1_690_000)
    ('1694.2', '1690')
    """
    return f"{ms / 1000:.3f}".rstrip("0").rstrip(".")
