"""An issue's blocks as a page shows them, and takeaways as a block to paste."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from corpus.holdings import Takeaway, TrayEntry
from corpus.records import Block, Link
from ingest.takeaway_blocks import TakeawayLine, TakeawayStyle, format_takeaways
from ingest.takeaway_publishing import PublishStyle, format_published
from web.links import LinkMaker, safe_href

_ADDRESS = re.compile(r"https?://[^\s<>\"”]{1,2000}")
_TRAILING = ".,;:!?)]}'’»"
_GROUPED = {"item": "list", "row": "table", "code": "code"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run of text that is a link, or is none."""

    text: str
    href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A block's text in runs."""

    runs: tuple[Run, ...]
    level: int = 1
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Blocks that stand together: a list, a table, or one of another kind alone."""

    kind: str
    """heading, paragraph, list, table, quote, code."""
    lines: tuple[Line, ...]


def group_blocks(blocks: Sequence[Block]) -> tuple[Group, ...]:
    """Return an issue's blocks in groups, in order; no heading skips a level."""
    groups: list[Group] = []
    level = 0
    for kind, run in groupby(blocks, key=lambda block: block.kind):
        lines = tuple(_line(block) for block in run)
        if kind == "heading":
            for line in lines:
                level = min(line.level, level + 1)
                groups.append(Group(kind=kind, lines=(replace(line, level=level),)))
        elif together := _GROUPED.get(kind):
            groups.append(Group(kind=together, lines=lines))
        else:
            groups += [Group(kind=kind, lines=(line,)) for line in lines]
    return tuple(groups)


def _line(block: Block) -> Line:
    level = min(max(block.level or 1, 1), 6)
    return Line(runs=tuple(_runs(block.text, block.links)), level=level, cells=block.cells)


def _runs(text: str, links: Sequence[Link]) -> Iterator[Run]:
    """Yield a block's text with its links where they stand in it."""
    at = 0
    placed = [link for link in links if link.start is not None and link.text]
    for link in sorted(placed, key=lambda link: link.start or 0):
        start = link.start or 0
        end = start + len(link.text)
        href = safe_href(link.href)
        if start < at or text[start:end] != link.text or href is None:
            continue
        if start > at:
            yield Run(text=text[at:start])
        yield Run(text=link.text, href=href)
        at = end
    if at < len(text):
        yield Run(text=text[at:])


def link_addresses(text: str) -> tuple[Run, ...]:
    """Return plain text in runs, its web addresses as links.

    >>> [run.href for run in link_addresses("See https://example.com/a.")]
    [None, 'https://example.com/a', None]
    """
    runs: list[Run] = []
    at = 0
    for match in _ADDRESS.finditer(text):
        address = match[0].rstrip(_TRAILING)
        if match.start() > at:
            runs.append(Run(text=text[at : match.start()]))
        runs.append(Run(text=address, href=safe_href(address)))
        at = match.start() + len(address)
    if at < len(text):
        runs.append(Run(text=text[at:]))
    return tuple(runs)


def takeaway_block(found: Sequence[Takeaway], style: TakeawayStyle, links: LinkMaker) -> str:
    """Return takeaways in their author's own form, at the moments they are believed to be said."""
    return _block([_line_of(item, links) for item in found], style)


def publish_takeaways(found: Sequence[Takeaway], style: PublishStyle) -> str:
    """Return takeaways as podcast programs read them."""
    return format_published([line_of_takeaway(item, LinkMaker()) for item in found], style).rstrip(
        "\n"
    )


def line_of_takeaway(item: Takeaway, links: LinkMaker) -> TakeawayLine:
    """Return a takeaway as it is handed on, with its end."""
    at_stated = item.start_ms == item.stated_ms
    end_ms = item.stated_end_ms if at_stated else item.found_end_ms
    if end_ms is None and item.start_ms == item.found_ms:
        end_ms = item.found_end_ms
    return replace(_line_of(item, links), end_ms=end_ms)


def tray_block(found: Sequence[TrayEntry], style: TakeawayStyle, links: LinkMaker) -> str:
    """Return what is in the tray in its author's own form and words, as takeaways are."""
    lines = [_line_of(item, links) for item in found]
    ended = [replace(line, end_ms=item.end_ms) for line, item in zip(lines, found, strict=True)]
    return _block(ended, style)


def _line_of(item: Takeaway | TrayEntry, links: LinkMaker) -> TakeawayLine:
    return TakeawayLine(
        text=item.text,
        start_ms=item.start_ms,
        speaker=item.speaker,
        sentence=item.sentence,
        url=links.url(item.episode_id, item.start_ms),
    )


def _block(lines: Sequence[TakeawayLine], style: TakeawayStyle) -> str:
    return format_takeaways(lines, style).rstrip("\n")
