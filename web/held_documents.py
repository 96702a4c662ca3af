"""What is held, as JSON documents for the command line and the API."""

from collections.abc import Sequence

from sqlalchemy import Connection

from corpus.catalogue import Catalogue, episodes, issues, jobs, notes, passages, shows, takeaways
from corpus.catalogue.counts import ShowCounts, count_by_show
from corpus.holdings import Episode, Issue, Job, Show, Takeaway
from corpus.homes import now_ms
from corpus.moments import format_moment
from web.documents import Document


def public_audio_url(episode: Episode) -> str | None:
    """Return where the audio can be played: the publisher's address, else Earmark's own."""
    if episode.audio_url and episode.audio_url.startswith(("http://", "https://")):
        return episode.audio_url
    return f"/episodes/{episode.id}/audio" if episode.media_path or episode.audio_url else None


def list_show_documents(conn: Connection) -> list[Document]:
    """Return all shows with how much of each is held."""
    counts = count_by_show(conn)
    return [
        show_document(show, counts.get(show.id, ShowCounts())) for show in shows.list_shows(conn)
    ]


def show_document(show: Show, counts: ShowCounts) -> Document:
    """Return a show with how many of its episodes have a transcript, and how many takeaways."""
    return {
        "id": show.id,
        "kind": show.kind,
        "title": show.title,
        "author": show.author,
        "link": show.link,
        "feed_url": show.feed_url,
        "language": show.language,
        "last_problem": show.last_problem,
        "ended": show.ended_ms is not None,
        "issues": counts.issues,
        **coverage_document(counts),
    }


def coverage_document(counts: ShowCounts) -> Document:
    """Return how many episodes there are, and how many of them have what."""
    return {
        "episodes": counts.episodes,
        "with_transcript": counts.transcripts,
        "with_takeaways": counts.takeaways,
    }


def episode_document(episode: Episode) -> Document:
    """Return an episode as lists name it."""
    return {
        "id": episode.id,
        "guid": episode.guid,
        "title": episode.title,
        "show": episode.show,
        "published": episode.published,
        "duration_ms": episode.duration_ms,
        "link": episode.link,
        "audio_url": public_audio_url(episode),
    }


def issue_document(issue: Issue, episode: Episode | None) -> Document:
    """Return an issue as lists name it, with the episode it speaks of."""
    return {
        "id": issue.id,
        "title": issue.title,
        "newsletter": issue.show,
        "author": issue.author,
        "published": issue.published,
        "link": issue.link,
        "episode": episode_document(episode) if episode else None,
        "joined_by": issue.joined_by,
        "confidence": issue.confidence,
        "proposals": [
            {
                "episode_id": proposal.episode_id,
                "confidence": proposal.confidence,
                "reasons": list(proposal.reasons),
            }
            for proposal in issue.proposals
        ],
    }


def job_document(job: Job) -> Document:
    """Return a job."""
    return {
        "id": job.id,
        "kind": job.kind,
        "subject": job.subject,
        "title": job.title,
        "state": job.state,
        "attempts": job.attempts,
        "progress": job.progress,
        "note": job.note,
        "problem": job.problem,
        "left_ms": job.left_ms(now_ms()),
    }


def takeaway_document(takeaway: Takeaway) -> Document:
    """Return a takeaway at the moment it is believed to be said."""
    start_ms = takeaway.start_ms
    return {
        "id": takeaway.id,
        "text": takeaway.text,
        "start_ms": start_ms,
        "end_ms": takeaway.stated_end_ms
        if start_ms == takeaway.stated_ms
        else takeaway.found_end_ms,
        "moment": None if start_ms is None else format_moment(start_ms),
        "speaker": takeaway.speaker,
        "sentence": takeaway.sentence,
        "verdict": takeaway.verdict,
        "origin": takeaway.origin,
        "section": takeaway.section,
        "episode_id": takeaway.episode_id,
        "issue_id": takeaway.issue_id,
    }


def checked_document(takeaway: Takeaway) -> Document:
    """Return what a check found of a takeaway."""
    return {
        "id": takeaway.id,
        "text": takeaway.text,
        "stated_ms": takeaway.stated_ms,
        "found_ms": takeaway.found_ms,
        "end_ms": takeaway.found_end_ms,
        "verdict": takeaway.verdict,
        "confidence": takeaway.confidence,
        "sentence": takeaway.sentence,
        "speaker": takeaway.speaker,
        "episode_id": takeaway.episode_id,
        "issue_id": takeaway.issue_id,
    }


def list_issue_documents(catalogue: Catalogue, *, limit: int | None = None) -> list[Document]:
    """Return all issues with the episodes they speak of."""
    with catalogue.read() as conn:
        held = issues.list_issues(conn, limit=limit)
        ids = sorted({issue.episode_id for issue in held if issue.episode_id is not None})
        spoken = {episode.id: episode for episode in _by_ids(conn, ids)}
    return [issue_document(issue, spoken.get(issue.episode_id or 0)) for issue in held]


def _by_ids(conn: Connection, ids: Sequence[int]) -> list[Episode]:
    found: list[Episode] = []
    for start in range(0, len(ids), 500):
        found += episodes.list_episodes(conn, ids=ids[start : start + 500])
    return found


def _coverage(conn: Connection) -> list[Document]:
    counts = count_by_show(conn)
    return [
        {"id": show.id, "show": show.title, **coverage_document(counts[show.id])}
        for show in shows.list_shows(conn, "podcast")
        if show.id in counts
    ]


def counts_document(catalogue: Catalogue) -> Document:
    """Return how much is held and what is being worked on."""
    with catalogue.read() as conn:
        return {
            "shows": len(shows.list_shows(conn)),
            "episodes": episodes.count_episodes(conn),
            "issues": issues.count_issues(conn),
            "takeaways": takeaways.count_takeaways(conn),
            "coverage": _coverage(conn),
            "passages": passages.count_passages(conn),
            "jobs": jobs.count_jobs(conn),
            "problems": [
                {"subject": subject, "problem": problem}
                for subject, problem in notes.list_problems(conn)
            ]
            + [
                {"subject": f"show:{show.id}", "problem": show.last_problem}
                for show in shows.list_shows(conn)
                if show.last_problem
            ]
            + [
                {"subject": job.subject, "problem": f"{job.kind}: {job.problem}"}
                for job in jobs.list_jobs(conn, state="failed")
            ],
        }
