"""Answers: what the search engine found, as the JSON document of the command line and the API."""

from typing import TYPE_CHECKING, NamedTuple

from corpus.holdings import Episode, Issue
from corpus.moments import format_moment
from web.documents import Document
from web.held_documents import episode_document
from web.links import PageUrls, moment_links, moment_url
from web.trust import find_verdicts

if TYPE_CHECKING:
    from ingest.audio_length import Drift
    from search.hits import Hit, SearchAnswer, SearchRequest
    from web.wiring import House


class Answered(NamedTuple):
    """An answer to a question."""

    document: Document
    """As ``search --json`` prints it."""
    found: tuple[int, ...]
    """The passages of all its pages."""


def answer(house: "House", asked: "SearchRequest") -> Answered:
    """Return the answer to a question."""
    answered = house.get_engine().search(asked)
    return Answered(describe_answer(house, asked, answered), answered.found)


def answer_document(house: "House", asked: "SearchRequest") -> Document:
    """Return the answer to a question, as ``search --json`` prints it."""
    return answer(house, asked).document


def describe_answer(house: "House", asked: "SearchRequest", answer: "SearchAnswer") -> Document:
    """Return an answer with all that is needed to show, play and cite its hits."""
    owners = house.known_owners.get(
        [hit.episode_id for hit in answer.hits if hit.episode_id is not None],
        [hit.issue_id for hit in answer.hits if hit.issue_id is not None],
    )
    judged = house.known_owners.list_judgements(asked.text)
    base = house.settings.public_url.rstrip("/")
    hits = [
        hit_document(
            hit,
            owners.episodes.get(hit.episode_id or 0),
            owners.issues.get(hit.issue_id or 0),
            base=base,
            named=owners.pages.get(hit.episode_id or 0),
            drift=owners.drifts.get(hit.episode_id or 0),
        )
        for hit in answer.hits
    ]
    verdicts = find_verdicts(judged, hits)
    return {
        "query": asked.text,
        "mode": answer.mode,
        "took_ms": answer.took_ms,
        "total": answer.total,
        "problems": list(answer.problems),
        "provisional": None,
        "suggestion": answer.suggestion,
        "drops": [
            {"filter": drop.name, "said": drop.said, "query": drop.text, "total": drop.total}
            for drop in answer.drops
        ],
        "hits": [{**hit, "judgement": verdicts.get(hit["rank"])} for hit in hits],
    }


def hit_document(
    hit: "Hit",
    episode: Episode | None,
    issue: Issue | None,
    *,
    base: str = "",
    named: PageUrls | None = None,
    drift: "Drift | None" = None,
) -> Document:
    """Return a hit with all that is needed to show, play and cite it."""
    passage = hit.passage
    best = hit.best
    at_ms = best.start_ms if best and best.start_ms is not None else passage.start_ms
    if episode:
        url = moment_url(episode.id, at_ms)
        links = moment_links(episode, at_ms, base, named=named, drift=drift)
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
        "problem": drift.problem if drift and at_ms is not None else None,
        "links": links,
    }
