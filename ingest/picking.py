"""Picks for the tray: a takeaway, a passage's sentence, what is said at a moment of an episode."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby

from sqlalchemy import Connection

from corpus.catalogue import episodes, issues, passages, takeaways, transcripts
from corpus.errors import NotHeldError
from corpus.holdings import Pick
from corpus.moments import format_moment
from corpus.records import Passage, Segment
from ingest.chunker import chunk_segments


def pick_takeaway(conn: Connection, takeaway_id: int) -> Pick:
    """Return a takeaway as a pick, at the moment it is believed to be said.

    Raises:
        NotHeldError: If there is none of this id.
    """
    held = takeaways.get_takeaway(conn, takeaway_id)
    at_stated = held.start_ms == held.stated_ms
    episode, show = _names(conn, held.episode_id)
    return Pick(
        text=held.text,
        takeaway_id=held.id,
        episode_id=held.episode_id,
        start_ms=held.start_ms,
        end_ms=held.stated_end_ms if at_stated else held.found_end_ms,
        speaker=held.speaker,
        sentence=held.sentence,
        episode=episode,
        show=show,
    )


def pick_issue(conn: Connection, issue_id: int) -> tuple[Pick, ...]:
    """Return the takeaways of an issue that are said in its episode, as picks in its order.

    Raises:
        NotHeldError: If there is no such issue.
    """
    issues.get_issue(conn, issue_id)
    held = takeaways.list_takeaways(conn, issue_id=issue_id)
    return tuple(pick_takeaway(conn, item.id) for item in held if item.is_said)


def pick_passage(conn: Connection, passage_id: int, at_ms: int | None = None) -> Pick:
    """Return the sentence of a passage that begins at a moment, else all of the passage.

    Raises:
        NotHeldError: If there is no such passage any more.
    """
    held = passages.get_passages(conn, [passage_id]).get(passage_id)
    if held is None:
        raise NotHeldError(f"passage {passage_id}", "is no longer held", "search again")
    text, start_ms, end_ms, speaker = held.text, held.start_ms, held.end_ms, held.speaker
    for one in held.sentences if at_ms is not None else ():
        if one.start_ms == at_ms:
            text, start_ms, end_ms = held.text[one.start : one.end], one.start_ms, one.end_ms
            speaker = one.speaker or speaker
            break
    episode, show = _names(conn, held.episode_id)
    return Pick(
        text=text,
        passage_id=held.id,
        episode_id=held.episode_id,
        start_ms=start_ms,
        end_ms=end_ms,
        speaker=speaker,
        sentence=text if held.kind == "transcript" else None,
        episode=episode,
        show=show,
    )


def pick_moment(conn: Connection, episode_id: int, at_ms: int) -> Pick:
    """Return the sentence that is said at a moment of an episode.

    Raises:
        NotHeldError: If there is no such episode, or nothing is said in it yet.
    """
    episode = episodes.get_episode(conn, episode_id)
    transcript = transcripts.find_transcript(conn, episode_id)
    duration_ms = (transcript.duration_ms if transcript else None) or None
    spoken = [
        (passage.text[one.start : one.end], one.start_ms or 0, one.end_ms, speaker)
        for speaker, passage in iter_turns(transcripts.list_segments(conn, episode_id), duration_ms)
        for one in passage.sentences
    ]
    if not spoken:
        problem = f"says nothing at {format_moment(at_ms)}: it has no transcript yet"
        raise NotHeldError(f"“{episode.title}”", problem, "see: earmark jobs")
    at = max(bisect_right([start for _, start, _, _ in spoken], at_ms) - 1, 0)
    text, start_ms, end_ms, speaker = spoken[at]
    return Pick(
        text=text,
        episode_id=episode.id,
        start_ms=start_ms,
        end_ms=end_ms,
        speaker=speaker,
        sentence=text,
        episode=episode.title,
        show=episode.show,
    )


def iter_turns(
    segments: Sequence[Segment], duration_ms: int | None
) -> Iterator[tuple[str | None, Passage]]:
    """Yield the passages of a transcript as it is read: each of one speaker."""
    for speaker, turn in groupby(segments, key=lambda segment: segment.speaker):
        for passage in chunk_segments(tuple(turn), duration_ms=duration_ms):
            yield speaker, passage


def _names(conn: Connection, episode_id: int | None) -> tuple[str | None, str | None]:
    found = episodes.list_episodes(conn, ids=[episode_id]) if episode_id is not None else ()
    return (found[0].title, found[0].show) if found else (None, None)
