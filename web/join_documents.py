"""Which episode an issue speaks of, why, and what else it could be, as a JSON document."""

from collections.abc import Sequence

from corpus.catalogue import Catalogue, issues
from corpus.holdings import Issue
from web.documents import Document
from web.episode_links import list_by_ids
from web.held_documents import episode_document, issue_document

LIKELY = 0.02
"""Confidence below which nobody is asked whether an issue speaks of an episode."""


def join_document(catalogue: Catalogue, issue_id: int) -> Document:
    """Return an issue with its episode and those proposed, each proposal with its episode.

    Raises:
        NotHeldError: If there is none of this id.
    """
    with catalogue.read() as conn:
        return _documents(catalogue, [issues.get_issue(conn, issue_id)])[0]


def list_join_documents(catalogue: Catalogue) -> list[Document]:
    """Return the issues of which nobody knows yet what they speak of, newest first."""
    with catalogue.read() as conn:
        waiting = {id_ for id_, _ in issues.list_unjoined(conn)}
        held = [issue for issue in issues.list_issues(conn) if issue.id in waiting]
    return _documents(catalogue, held)


def _documents(catalogue: Catalogue, held: Sequence[Issue]) -> list[Document]:
    wanted = {one.episode_id for one in held if one.episode_id is not None}
    wanted |= {proposal.episode_id for one in held for proposal in one.proposals}
    with catalogue.read() as conn:
        known = {episode.id: episode for episode in list_by_ids(conn, sorted(wanted))}
    found = []
    for one in held:
        document = issue_document(one, known.get(one.episode_id or 0))
        document["proposals"] = [
            {**row, "episode": episode_document(known[row["episode_id"]])}
            for row in document["proposals"]
            if row["episode_id"] in known
        ]
        found.append(document)
    return found
