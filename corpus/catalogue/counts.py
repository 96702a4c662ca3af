"""How much is held, of each show and of each episode: for lists, which never load bodies."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, distinct, func, select

from corpus.catalogue.schema import episodes, issues, takeaways, transcripts

_SOME = 500  # ids in one statement, well below the least limit of any database


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowCounts:
    """How much is held of a show."""

    episodes: int = 0
    transcripts: int = 0
    """Episodes with a transcript."""
    takeaways: int = 0
    """Episodes with at least one takeaway."""
    issues: int = 0
    """Of a newsletter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeCounts:
    """What is held of an episode beside its title."""

    has_transcript: bool = False
    takeaways: int = 0


def count_by_show(conn: Connection) -> dict[int, ShowCounts]:
    """Return the counts of each show that has episodes or issues."""
    of_episodes = (
        select(
            episodes.c.show_id,
            func.count(distinct(episodes.c.id)).label("episodes"),
            func.count(distinct(transcripts.c.episode_id)).label("transcripts"),
            func.count(distinct(takeaways.c.episode_id)).label("takeaways"),
        )
        .outerjoin(transcripts, transcripts.c.episode_id == episodes.c.id)
        # A draft is nobody's takeaway yet.
        .outerjoin(
            takeaways,
            (takeaways.c.episode_id == episodes.c.id) & (takeaways.c.origin != "drafted"),
        )
        .group_by(episodes.c.show_id)
    )
    of_issues = select(issues.c.show_id, func.count()).group_by(issues.c.show_id)
    written = {row[0]: int(row[1]) for row in conn.execute(of_issues) if row[0] is not None}
    found = {
        row.show_id: ShowCounts(
            episodes=row.episodes,
            transcripts=row.transcripts,
            takeaways=row.takeaways,
            issues=written.get(row.show_id, 0),
        )
        for row in conn.execute(of_episodes)
    }
    return {show_id: ShowCounts(issues=count) for show_id, count in written.items()} | found


def count_by_episode(conn: Connection, ids: Sequence[int]) -> dict[int, EpisodeCounts]:
    """Return what is held of each of these episodes."""
    found: dict[int, EpisodeCounts] = {}
    for start in range(0, len(ids), _SOME):
        some = ids[start : start + _SOME]
        transcribed = select(transcripts.c.episode_id).where(transcripts.c.episode_id.in_(some))
        have = set(conn.execute(transcribed).scalars())
        counted = (
            select(takeaways.c.episode_id, func.count())
            .where(takeaways.c.episode_id.in_(some), takeaways.c.origin != "drafted")
            .group_by(takeaways.c.episode_id)
        )
        counts = {row[0]: int(row[1]) for row in conn.execute(counted)}
        found |= {
            id_: EpisodeCounts(has_transcript=id_ in have, takeaways=counts.get(id_, 0))
            for id_ in some
        }
    return found
