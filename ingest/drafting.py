"""Drafts an episode's takeaways and keeps them as drafts, until their author accepts each."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection

from corpus.catalogue import Catalogue, episodes, notes, takeaways, transcripts, undos
from corpus.catalogue.schema import takeaways as takeaways_table
from corpus.catalogue.undos import Before
from corpus.errors import NotHeldError
from corpus.holdings import Episode, Job, Takeaway
from ingest.draft import Drafted, draft_takeaways
from ingest.plans import subject_id
from ingest.rephrasing import rephrase_drafts
from ingest.show_habits import learn_habits
from ingest.workshop import Progress, Workshop
from search.embedder import PassageEmbedder

DRAFTS = 9
"""How many takeaways are drafted where nobody says."""
_MOST_OTHERS = 100
_KEPT_WORDS = "a draft keeps its speaker’s words"


def draft_episode(
    catalogue: Catalogue, embedder: PassageEmbedder | None, episode_id: int, n: int = DRAFTS
) -> tuple[Drafted, ...]:
    """Return up to ``n`` drafted takeaways of an episode, storing nothing.

    Raises:
        NotHeldError: If there is no such episode, or it has no transcript yet.
        ModelError: If the embedder has no weights.
    """
    with catalogue.read() as conn:
        episode = episodes.get_episode(conn, episode_id)
        spoken = transcripts.list_segments(conn, episode_id)
        habits = learn_habits(_list_noted(conn, episode))
    if not spoken:
        problem = "has no transcript to draft from yet"
        raise NotHeldError(f"“{episode.title}”", problem, "see: earmark jobs")
    return draft_takeaways(
        spoken,
        embedder,
        n,
        duration_ms=episode.duration_ms,
        title=episode.title,
        habits=habits,
    )


def _list_noted(conn: Connection, episode: Episode) -> list[tuple[list[int], int]]:
    """Return the moments that people noted in the show's other episodes, with their lengths.

    What bears one title in several episodes is a recurring part (an intro, the sponsors, picks of
    the week), which nobody would take away.
    """
    noted: list[tuple[dict[int, str], int]] = []
    for other in episodes.list_episodes(conn, show_id=episode.show_id, limit=_MOST_OTHERS):
        if other.id == episode.id or not other.duration_ms:
            continue
        titles = {one.start_ms: one.title for one in episodes.list_chapters(conn, other.id)}
        held = takeaways.list_takeaways(conn, episode_id=other.id)
        titles |= {h.start_ms: h.text for h in held if h.start_ms is not None and not h.is_draft}
        noted.append((titles, other.duration_ms))
    keys = [{title.casefold().strip(" :.!") for title in titles.values()} for titles, _ in noted]
    known = Counter(key for each in keys for key in each)
    return [
        (sorted(at for at, t in titles.items() if known[t.casefold().strip(" :.!")] == 1), length)
        for titles, length in noted
    ]


def keep_drafts(
    conn: Connection, episode_id: int, drafts: Sequence[Drafted], *, now_ms: int = 0
) -> int:
    """Replace an episode's drafts; what was accepted stays, and is not drafted again.

    Returns:
        The undo's id.
    """
    held = takeaways.list_takeaways(conn, episode_id=episode_id)
    gone = [item.id for item in held if item.is_draft]
    before = undos.read_before(conn, takeaways_table, gone)
    takeaways.drop_takeaways(conn, gone)
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
    now_held = takeaways.list_takeaways(conn, episode_id=episode_id)
    new = [Before(table=takeaways_table, id=i.id, row=None) for i in now_held if i.is_draft]
    subject = f"drafts:{episode_id}"
    return undos.remember(conn, [*new, *before], subject=subject, said="drafted", now_ms=now_ms)


def list_drafts(conn: Connection, episode_id: int | None = None) -> tuple[Takeaway, ...]:
    """Return the drafts that wait to be accepted: of an episode, or all."""
    held = takeaways.list_takeaways(conn, episode_id=episode_id)
    return tuple(item for item in held if item.is_draft)


def step_draft(shop: Workshop, job: Job, on_progress: Progress) -> None:
    """Draft takeaways of an episode and keep them as drafts; reworded where the job is.

    Raises:
        NotHeldError: If the episode has no transcript.
        ModelError: If the embedder's weights cannot be had.
    """
    on_progress(None, "reading the transcript")
    episode_id = subject_id(job.subject)
    drafts = draft_episode(shop.catalogue, shop.get_embedder(), episode_id)
    told: list[str] = []
    rephraser = shop.get_rephraser() if job.kind == "rephrase" else None
    if rephraser:
        on_progress(None, "wording them anew")
        reworded = rephrase_drafts(drafts, rephraser, shop.get_embedder())
        drafts = tuple(each.draft for each in reworded)
        told = [f"{_KEPT_WORDS}: {each.why_not}" for each in reworded if each.why_not]
    with shop.catalogue.write() as conn:
        subject = f"episode:{episode_id}"
        known = [text for _, text in notes.list_problems(conn, subject)][::-1]
        others = [text for text in known if not text.startswith(_KEPT_WORDS)]
        notes.set_problems(conn, subject, [*others, *dict.fromkeys(told)], now_ms=shop.now_ms())
        keep_drafts(conn, episode_id, drafts, now_ms=shop.now_ms())
