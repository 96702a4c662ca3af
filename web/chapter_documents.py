"""Chapters as JSON documents: held, proposed, and as podcast programs read them."""

from collections.abc import Sequence

from sqlalchemy import Connection

from corpus.catalogue import chapters, episodes
from corpus.holdings import HeldChapter
from corpus.records import Chapter
from web.documents import Document, chapter_document


def proposed_document(held: HeldChapter) -> Document:
    """Return a chapter that nobody has accepted yet."""
    return {
        "id": held.id,
        "episode_id": held.episode_id,
        "title": held.title,
        "start_ms": held.start_ms,
        "confidence": held.confidence,
        "sentence": held.sentence,
    }


def list_chapter_documents(conn: Connection, episode_id: int) -> Document:
    """Return an episode's chapters, and apart from them what is only proposed."""
    return {
        "episode_id": episode_id,
        "chapters": [chapter_document(each) for each in episodes.list_chapters(conn, episode_id)],
        "proposed": [proposed_document(each) for each in chapters.list_proposed(conn, episode_id)],
    }


def podcast_chapters(title: str | None, found: Sequence[Chapter]) -> Document:
    """Return a Podcasting 2.0 chapters file.

    https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/examples/chapters/jsonChapters.md
    """
    rows = []
    for chapter in found:
        row: Document = {"startTime": chapter.start_ms / 1000, "title": chapter.title}
        if chapter.end_ms is not None:
            row["endTime"] = chapter.end_ms / 1000
        if chapter.link:
            row["url"] = chapter.link
        rows.append(row)
    return {"version": "1.2.0", "title": title, "chapters": rows}
