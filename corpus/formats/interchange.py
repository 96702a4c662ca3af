"""The interchange file: JSON lines, an episode or an issue each, optionally gzipped.

Times in the file are seconds, as a float; inside they are milliseconds. ``parse`` and ``format``
are inverse. The format is Earmark's own; keys are only ever added.
"""

import gzip
import io
import json
import math
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.errors import FormatError
from corpus.formats.interchange_tray import InterchangeTray, parse_tray
from corpus.records import (
    Block,
    BlockKind,
    Chapter,
    Enclosure,
    EpisodeMention,
    Link,
    ParsedEpisode,
    ParsedNewsletter,
    ParsedTakeaway,
    Person,
    Segment,
    TranscriptOrigin,
    Word,
)

Json = dict[str, Any]
_BLOCK_KINDS: tuple[BlockKind, ...] = ("heading", "paragraph", "item", "row", "quote", "code")


@dataclass(frozen=True, slots=True, kw_only=True)
class InterchangeName:
    """The name that somebody gave to a label of a transcript."""

    label: str
    name: str
    for_show: bool = False
    """Whether it holds for the show's other episodes too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InterchangeEpisode:
    """An episode with all that belongs to it."""

    show: str
    episode: ParsedEpisode
    segments: tuple[Segment, ...] = ()
    """With the labels that the transcript has."""
    names: tuple[InterchangeName, ...] = ()
    """What people call them instead."""
    takeaways: tuple[ParsedTakeaway, ...] = ()
    language: str | None = None
    origin: TranscriptOrigin = "import"
    model: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InterchangeIssue:
    """A newsletter issue, and the guid of the episode it is joined to."""

    issue: ParsedNewsletter
    episode_guid: str | None = None
    joined_by: str | None = None


InterchangeLine = InterchangeEpisode | InterchangeIssue | InterchangeTray


def iter_interchange(data: bytes) -> Iterator[InterchangeLine | FormatError]:
    """Yield what each line holds; a line that cannot be read yields an error that names it."""
    number = 0
    try:
        for number, line in enumerate(_lines(data), 1):
            if line.strip():
                yield _parse_line(line, number)
    except (OSError, EOFError, zlib.error) as error:
        yield FormatError(f"after line {number}", f"the gzip is broken: {error}", "export it again")


def _lines(data: bytes) -> Iterator[bytes]:
    if data[:2] == b"\x1f\x8b":
        with gzip.open(io.BytesIO(data)) as lines:
            yield from lines
    else:
        yield from data.removeprefix(b"\xef\xbb\xbf").splitlines()


def _parse_line(line: bytes, number: int) -> InterchangeLine | FormatError:
    try:
        value = json.loads(line)
        if value.get("kind") == "issue":
            return _parse_issue(value)
        if value.get("kind") == "tray":
            return parse_tray(value)
        return _parse_episode(value)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        what = f"lacks {error}" if isinstance(error, KeyError) else f"cannot be read: {error}"
        return FormatError(f"line {number}", what, "see docs/formats.md")


def _ms(seconds: Any) -> int | None:
    if seconds is None:
        return None
    number = float(seconds)
    if not math.isfinite(number):
        raise ValueError(f"{seconds} is no time")
    return max(0, round(number * 1000))


def _need_ms(seconds: Any) -> int:
    found = _ms(seconds)
    if found is None:
        raise ValueError("a time is null")
    return found


def _text(value: Any) -> str | None:
    return str(value) if value not in (None, "") else None


def _parse_episode(value: Json) -> InterchangeEpisode:
    audio = _text(value.get("audio_url"))
    episode = ParsedEpisode(
        guid=str(value["episode_id"]),
        title=_text(value.get("title")),
        published=_text(value.get("published") or value.get("date")),
        link=_text(value.get("url")),
        enclosures=(Enclosure(url=audio, type=_text(value.get("audio_type"))),) if audio else (),
        duration_ms=_ms(value.get("duration")),
        season=value.get("season"),
        number=value.get("number"),
        show_notes=str(value.get("show_notes") or ""),
        chapters=tuple(
            Chapter(
                start_ms=_need_ms(row["start"]),
                end_ms=_ms(row.get("end")),
                title=str(row["title"]),
                link=_text(row.get("link")),
            )
            for row in value.get("chapters") or ()
        ),
        persons=tuple(
            Person(name=str(row["name"]), role=_text(row.get("role")))
            for row in value.get("persons") or ()
        ),
    )
    names = _parse_names(value.get("speaker_names") or ())
    return InterchangeEpisode(
        show=_text(value.get("podcast")) or "Unnamed show",
        episode=episode,
        segments=_parse_segments(value.get("segments") or (), {one.label for one in names}),
        names=names,
        takeaways=_parse_takeaways(value.get("takeaways") or ()),
        language=_text(value.get("language")),
        origin=_origin(value.get("origin")),
        model=_text(value.get("model")),
    )


def _origin(value: Any) -> TranscriptOrigin:
    return value if value in ("publisher", "whisper") else "import"


def _parse_names(rows: Sequence[Json]) -> tuple[InterchangeName, ...]:
    return tuple(
        InterchangeName(
            label=str(row["label"]), name=str(row["name"]), for_show=row.get("for_show") is True
        )
        for row in rows
    )


def _parse_segments(rows: Sequence[Json], renamed: Collection[str]) -> tuple[Segment, ...]:
    found = []
    for row in rows:
        label = _text(row.get("label"))
        start_ms = _need_ms(row["start"])
        end_ms = _ms(row.get("end"))
        found.append(
            Segment(
                start_ms=start_ms,
                end_ms=max(start_ms, start_ms if end_ms is None else end_ms),
                speaker=label if label in renamed else _text(row.get("speaker")),
                text=" ".join(str(row["text"]).split()),
                words=tuple(
                    Word(start_ms=_need_ms(w[0]), end_ms=_need_ms(w[1]), text=str(w[2]))
                    for w in row.get("words") or ()
                ),
            )
        )
    return tuple(segment for segment in found if segment.text)


def _parse_takeaways(rows: Sequence[Json]) -> tuple[ParsedTakeaway, ...]:
    return tuple(
        ParsedTakeaway(
            text=str(row["text"]),
            start_ms=_ms(row.get("start")),
            end_ms=_ms(row.get("end")),
            section=_text(row.get("section")),
            link=_text(row.get("link")),
            label=_text(row.get("label")),
        )
        for row in rows
    )


def _parse_issue(value: Json) -> InterchangeIssue:
    mention = value.get("mention") or {}
    issue = ParsedNewsletter(
        title=_text(value.get("title")),
        author=_text(value.get("author")),
        published=_text(value.get("published") or value.get("date")),
        link=_text(value.get("url")),
        newsletter=_text(value.get("newsletter")),
        blocks=tuple(_parse_block(row) for row in value.get("blocks") or ()),
        takeaways=_parse_takeaways(value.get("takeaways") or ()),
        mention=EpisodeMention(
            show=_text(mention.get("show")),
            title=_text(mention.get("title")),
            guests=tuple(str(name) for name in mention.get("guests") or ()),
        ),
    )
    return InterchangeIssue(
        issue=issue,
        episode_guid=_text(value.get("episode_id")),
        joined_by=_text(value.get("joined_by")),
    )


def _parse_block(row: Json) -> Block:
    kind = row.get("kind", "paragraph")
    return Block(
        kind=kind if kind in _BLOCK_KINDS else "paragraph",
        text=str(row["text"]),
        level=row.get("level"),
        links=tuple(
            Link(text=str(link.get("text") or ""), href=str(link["href"]), start=link.get("start"))
            for link in row.get("links") or ()
        ),
        cells=tuple(str(cell) for cell in row.get("cells") or ()),
    )


def format_interchange_episode(held: InterchangeEpisode) -> str:
    """Return an episode as a line, without its line break; speakers by their corrected names."""
    episode = held.episode
    names = {one.label: one.name for one in held.names}
    first = episode.enclosures[0] if episode.enclosures else None
    value: Json = {
        "episode_id": episode.guid,
        "podcast": held.show,
        "title": episode.title,
        "date": (episode.published or "")[:10] or None,
        "published": episode.published,
        "url": episode.link,
        "audio_url": first.url if first else None,
        "audio_type": first.type if first else None,
        "duration": _seconds(episode.duration_ms),
        "language": held.language,
        "season": episode.season,
        "number": episode.number,
        "show_notes": episode.show_notes,
        "persons": [{"name": person.name, "role": person.role} for person in episode.persons],
        "origin": held.origin,
        "model": held.model,
        "segments": [_segment_value(segment, names) for segment in held.segments],
        "chapters": [
            {
                "start": _seconds(chapter.start_ms),
                "end": _seconds(chapter.end_ms),
                "title": chapter.title,
                "link": chapter.link,
            }
            for chapter in episode.chapters
        ],
        "takeaways": [_takeaway_value(takeaway) for takeaway in held.takeaways],
    }
    if held.names:
        value["speaker_names"] = [
            {"label": one.label, "name": one.name, "for_show": one.for_show} for one in held.names
        ]
    return json.dumps(value, ensure_ascii=False)


def format_interchange_issue(held: InterchangeIssue) -> str:
    """Return an issue as a line, without its line break."""
    issue = held.issue
    value: Json = {
        "kind": "issue",
        "newsletter": issue.newsletter,
        "title": issue.title,
        "author": issue.author,
        "date": (issue.published or "")[:10] or None,
        "published": issue.published,
        "url": issue.link,
        "episode_id": held.episode_guid,
        "joined_by": held.joined_by,
        "mention": {
            "show": issue.mention.show,
            "title": issue.mention.title,
            "guests": list(issue.mention.guests),
        },
        "blocks": [_block_value(block) for block in issue.blocks],
        "takeaways": [_takeaway_value(takeaway) for takeaway in issue.takeaways],
    }
    return json.dumps(value, ensure_ascii=False)


def _seconds(ms: int | None) -> float | None:
    return None if ms is None else ms / 1000


def _segment_value(segment: Segment, names: Mapping[str, str]) -> Mapping[str, Any]:
    label = segment.speaker
    value: Json = {
        "start": _seconds(segment.start_ms),
        "end": _seconds(segment.end_ms),
        "speaker": names.get(label or "", label),
        "text": segment.text,
    }
    if label in names:
        value["label"] = label
    if segment.words:
        value["words"] = [[w.start_ms / 1000, w.end_ms / 1000, w.text] for w in segment.words]
    return value


def _takeaway_value(takeaway: ParsedTakeaway) -> Json:
    return {
        "text": takeaway.text,
        "start": _seconds(takeaway.start_ms),
        "end": _seconds(takeaway.end_ms),
        "section": takeaway.section,
        "link": takeaway.link,
        "label": takeaway.label,
    }


def _block_value(block: Block) -> Json:
    value: Json = {"kind": block.kind, "text": block.text}
    if block.level is not None:
        value["level"] = block.level
    if block.links:
        value["links"] = [{"text": x.text, "href": x.href, "start": x.start} for x in block.links]
    if block.cells:
        value["cells"] = list(block.cells)
    return value
