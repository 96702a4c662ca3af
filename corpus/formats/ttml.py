"""TTML, timed text in XML (https://www.w3.org/TR/ttml2/), as Apple and broadcasters write it."""

import re
from dataclasses import dataclass

from corpus.formats.clock import find_clock, find_time
from corpus.formats.drafts import Draft, clean_speaker, finish_transcript, squeeze
from corpus.formats.xml_tree import Element, attribute, element_text, local_name
from corpus.records import ParsedTranscript, Word

_OFFSET = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)(h|ms|m|s|f|t)", re.ASCII)
_FRAMES = re.compile(r"(\d{1,5}:\d\d:\d\d):(\d{1,3})(?:\.\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Rates:
    frame: float
    tick: float


def parse_ttml(root: Element) -> ParsedTranscript:
    """Return what a TTML document says: a segment for each paragraph, words from its spans."""
    rates = _Rates(_rate(root, "framerate", 30.0), _rate(root, "tickrate", 1.0))
    agents = _agents(root)
    drafts = [
        _draft(paragraph, rates, agents)
        for paragraph in root.iter()
        if local_name(paragraph) == "p"
    ]
    return finish_transcript("ttml", drafts, language=attribute(root, "lang"))


def _rate(root: Element, name: str, default: float) -> float:
    try:
        value = float(attribute(root, name) or default)
    except ValueError:
        return default
    return value if 0 < value < 1e9 else default


def _agents(root: Element) -> dict[str, str]:
    names: dict[str, str] = {}
    for agent in root.iter():
        key = attribute(agent, "id") if local_name(agent) == "agent" else None
        if key and (name := clean_speaker(element_text(agent))):
            names[key] = name
    return names


def _draft(paragraph: Element, rates: _Rates, agents: dict[str, str]) -> Draft:
    start = _find_offset(attribute(paragraph, "begin"), rates)
    end = _find_end(paragraph, start, rates)
    words = _words(paragraph, start or 0, rates)
    text = squeeze(element_text(paragraph))
    spoken = " ".join(word.text for word in words)
    if words and spoken.replace(" ", "") == text.replace(" ", ""):
        text = spoken  # Apple puts no space between the spans of words
        start = words[0].start_ms if start is None else start
        end = words[-1].end_ms if end is None else end
    else:
        words = ()
    agent = attribute(paragraph, "agent")
    speaker = _names_of(agent, agents)
    return Draft(text=text, start_ms=start, end_ms=end, speaker=speaker, words=words)


def _names_of(agent: str | None, agents: dict[str, str]) -> str | None:
    if not agent:
        return None
    return clean_speaker(" and ".join(agents.get(key, key) for key in agent.split()))


def _words(paragraph: Element, from_ms: int, rates: _Rates) -> tuple[Word, ...]:
    words: list[Word] = []
    for span in paragraph.iter():
        start = _find_offset(attribute(span, "begin"), rates)
        if local_name(span) != "span" or start is None or len(span):
            continue
        end = _find_end(span, start, rates)
        text = squeeze(element_text(span))
        # The standard counts from the paragraph's begin, Apple from the episode's.
        shift = from_ms if start < from_ms else 0
        if text:
            end = start if end is None else max(start, end)
            words.append(Word(start_ms=start + shift, end_ms=end + shift, text=text))
    return tuple(words)


def _find_end(element: Element, start: int | None, rates: _Rates) -> int | None:
    end = _find_offset(attribute(element, "end"), rates)
    length = _find_offset(attribute(element, "dur"), rates)
    if end is None and start is not None and length is not None:
        return start + length
    return end


def _find_offset(text: str | None, rates: _Rates) -> int | None:
    """Return the milliseconds of a TTML time: clock, clock with frames, or a number with a unit."""
    text = (text or "").strip()
    if match := _FRAMES.fullmatch(text):
        whole = find_clock(match[1])
        return None if whole is None else whole + round(int(match[2]) * 1000 / rates.frame)
    if match := _OFFSET.fullmatch(text):
        units = {"h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
        units_ms = {**units, "f": 1000 / rates.frame, "t": 1000 / rates.tick}
        return find_time(float(match[1]) * units_ms[match[2]] / 1000)
    return find_clock(text) if text else None
