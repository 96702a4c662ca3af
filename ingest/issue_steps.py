"""Steps about issues: finding their episode, checking their takeaways."""

from dataclasses import replace

from corpus.catalogue import episodes, issues, jobs, shows, takeaways, transcripts
from corpus.holdings import Episode, Issue, Job, Proposal, Takeaway
from corpus.records import ParsedTakeaway
from ingest.chapter_proposals import place_proposed
from ingest.check import Checked
from ingest.join import EpisodeFacts, IssueFacts, decide, propose_episode
from ingest.joining import point_takeaways
from ingest.placing import place_takeaways
from ingest.plans import INDEX_JOB, subject_id
from ingest.storing import put_issue_passages, put_takeaway_passages
from ingest.workshop import Progress, Workshop

_SHORTLIST = 5  # candidates whose transcripts are read, and that a person is shown


def step_join(shop: Workshop, job: Job, on_progress: Progress) -> None:
    """Find the episode that an issue speaks of; join when sure, else keep the proposals."""
    on_progress(None, "comparing with episodes")
    with shop.catalogue.read() as conn:
        issue = issues.get_issue(conn, subject_id(job.subject))
        held = takeaways.list_takeaways(conn, issue_id=issue.id)
        known = episodes.list_episodes(conn, with_show_notes=True)
        former = {show.id: show.former_titles for show in shows.list_shows(conn)}
    if issue.joined_by == "author":
        return
    facts = _issue_facts(issue, held)
    candidates = [_episode_facts(episode, former[episode.show_id]) for episode in known]
    first = propose_episode(issue.mention, facts, candidates)
    near = {proposal.episode_id for proposal in first[:_SHORTLIST]}
    candidates = [_with_transcript(shop, c) if c.episode_id in near else c for c in candidates]
    proposals = propose_episode(issue.mention, facts, candidates)
    sure = decide(proposals)
    with shop.catalogue.write() as conn:
        found = sure.episode_id if sure else None
        issues.set_join(
            conn,
            issue.id,
            episode_id=found,
            by="earmark",
            confidence=sure.confidence if sure else None,
            proposals=[
                Proposal(episode_id=p.episode_id, confidence=p.confidence, reasons=p.reasons)
                for p in proposals[:_SHORTLIST]
            ],
        )
        follow = point_takeaways(conn, issue.id, found)
        jobs.queue_jobs(conn, follow, now_ms=shop.now_ms())


def _issue_facts(issue: Issue, held: tuple[Takeaway, ...]) -> IssueFacts:
    return IssueFacts(
        published=issue.published,
        text="\n".join([issue.title or "", *(block.text for block in issue.blocks)]),
        takeaways=tuple(
            ParsedTakeaway(text=item.text, start_ms=item.stated_ms, end_ms=item.stated_end_ms)
            for item in held
        ),
        links=tuple(link.href for block in issue.blocks for link in block.links),
    )


def _episode_facts(episode: Episode, former: tuple[str, ...]) -> EpisodeFacts:
    return EpisodeFacts(
        episode_id=episode.id,
        show=episode.show,
        former_shows=former,
        title=episode.title,
        published=episode.published,
        number=episode.number,
        duration_ms=episode.duration_ms,
        persons=tuple(person.name for person in episode.persons),
        show_notes=episode.show_notes,
        links=tuple(link for link in (episode.link, episode.audio_url) if link),
    )


def _with_transcript(shop: Workshop, facts: EpisodeFacts) -> EpisodeFacts:
    with shop.catalogue.read() as conn:
        spoken = transcripts.list_segments(conn, facts.episode_id)
    speakers = {segment.speaker for segment in spoken if segment.speaker}
    return replace(
        facts,
        transcript=" ".join(segment.text for segment in spoken),
        persons=tuple({*facts.persons, *speakers}),
    )


def step_check(shop: Workshop, job: Job, on_progress: Progress) -> None:
    """Look for takeaways in the transcript: is each stated time right, and where is what has none?

    Raises:
        ModelError: If the embedder's weights cannot be had.
    """
    episode_id = subject_id(job.subject)
    with shop.catalogue.read() as conn:
        episode = episodes.get_episode(conn, episode_id)
        held = takeaways.list_takeaways(conn, episode_id=episode_id)
        spoken = transcripts.list_segments(conn, episode_id)
    if not spoken:
        return
    on_progress(None, "where its subjects begin")
    place_proposed(shop.catalogue, shop.get_embedder(), episode_id)
    if not held:
        return
    on_progress(None, f"{len(held)} takeaways")
    # Each list is checked by itself: the takeaways of one list compete for their places.
    by_list: dict[tuple[int | None, str], list[Takeaway]] = {}
    for takeaway in held:
        by_list.setdefault((takeaway.issue_id, takeaway.origin), []).append(takeaway)
    found: dict[int, Checked] = {}
    for listed in by_list.values():
        claims = [ParsedTakeaway(text=item.text, start_ms=item.stated_ms) for item in listed]
        checked = place_takeaways(
            claims, spoken, shop.get_embedder(), duration_ms=episode.duration_ms
        )
        found |= {item.id: result for item, result in zip(listed, checked, strict=True)}
    _store_checked(shop, episode_id, held, found)


def _store_checked(
    shop: Workshop, episode_id: int, held: tuple[Takeaway, ...], found: dict[int, Checked]
) -> None:
    settled = {item.id for item in held if item.settled}
    with shop.catalogue.write() as conn:
        for takeaway_id, result in found.items():
            if takeaway_id in settled:
                continue
            takeaways.set_found(
                conn,
                takeaway_id,
                found_ms=result.found_ms,
                found_end_ms=result.found_end_ms,
                verdict=result.verdict,
                confidence=result.confidence,
                sentence=result.sentence,
                speaker=result.speaker,
            )
        for issue_id in {item.issue_id for item in held if item.issue_id is not None}:
            put_issue_passages(conn, issue_id)
        put_takeaway_passages(conn, episode_id)
        jobs.queue_jobs(conn, [INDEX_JOB], now_ms=shop.now_ms())
