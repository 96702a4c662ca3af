"""An issue with everything that is held of it, as a JSON document."""

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


def _block_document(block: Block) -> Document:
    return {
        "kind": block.kind,
        "level": block.level,
        "text": block.text,
        "links": [{"text": link.text, "href": link.href} for link in block.links],
        "cells": list(block.cells),
    }
