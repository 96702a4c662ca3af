"""An episode with everything that is held of it, as a JSON document."""

from corpus.catalogue import Catalogue, chapters, episodes, notes, players, takeaways, transcripts
from corpus.holdings import Episode
from corpus.players import link_moment
from ingest.audio_length import find_drift
from web.chapter_documents import proposed_document
from web.documents import Document, chapter_document, segment_document
from web.episode_links import list_takeaway_documents
from web.held_documents import episode_document
from web.links import PageUrls, moment_links, player_pages


def players_document(episode: Episode, named: PageUrls) -> list[Document]:
    """Return where else an episode plays, and whether a link there opens at a second."""
    return [
        {
            "player": page.player,
            "label": page.label,
            "url": page.url,
            "exact": link_moment(page.url, 0).is_exact,
            "named_by": "you" if page.player in named else "feed",
        }
        for page in player_pages(episode, named)
    ]


def whole_episode_document(catalogue: Catalogue, episode: Episode) -> Document:
    """Return an episode with everything that is held of it."""
    with catalogue.read() as conn:
        transcript = transcripts.find_transcript(conn, episode.id)
        spoken = transcripts.list_segments(conn, episode.id)
        held_chapters = episodes.list_chapters(conn, episode.id)
        proposed = chapters.list_proposed(conn, episode.id)
        held_takeaways = takeaways.list_takeaways(conn, episode_id=episode.id)
        problems = [text for _, text in notes.list_problems(conn, f"episode:{episode.id}")]
        documents = list_takeaway_documents(conn, held_takeaways, checked=False)
        named = players.list_pages(conn, [episode.id]).get(episode.id, {})
    drift = find_drift(episode, transcript)
    found = None
    if transcript:
        found = {
            "origin": transcript.origin,
            "format": transcript.format,
            "language": transcript.language,
            "model": transcript.model,
            "problems": list(transcript.problems),
            "segments": [segment_document(segment) for segment in spoken],
        }
    return {
        **episode_document(episode),
        "show_notes": episode.show_notes,
        "persons": [{"name": person.name, "role": person.role} for person in episode.persons],
        "chapters": [chapter_document(chapter) for chapter in held_chapters],
        "proposed_chapters": [proposed_document(each) for each in proposed],
        "takeaways": documents,
        "transcript": found,
        "links": moment_links(episode, None, named=named),
        "players": players_document(episode, named),
        "problems": [*([drift.problem] if drift else []), *problems],
    }
