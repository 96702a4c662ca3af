"""What the catalogue holds, as it comes back from it: frozen records with their ids."""

from dataclasses import dataclass
from typing import Any, Literal

from corpus.records import (
    Block,
    EpisodeMention,
    PassageKind,
    Person,
    Sentence,
    TakeawayOrigin,
    TranscriptOrigin,
    TranscriptRef,
    Verdict,
)

ShowKind = Literal["podcast", "newsletter"]
JudgementVerdict = Literal["right", "wrong"]
ChapterOrigin = Literal["published", "proposed", "accepted"]
JobState = Literal["queued", "running", "done", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """A podcast or a newsletter that is followed."""

    id: int
    kind: ShowKind
    title: str
    former_titles: tuple[str, ...]
    """Names it had before."""
    feed_url: str | None
    podcast_guid: str | None
    link: str | None
    author: str | None
    language: str | None
    image_url: str | None
    etag: str | None
    last_modified: str | None
    content_hash: str | None
    next_poll_ms: int | None
    failures: int
    last_problem: str | None
    ended_ms: int | None
    """When its feed was found gone for good, None while it is followed."""
    added_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """An episode, without its transcript."""

    id: int
    show_id: int
    show: str
    """The show's title."""
    guid: str
    title: str
    published: str | None
    link: str | None
    duration_ms: int | None
    """Measured where the audio is held, else as the feed says."""
    feed_duration_ms: int | None
    season: int | None
    number: int | None
    language: str | None
    audio_url: str | None
    audio_type: str | None
    audio_bytes: int | None
    image_url: str | None
    persons: tuple[Person, ...]
    transcript_refs: tuple[TranscriptRef, ...]
    chapters_url: str | None
    show_notes: str
    """Empty in lists, which never load bodies."""
    media_path: str | None
    """Relative to media/, where the audio is held."""
    media_hash: str | None
    media_ms: int | None
    """Length of the audio held, measured."""
    other_urls: tuple[str, ...]
    """Pages on which its feed says that it plays too."""
    content_hash: str
    added_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """What is known of an episode's transcript, without its segments."""

    id: int
    episode_id: int
    origin: TranscriptOrigin
    format: str | None
    language: str | None
    model: str | None
    duration_ms: int | None
    """Length of the audio it was made from, measured, where known."""
    audio_hash: str | None
    feed_duration_ms: int | None
    """What the feed said of the audio when it was stored; ``audio_bytes`` too."""
    audio_bytes: int | None
    content_hash: str
    problems: tuple[str, ...]
    added_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An episode that an issue may speak of."""

    episode_id: int
    confidence: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One issue of a newsletter."""

    id: int
    show_id: int | None
    show: str | None
    """The newsletter's name, where it is known."""
    title: str | None
    author: str | None
    published: str | None
    link: str | None
    source: str | None
    blocks: tuple[Block, ...]
    """Empty in lists."""
    mention: EpisodeMention
    content_hash: str
    episode_id: int | None
    joined_by: Literal["earmark", "author"] | None
    confidence: float | None
    proposals: tuple[Proposal, ...]
    problems: tuple[str, ...]
    added_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeaway:
    """A takeaway of an issue, of show notes, drafted or written by hand."""

    id: int
    episode_id: int | None
    issue_id: int | None
    origin: TakeawayOrigin
    position: int
    text: str
    section: str | None
    stated_ms: int | None
    stated_end_ms: int | None
    written_ms: int | None
    """As its source writes it; ``stated_ms`` may be another that somebody accepted."""
    settled: int | None
    """1 where a person gave its time, which no check changes."""
    link: str | None
    label: str | None
    found_ms: int | None
    found_end_ms: int | None
    verdict: Verdict
    confidence: float | None
    sentence: str | None
    speaker: str | None

    @property
    def is_draft(self) -> bool:
        """Whether nobody has accepted it yet, so that it is never handed out as a takeaway."""
        return self.origin == "drafted"

    @property
    def can_accept(self) -> bool:
        """Whether a check found a better moment than the stated one, or one where none was."""
        return self.found_ms is not None and (self.stated_ms is None or self.verdict == "moved")

    @property
    def is_said(self) -> bool:
        """Whether somebody stands by it, and a check found it said in its episode."""
        is_placed = self.stated_ms is None and self.found_ms is not None
        return not self.is_draft and (self.verdict in ("confirmed", "moved") or is_placed)

    @property
    def start_ms(self) -> int | None:
        """The moment to open: the found one where the stated one is wrong or missing."""
        return self.found_ms if self.can_accept else self.stated_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldChapter:
    """A chapter with where it comes from."""

    id: int
    episode_id: int
    position: int
    start_ms: int | None
    """None of a proposed one that is not placed yet, or of which nothing sure is found."""
    end_ms: int | None
    title: str
    link: str | None
    origin: ChapterOrigin
    confidence: float | None
    """0..1, that it begins within half a minute of there; None where nothing was looked for."""
    sentence: str | None
    """What is said where it begins, of one that was found."""

    @property
    def is_proposed(self) -> bool:
        """Whether nobody has accepted it yet, so that it is no chapter."""
        return self.origin == "proposed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """Something picked for the next issue, with all that must outlive what it was picked from."""

    text: str
    takeaway_id: int | None = None
    passage_id: int | None = None
    episode_id: int | None = None
    start_ms: int | None = None
    end_ms: int | None = None
    speaker: str | None = None
    sentence: str | None = None
    """The sentence of the transcript that says it."""
    episode: str | None = None
    """The episode's title."""
    show: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrayEntry(Pick):
    """A pick in the tray."""

    id: int
    position: int
    original: str
    """The text as it was picked; ``text`` is as its author words it now."""
    added_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A text that an issue has told its readers."""

    text: str
    label: str
    """The issue."""
    date: str | None
    """Of the issue: 2026-06-01."""
    issue_id: int | None
    """Where the issue is held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerName:
    """Who a label of transcripts is: what a person corrected, kept beside the transcripts."""

    id: int
    show_id: int
    episode_id: int | None
    """None where it holds for all episodes of the show whose transcripts come the same way."""
    origin: TranscriptOrigin
    label: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSearch:
    """A question that somebody asks again and again."""

    id: int
    name: str
    asked: dict[str, str]
    """What its address asks for, by name: ``q``, ``show`` and so on."""
    seen_passage_id: int
    """The newest passage when its answers were last seen; later ones are new."""
    seen_ms: int
    added_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPassage:
    """A passage with its id and owner."""

    id: int
    episode_id: int | None
    issue_id: int | None
    kind: PassageKind
    position: int
    start_ms: int | None
    end_ms: int | None
    speaker: str | None
    text: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the owner says of a hit: right or wrong for her question."""

    id: int
    question: str
    verdict: JudgementVerdict
    episode_id: int | None
    issue_id: int | None
    start_ms: int | None
    """Of the passage that was judged."""
    end_ms: int | None
    text: str
    """The sentence that was shown."""
    made_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalRun:
    """What an evaluation found, kept to be compared with a later one."""

    id: int
    source: str
    """``judgements``, or the name of the file that the questions came from."""
    mode: str
    fingerprint: dict[str, Any]
    """What the index was made by: its model and the versions of its rules."""
    figures: dict[str, dict[str, float]]
    """By kind of question; ``all`` is among them."""
    made_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A piece of long work."""

    id: int
    kind: str
    subject: str
    """What it works on: ``episode:12``, ``show:3``, ``issue:7``, ``corpus``."""
    title: str
    """For a person."""
    state: JobState
    priority: int
    attempts: int
    progress: float | None
    note: str | None
    problem: str | None
    worker: str | None
    lease_until_ms: int | None
    not_before_ms: int
    created_ms: int
    started_ms: int | None
    finished_ms: int | None

    def left_ms(self, now_ms: int) -> int | None:
        """Return how long a running job takes still, as fast as it went so far; None where unknown.

        One that has only just begun says nothing yet.
        """
        if self.state != "running" or self.started_ms is None or not self.progress:
            return None
        elapsed_ms = now_ms - self.started_ms
        if elapsed_ms < 5_000 or not 0.02 <= self.progress <= 1:
            return None
        return round(elapsed_ms * (1 - self.progress) / self.progress)
