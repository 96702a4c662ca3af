"""Drafts: what any transcript reader found, and how they become the segments of a transcript."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.errors import FormatError
from corpus.records import ParsedTranscript, Segment, Word

_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_MS_PER_WORD = 400  # 150 words a minute, the pace of ordinary talk
_MAX_PROBLEMS = 12

NO_TIMES = "has no times: it must be aligned with the sound before a moment can be cited"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A stretch of speech as it stands in a file; what the file does not say is None."""

    text: str
    start_ms: int | None = None
    end_ms: int | None = None
    speaker: str | None = None
    words: tuple[Word, ...] = ()


def squeeze(text: str) -> str:
    """Return ``text`` on one line, white space squeezed."""
    return " ".join(text.split())


def clean_speaker(name: object) -> str | None:
    """Return a speaker's name on one line, or None where nobody is named."""
    if not isinstance(name, str | int) or isinstance(name, bool):
        return None
    try:
        return squeeze(str(name)).strip(_INVISIBLE + " ") or None
    except ValueError:  # an integer of thousands of digits names nobody
        return None


def count_of(number: int, noun: str) -> str:
    """Return ``1 cue``, ``2 cues``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def finish_transcript(
    kind: str, drafts: Iterable[Draft], *, language: object = None, problems: Iterable[str] = ()
) -> ParsedTranscript:
    """Return the transcript of ``drafts``: without empty ones, by start, every end known.

    An end that is missing or before its start becomes the next later start; the last one is set by
    the pace of ordinary talk. Where no draft has a time, the transcript is untimed and all its
    segments stand at 0; otherwise a draft without a time is left out and told.
    """
    told = list(problems)
    spoken = [draft for draft in drafts if draft.text.strip().strip(_INVISIBLE).strip()]
    timed = [draft for draft in spoken if draft.start_ms is not None]
    if spoken and not timed:
        segments = tuple(_segment(draft, 0, 0) for draft in spoken)
        told.append(NO_TIMES)
    else:
        if lost := len(spoken) - len(timed):
            told.append(f"{count_of(lost, 'segment')} left out: no time that can be read")
        segments = _timed_segments(timed, told)
    if not segments:
        told.append("no words in it")
    return ParsedTranscript(
        format=kind,
        segments=segments,
        language=_clean_language(language),
        timed=bool(timed) or not spoken,
        problems=_folded(told),
    )


def require_words(parsed: ParsedTranscript, name: str) -> ParsedTranscript:
    """Return ``parsed``.

    Raises:
        FormatError: If it has no segment.
    """
    if not parsed.segments:
        raise FormatError(name, "holds no words of a transcript", "; ".join(parsed.problems))
    return parsed


def _timed_segments(drafts: Sequence[Draft], told: list[str]) -> tuple[Segment, ...]:
    ordered = sorted(drafts, key=lambda draft: draft.start_ms or 0)
    segments: list[Segment] = []
    turned = 0
    later: int | None = None  # the next start that is truly later
    at: int | None = None
    for draft in reversed(ordered):
        start = draft.start_ms or 0
        if at is not None and start < at:
            later = at
        at = start
        end = draft.end_ms
        if end is not None and end < start:
            turned += 1
            end = None
        if end is None:
            end = later if later is not None else start + _speaking_ms(draft.text)
        segments.append(_segment(draft, start, end))
    if turned:
        told.append(
            f"{count_of(turned, 'segment')} ended before the start: end taken from the next"
        )
    return tuple(reversed(segments))


def _segment(draft: Draft, start_ms: int, end_ms: int) -> Segment:
    return Segment(
        start_ms=start_ms,
        end_ms=end_ms,
        text=squeeze(draft.text),
        speaker=draft.speaker,
        words=draft.words,
    )


def _speaking_ms(text: str) -> int:
    return _MS_PER_WORD * max(len(text.split()), 1)


def _clean_language(language: object) -> str | None:
    text = language.strip() if isinstance(language, str) else ""
    return text if 0 < len(text) <= 35 and not any(c.isspace() for c in text) else None


def _folded(problems: Sequence[str]) -> tuple[str, ...]:
    if len(problems) <= _MAX_PROBLEMS:
        return tuple(problems)
    rest = len(problems) - _MAX_PROBLEMS + 1
    return (*problems[: _MAX_PROBLEMS - 1], f"and {rest} problems more")
