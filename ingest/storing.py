"""Stores what was read, with its passages: computing outside, writing in one short transaction."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from corpus.catalogue import (
    chapters,
    episodes,
    issues,
    jobs,
    passages,
    shows,
    speakers,
    takeaways,
    transcripts,
)
from corpus.catalogue.shows import ShowFacts
from corpus.formats.interchange import InterchangeEpisode, InterchangeIssue, InterchangeName
from corpus.holdings import Episode, Takeaway
from corpus.records import (
    Chapter,
    ParsedEpisode,
    ParsedNewsletter,
    ParsedTakeaway,
    Passage,
    Segment,
    TranscriptOrigin,
)
from ingest.chunker import (
    CHUNKER_VERSION,
    chunk_chapters,
    chunk_issue,
    chunk_segments,
    chunk_show_notes,
    chunk_takeaways,
)
from ingest.newsletter.text import read_plain_text
from ingest.plans import INDEX_JOB, check_job, join_job, next_episode_job
from ingest.speaker_edits import name_speaker
from ingest.subjects import read_subjects
from ingest.takeaways import find_takeaways, split_timed_notes
from ingest.workshop import Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedEpisode:
    """An episode with what was computed from it before any transaction."""

    episode: ParsedEpisode
    chapters: tuple[Chapter, ...]
    takeaways: tuple[ParsedTakeaway, ...]
    subjects: tuple[str, ...]
    """What could be its chapters, where it has none: listed in its show notes without times."""
    notes: tuple[Passage, ...]
    """The passages of its show notes."""


def prepare_episode(episode: ParsedEpisode) -> PreparedEpisode:
    """Return an episode with what its show notes say: chapters, takeaways, subjects, passages."""
    timed = find_takeaways(read_plain_text(episode.show_notes)) if episode.show_notes else ()
    from_notes, takeaways_found = split_timed_notes(timed)
    found = episode.chapters or from_notes
    return PreparedEpisode(
        episode=episode,
        chapters=found,
        takeaways=takeaways_found,
        subjects=() if found else read_subjects(episode),
        notes=chunk_show_notes(episode.show_notes),
    )


def put_prepared(
    shop: Workshop,
    conn: Connection,
    show_id: int,
    prepared: PreparedEpisode,
    *,
    language: str | None,
    listed: Container[str] = (),
) -> bool:
    """Store a prepared episode; return whether anything is new about it.

    ``listed`` are the guids of its feed.
    """
    now_ms = shop.now_ms()
    episode_id, changed = episodes.put_episode(
        conn, show_id, prepared.episode, language=language, listed=listed, now_ms=now_ms
    )
    if not changed:
        return False
    if prepared.chapters:
        episodes.put_chapters(conn, episode_id, prepared.chapters)
    takeaways.put_takeaways(conn, prepared.takeaways, origin="show notes", episode_id=episode_id)
    unplaced = chapters.put_subjects(conn, episode_id, prepared.subjects)
    passages.put_passages(
        conn, prepared.notes, kinds=("notes",), chunker=CHUNKER_VERSION, episode_id=episode_id
    )
    put_chapter_passages(conn, episode_id)
    put_takeaway_passages(conn, episode_id)
    passages.log_episode(conn, episode_id)
    held = transcripts.find_transcript(conn, episode_id)
    episode = episodes.get_episode(conn, episode_id)
    heard = held is not None and held.origin == "whisper"
    job = next_episode_job(episode, shop.settings, has_transcript=held is not None, heard=heard)
    follow = [job, INDEX_JOB] if job else [INDEX_JOB]
    if held is not None and unplaced:
        follow.append(check_job(episode_id, episode.title))
    jobs.queue_jobs(conn, follow, now_ms=now_ms)
    return True


def store_chapters(shop: Workshop, episode: Episode, found: Sequence[Chapter]) -> None:
    """Store an episode's chapters with their passages."""
    with shop.catalogue.write() as conn:
        episodes.put_chapters(conn, episode.id, found)
        put_chapter_passages(conn, episode.id)
        jobs.queue_jobs(conn, [INDEX_JOB], now_ms=shop.now_ms())


def store_transcript(
    shop: Workshop,
    episode: Episode,
    spoken: Sequence[Segment],
    *,
    origin: TranscriptOrigin,
    **facts: Any,
) -> bool:
    """Store an episode's transcript with its passages; return whether anything changed.

    ``facts`` are those of :func:`corpus.catalogue.transcripts.put_transcript`.
    """
    facts = audio_facts(episode) | facts
    duration_ms = facts.get("duration_ms") or episode.duration_ms
    written = chunk_segments(spoken, duration_ms=duration_ms)
    now_ms = shop.now_ms()
    with shop.catalogue.write() as conn:
        _, changed = transcripts.put_transcript(
            conn, episode.id, spoken, origin=origin, now_ms=now_ms, **facts
        )
        if names := speakers.find_names(conn, episode.id):
            named = speakers.name_segments(spoken, names)
            written = chunk_segments(named, duration_ms=duration_ms)
        changed |= passages.put_passages(
            conn, written, kinds=("transcript",), chunker=CHUNKER_VERSION, episode_id=episode.id
        )
        transcripts.drop_windows(conn, episode.id)
        if changed:
            follow = [INDEX_JOB]
            if _has_to_be_placed(conn, episode.id):
                follow.append(check_job(episode.id, episode.title))
            # An issue may wait for just this transcript to be joined.
            follow += [join_job(*issue) for issue in issues.list_unjoined(conn)]
            jobs.queue_jobs(conn, follow, now_ms=now_ms)
    return changed


def _has_to_be_placed(conn: Connection, episode_id: int) -> bool:
    held = takeaways.list_takeaways(conn, episode_id=episode_id)
    return bool(held or chapters.list_proposed(conn, episode_id))


def audio_facts(episode: Episode) -> dict[str, Any]:
    """Return what is known now of the audio, to tell later whether it has changed."""
    facts = {"feed_duration_ms": episode.feed_duration_ms, "audio_bytes": episode.audio_bytes}
    if episode.media_path is None:
        return facts
    return facts | {"audio_hash": episode.media_hash, "duration_ms": episode.media_ms}


def store_issue(
    shop: Workshop, parsed: ParsedNewsletter, *, source: str | None, show_id: int | None = None
) -> tuple[int, bool]:
    """Store an issue with its takeaways and passages; return its id and whether it is new.

    It belongs to the show given, else to the newsletter that it names.
    """
    now_ms = shop.now_ms()
    with shop.catalogue.write() as conn:
        if show_id is None and parsed.newsletter:
            facts = ShowFacts(kind="newsletter", title=parsed.newsletter, author=parsed.author)
            show_id = shows.put_show(conn, facts, now_ms=now_ms)
        issue_id, changed = issues.put_issue(
            conn, parsed, show_id=show_id, source=source, now_ms=now_ms
        )
        if changed:
            issue = issues.get_issue(conn, issue_id)
            takeaways.put_takeaways(
                conn,
                parsed.takeaways,
                origin="newsletter",
                issue_id=issue_id,
                episode_id=issue.episode_id,
            )
            put_issue_passages(conn, issue_id)
            follow = [INDEX_JOB, join_job(issue_id, parsed.title)]
            jobs.queue_jobs(conn, follow, now_ms=now_ms)
    return issue_id, changed


def put_chapter_passages(conn: Connection, episode_id: int) -> bool:
    """Write the passages of an episode's chapters; not of those that are only proposed."""
    episode = episodes.get_episode(conn, episode_id)
    held = episodes.list_chapters(conn, episode_id)
    return passages.put_passages(
        conn,
        chunk_chapters(held, duration_ms=episode.duration_ms),
        kinds=("chapter",),
        chunker=CHUNKER_VERSION,
        episode_id=episode_id,
    )


def put_takeaway_passages(conn: Connection, episode_id: int) -> bool:
    """Write the passages of an episode's own takeaways, at the moments now known; not of drafts."""
    own = [
        item
        for item in takeaways.list_takeaways(conn, episode_id=episode_id)
        if item.issue_id is None and not item.is_draft
    ]
    return passages.put_passages(
        conn,
        chunk_takeaways(map(as_parsed, own)),
        kinds=("takeaway",),
        chunker=CHUNKER_VERSION,
        episode_id=episode_id,
    )


def put_issue_passages(conn: Connection, issue_id: int) -> bool:
    """Write the passages of an issue: its text and its takeaways, at the moments now known."""
    issue = issues.get_issue(conn, issue_id)
    held = takeaways.list_takeaways(conn, issue_id=issue_id)
    said = {takeaway.text for takeaway in held}
    blocks = [block for block in issue.blocks if not _is_takeaway(block.text, said)]
    written = chunk_issue(blocks) + chunk_takeaways(map(as_parsed, held))
    return passages.put_passages(
        conn,
        written,
        kinds=("issue", "takeaway"),
        chunker=CHUNKER_VERSION,
        episode_id=issue.episode_id,
        issue_id=issue_id,
    )


def _is_takeaway(text: str, said: Iterable[str]) -> bool:
    # The line holds the text and little else: its mark, a bullet.
    return any(words in text and len(text) - len(words) <= 24 for words in said)


def as_parsed(takeaway: Takeaway) -> ParsedTakeaway:
    """Return a held takeaway at the moment it is now believed to be said."""
    moved = takeaway.verdict == "moved" or takeaway.stated_ms is None
    return ParsedTakeaway(
        text=takeaway.text,
        start_ms=takeaway.start_ms,
        end_ms=takeaway.found_end_ms if moved else takeaway.stated_end_ms,
        section=takeaway.section,
        link=takeaway.link,
        label=takeaway.label,
    )


def store_interchange_episode(shop: Workshop, line: InterchangeEpisode) -> bool:
    """Store an episode of an interchange file with all that belongs to it."""
    prepared = prepare_episode(line.episode)
    if line.takeaways:
        prepared = replace(prepared, takeaways=line.takeaways)
    facts = ShowFacts(kind="podcast", title=line.show)
    with shop.catalogue.write() as conn:
        show_id = shows.put_show(conn, facts, now_ms=shop.now_ms())
        quiet = replace(shop.settings, transcribe="never") if line.segments else shop.settings
        quiet_shop = replace(shop, settings=quiet)
        changed = put_prepared(quiet_shop, conn, show_id, prepared, language=line.language)
        episode = episodes.find_by_guid(conn, show_id, line.episode.guid)
    if line.segments:
        changed |= store_transcript(
            shop, episode, line.segments, origin=line.origin, model=line.model
        )
        changed |= _store_names(shop, episode.id, line.names)
    return changed


def _store_names(shop: Workshop, episode_id: int, names: Sequence[InterchangeName]) -> bool:
    """Call an episode's speakers as an interchange file does, where nobody has named them here."""
    with shop.catalogue.read() as conn:
        held = speakers.find_names(conn, episode_id)
        labels = speakers.list_labels(conn, episode_id)
    new = [one for one in names if one.label in labels and one.label not in held]
    for one in new:
        name_speaker(
            shop.catalogue,
            episode_id,
            one.label,
            one.name,
            for_show=one.for_show,
            now_ms=shop.now_ms(),
        )
    return bool(new)


def store_interchange_issue(shop: Workshop, line: InterchangeIssue) -> bool:
    """Store an issue of an interchange file, joined as it was."""
    issue_id, changed = store_issue(shop, line.issue, source=None)
    if changed and line.episode_guid:
        with shop.catalogue.write() as conn:
            episode = episodes.find_by_any_guid(conn, line.episode_guid)
            if episode:
                by: Any = "author" if line.joined_by == "author" else "earmark"
                issues.set_join(
                    conn, issue_id, episode_id=episode.id, by=by, confidence=None, proposals=()
                )
                takeaways.set_episode_of_issue(conn, issue_id, episode.id)
                put_issue_passages(conn, issue_id)
                jobs.queue_jobs(conn, [check_job(episode.id, episode.title)], now_ms=shop.now_ms())
    return changed
