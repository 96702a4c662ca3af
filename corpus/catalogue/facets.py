"""What passages can be counted by: show, kind, speakers and date, without loading their texts."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from corpus.catalogue.schema import episodes, issues, passages, shows

_SOME = 500  # ids in one statement, well below the least limit of any database


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetRow:
    """What one passage counts for."""

    show: str | None
    kind: str
    speakers: tuple[str, ...]
    published: str | None


def list_facet_rows(conn: Connection, ids: Sequence[int]) -> tuple[FacetRow, ...]:
    """Return what each of these passages counts for, in no order; those not held are left out."""
    newsletters = shows.alias("newsletters")
    statement = (
        select(
            func.coalesce(shows.c.title, newsletters.c.title).label("show_title"),
            passages.c.kind,
            passages.c.speakers,
            func.coalesce(episodes.c.published, issues.c.published).label("date"),
        )
        .select_from(passages)
        .outerjoin(episodes, episodes.c.id == passages.c.episode_id)
        .outerjoin(shows, shows.c.id == episodes.c.show_id)
        .outerjoin(issues, issues.c.id == passages.c.issue_id)
        .outerjoin(newsletters, newsletters.c.id == issues.c.show_id)
    )
    found: list[FacetRow] = []
    for start in range(0, len(ids), _SOME):
        some = passages.c.id.in_(list(ids[start : start + _SOME]))
        found += [
            FacetRow(
                show=row.show_title,
                kind=row.kind,
                speakers=tuple(row.speakers or ()),
                published=row.date,
            )
            for row in conn.execute(statement.where(some))
        ]
    return tuple(found)
