"""What an assistant may ask of a house; `web.mcp_server` hands these out over its protocol."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from corpus.catalogue import episodes, issues, passages, takeaways, transcripts
from corpus.errors import NotHeldError, UsageError
from corpus.holdings import Episode, HeldPassage, Takeaway
from corpus.moments import format_moment, parse_link_moment
from corpus.records import Segment
from web.answers import answer_document
from web.choosing import choose_scope
from web.documents import Document
from web.episode_links import list_by_ids, list_drifts
from web.held_documents import episode_document, issue_document
from web.mcp_records import (
    CitedChapter,
    CitedTakeaway,
    Found,
    FoundPassage,
    InContext,
    NamedPerson,
    SpokenLine,
    Stretch,
    TakeawayList,
    WholeEpisode,
    cite,
)

if TYPE_CHECKING:
    from search.hits import SearchRequest
    from web.wiring import House

_BESIDE = 2
"""Passages on either side where a text has no times."""
_SOME = 500  # ids in one statement, well below the least limit of any database


def find_passages(house: "House", asked: "SearchRequest") -> Found:
    """Return the passages that answer a question.

    Raises:
        IndexMismatchError: If the index was built by another model, chunker or version.
    """
    document = answer_document(house, asked)
    base = _base(house)
    return Found(
        total=document["total"],
        mode=document["mode"],
        problems=tuple(document["problems"]),
        passages=tuple(_found(hit, base) for hit in document["hits"]),
    )


def _found(hit: Document, base: str) -> FoundPassage:
    best = hit["best"] or {}
    is_timed = best.get("start_ms") is not None
    said = Stretch(
        start_ms=best["start_ms"] if is_timed else hit["start_ms"],
        end_ms=best["end_ms"] if is_timed else hit["end_ms"],
        speaker=hit["speaker"],
        problem=hit["problem"],
    )
    return FoundPassage(
        passage_id=hit["passage_id"],
        kind=hit["kind"],
        why=hit["why"],
        sentence=best.get("text") or hit["text"],
        text=hit["text"],
        citation=cite(hit["episode"], hit["issue"], said, base=base),
    )


def read_episode(house: "House", named: str, *, with_transcript: bool) -> WholeEpisode:
    """Return what is held of the episode that is named by id, guid or title.

    Raises:
        NotHeldError: If none fits.
        UsageError: If several do.
    """
    base = _base(house)
    with house.catalogue.read() as conn:
        episode = episodes.find_episode(conn, named)
        spoken = transcripts.list_segments(conn, episode.id) if with_transcript else ()
        has_transcript = transcripts.find_transcript(conn, episode.id) is not None
        chapters = episodes.list_chapters(conn, episode.id)
        held = takeaways.list_takeaways(conn, episode_id=episode.id)
        cited = _cite_takeaways(conn, held, base)
        problem = _find_problems(conn, [episode]).get(episode.id)
    document = episode_document(episode)
    return WholeEpisode(
        citation=cite(document, None, Stretch(), base=base),
        guid=episode.guid,
        duration_ms=episode.duration_ms,
        publisher_page=episode.link,
        persons=tuple(NamedPerson(name=each.name, role=each.role) for each in episode.persons),
        show_notes=episode.show_notes,
        chapters=tuple(
            CitedChapter(
                title=chapter.title,
                citation=cite(
                    document,
                    None,
                    Stretch(start_ms=chapter.start_ms, end_ms=chapter.end_ms, problem=problem),
                    base=base,
                ),
            )
            for chapter in chapters
        ),
        takeaways=cited,
        has_transcript=has_transcript,
        transcript=tuple(_line(segment) for segment in spoken),
    )


def read_passage(house: "House", passage_id: int, around_ms: int) -> InContext:
    """Return a passage with what is said ``around_ms`` before and after it.

    Raises:
        NotHeldError: If it is not held.
    """
    with house.catalogue.read() as conn:
        held = passages.get_passages(conn, [passage_id]).get(passage_id)
        if held is None:
            raise NotHeldError(f"passage {passage_id}", "is not held", "search for it again")
        episode, issue = _owners(conn, held)
        lines = _lines_around(conn, held, around_ms) or _passages_beside(conn, held)
        problems = _find_problems(conn, list_by_ids(conn, [held.episode_id]))
    said = Stretch(
        start_ms=held.start_ms,
        end_ms=held.end_ms,
        speaker=held.speaker,
        problem=problems.get(held.episode_id or 0),
    )
    return InContext(
        citation=cite(episode, issue, said, base=_base(house)), text=held.text, lines=lines
    )


def read_moment(house: "House", named: str, moment: str, around_ms: int) -> InContext:
    """Return what is said at a moment of an episode, and ``around_ms`` before and after it.

    Raises:
        NotHeldError: If no episode fits, or it has no transcript there.
        UsageError: If several episodes fit.
        MomentError: If ``moment`` is none.
    """
    at_ms = parse_link_moment(moment)
    with house.catalogue.read() as conn:
        episode = episodes.find_episode(conn, named)
        spoken = transcripts.list_segments(conn, episode.id)
        problem = _find_problems(conn, [episode]).get(episode.id)
    now = _said_at(spoken, at_ms)
    if now is None:
        missing = f"has no transcript at {format_moment(at_ms)}"
        raise NotHeldError(episode.title, missing, "see get_episode for what is held")
    start_ms, end_ms = now.start_ms - around_ms, now.end_ms + around_ms
    lines = tuple(
        _line(segment, is_cited=segment is now)
        for segment in spoken
        if segment.end_ms > start_ms and segment.start_ms < end_ms
    )
    said = Stretch(start_ms=at_ms, end_ms=now.end_ms, speaker=now.speaker, problem=problem)
    citation = cite(episode_document(episode), None, said, base=_base(house))
    return InContext(citation=citation, text=now.text, lines=lines)


def read_takeaways(
    house: "House", of: str | None, *, limit: int, with_drafts: bool
) -> TakeawayList:
    """Return takeaways of an episode, of an issue (``issue:3``), or of all, in order.

    Raises:
        NotHeldError: If nothing held fits.
        UsageError: If several episodes do.
    """
    with house.catalogue.read() as conn:
        scope = choose_scope(conn, of)
        held = takeaways.list_takeaways(conn, episode_id=scope.episode_id, issue_id=scope.issue_id)
        wanted = [item for item in held if with_drafts or not item.is_draft]
        cited = _cite_takeaways(conn, wanted[:limit], _base(house))
    return TakeawayList(total=len(wanted), takeaways=cited)


def need_one(passage_id: int | None, episode: str | None, moment: str | None) -> None:
    """Refuse a question that names neither a passage nor a moment of an episode.

    Raises:
        UsageError: If it does.
    """
    if passage_id is None and not (episode and moment):
        raise UsageError("", "nothing is named", "give passage_id, or episode and moment")


def _base(house: "House") -> str:
    return house.settings.public_url.rstrip("/")


def _owners(conn: Connection, held: HeldPassage) -> tuple[Document | None, Document | None]:
    episode = issue = None
    if held.episode_id is not None:
        episode = episode_document(episodes.get_episode(conn, held.episode_id))
    if held.issue_id is not None:
        issue = issue_document(issues.get_issue(conn, held.issue_id), None)
    return episode, issue


def _lines_around(conn: Connection, held: HeldPassage, around_ms: int) -> tuple[SpokenLine, ...]:
    """Return what is said around a passage with a time; nothing of one without."""
    if held.episode_id is None or held.start_ms is None:
        return ()
    start_ms = held.start_ms
    end_ms = max(held.end_ms or 0, start_ms + 1)
    return tuple(
        _line(segment, is_cited=segment.end_ms > start_ms and segment.start_ms < end_ms)
        for segment in transcripts.list_segments(conn, held.episode_id)
        if segment.end_ms > start_ms - around_ms and segment.start_ms < end_ms + around_ms
    )


def _passages_beside(conn: Connection, held: HeldPassage) -> tuple[SpokenLine, ...]:
    owner = {"issue_id": held.issue_id} if held.issue_id else {"episode_id": held.episode_id}
    near = passages.list_passages(conn, **owner, kind=held.kind)
    return tuple(
        SpokenLine(
            speaker=each.speaker,
            text=each.text,
            start_ms=each.start_ms,
            moment=_moment(each.start_ms),
            is_cited=each.id == held.id,
        )
        for each in near
        if each.issue_id == held.issue_id and abs(each.position - held.position) <= _BESIDE
    )


def _find_problems(conn: Connection, held: Sequence[Episode]) -> dict[int, str]:
    """Return why the times of some of these episodes may be off, by their ids."""
    return {id_: drift.problem for id_, drift in list_drifts(conn, held).items()}


def _said_at(spoken: Sequence[Segment], at_ms: int) -> Segment | None:
    """Return the segment that a moment falls into, or the one before the pause it falls into."""
    begun = [segment for segment in spoken if segment.start_ms <= at_ms]
    if not begun or at_ms > spoken[-1].end_ms:
        return None
    return max(begun, key=lambda segment: segment.start_ms)


def _line(segment: Segment, *, is_cited: bool = False) -> SpokenLine:
    return SpokenLine(
        speaker=segment.speaker,
        text=segment.text,
        start_ms=segment.start_ms,
        moment=_moment(segment.start_ms),
        is_cited=is_cited,
    )


def _moment(start_ms: int | None) -> str | None:
    return None if start_ms is None else format_moment(start_ms)


def _cite_takeaways(
    conn: Connection, held: Sequence[Takeaway], base: str
) -> tuple[CitedTakeaway, ...]:
    spoken: dict[int, Document] = {}
    written: dict[int, Document] = {}
    problems: dict[int, str] = {}
    for start in range(0, len(held), _SOME):
        some = held[start : start + _SOME]
        of_episodes = sorted({item.episode_id for item in some if item.episode_id is not None})
        of_issues = sorted({item.issue_id for item in some if item.issue_id is not None})
        found = episodes.list_episodes(conn, ids=of_episodes)
        problems |= _find_problems(conn, found)
        spoken |= {episode.id: episode_document(episode) for episode in found}
        for issue in issues.list_issues(conn, ids=of_issues):
            written[issue.id] = issue_document(issue, None)
    return tuple(
        CitedTakeaway(
            takeaway_id=item.id,
            text=item.text,
            sentence=item.sentence,
            verdict=item.verdict,
            origin=item.origin,
            citation=cite(
                spoken.get(item.episode_id or 0),
                written.get(item.issue_id or 0),
                _stretch(item, problems.get(item.episode_id or 0)),
                base=base,
            ),
        )
        for item in held
    )


def _stretch(item: Takeaway, problem: str | None) -> Stretch:
    at_stated = item.start_ms == item.stated_ms
    return Stretch(
        start_ms=item.start_ms,
        end_ms=item.stated_end_ms if at_stated else item.found_end_ms,
        speaker=item.speaker,
        problem=problem,
    )
