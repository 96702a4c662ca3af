"""Corrected names of speakers, carried to all that tells who speaks: passages, takeaways, tray."""

from bisect import bisect_right
from collections.abc import Sequence

from sqlalchemy import Connection

from corpus.catalogue import (
    Catalogue,
    episodes,
    jobs,
    passages,
    speakers,
    takeaways,
    transcripts,
    tray,
)
from corpus.catalogue.jobs import NewJob
from corpus.holdings import Job
from corpus.records import Segment
from ingest.chunker import CHUNKER_VERSION, chunk_segments
from ingest.plans import INDEX_JOB, subject_id
from ingest.workshop import Progress, Workshop


def name_speaker(
    catalogue: Catalogue, episode_id: int, label: str, name: str, *, for_show: bool, now_ms: int
) -> tuple[int, str]:
    """Give a label of an episode's transcript a name; as for ``speakers.put_name``.

    The episode shows it at once; the show's other episodes follow by a job.

    Raises:
        NotHeldError: If there is no such episode, or its transcript has no such label.
    """
    with catalogue.write() as conn:
        episodes.get_episode(conn, episode_id)
        undo_id, said = speakers.put_name(
            conn, episode_id, label, name, for_show=for_show, now_ms=now_ms
        )
        follow_names(conn, episode_id, now_ms=now_ms)
    return undo_id, said


def follow_names(conn: Connection, episode_id: int, *, now_ms: int) -> None:
    """Let an episode show the names that hold now, and queue the same for the rest of its show."""
    wanted = [INDEX_JOB] if apply_names(conn, episode_id) else []
    if len(speakers.list_named_alike(conn, episode_id)) > 1:
        title = episodes.get_episode(conn, episode_id).show
        subject = f"episode:{episode_id}"
        wanted.append(NewJob(kind="speakers", subject=subject, title=title, priority=35))
    jobs.queue_jobs(conn, wanted, now_ms=now_ms)


def step_speakers(shop: Workshop, job: Job, on_progress: Progress) -> None:
    """Carry corrected names to all episodes that they hold for, one transaction each."""
    with shop.catalogue.read() as conn:
        ids = speakers.list_named_alike(conn, subject_id(job.subject))
    for place, episode_id in enumerate(ids):
        on_progress(place / len(ids), f"{place} of {len(ids)} episodes")
        with shop.catalogue.write() as conn:
            if apply_names(conn, episode_id):
                jobs.queue_jobs(conn, [INDEX_JOB], now_ms=shop.now_ms())


def apply_names(conn: Connection, episode_id: int) -> bool:
    """Write an episode's passages, takeaways and picks by the names that hold now.

    Returns:
        Whether a passage has changed; one that only has another name keeps its id.
    """
    transcript = transcripts.find_transcript(conn, episode_id)
    if transcript is None:
        return False
    spoken = transcripts.list_segments(conn, episode_id)
    duration_ms = transcript.duration_ms or episodes.get_episode(conn, episode_id).duration_ms
    changed = passages.put_passages(
        conn,
        chunk_segments(spoken, duration_ms=duration_ms),
        kinds=("transcript",),
        chunker=CHUNKER_VERSION,
        episode_id=episode_id,
    )
    for item in takeaways.list_takeaways(conn, episode_id=episode_id):
        at_ms = item.stated_ms if item.found_ms is None else item.found_ms
        said_by = None if at_ms is None else find_speaker(spoken, at_ms)
        if item.speaker and said_by and said_by != item.speaker:
            takeaways.change_takeaway(conn, item.id, speaker=said_by)
    for entry in tray.list_tray(conn):
        if entry.episode_id == episode_id and entry.speaker and entry.start_ms is not None:
            said_by = find_speaker(spoken, entry.start_ms)
            if said_by and said_by != entry.speaker:
                tray.set_speaker(conn, entry.id, said_by)
    return changed


def find_speaker(spoken: Sequence[Segment], at_ms: int) -> str | None:
    """Return who speaks at a moment: in the last segment that has begun by then.

    >>> find_speaker((Segment(start_ms=0, end_ms=900, text="Hi.", speaker="Ada"),), 500)
    'Ada'
    """
    place = bisect_right([segment.start_ms for segment in spoken], at_ms) - 1
    return spoken[place].speaker if place >= 0 else None
