"""Writes everything that is held into an interchange file."""

import gzip
import os
from collections.abc import Iterator
from pathlib import Path

from corpus.catalogue import (
    Catalogue,
    episodes,
    issues,
    shows,
    speakers,
    takeaways,
    transcripts,
)
from corpus.formats.interchange import (
    InterchangeEpisode,
    InterchangeIssue,
    InterchangeName,
    format_interchange_episode,
    format_interchange_issue,
)
from corpus.formats.interchange_tray import format_tray
from corpus.formats.opml import format_opml
from corpus.holdings import Episode, Takeaway
from corpus.records import Enclosure, ParsedEpisode, ParsedNewsletter, ParsedTakeaway
from ingest.tray_keeping import read_tray


def export_subscriptions(catalogue: Catalogue, path: Path) -> int:
    """Write the shows whose feeds are followed as OPML; return how many.

    Raises:
        OSError: If the file cannot be written.
    """
    with catalogue.read() as conn:
        followed = [(show.title, show.feed_url) for show in shows.list_shows(conn)]
    feeds = [(title, url) for title, url in followed if url]
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_text(format_opml(feeds), encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return len(feeds)


def export_all(catalogue: Catalogue, path: Path) -> int:
    """Write all episodes, all issues and the tray, whole or not at all; return how many records.

    Raises:
        OSError: If the file cannot be written.
    """
    part = path.with_name(f"{path.name}.part")
    count = 0
    try:
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(part, "wt", encoding="utf-8", newline="\n") as file:
            for line in iter_lines(catalogue):
                file.write(line + "\n")
                count += 1
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return count


def iter_lines(catalogue: Catalogue) -> Iterator[str]:
    """Yield a line for each episode, then one for each issue, then the tray where it holds any."""
    with catalogue.read() as conn:
        episode_ids = [episode.id for episode in episodes.list_episodes(conn)]
        issue_ids = [issue.id for issue in issues.list_issues(conn)]
    for episode_id in episode_ids:
        yield format_interchange_episode(_episode_record(catalogue, episode_id))
    for issue_id in issue_ids:
        yield format_interchange_issue(_issue_record(catalogue, issue_id))
    with catalogue.read() as conn:
        picked = read_tray(conn)
    if picked.picks or picked.uses:
        yield format_tray(picked)


def _episode_record(catalogue: Catalogue, episode_id: int) -> InterchangeEpisode:
    with catalogue.read() as conn:
        held = episodes.get_episode(conn, episode_id)
        transcript = transcripts.find_transcript(conn, episode_id)
        # As they were read, and beside them what people corrected: both come back with `add`.
        spoken = tuple(transcripts.iter_segments(conn, episode_id))
        labels = {segment.speaker for segment in spoken}
        corrected = speakers.find_names(conn, episode_id)
        found = takeaways.list_takeaways(conn, episode_id=episode_id)
        chapters = episodes.list_chapters(conn, episode_id)
    audio = (Enclosure(url=held.audio_url, type=held.audio_type),) if held.audio_url else ()
    return InterchangeEpisode(
        show=held.show,
        episode=ParsedEpisode(
            guid=held.guid,
            title=held.title,
            published=held.published,
            link=held.link,
            enclosures=audio,
            duration_ms=held.duration_ms,
            season=held.season,
            number=held.number,
            show_notes=held.show_notes,
            chapters=chapters,
            persons=held.persons,
        ),
        segments=spoken,
        names=tuple(
            InterchangeName(label=label, name=one.name, for_show=one.episode_id is None)
            for label, one in sorted(corrected.items())
            if label in labels
        ),
        # A draft would come back as a takeaway that somebody stands by; it can be drafted again.
        takeaways=tuple(
            _as_written(item) for item in found if item.issue_id is None and not item.is_draft
        ),
        language=(transcript.language if transcript else None) or held.language,
        origin=transcript.origin if transcript else "import",
        model=transcript.model if transcript else None,
    )


def _as_written(takeaway: Takeaway) -> ParsedTakeaway:
    return ParsedTakeaway(
        text=takeaway.text,
        start_ms=takeaway.stated_ms,
        end_ms=takeaway.stated_end_ms,
        section=takeaway.section,
        link=takeaway.link,
        label=takeaway.label,
    )


def _issue_record(catalogue: Catalogue, issue_id: int) -> InterchangeIssue:
    joined: Episode | None = None
    with catalogue.read() as conn:
        held = issues.get_issue(conn, issue_id)
        found = takeaways.list_takeaways(conn, issue_id=issue_id)
        if held.episode_id is not None:
            joined = episodes.get_episode(conn, held.episode_id)
    return InterchangeIssue(
        issue=ParsedNewsletter(
            title=held.title,
            author=held.author,
            published=held.published,
            link=held.link,
            newsletter=held.show,
            blocks=held.blocks,
            takeaways=tuple(_as_written(item) for item in found),
            mention=held.mention,
        ),
        episode_guid=joined.guid if joined else None,
        joined_by=held.joined_by,
    )
