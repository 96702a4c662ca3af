"""WebVTT: https://www.w3.org/TR/webvtt1/, read leniently and written strictly."""

import html
from collections.abc import Iterable

from corpus.formats.captions import draft_cues
from corpus.formats.clock import format_clock
from corpus.formats.cues import find_arrow_timing, scan_cues, split_lines, tell_arrows
from corpus.formats.drafts import clean_speaker, finish_transcript, squeeze
from corpus.formats.labels import find_label
from corpus.records import ParsedTranscript, Segment


def parse_webvtt(text: str) -> ParsedTranscript:
    """Return what a WebVTT text says; a file without its header line is read too, and told."""
    lines = split_lines(text.lstrip("\ufeff"))
    start = next((n for n, line in enumerate(lines) if line.strip()), 0)
    problems: list[str] = []
    language = None
    body = start
    if lines[start].startswith("WEBVTT"):
        body, language = _read_header(lines, start + 1)
    else:
        problems.append("the WEBVTT line at the top is missing")
    found = scan_cues(lines[body:], find_arrow_timing, strict=True, first_number=body + 1)
    problems += [*found.problems, *tell_arrows(text, found)]
    return finish_transcript("vtt", draft_cues(found.cues), language=language, problems=problems)


def _read_header(lines: list[str], at: int) -> tuple[int, str | None]:
    """Return where the header ends and the language it names."""
    language = None
    while at < len(lines) and lines[at] and "-->" not in lines[at]:
        key, _, value = lines[at].partition(":")
        if key.strip().casefold() == "language":
            language = value.strip()
        at += 1
    return at, language


def format_webvtt(segments: Iterable[Segment]) -> str:
    """Return ``segments`` as WebVTT: a cue each, with its voice; word times are not written.

    `parse_webvtt` gives the same segments back where they are in order and their texts squeezed.
    """
    cues = [_format_cue(segment) for segment in segments]
    return "\n".join(["WEBVTT\n", *cues])


def _format_cue(segment: Segment) -> str:
    times = f"{format_clock(segment.start_ms)} --> {format_clock(segment.end_ms)}"
    text = _escape(squeeze(segment.text))
    speaker = clean_speaker(segment.speaker)
    if speaker is not None:
        return f"{times}\n<v {_escape(speaker)}>{text}\n"
    if find_label(text) is not None:
        text = text.replace(":", "&#58;").replace("：", "&#65306;")  # or it reads as a speaker
    return f"{times}\n{text}\n"


def _escape(text: str) -> str:
    return html.escape(text, quote=False).replace("{", "&#123;")
