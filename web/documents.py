"""Records as the JSON documents that the command line and the API answer with."""

from typing import TYPE_CHECKING, Any

from corpus.records import (
    Chapter,
    ParsedEpisode,
    ParsedFeed,
    ParsedNewsletter,
    ParsedTakeaway,
    ParsedTranscript,
    Segment,
)

if TYPE_CHECKING:
    from ingest.reading import Parsed
    from ingest.speech.transcriber import Transcribed

Document = dict[str, Any]

MAX_ID = 2**31 - 1
"""The greatest id an address or a document may hold; the catalogue gives out no greater ones."""


def segment_document(segment: Segment, *, words: bool = False) -> Document:
    """Return a segment; its words too where asked for."""
    document: Document = {
        "start_ms": segment.start_ms,
        "end_ms": segment.end_ms,
        "speaker": segment.speaker,
        "text": segment.text,
    }
    if words:
        document["words"] = [
            {"start_ms": word.start_ms, "end_ms": word.end_ms, "text": word.text}
            for word in segment.words
        ]
    return document


def transcribed_document(transcribed: "Transcribed") -> Document:
    """Return what ``transcribe`` prints of a recording."""
    return {
        "language": transcribed.language,
        "duration_ms": transcribed.duration_ms,
        "model": transcribed.model,
        "problems": list(transcribed.problems),
        "segments": [segment_document(segment, words=True) for segment in transcribed.segments],
    }


def chapter_document(chapter: Chapter) -> Document:
    """Return a chapter."""
    return {
        "start_ms": chapter.start_ms,
        "end_ms": chapter.end_ms,
        "title": chapter.title,
        "link": chapter.link,
    }


def parsed_takeaway_document(takeaway: ParsedTakeaway) -> Document:
    """Return a takeaway as it was read."""
    return {
        "text": takeaway.text,
        "start_ms": takeaway.start_ms,
        "end_ms": takeaway.end_ms,
        "section": takeaway.section,
        "link": takeaway.link,
        "label": takeaway.label,
    }


def parsed_transcript_document(parsed: ParsedTranscript) -> Document:
    """Return what ``inspect`` prints of a transcript."""
    return {
        "kind": "transcript",
        "format": parsed.format,
        "language": parsed.language,
        "timed": parsed.timed,
        "problems": list(parsed.problems),
        "segments": [segment_document(segment) for segment in parsed.segments],
    }


def parsed_newsletter_document(parsed: ParsedNewsletter) -> Document:
    """Return what ``inspect`` prints of a newsletter issue."""
    mention = parsed.mention
    return {
        "kind": "newsletter",
        "title": parsed.title,
        "author": parsed.author,
        "published": parsed.published,
        "newsletter": parsed.newsletter,
        "link": parsed.link,
        "problems": list(parsed.problems),
        "text": parsed.text,
        "links": [{"text": link.text, "href": link.href} for link in parsed.links],
        "takeaways": [parsed_takeaway_document(takeaway) for takeaway in parsed.takeaways],
        "episode": {"show": mention.show, "title": mention.title, "guests": list(mention.guests)},
    }


def parsed_feed_document(parsed: ParsedFeed) -> Document:
    """Return what ``inspect`` prints of a feed."""
    return {
        "kind": "feed",
        "title": parsed.title,
        "link": parsed.link,
        "language": parsed.language,
        "author": parsed.author,
        "next_url": parsed.next_url,
        "problems": list(parsed.problems),
        "episodes": [_parsed_episode_document(episode) for episode in parsed.episodes],
    }


def parsed_document(parsed: "Parsed") -> Document:
    """Return what ``inspect`` prints of anything read."""
    if isinstance(parsed, ParsedFeed):
        return parsed_feed_document(parsed)
    if isinstance(parsed, ParsedNewsletter):
        return parsed_newsletter_document(parsed)
    return parsed_transcript_document(parsed)


def _parsed_episode_document(episode: ParsedEpisode) -> Document:
    first = episode.enclosures[0] if episode.enclosures else None
    return {
        "guid": episode.guid,
        "title": episode.title,
        "published": episode.published,
        "link": episode.link,
        "audio_url": first.url if first else None,
        "audio_type": first.type if first else None,
        "audio_bytes": first.bytes if first else None,
        "duration_ms": episode.duration_ms,
        "season": episode.season,
        "number": episode.number,
        "show_notes": episode.show_notes,
        "transcripts": [
            {"url": ref.url, "type": ref.type, "language": ref.language}
            for ref in episode.transcripts
        ],
        "chapters_url": episode.chapters_url,
        "chapters": [chapter_document(chapter) for chapter in episode.chapters],
        "persons": [{"name": person.name, "role": person.role} for person in episode.persons],
    }
