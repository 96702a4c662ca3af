"""What flows between the rooms: frozen records, times in integer milliseconds, unknown is None."""

from dataclasses import dataclass
from typing import Literal

TranscriptOrigin = Literal["publisher", "whisper", "import"]
TakeawayOrigin = Literal["newsletter", "show notes", "drafted", "author"]
Verdict = Literal["confirmed", "moved", "not found", "unchecked"]
PassageKind = Literal["transcript", "takeaway", "chapter", "notes", "issue"]
BlockKind = Literal["heading", "paragraph", "item", "row", "quote", "code"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One spoken word."""

    start_ms: int
    end_ms: int
    text: str
    """Without surrounding white space, with its punctuation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of speech by one speaker."""

    start_ms: int
    end_ms: int
    text: str
    speaker: str | None = None
    words: tuple[Word, ...] = ()
    """Word times where they are known, else empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedTranscript:
    """What a transcript file says."""

    format: str
    """vtt, srt, sbv, podcast-json, podlove-json, podlove-xml, whisper-json, html, text ..."""
    segments: tuple[Segment, ...]
    language: str | None = None
    timed: bool = True
    """False where the file has words but no times: it must be aligned to be of use."""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A titled part of an episode."""

    start_ms: int
    title: str
    end_ms: int | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody a feed names for an episode."""

    name: str
    role: str | None = None
    """host, guest ... in lower case, as the feed says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A media file of an episode."""

    url: str
    type: str | None = None
    bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptRef:
    """Where a publisher's transcript can be had."""

    url: str
    type: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Soundbite:
    """A stretch that the publisher calls worth hearing."""

    start_ms: int
    duration_ms: int
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedEpisode:
    """An item of a feed."""

    guid: str
    """The item's own guid or id, else one derived from its enclosure, link or title."""
    title: str | None = None
    published: str | None = None
    """UTC, as 2026-06-01T05:00:00Z."""
    link: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    """The one to play first."""
    duration_ms: int | None = None
    season: int | None = None
    number: int | None = None
    show_notes: str = ""
    """Plain text, one block a line."""
    show_notes_html: str = ""
    transcripts: tuple[TranscriptRef, ...] = ()
    chapters_url: str | None = None
    chapters: tuple[Chapter, ...] = ()
    persons: tuple[Person, ...] = ()
    soundbites: tuple[Soundbite, ...] = ()
    image_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """What a feed says."""

    title: str | None
    link: str | None = None
    language: str | None = None
    author: str | None = None
    description: str | None = None
    image_url: str | None = None
    guid: str | None = None
    """podcast:guid, which survives every move."""
    next_url: str | None = None
    """The next page of a paged feed (RFC 5005)."""
    new_url: str | None = None
    """Where the feed says that it has moved (itunes:new-feed-url)."""
    persons: tuple[Person, ...] = ()
    """Persons of the whole show; an episode without its own has these."""
    episodes: tuple[ParsedEpisode, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link in a text: its words and where it leads."""

    text: str
    href: str
    start: int | None = None
    """Offset of the words in the text of their block, where known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block of a newsletter issue: what stands on a line of its own."""

    kind: BlockKind
    text: str
    """White space squeezed; a soft line break inside a paragraph is a newline."""
    level: int | None = None
    """Of a heading 1-6; of a list item its depth from 1."""
    links: tuple[Link, ...] = ()
    cells: tuple[str, ...] = ()
    """Of a table row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedTakeaway:
    """A takeaway or timed note as an author wrote it."""

    text: str
    start_ms: int | None = None
    end_ms: int | None = None
    section: str | None = None
    """The heading it stands under."""
    link: str | None = None
    label: str | None = None
    """The clock text shown, where it and the link name different moments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeMention:
    """How an issue speaks of its episode: in prose."""

    show: str | None = None
    title: str | None = None
    guests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedNewsletter:
    """One issue of a newsletter."""

    title: str | None
    blocks: tuple[Block, ...]
    author: str | None = None
    published: str | None = None
    """UTC, as 2026-06-01T05:00:00Z; a date alone as 2026-06-01."""
    link: str | None = None
    newsletter: str | None = None
    """The newsletter's own name, where the issue tells it."""
    takeaways: tuple[ParsedTakeaway, ...] = ()
    mention: EpisodeMention = EpisodeMention()
    problems: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The issue as plain text, one block a line."""
        return "\n".join(block.text for block in self.blocks)

    @property
    def links(self) -> tuple[Link, ...]:
        """All links, in order."""
        return tuple(link for block in self.blocks for link in block.links)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence inside a passage: where its letters are and when it is said."""

    start: int
    """Offset of its first letter in the passage's text."""
    end: int
    start_ms: int | None
    end_ms: int | None
    speaker: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What is embedded, found and cited."""

    text: str
    kind: PassageKind
    start_ms: int | None
    end_ms: int | None
    speaker: str | None = None
    """None where nobody is named or several speak."""
    sentences: tuple[Sentence, ...] = ()
    """In order, covering all words of the text."""

    @property
    def speakers(self) -> tuple[str, ...]:
        """Everybody who speaks in it, in the order of their first words."""
        named = [self.speaker, *(sentence.speaker for sentence in self.sentences)]
        return tuple(dict.fromkeys(name for name in named if name))
