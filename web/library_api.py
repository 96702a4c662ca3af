"""Shows, episodes and issues over HTTP, a page of a list at a time."""

import tempfile
from dataclasses import asdict
from pathlib import Path

from flask import Blueprint, Response

from corpus.catalogue import episodes, shows, transcripts
from corpus.catalogue.counts import ShowCounts, count_by_show
from corpus.catalogue.pages import page_episodes, page_issues, page_shows
from corpus.errors import NotHeldError
from corpus.formats.opml import format_opml
from corpus.formats.webvtt import format_webvtt
from corpus.holdings import Episode, Transcript
from corpus.records import Segment
from web.api_operations import Operation, asked, serve
from web.api_schemas import ID, MS, TEXT, TRUTH, joined, many, maybe, page_of, record, ref
from web.current import current_house
from web.documents import Document, segment_document
from web.episode_documents import whole_episode_document
from web.held_documents import episode_document, list_show_documents, show_document
from web.issue_documents import page_issue_documents, whole_issue_document
from web.paging import BY_TEXT, LIMIT, cut, limit_asked, text_key
from web.topics import list_topics

blueprint = Blueprint("library_api", __name__)

_PAGED = {"cursor": BY_TEXT, "limit": LIMIT}
_WORDS = many(record(start_ms=MS, end_ms=MS, text=TEXT))
_SPOKEN = {**joined("Segment"), "properties": {"words": _WORDS}}


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/shows",
        summary="The podcasts and newsletters held, by name",
        gives=page_of("shows", "Show"),
        asked=_PAGED,
        revalidates=True,
    ),
)
def list_shows() -> Document:
    """Answer the document of ``earmark list shows --json``."""
    limit = limit_asked()
    with current_house().catalogue.read() as conn:
        ids, following = cut(page_shows(conn, text_key(), limit + 1), limit)
        wanted = set(ids)
        held = [show for show in list_show_documents(conn) if show["id"] in wanted]
    return {"shows": held, "next": following}


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/shows/{show_id}",
        summary="A podcast or a newsletter",
        gives=ref("Show"),
        revalidates=True,
    ),
)
def get_show(show_id: int) -> Document:
    """Answer a show."""
    with current_house().catalogue.read() as conn:
        held = shows.get_show(conn, show_id)
        return show_document(held, count_by_show(conn).get(show_id, ShowCounts()))


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/episodes",
        summary="The episodes held, newest first",
        gives=page_of("episodes", "Episode"),
        asked={"show_id": ID, **_PAGED},
        revalidates=True,
    ),
)
def list_episodes() -> Document:
    """Answer the document of ``earmark list episodes --json``."""
    limit = limit_asked()
    with current_house().catalogue.read() as conn:
        rows = page_episodes(conn, text_key(), limit + 1, asked().get("show_id"))
        ids, following = cut(rows, limit)
        held = {episode.id: episode for episode in episodes.list_episodes(conn, ids=ids)}
    return {"episodes": [episode_document(held[id_]) for id_ in ids], "next": following}


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/episodes/{episode_id}",
        summary="An episode with chapters, takeaways and transcript",
        gives=ref("WholeEpisode"),
        revalidates=True,
    ),
)
def get_episode(episode_id: int) -> Document:
    """Answer the document of ``earmark show --json``."""
    house = current_house()
    with house.catalogue.read() as conn:
        episode = episodes.get_episode(conn, episode_id)
    return whole_episode_document(house.catalogue, episode)


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/episodes/{episode_id}/transcript",
        summary="What is said in an episode; with the time of each word where it is asked for",
        gives=record(
            episode_id=ID,
            origin=TEXT,
            language=maybe(TEXT),
            model=maybe(TEXT),
            segments=many(_SPOKEN),
        ),
        asked={"words": TRUTH},
        revalidates=True,
    ),
)
def get_transcript(episode_id: int) -> Document:
    """Answer an episode's segments."""
    _, held, spoken = _read_transcript(episode_id)
    with_words = asked().get("words", False)
    return {
        "episode_id": episode_id,
        "origin": held.origin,
        "language": held.language,
        "model": held.model,
        "segments": [segment_document(segment, words=with_words) for segment in spoken],
    }


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/episodes/{episode_id}/transcript.vtt",
        summary="What is said in an episode, as captions",
        gives=TEXT,
        media="text/vtt",
        revalidates=True,
    ),
)
def get_captions(episode_id: int) -> Response:
    """Answer an episode's segments as WebVTT."""
    _, _, spoken = _read_transcript(episode_id)
    return Response(format_webvtt(spoken), content_type="text/vtt; charset=utf-8")


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/episodes/{episode_id}/topics",
        summary="The sections of an episode, cut where the talk turns, each with telling words",
        gives=record(episode_id=ID, topics=many(record(start_ms=MS, end_ms=MS, names=many(TEXT)))),
    ),
)
def get_topics(episode_id: int) -> Document:
    """Answer the sections of an episode; none where little of it is written down."""
    house = current_house()
    with house.catalogue.read() as conn:
        episodes.get_episode(conn, episode_id)
    found = [asdict(one) for one in list_topics(house, episode_id)]
    return {"episode_id": episode_id, "topics": found}


def _read_transcript(episode_id: int) -> tuple[Episode, Transcript, tuple[Segment, ...]]:
    with current_house().catalogue.read() as conn:
        episode = episodes.get_episode(conn, episode_id)
        held = transcripts.find_transcript(conn, episode_id)
        spoken = transcripts.list_segments(conn, episode_id)
    if held is None:
        raise NotHeldError(episode.title, "has no transcript yet", "see /api/v1/jobs")
    return episode, held, spoken


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/issues",
        summary="The newsletter issues held, newest first",
        gives=page_of("issues", "Issue"),
        asked=_PAGED,
        revalidates=True,
    ),
)
def list_issues() -> Document:
    """Answer the document of ``earmark list issues --json``."""
    limit = limit_asked()
    catalogue = current_house().catalogue
    with catalogue.read() as conn:
        ids, following = cut(page_issues(conn, text_key(), limit + 1), limit)
    return {"issues": page_issue_documents(catalogue, ids), "next": following}


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/issues/{issue_id}",
        summary="An issue with its text, its takeaways and its episode",
        gives=ref("WholeIssue"),
        revalidates=True,
    ),
)
def get_issue(issue_id: int) -> Document:
    """Answer an issue with its text, its takeaways and its episode."""
    return whole_issue_document(current_house().catalogue, issue_id)


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/subscriptions.opml",
        summary="The followed feeds, for podcast apps and feed readers",
        gives=TEXT,
        media="text/x-opml",
        revalidates=True,
    ),
)
def export_feeds() -> Response:
    """Answer what ``earmark export feeds.opml`` writes."""
    with current_house().catalogue.read() as conn:
        followed = [(show.title, show.feed_url) for show in shows.list_shows(conn)]
    text = format_opml([(title, url) for title, url in followed if url])
    return Response(text, content_type="text/x-opml; charset=utf-8")


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/export.jsonl.gz",
        summary="Everything, as an interchange file that Earmark reads again",
        gives={},
        media="application/gzip",
        revalidates=True,
    ),
)
def export() -> Response:
    """Answer what ``earmark export everything.jsonl.gz`` writes."""
    from ingest.exporting import export_all

    # Written whole before it is sent, so that an error on the way is told and cuts nothing short.
    with tempfile.TemporaryDirectory(prefix="earmark-") as folder:
        path = Path(folder) / "everything.jsonl.gz"
        export_all(current_house().catalogue, path)
        answer = Response(path.read_bytes(), content_type="application/gzip")
    answer.headers["Content-Disposition"] = 'attachment; filename="earmark.jsonl.gz"'
    return answer
