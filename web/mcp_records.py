"""What an assistant is answered: records that each carry where it is said and how to open it."""

from dataclasses import dataclass

from corpus.moments import format_moment, format_seconds
from web.documents import Document
from web.links import moment_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Where something is said or written, ready to be named and opened."""

    label: str
    """For a person: who, in what, when."""
    show: str | None
    """The podcast, or the newsletter."""
    episode: str | None
    episode_id: int | None
    issue: str | None
    """Of the newsletter, where it is written there."""
    issue_id: int | None
    published: str | None
    speaker: str | None
    start_ms: int | None
    end_ms: int | None
    moment: str | None
    """The second as a clock text: 28:10."""
    link: str | None
    """Earmark's page, opened at the second; a path where public_url is not set."""
    audio: str | None
    """The recording, opened at the second."""
    problem: str | None = None
    """Why the second may be off, if it may: the audio has changed since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPassage:
    """A passage that answers a question."""

    passage_id: int
    kind: str
    why: str
    """Found by words, by meaning, or by both."""
    sentence: str
    """The sentence that answers best, verbatim."""
    text: str
    """The passage around it, verbatim."""
    citation: Citation


# Those that a tool returns have no slots: the SDK would take them for defaults.
@dataclass(frozen=True, kw_only=True)
class Found:
    """The answer to a search."""

    total: int
    mode: str
    problems: tuple[str, ...]
    passages: tuple[FoundPassage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenLine:
    """A stretch of speech, or a neighbouring passage of a text."""

    speaker: str | None
    text: str
    start_ms: int | None
    moment: str | None
    is_cited: bool
    """Whether it belongs to what the citation names."""


@dataclass(frozen=True, kw_only=True)
class InContext:
    """A passage or a moment, with what stands around it."""

    citation: Citation
    text: str
    lines: tuple[SpokenLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedTakeaway:
    """A takeaway with the second at which it is said."""

    takeaway_id: int
    text: str
    sentence: str | None
    """What is said there, verbatim, where it was found."""
    verdict: str
    """confirmed, moved (its author's time was wrong), not found, or unchecked."""
    origin: str
    citation: Citation


@dataclass(frozen=True, kw_only=True)
class TakeawayList:
    """Takeaways, and how many there are in all."""

    total: int
    takeaways: tuple[CitedTakeaway, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedChapter:
    """A titled part of an episode."""

    title: str
    citation: Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPerson:
    """Somebody a feed names for an episode."""

    name: str
    role: str | None


@dataclass(frozen=True, kw_only=True)
class WholeEpisode:
    """What is held of an episode."""

    citation: Citation
    guid: str
    duration_ms: int | None
    publisher_page: str | None
    persons: tuple[NamedPerson, ...]
    show_notes: str
    chapters: tuple[CitedChapter, ...]
    takeaways: tuple[CitedTakeaway, ...]
    has_transcript: bool
    transcript: tuple[SpokenLine, ...]
    """Empty unless it was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """When, and by whom, something is said; all of it may be unknown."""

    start_ms: int | None = None
    end_ms: int | None = None
    speaker: str | None = None
    problem: str | None = None
    """Why the time may be off."""


def cite(episode: Document | None, issue: Document | None, said: Stretch, *, base: str) -> Citation:
    """Return the citation of what an episode's or an issue's document holds.

    ``base`` is the address of the site where it is known, without a slash at its end.
    """
    moment = None if said.start_ms is None else format_moment(said.start_ms)
    # What an issue says without a time is written there, whatever episode it speaks of.
    is_written = issue is not None and (said.start_ms is None or episode is None)
    of = (issue if is_written else episode) or {}
    show = of.get("newsletter" if is_written else "show")
    link = audio = None
    if episode:
        link = base + moment_url(episode["id"], said.start_ms)
        audio = _audio(episode["audio_url"], said.start_ms, base)
    if issue and is_written:
        link = f"{base}/issues/{issue['id']}"
    return Citation(
        label=_label(of.get("title"), show, of.get("published"), (said.speaker, moment)),
        show=show,
        episode=episode["title"] if episode else None,
        episode_id=episode["id"] if episode else None,
        issue=issue["title"] if issue else None,
        issue_id=issue["id"] if issue else None,
        published=of.get("published"),
        speaker=said.speaker,
        start_ms=said.start_ms,
        end_ms=said.end_ms,
        moment=moment,
        link=link,
        audio=audio,
        problem=None if said.start_ms is None else said.problem,
    )


def _audio(address: str | None, start_ms: int | None, base: str) -> str | None:
    if address is None:
        return None
    whole = base + address if address.startswith("/") else address
    return whole if start_ms is None else f"{whole}#t={format_seconds(start_ms)}"


def _label(
    title: str | None,
    show: str | None,
    published: str | None,
    said: tuple[str | None, str | None],
) -> str:
    speaker, moment = said
    source = ", ".join(part for part in (show, (published or "")[:10]) if part)
    label = f"“{title or 'Untitled'}”" + (f" ({source})" if source else "")
    label = f"{speaker} in {label}" if speaker else label
    return f"{label} at {moment}" if moment else label
