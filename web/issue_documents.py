"""An issue with everything that is held of it, as a JSON document."""

from collections.abc import Sequence

from corpus.catalogue import Catalogue, episodes, issues, takeaways
from corpus.records import Block
from web.documents import Document
from web.episode_links import list_takeaway_documents
from web.held_documents import issue_document


def whole_issue_document(catalogue: Catalogue, issue_id: int) -> Document:
    """Return an issue with its text, its takeaways and the episode it speaks of.

    Raises:
        NotHeldError: If there is none of this id.
    """
    with catalogue.read() as conn:
        issue = issues.get_issue(conn, issue_id)
        held = takeaways.list_takeaways(conn, issue_id=issue_id)
        ids = [issue.episode_id] if issue.episode_id is not None else []
        spoken = episodes.list_episodes(conn, ids=ids)
        documents = list_takeaway_documents(conn, held, checked=False)
    return {
        **issue_document(issue, spoken[0] if spoken else None),
        "problems": list(issue.problems),
        "blocks": [_block_document(block) for block in issue.blocks],
        "takeaways": documents,
    }


def page_issue_documents(catalogue: Catalogue, ids: Sequence[int]) -> list[Document]:
    """Return these issues as lists name them, in this order; of one page, so some hundreds."""
    with catalogue.read() as conn:
        held = {issue.id: issue for issue in issues.list_issues(conn, ids=ids)}
        episode_ids = sorted({one.episode_id for one in held.values() if one.episode_id})
        spoken = {one.id: one for one in episodes.list_episodes(conn, ids=episode_ids)}
    wanted = [held[id_] for id_ in ids if id_ in held]
    return [issue_document(issue, spoken.get(issue.episode_id or 0)) for issue in wanted]


def _block_document(block: Block) -> Document:
    return {
        "kind": block.kind,
        "level": block.level,
        "text": block.text,
        "links": [{"text": link.text, "href": link.href} for link in block.links],
        "cells": list(block.cells),
    }
