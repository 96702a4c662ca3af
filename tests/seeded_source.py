"""A catalogue as a source of passages, seeded by the calls that MemorySource has."""

from corpus.catalogue import episodes, issues, passages, shows
from corpus.catalogue.rows import title_key
from corpus.catalogue.shows import ShowFacts
from corpus.records import Block, ParsedEpisode, ParsedNewsletter
from search.catalogue_source import CatalogueSource


class SeededSource(CatalogueSource):
    def __init__(self, catalogue):
        super().__init__(catalogue)
        self._opened = catalogue

    def put(self, wanted, *, episode=None, issue=None, title="", show="", published=None):
        with self._opened.write() as conn:
            episode_id = issue_id = None
            if episode is not None:
                facts = ShowFacts(kind="podcast", title=show or "-")
                show_id = shows.put_show(conn, facts, now_ms=1)
                parsed = ParsedEpisode(guid=str(episode), title=title, published=published)
                episode_id, _ = episodes.put_episode(conn, show_id, parsed, now_ms=1)
            if issue is not None:
                words = (Block(kind="paragraph", text=title_key(f"issue {issue}")),)
                parsed = ParsedNewsletter(title=title or None, blocks=words, published=published)
                issue_id, _ = issues.put_issue(conn, parsed, show_id=None, source=None, now_ms=1)
            passages.put_passages(
                conn,
                wanted,
                kinds={passage.kind for passage in wanted},
                chunker="1",
                episode_id=episode_id,
                issue_id=issue_id,
            )

    def drop(self, ids):
        with self._opened.write() as conn:
            for held in passages.get_passages(conn, ids).values():
                kept = [
                    row
                    for row in passages.list_passages(
                        conn, episode_id=held.episode_id, issue_id=held.issue_id, kind=held.kind
                    )
                    if row.id not in ids
                ]
                passages.put_passages(
                    conn,
                    [_as_put(row) for row in kept],
                    kinds=(held.kind,),
                    chunker="1",
                    episode_id=held.episode_id,
                    issue_id=held.issue_id,
                )


def _as_put(row):
    from corpus.records import Passage

    return Passage(
        text=row.text,
        kind=row.kind,
        start_ms=row.start_ms,
        end_ms=row.end_ms,
        speaker=row.speaker,
        sentences=row.sentences,
    )
