"""What templates can say of times, dates and counts."""

import re
from datetime import UTC, datetime

from flask import Flask, request, url_for
from markupsafe import Markup

from corpus.moments import format_moment, format_seconds
from web.links import safe_href

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

JOB_VERBS = {
    "add": "Adding",
    "poll": "Asking the feed of",
    "publisher": "Publisher's transcript of",
    "audio": "Getting the audio of",
    "transcribe": "Transcribing",
    "relisten": "Listening again to",
    "join": "Finding the episode of",
    "check": "Placing takeaways and subjects of",
    "draft": "Drafting takeaways of",
    "rephrase": "Drafting and rewording takeaways of",
    "speakers": "Naming the speakers of",
    "index": "Bringing up to date:",
    "rebuild": "Building anew:",
}
KIND_LABELS = {
    "transcript": "Said",
    "takeaway": "Takeaway",
    "chapter": "Chapter",
    "notes": "Show notes",
    "issue": "Newsletter",
}
EPISODE_KEYS = (
    (("Space",), "play or pause"),
    (("←", "→"), "5 seconds back or forward"),
    (("←", "→"), "on a mark of the bar: the chapter before or after"),
    (("j", "k"), "the sentence before or after"),
    (("q",), "copy what is selected, or the lit sentence, as a quotation"),
    (("t",), "put the lit sentence into the tray"),
    (("f",), "find in this episode"),
    (("/",), "search everything"),
    (("?",), "these keys"),
)
"""What episode.js does at which key."""
MORE_LINKS: tuple[tuple[str, tuple[tuple[str, str, str | None], ...]], ...] = (
    (
        "To read",
        (
            ("Saved searches", "saved.list_all", None),
            ("All takeaways on one page", "reading.page", None),
            ("Feed of takeaways", "takeaways.feed", None),
        ),
    ),
    (
        "How it searches",
        (
            ("What means the same", "vocabulary.show", None),
            ("Does it find what is there?", "trust.show", None),
        ),
    ),
    (
        "To look after",
        (
            ("Add a source", "library.library", "add"),
            ("Work and what failed", "library.library", "work"),
            ("Checkup", "checkup.show", None),
        ),
    ),
    (
        "For programs",
        (
            ("API description", "api.describe", None),
            ("Followed feeds (OPML)", "library_api.export_feeds", None),
            ("Everything, as a file", "library_api.export", None),
        ),
    ),
)
"""What stands at the foot of every page, beside the five ways at its head: label, page, part."""
WHY_LABELS = {"words": "words", "meaning": "meaning", "both": "words and meaning"}


def format_day(made_ms: int) -> str:
    """Return the day of a clock's milliseconds, in the world's time."""
    return datetime.fromtimestamp(made_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M")


def format_date(text: str | None) -> str:
    """Return a date as people write it, as much of it as is known.

    >>> format_date("2024-09-05T05:00:00Z"), format_date("2024-09"), format_date(None)
    ('5 Sep 2024', 'Sep 2024', 'undated')
    """
    match = _DATE.match(text or "")
    if match is None:
        return text or "undated"
    year, month, day = match.groups()
    if month is None or not 1 <= int(month) <= 12:
        return year
    named = f"{_MONTHS[int(month) - 1]} {year}"
    return named if day is None else f"{int(day)} {named}"


def format_when(text: str | None) -> Markup:
    """Return a date as a page has it: readable for people and for programs.

    >>> str(format_when("2024-09-05")), str(format_when(None))
    ('<time datetime="2024-09-05">5 Sep 2024</time>', '<span>undated</span>')
    """
    if not text or _DATE.match(text) is None:
        return Markup("<span>{}</span>").format(format_date(text))
    return Markup('<time datetime="{}">{}</time>').format(text, format_date(text))


def whole_day(text: str | None) -> str:
    """Return the first day of a date, its year or its month, as a date field takes it.

    >>> whole_day("2024"), whole_day("2024-05"), whole_day("2024-05-31"), whole_day("soon")
    ('2024-01-01', '2024-05-01', '2024-05-31', '')
    """
    match = _DATE.fullmatch(text or "")
    return "-".join(part or "01" for part in match.groups()) if match else ""


def format_duration(ms: int | None) -> str:
    """Return a length as people say it.

    >>> format_duration(3_210_000), format_duration(7_500_000), format_duration(40_000)
    ('54 min', '2 h 5 min', '40 s')
    """
    if not ms or ms < 0:
        return ""
    seconds = round(ms / 1000)
    if seconds < 60:
        return f"{seconds} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def format_bytes(count: int) -> str:
    """Return a number of bytes as people say it.

    >>> format_bytes(900), format_bytes(12_345), format_bytes(4_600_000_000)
    ('900 bytes', '12 kB', '4.6 GB')
    """
    size = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 999.5:
            return f"{size:.1f} {unit}" if size < 10 and unit != "bytes" else f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def format_ago(ms: int) -> str:
    """Return how long ago something was.

    >>> format_ago(20_000), format_ago(7_300_000), format_ago(200_000_000)
    ('just now', '2 h ago', '2 days ago')
    """
    minutes = max(ms, 0) // 60_000
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    return f"{minutes // 60} h ago" if minutes < 48 * 60 else f"{minutes // 1440} days ago"


def count_of(count: int, noun: str) -> str:
    """Return a count with its noun.

    >>> count_of(1, "episode"), count_of(1_200, "episode")
    ('1 episode', '1,200 episodes')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def episode_href(episode_id: int, start_ms: int | None = None, *, play: bool = False) -> str:
    """Return the address of an episode's page, opened and scrolled to where a moment is said."""
    if start_ms is None:
        return url_for("episodes.show", episode_id=episode_id)
    moment = format_seconds(start_ms)
    asked = "1" if play else None
    return url_for("episodes.show", episode_id=episode_id, t=moment, play=asked, _anchor="now")


def here() -> str:
    """Return the address of this page on this site, to come back to."""
    return request.full_path.rstrip("?") if request.method == "GET" else request.path


def add_filters(app: Flask) -> None:
    """Give the templates their filters and functions."""
    app.jinja_env.filters.update(
        moment=format_moment,
        seconds=format_seconds,
        date=format_date,
        day=format_day,
        when=format_when,
        whole_day=whole_day,
        bytes=format_bytes,
        ago=format_ago,
        duration=format_duration,
        safe_href=safe_href,
        capitalize_first=lambda text: text[:1].upper() + text[1:],
    )
    app.jinja_env.globals.update(
        count_of=count_of,
        episode_href=episode_href,
        here=here,
        JOB_VERBS=JOB_VERBS,
        EPISODE_KEYS=EPISODE_KEYS,
        KIND_LABELS=KIND_LABELS,
        MORE_LINKS=MORE_LINKS,
        WHY_LABELS=WHY_LABELS,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
