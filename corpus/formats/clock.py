"""Times as transcript files write them, read leniently; all become whole milliseconds."""

import math
import re

from corpus.moments import MAX_MS

_CLOCK = re.compile(r"(?:(?:(\d{1,5}):)?(\d{1,6}):)?(\d{1,9})(?:[.,](\d{0,12}))?", re.ASCII)


def find_clock(text: str) -> int | None:
    """Return the milliseconds of ``28:10.5``, ``1:02:03,004`` or seconds alone, else None.

    Minutes may pass 59 where no hours stand before them; seconds may where no minutes do.
    """
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        return None
    hours, minutes, seconds, fraction = match.groups()
    if minutes is not None and int(seconds) > 59:
        return None
    if hours is not None and int(minutes) > 59:
        return None
    whole_s = (int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds)
    ms = whole_s * 1000 + int((fraction or "").ljust(3, "0")[:3])
    return ms if ms <= MAX_MS else None


def find_time(value: object, *, per_unit_ms: int = 1000) -> int | None:
    """Return the milliseconds of a JSON value: a number of units, or a text as in `find_clock`.

    None where it is no time: NaN, infinite, negative by over a second, a truth value, no number.
    """
    if isinstance(value, str):
        text = value.strip().removesuffix("s")
        ms = find_clock(text)
        return ms if ms is None or ":" in text else _in_range(ms * per_unit_ms / 1000)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not -MAX_MS <= value <= MAX_MS or not math.isfinite(value):
        return None
    return _in_range(value * per_unit_ms)


def _in_range(ms: float) -> int | None:
    # Speech recognisers place a first word some milliseconds before the start.
    return round(max(ms, 0)) if -1000 < ms <= MAX_MS else None


def format_clock(ms: int) -> str:
    """Return a time as WebVTT writes it, such as ``00:28:10.500``."""
    seconds, fraction = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{fraction:03}"
