"""The transcripts that a publisher gives beside the audio: which to take, which need times."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from corpus.errors import EarmarkError, FetchError
from corpus.formats.drafts import NO_TIMES
from corpus.formats.transcripts import parse_transcript
from corpus.holdings import Episode, Transcript
from corpus.moments import format_moment
from corpus.records import ParsedTranscript, Segment, TranscriptRef
from ingest.plans import problem_of
from ingest.transcript_alignment import align_transcript
from ingest.workshop import Workshop

_PREFERRED = ("vtt", "json", "srt", "html", "text")
_BEYOND_MS = 30_000  # a transcript may outlast the duration a feed states by this and a twentieth


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A publisher's transcript as it was had, or why it is of no use."""

    ref: TranscriptRef
    parsed: ParsedTranscript | None = None
    problem: str | None = None
    """None where it can be taken as it is."""

    @property
    def needs_times(self) -> bool:
        """Whether it has words but no times."""
        return self.parsed is not None and bool(self.parsed.segments) and not self.parsed.timed


def iter_published(shop: Workshop, episode: Episode) -> Iterator[Published]:
    """Yield an episode's published transcripts, the best kind first; each is had when asked for."""
    for ref in sorted(episode.transcript_refs, key=_preference):
        try:
            data = fetch_bytes(shop, ref.url)
            parsed = parse_transcript(data, Path(urlsplit(ref.url).path).name)
        except EarmarkError as error:
            yield Published(ref=ref, problem=problem_of(error))
            continue
        why = _unfit(parsed, episode.duration_ms)
        yield Published(ref=ref, parsed=parsed, problem=f"{ref.url}: {why}" if why else None)


def _preference(ref: TranscriptRef) -> int:
    kind = f"{ref.type or ''} {urlsplit(ref.url).path}".lower()
    return next((n for n, word in enumerate(_PREFERRED) if word in kind), len(_PREFERRED))


def _unfit(parsed: ParsedTranscript, duration_ms: int | None) -> str | None:
    """Return why a publisher's transcript is of no use as it is, or None."""
    if not parsed.segments:
        return "holds no words"
    if not parsed.timed:
        return "has no times; Whisper hears them"
    last_ms = max(segment.end_ms for segment in parsed.segments)
    if duration_ms and last_ms > duration_ms * 1.05 + _BEYOND_MS:
        said, held = format_moment(last_ms), format_moment(duration_ms)
        return f"goes on until {said}, but the audio ends at {held}"
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """A publisher's transcript with the times of the audio."""

    segments: tuple[Segment, ...]
    parsed: ParsedTranscript
    language: str | None
    problems: tuple[str, ...]
    """What a person should know of its times."""


def find_timed(
    shop: Workshop, episode: Episode, heard: Sequence[Segment], *, duration_ms: int
) -> tuple[Timed | None, tuple[str, ...]]:
    """Return an untimed published transcript with the times of what was heard, if one fits.

    Also returned is why others do not.
    """
    problems = []
    for published in iter_published(shop, episode):
        if published.parsed is None or not published.needs_times:
            continue
        name = published.ref.url
        timed, problem = give_times(published.parsed, heard, name=name, duration_ms=duration_ms)
        if timed:
            return timed, ()
        problems.append(problem)
    return None, tuple(problems)


def give_times(
    parsed: ParsedTranscript, heard: Sequence[Segment], *, name: str, duration_ms: int
) -> tuple[Timed | None, str]:
    """Return an untimed transcript with times, and how well it fits; None if it does not."""
    aligned = align_transcript(parsed.segments, heard, duration_ms=duration_ms)
    share = f"{aligned.matched * 100:.0f} % of its words are heard in the audio"
    if not aligned.usable:
        return None, f"{name}: has no times, and only {share}"
    note = f"{name}: has no times; {share}, the others are put between them"
    timed = Timed(
        segments=aligned.segments,
        parsed=parsed,
        language=parsed.language,
        problems=(*(problem for problem in parsed.problems if problem != NO_TIMES), note),
    )
    return timed, note


def time_published(
    published: Published, heard: Sequence[Segment], held: Transcript
) -> tuple[Timed | None, str]:
    """Return an untimed transcript with the times of the held one, and how well it fits."""
    if published.parsed is None:
        return None, f"{published.ref.url}: holds no words"
    duration_ms = held.duration_ms or max((segment.end_ms for segment in heard), default=0)
    return give_times(published.parsed, heard, name=published.ref.url, duration_ms=duration_ms)


def fetch_bytes(shop: Workshop, url: str) -> bytes:
    """Return what a feed names: from the network, or from beside a feed file.

    Raises:
        FetchError: If it cannot be had.
    """
    if url.startswith("file:"):
        return local_path(url).read_bytes()
    return shop.door.get(url).body


def local_path(url: str) -> Path:
    """Return the file that a feed file names.

    Raises:
        FetchError: If it is not there.
    """
    path = Path(unquote(urlsplit(url).path))
    if not path.is_file():
        raise FetchError(path.name, "is not beside its feed", "put it there and add the feed again")
    return path
