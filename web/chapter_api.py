"""Chapters over HTTP: those of an episode, what is proposed as such, and what is decided of it."""

from flask import Blueprint

from corpus.catalogue import chapters, episodes
from corpus.homes import now_ms
from web.api_operations import Operation, sent, serve
from web.api_schemas import ID, MAYBE_TEXT, MOMENT, TEXT, many, record, ref
from web.chapter_documents import list_chapter_documents, podcast_chapters, proposed_document
from web.current import current_house
from web.documents import Document

blueprint = Blueprint("chapter_api", __name__)

_DECIDED = record(said=TEXT, undo_id=ID)


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/episodes/{episode_id}/chapters",
        summary="An episode's chapters, and those that are proposed until somebody accepts them",
        gives=record(
            episode_id=ID, chapters=many(ref("Chapter")), proposed=many(ref("ProposedChapter"))
        ),
        revalidates=True,
    ),
)
def list_chapters(episode_id: int) -> Document:
    """Answer the document of ``earmark chapters --json``."""
    with current_house().catalogue.read() as conn:
        episodes.get_episode(conn, episode_id)
        return list_chapter_documents(conn, episode_id)


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/episodes/{episode_id}/chapters.json",
        summary="An episode's chapters as podcast programs read them; none that are proposed",
        gives=record(version=TEXT, title=MAYBE_TEXT, chapters=many({"type": "object"})),
        revalidates=True,
    ),
)
def get_podcast_chapters(episode_id: int) -> Document:
    """Answer a Podcasting 2.0 chapters file."""
    with current_house().catalogue.read() as conn:
        episode = episodes.get_episode(conn, episode_id)
        return podcast_chapters(episode.title, episodes.list_chapters(conn, episode_id))


@serve(
    blueprint,
    Operation(
        method="POST",
        path="/api/v1/episodes/{episode_id}/chapters/accept",
        summary="Accept all proposed chapters of an episode that have a time",
        gives=_DECIDED,
    ),
)
def accept_all(episode_id: int) -> Document:
    """Accept what is proposed and has a time; answer with the undo's id."""
    from ingest.chapter_proposals import accept_all as accept

    undo_id, said = accept(current_house().catalogue, episode_id, now_ms=now_ms())
    return {"said": said, "undo_id": undo_id}


@serve(
    blueprint,
    Operation(
        method="POST",
        path="/api/v1/chapters/{chapter_id}/accept",
        summary="Accept a proposed chapter",
        gives=_DECIDED,
    ),
)
def accept(chapter_id: int) -> Document:
    """Accept a proposed chapter; answer with the undo's id."""
    from ingest.chapter_proposals import accept_chapter

    undo_id, said = accept_chapter(current_house().catalogue, chapter_id, now_ms=now_ms())
    return {"said": said, "undo_id": undo_id}


@serve(
    blueprint,
    Operation(
        method="PATCH",
        path="/api/v1/chapters/{chapter_id}",
        summary="Give a chapter that is not its publisher's a time by hand, which accepts it",
        gives=_DECIDED,
        sent={"type": "object", "required": ["start_ms"], "properties": {"start_ms": MOMENT}},
    ),
)
def set_time(chapter_id: int) -> Document:
    """Give a chapter a time; answer with the undo's id."""
    from ingest.chapter_proposals import set_chapter_time

    start_ms = int(sent()["start_ms"])
    house = current_house()
    undo_id, said = set_chapter_time(house.catalogue, chapter_id, start_ms, now_ms=now_ms())
    return {"said": said, "undo_id": undo_id}


@serve(
    blueprint,
    Operation(
        method="DELETE",
        path="/api/v1/chapters/{chapter_id}",
        summary="Remove a proposed chapter",
        gives={"allOf": [ref("ProposedChapter"), _DECIDED]},
    ),
)
def remove(chapter_id: int) -> Document:
    """Remove a proposed chapter; answer it as it was, with the undo's id."""
    from ingest.chapter_proposals import remove_proposed

    house = current_house()
    with house.catalogue.read() as conn:
        document = proposed_document(chapters.get_chapter(conn, chapter_id))
    undo_id, said = remove_proposed(house.catalogue, chapter_id, now_ms=now_ms())
    return {**document, "said": said, "undo_id": undo_id}
