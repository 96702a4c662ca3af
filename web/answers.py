"""Answers: what the search engine found, as the JSON document of the command line and the API."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from corpus.catalogue import episodes, issues
from corpus.holdings import Episode, Issue
from corpus.moments import format_moment
from web.documents import Document
from web.held_documents import episode_document
from web.links import moment_links, moment_url

if TYPE_CHECKING:
    from search.hits import Hit, SearchAnswer, SearchRequest
    from web.wiring import House


def answer_document(house: "House", asked: "SearchRequest") -> Document:
    """Return the answer to a question, as ``search --json`` prints it."""
    return describe_answer(house, asked, house.get_engine().search(asked))


def describe_answer(house: "House", asked: "SearchRequest", answer: "SearchAnswer") -> Document:
    """Return an answer with all that is needed to show, play and cite its hits."""
    with house.catalogue.read() as conn:
        episode_ids = _unique([hit.episode_id for hit in answer.hits])
        issue_ids = _unique([hit.issue_id for hit in answer.hits])
        held = {item.id: item for item in episodes.list_episodes(conn, ids=episode_ids)}
        spoken = {item.id: item for item in issues.list_issues(conn, ids=issue_ids)}
    base = house.settings.public_url.rstrip("/")
    return {
        "query": asked.text,
        "mode": answer.mode,
        "took_ms": answer.took_ms,
        "total": answer.total,
        "problems": list(answer.problems),
        "hits": [
            hit_document(
                hit, held.get(hit.episode_id or 0), spoken.get(hit.issue_id or 0), base=base
            )
            for hit in answer.hits
        ],
    }


def _unique(ids: Sequence[int | None]) -> list[int]:
    return sorted({found for found in ids if found is not None})


def hit_document(
    hit: "Hit",
    episode: Episode | None,
    issue: Issue | None,
    *,
    base: str = "",
) -> Document:
    """Return a hit with all that is needed to show, play and cite it."""
    passage = hit.passage
    best = hit.best
    at_ms = best.start_ms if best and best.start_ms is not None else passage.start_ms
    if episode:
        url = moment_url(episode.id, at_ms)
        links = moment_links(episode, at_ms, base)
    else:
        url = f"/issues/{issue.id}" if issue else "/"
        links = [{"label": "Earmark", "href": base + url, "exact": False}]
    if issue and issue.link:
        links.append({"label": "issue", "href": issue.link, "exact": False})
    return {
        "rank": hit.rank,
        "score": round(hit.score, 4),
        "why": hit.why,
        "kind": passage.kind,
        "passage_id": hit.passage_id,
        "text": passage.text,
        "spans": [list(span) for span in hit.spans],
        "start_ms": passage.start_ms,
        "end_ms": passage.end_ms,
        "best": {"text": best.text, "start_ms": best.start_ms, "end_ms": best.end_ms}
        if best
        else None,
        "moment": None if at_ms is None else format_moment(at_ms),
        "speaker": passage.speaker or (best.speaker if best else None),
        "episode": episode_document(episode) if episode else None,
        "issue": {
            "id": issue.id,
            "title": issue.title,
            "newsletter": issue.show,
            "published": issue.published,
        }
        if issue
        else None,
        "url": url,
        "links": links,
    }
