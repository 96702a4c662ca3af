"""The page of an episode, and the list of all."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from corpus.catalogue import (
    chapters,
    episodes,
    issues,
    jobs,
    notes,
    speakers,
    takeaways,
    transcripts,
    tray,
    undos,
)
from corpus.catalogue.counts import EpisodeCounts, count_by_episode
from corpus.errors import MomentError
from corpus.formats.labels import is_counted_label
from corpus.holdings import Episode, HeldChapter, Issue, Job, Takeaway, Transcript
from corpus.moments import MAX_MS, format_seconds, parse_link_moment
from corpus.players import link_moment
from corpus.records import Chapter, Segment
from ingest.audio_length import Drift, find_drift
from ingest.said_before import SaidBefore, find_said_elsewhere
from web.asking import read_page_number
from web.blocks import Run, link_addresses, takeaway_block
from web.current import current_house
from web.documents import MAX_ID
from web.episode_links import make_links
from web.finding import Found, find_words
from web.links import PageUrls, player_pages
from web.media import find_audio_file
from web.reading_view import (
    VOICES,
    PartView,
    choose_part,
    cut_parts,
    find_odd_part,
    make_paragraphs,
)
from web.sayings import load_vectors
from web.topics import list_topics, topic_chapters
from web.word_times import place_words

blueprint = Blueprint("episodes", __name__)

PAGE = 50
"""Episodes on one page of a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """All that the catalogue holds of an episode."""

    episode: Episode
    transcript: Transcript | None
    segments: tuple[Segment, ...]
    chapters: tuple[Chapter, ...]
    proposed: tuple[HeldChapter, ...]
    """Chapters that nobody has accepted yet."""
    takeaways: tuple[Takeaway, ...]
    issues: tuple[Issue, ...]
    problems: tuple[str, ...]
    jobs: tuple[Job, ...]

    @property
    def duration_ms(self) -> int | None:
        """How long the audio is that the transcript was made from, where known."""
        return (self.transcript.duration_ms if self.transcript else None) or None

    @property
    def length_ms(self) -> int | None:
        """How long the episode is, as far as anything tells."""
        last_ms = self.segments[-1].end_ms if self.segments else None
        return self.duration_ms or self.episode.duration_ms or last_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A chapter on the player's bar, in thousandths of the episode's length."""

    chapter: Chapter
    start: float
    width: float

    @property
    def has_clock(self) -> bool:
        """Whether its time has room in such a picture."""
        return self.width > (66 if self.chapter.start_ms >= 3_600_000 else 45)

    @property
    def lines(self) -> tuple[str, ...]:
        """Its title in short lines, as far as a picture 1,120 px wide has room for it."""
        letters = int((1.12 * self.width - 14) / 8.2)
        if letters < 6:
            return ()
        names = self.chapter.title.split(" · ")
        lines = [
            line if len(line) <= letters else f"{line[: letters - 1]}…"
            for name in names
            for line in wrap(name, min(letters, 24), break_long_words=False)
        ]
        return tuple(lines[:3])


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerView:
    """A speaker, and what a person may call them instead."""

    label: str
    """As the transcript has it."""
    name: str
    voice: int | None
    is_corrected: bool
    for_show: bool
    """Whether a correction is offered for the whole show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerView:
    """Where an episode plays elsewhere."""

    player: str
    label: str
    href: str
    """Opened at the moment asked for, where the player can."""
    is_exact: bool
    is_named: bool
    """Whether its listener named it, and not its feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeView:
    """What the page of an episode shows."""

    held: _Held
    audio: str | None
    """Where the player plays from, opened at the moment asked for."""
    at_ms: int | None
    odd_moment: str | None
    """What was asked for as a moment and is none."""
    plays: bool
    """Whether the visitor asked for sound by the click that led here."""
    parts: tuple[PartView, ...]
    part: PartView | None
    """The one that is shown."""
    odd_part: str | None
    """What was asked for as a part and is none."""
    has_words: bool
    """Whether it is known when each word is said."""
    found: Found | None
    """What was looked for within the transcript."""
    speakers: tuple[SpeakerView, ...]
    sections: tuple[Chapter, ...]
    """Its chapters; where it has none, the sections that its words and meaning tell."""
    marks: tuple[Mark, ...]
    said: str | None
    """The sentence said at the moment asked for."""
    show_notes: tuple[tuple[Run, ...], ...]
    before: tuple[tuple[SaidBefore, ...], ...]
    """For each takeaway what issues other than its own have told already."""
    block: str
    """The takeaways, ready to paste; drafts are none yet."""
    drift: Drift | None
    """How the audio differs now from the one that all times here belong to."""
    players: tuple[PlayerView, ...]
    can_draft: bool
    has_drafts: bool
    drafts_undo: int | None
    """What brings back the drafts before these."""
    can_rephrase: bool

    @property
    def is_past_end(self) -> bool:
        """Whether the moment that the address names lies behind the episode's end."""
        return bool(self.at_ms and self.held.length_ms and self.at_ms > self.held.length_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeListView:
    """What a list of episodes shows."""

    episodes: tuple[Episode, ...]
    counts: dict[int, EpisodeCounts]
    total: int
    previous_url: str | None
    next_url: str | None
    first_url: str
    odd_page: str | None
    """What was asked for as a page and is none."""

    @property
    def status(self) -> int:
        """Of HTTP: whether there is such a page."""
        return 404 if self.odd_page or (self.total and not self.episodes) else 200


@blueprint.get(f"/episodes/<int(max={MAX_ID}):episode_id>")
def show(episode_id: int) -> str:
    """Show an episode, opened at the moment that the address names."""
    house = current_house()
    with house.catalogue.read() as conn:
        held = _load(conn, episode_id)
        drafts_undo = undos.find_last_undo(conn, f"drafts:{episode_id}")
        links = make_links(conn, house.settings, [episode_id])
        said_in_issues = tray.list_said(conn) if held.takeaways else ()
        named = _speakers(conn, held)
    vectors = load_vectors(house, [item.text for item in held.takeaways], said_in_issues)
    sections = held.chapters or topic_chapters(list_topics(house, episode_id))
    at_ms, odd_moment = read_moment(request.args.get("t"))
    paragraphs = make_paragraphs(held.segments, duration_ms=held.duration_ms, at_ms=at_ms)
    parts = cut_parts(paragraphs, [chapter.start_ms for chapter in held.chapters])
    part = choose_part(parts, request.args.get("part", type=int))
    said = [one.text for each in paragraphs for one in each.sentences if one.is_now]
    notes_shown = held.episode.show_notes.split("\n")
    page = EpisodeView(
        held=held,
        audio=_find_audio(held.episode, at_ms),
        at_ms=at_ms,
        odd_moment=odd_moment,
        plays=request.args.get("play") == "1",
        parts=parts,
        part=part,
        odd_part=find_odd_part(parts, request.args.get("part")),
        has_words=any(segment.words for segment in held.segments),
        found=find_words(paragraphs, request.args.get("find", "")),
        speakers=named,
        sections=sections,
        marks=place_marks(sections, held.length_ms),
        said=said[0] if said else None,
        show_notes=tuple(link_addresses(line) for line in notes_shown if line.strip()),
        before=find_said_elsewhere(held.takeaways, said_in_issues, vectors),
        block=takeaway_block([item for item in held.takeaways if not item.is_draft], "text", links),
        drift=find_drift(held.episode, held.transcript),
        players=_find_players(held.episode, links.named.get(episode_id, {}), at_ms),
        can_draft=bool(held.segments) and all(job.kind != "draft" for job in held.jobs),
        drafts_undo=drafts_undo,
        can_rephrase=bool(house.settings.rephrase_url),
        has_drafts=any(item.is_draft for item in held.takeaways),
    )
    return render_template("episode.html", page=page)


@blueprint.get(f"/episodes/<int(max={MAX_ID}):episode_id>/words")
def words(episode_id: int) -> Response:
    """Answer when the words of a part of the transcript are said, for the player's page.

    For each sentence a list of words: first letter, letter behind the last, millisecond.
    """
    with current_house().catalogue.read() as conn:
        held = _load(conn, episode_id)
    paragraphs = make_paragraphs(held.segments, duration_ms=held.duration_ms, at_ms=None)
    parts = cut_parts(paragraphs, [chapter.start_ms for chapter in held.chapters])
    part = choose_part(parts, request.args.get("part", type=int))
    sentences = [one for each in part.paragraphs for one in each.sentences] if part else []
    return jsonify({"words": place_words(sentences, held.segments)})


def _speakers(conn: Connection, held: _Held) -> tuple[SpeakerView, ...]:
    names = speakers.find_names(conn, held.episode.id)
    found: list[SpeakerView] = []
    voices: dict[str, int] = {}
    for label in speakers.list_labels(conn, held.episode.id):
        correction = names.get(label)
        name = correction.name if correction else label
        voice = voices.setdefault(name, len(voices) % VOICES + 1)
        for_show = correction.episode_id is None if correction else not is_counted_label(label)
        found.append(
            SpeakerView(
                label=label,
                name=name,
                voice=voice,
                is_corrected=correction is not None,
                for_show=for_show,
            )
        )
    return tuple(found)


def place_marks(chapters: Sequence[Chapter], length_ms: int | None) -> tuple[Mark, ...]:
    """Return where chapters lie on a bar of 1,000 units; a chapter lasts until the next begins."""
    if not length_ms:
        return ()
    starts = [min(chapter.start_ms, length_ms) for chapter in chapters]
    return tuple(
        Mark(
            chapter=chapter,
            start=round(1000 * start / length_ms, 2),
            width=round(max(1000 * (end - start) / length_ms - 2, 2), 2),
        )
        for chapter, start, end in zip(chapters, starts, [*starts[1:], length_ms], strict=False)
    )


def read_moment(text: str | None) -> tuple[int | None, str | None]:
    """Return the moment that an address names, and what it names instead where that is none.

    >>> read_moment("28:10"), read_moment("soon"), read_moment(None)
    ((1690000, None), (None, 'soon'), (None, None))
    """
    text = (text or "").strip()
    if not text:
        return None, None
    try:
        at_ms = parse_link_moment(text[:40])
    except MomentError:
        return None, text[:40]
    return (at_ms, None) if at_ms <= MAX_MS else (None, text[:40])


def _load(conn: Connection, episode_id: int) -> _Held:
    episode = episodes.get_episode(conn, episode_id)
    subject = f"episode:{episode_id}"
    transcript = transcripts.find_transcript(conn, episode_id)
    problems = [problem for _, problem in notes.list_problems(conn, subject)]
    if transcript:
        problems += transcript.problems
    return _Held(
        episode=episode,
        transcript=transcript,
        segments=transcripts.list_segments(conn, episode_id),
        chapters=episodes.list_chapters(conn, episode_id),
        proposed=chapters.list_proposed(conn, episode_id),
        takeaways=takeaways.list_takeaways(conn, episode_id=episode_id),
        issues=issues.list_issues(conn, episode_id=episode_id),
        problems=tuple(dict.fromkeys(problems)),
        jobs=tuple(
            job for job in jobs.list_jobs(conn, subject=subject, limit=20) if job.state != "done"
        ),
    )


def _find_audio(episode: Episode, at_ms: int | None) -> str | None:
    # Held audio first: it is what the transcript's times belong to, and a publisher may put
    # other advertisements into the next download.
    url = url_for("media.audio", episode_id=episode.id)
    if find_audio_file(current_house().home.media, episode) is None:
        address = episode.audio_url or ""
        if not address.startswith(("http://", "https://")):
            return None
        url = address
    return url if at_ms is None else f"{url.partition('#')[0]}#t={format_seconds(at_ms)}"


def _find_players(episode: Episode, named: PageUrls, at_ms: int | None) -> tuple[PlayerView, ...]:
    found = []
    for page in player_pages(episode, named):
        link = link_moment(page.url, at_ms)
        can = link_moment(page.url, 0).is_exact
        found.append(
            PlayerView(
                player=page.player,
                label=page.label,
                href=link.href,
                is_exact=can,
                is_named=page.player in named,
            )
        )
    return tuple(found)


@blueprint.get("/episodes")
def list_all() -> ResponseReturnValue:
    """Show all episodes, newest first."""
    with current_house().catalogue.read() as conn:
        page = read_list(conn, None, "episodes.list_all")
    return render_template("episodes.html", page=page), page.status


def read_list(conn: Connection, show_id: int | None, endpoint: str) -> EpisodeListView:
    """Return the page of a list of episodes that the request asks for."""
    number = read_page_number(request.args)
    total = episodes.count_episodes(conn, show_id)
    found: tuple[Episode, ...] = ()
    if number is not None:
        start = (number - 1) * PAGE
        found = episodes.list_episodes(conn, show_id=show_id, limit=PAGE, offset=start)
    counts = count_by_episode(conn, [episode.id for episode in found])

    def page_url(wanted: int) -> str:
        values = {"show_id": show_id} if show_id is not None else {}
        return url_for(endpoint, page=wanted if wanted > 1 else None, **values)  # type: ignore[arg-type]

    return EpisodeListView(
        episodes=found,
        counts=counts,
        total=total,
        previous_url=page_url(number - 1) if number and number > 1 and found else None,
        next_url=page_url(number + 1) if number and number * PAGE < total else None,
        first_url=page_url(1),
        odd_page=request.args["page"][:40] if number is None else None,
    )
