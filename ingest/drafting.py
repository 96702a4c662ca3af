"""Drafts an episode's takeaways and keeps them as drafts, until their author accepts each."""

from collections.abc import Sequence

from sqlalchemy import Connection

from corpus.catalogue import Catalogue, episodes, takeaways, transcripts
from corpus.errors import NotHeldError
from corpus.holdings import Job
from ingest.draft import Drafted, draft_takeaways
from ingest.plans import subject_id
from ingest.workshop import Progress, Workshop
from search.embedder import Embedder

DRAFTS = 9
"""How many takeaways are drafted where nobody says."""


def draft_episode(
    catalogue: Catalogue, embedder: Embedder | None, episode_id: int, n: int = DRAFTS
) -> tuple[Drafted, ...]:
    """Return up to ``n`` drafted takeaways of an episode, storing nothing.

    Raises:
        NotHeldError: If there is no such episode, or it has no transcript yet.
        ModelError: If the embedder has no weights.
    """
    with catalogue.read() as conn:
        episode = episodes.get_episode(conn, episode_id)
        spoken = transcripts.list_segments(conn, episode_id)
    if not spoken:
        problem = "has no transcript to draft from yet"
        raise NotHeldError(f"“{episode.title}”", problem, "see: earmark jobs")
    return draft_takeaways(
        spoken, embedder, n, duration_ms=episode.duration_ms, title=episode.title
    )


def keep_drafts(conn: Connection, episode_id: int, drafts: Sequence[Drafted]) -> None:
    """Replace an episode's drafts; what was accepted stays, and is not drafted again."""
    held = takeaways.list_takeaways(conn, episode_id=episode_id)
    takeaways.drop_takeaways(conn, [item.id for item in held if item.is_draft])
    accepted = {item.stated_ms for item in held if item.origin == "author"}
    takeaways.add_takeaways(
        conn,
        [
            {
                "episode_id": episode_id,
                "origin": "drafted",
                "position": position,
                "text": draft.text,
                "stated_ms": draft.start_ms,
                "stated_end_ms": draft.end_ms,
                "found_ms": draft.start_ms,
                "found_end_ms": draft.end_ms,
                "verdict": "confirmed",
                "sentence": draft.sentence,
                "speaker": draft.speaker,
            }
            for position, draft in enumerate(drafts)
            if draft.start_ms not in accepted
        ],
    )


def step_draft(shop: Workshop, job: Job, on_progress: Progress) -> None:
    """Draft takeaways of an episode and keep them as drafts.

    Raises:
        NotHeldError: If the episode has no transcript.
        ModelError: If the embedder's weights cannot be had.
    """
    on_progress(None, "reading the transcript")
    episode_id = subject_id(job.subject)
    drafts = draft_episode(shop.catalogue, shop.get_embedder(), episode_id)
    with shop.catalogue.write() as conn:
        keep_drafts(conn, episode_id, drafts)
