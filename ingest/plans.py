"""Decides what work follows from what is held. Pure: rows in, jobs out."""

from typing import Any

from corpus.catalogue.jobs import NewJob
from corpus.errors import EarmarkError
from corpus.holdings import Episode, Show
from corpus.settings import Settings

INDEX_JOB = NewJob(kind="index", subject="corpus", title="Search index", priority=50)
REBUILD_JOB = NewJob(kind="rebuild", subject="corpus", title="Search index", priority=50)


def poll_job(show: Show) -> NewJob:
    """Ask a show's feed what is new."""
    return NewJob(kind="poll", subject=f"show:{show.id}", title=show.title, priority=10)


def reread_job(source: str) -> NewJob:
    """Look into a folder or a mailbox again."""
    return NewJob(kind="add", subject=f"add:{source}", title=source, priority=12)


def issue_page_job(url: str) -> NewJob:
    """Add the page of one issue, which a feed or an archive leads to."""
    return NewJob(kind="add", subject=f"page:{url}", title=url, priority=30)


def join_job(issue_id: int, title: str | None) -> NewJob:
    """Find the episode that an issue speaks of, then check its takeaways."""
    subject = f"issue:{issue_id}"
    # After transcripts, which joining and checking read; before the hours of transcribing.
    return NewJob(kind="join", subject=subject, title=title or f"Issue {issue_id}", priority=40)


def check_job(episode_id: int, title: str) -> NewJob:
    """Look for an episode's takeaways in its transcript."""
    return NewJob(kind="check", subject=f"episode:{episode_id}", title=title, priority=45)


def draft_job(episode_id: int, title: str, *, reworded: bool = False) -> NewJob:
    """Draft takeaways for an episode, in its speakers' words or ``reworded``; somebody waits."""
    kind = "rephrase" if reworded else "draft"
    return NewJob(kind=kind, subject=f"episode:{episode_id}", title=title, priority=5)


def relisten_job(episode_id: int, title: str) -> NewJob:
    """Get an episode's audio again and hear whether its times have moved; somebody waits."""
    return NewJob(kind="relisten", subject=f"episode:{episode_id}", title=title, priority=15)


def transcribe_job(episode: Episode) -> NewJob:
    """Hear what is said in an episode, after getting its audio where it is not held."""
    if episode.media_path is None:
        # Getting it so leads to hearing it, whatever the settings say of episodes at large.
        return relisten_job(episode.id, episode.title)
    subject = f"episode:{episode.id}"
    return NewJob(kind="transcribe", subject=subject, title=episode.title, priority=16)


def next_episode_job(
    episode: Episode,
    settings: Settings,
    *,
    has_transcript: bool,
    heard: bool = False,
    publisher_tried: bool = False,
) -> NewJob | None:
    """Return what to do next so that an episode gets its words; None where nothing is left.

    A publisher's own words are preferred to those that were only ``heard``.
    """
    published = bool(episode.transcript_refs or episode.chapters_url) and not publisher_tried
    better = heard and bool(episode.transcript_refs) and not publisher_tried
    kind: tuple[str, int] | None = None
    if better or (published and not has_transcript):
        kind = ("publisher", 20)
    elif has_transcript or settings.transcribe == "never":
        kind = None
    elif episode.media_path:
        kind = ("transcribe", 80)
    elif episode.audio_url:
        kind = ("audio", 60)
    if kind is None:
        return None
    return NewJob(
        kind=kind[0], subject=f"episode:{episode.id}", title=episode.title, priority=kind[1]
    )


def subject_id(subject: str) -> int:
    """Return the id in a job's subject.

    >>> subject_id("episode:12")
    12
    """
    return int(subject.partition(":")[2])


def problem_of(error: EarmarkError, **facts: Any) -> str:
    """Return an error as a recorded problem, with what was being read."""
    named = ", ".join(f"{name} {value}" for name, value in facts.items() if value)
    return f"{error}{f' [{named}]' if named else ''}"
