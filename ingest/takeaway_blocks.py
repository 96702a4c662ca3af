"""Writes takeaways in the form their author pastes into an issue, and in forms for programs."""

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from html import escape
from typing import Literal, get_args
from urllib.parse import quote

from corpus.errors import UsageError
from corpus.moments import format_moment

TakeawayStyle = Literal["text", "md", "html", "csv", "json"]

_MARKDOWN_SIGNS = re.compile(r"([\\`*_\[\]<>]|&(?=#?\w+;)|~(?=~)|(?<=~)~)")
_MARKDOWN_OPENINGS = re.compile(r"^(?=#{1,6}(?:\s|$)|[-+](?:\s|$)|~~~|(?:-\s?){3,}$)")
_MARKDOWN_NUMBER = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")
_SAFE_URL = re.compile(r"https?://|[/#?](?!/)|[\w.%-]+(?:[/?#]|$)", re.IGNORECASE)

# The last two break a long address, which would else widen the whole mail on a phone.
_PARAGRAPH_STYLE = (
    "margin:0 0 12px 0;font-size:16px;line-height:24px;"
    "overflow-wrap:anywhere;word-break:break-word;"
)
_LINK_STYLE = "color:#0b57d0;text-decoration:underline;"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeawayLine:
    """A takeaway as it is handed on."""

    text: str
    start_ms: int | None = None
    end_ms: int | None = None
    speaker: str | None = None
    sentence: str | None = None
    """The sentence of the transcript that says it."""
    url: str | None = None
    """Where it plays from its moment."""


def format_takeaways(takeaways: Sequence[TakeawayLine], style: TakeawayStyle) -> str:
    """Return takeaways in a style; their order is the author's and stays.

    ``text`` and ``md`` are read back by the newsletter readers with the same texts and, to the
    second, the same times. ``html`` carries its styles in the elements, as mail programs need.

    Raises:
        UsageError: If there is no such style.
    """
    if style not in _FORMATTERS:
        known = ", ".join(get_args(TakeawayStyle))
        raise UsageError(style, "is no style for takeaways", f"choose one of {known}")
    return _FORMATTERS[style](takeaways)


def format_takeaways_text(takeaways: Sequence[TakeawayLine]) -> str:
    """Return the author's own block: one line each, ``Text. (28:10)``.

    >>> format_takeaways_text([TakeawayLine(text="Price the outcome.", start_ms=1_690_000)])
    'Price the outcome. (28:10)\\n'
    """
    return "".join(f"{_with_mark(_line(each.text), _clock(each))}\n" for each in takeaways)


def _format_markdown(takeaways: Sequence[TakeawayLine]) -> str:
    lines = []
    for each in takeaways:
        text = _escape_markdown(_line(each.text))
        clock = _clock(each)
        url = safe_url(each.url)
        mark = f"[{clock}](<{url}>)" if clock and url else clock
        lines.append(f"- {_with_mark(text, mark)}\n")
    return "".join(lines)


def _format_html(takeaways: Sequence[TakeawayLine]) -> str:
    lines = []
    for each in takeaways:
        clock = _clock(each)
        url = safe_url(each.url)
        mark = f'<a href="{escape(url)}" style="{_LINK_STYLE}">{clock}</a>' if url else clock
        text = _with_mark(escape(_line(each.text), quote=False), mark if clock else "")
        lines.append(f'<p style="{_PARAGRAPH_STYLE}">{text}</p>\n')
    return "".join(lines)


def _format_csv(takeaways: Sequence[TakeawayLine]) -> str:
    table = io.StringIO(newline="")
    rows = csv.writer(table)
    rows.writerow(["moment", "text", "speaker", "sentence", "url", "start_ms", "end_ms"])
    for each in takeaways:
        words = [each.text, each.speaker, each.sentence, each.url]
        cells = [_as_words(_line(word or "")) for word in words]
        rows.writerow([_clock(each), *cells, each.start_ms, each.end_ms])
    return table.getvalue()


def _format_json(takeaways: Sequence[TakeawayLine]) -> str:
    document = {"takeaways": [asdict(each) for each in takeaways]}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


_FORMATTERS: dict[str, Callable[[Sequence[TakeawayLine]], str]] = {
    "text": format_takeaways_text,
    "md": _format_markdown,
    "html": _format_html,
    "csv": _format_csv,
    "json": _format_json,
}


def _line(text: str) -> str:
    return " ".join(text.split())


def _clock(takeaway: TakeawayLine) -> str:
    return "" if takeaway.start_ms is None else format_moment(takeaway.start_ms)


def _with_mark(text: str, mark: str) -> str:
    return f"{text} ({mark})".lstrip() if mark else text


def _escape_markdown(text: str) -> str:
    text = _MARKDOWN_SIGNS.sub(r"\\\1", text)
    return _MARKDOWN_NUMBER.sub(r"\1\\\2", _MARKDOWN_OPENINGS.sub(r"\\", text))


def safe_url(url: str | None) -> str:
    """Return an address that a mail may carry: of the web or of this site, else nothing."""
    if not url or not _SAFE_URL.match(url):
        return ""
    return quote(url, safe="/:?#[]@!$&'()*+,;=%~-._")


def _as_words(cell: str) -> str:
    """Return a cell that a spreadsheet takes for words, even where it begins like a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell
