import sqlite3

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from corpus.catalogue import episodes, issues, open_catalogue, passages, shows, takeaways
from corpus.catalogue import transcripts as transcripts_table
from corpus.catalogue.schema import APPLICATION_ID, SCHEMA_VERSION, metadata
from corpus.catalogue.shows import ShowFacts
from corpus.errors import CatalogueError, NotHeldError, UsageError
from corpus.holdings import Proposal
from corpus.records import (
    Block,
    Chapter,
    Enclosure,
    EpisodeMention,
    Link,
    ParsedEpisode,
    ParsedNewsletter,
    ParsedTakeaway,
    Passage,
    Person,
    Segment,
    Sentence,
    TranscriptRef,
    Word,
)


def put_show(conn, title="The Ledger Room", **facts):
    return shows.put_show(conn, ShowFacts(kind="podcast", title=title, **facts), now_ms=1)


def put_episode(conn, guid="one", title="Quiet budgets", **facts):
    parsed = ParsedEpisode(guid=guid, title=title, **facts)
    return episodes.put_episode(conn, put_show(conn), parsed, now_ms=1)


def spoken(*texts):
    return [
        Segment(start_ms=n * 1000, end_ms=n * 1000 + 900, text=said, speaker="Ida")
        for n, said in enumerate(texts)
    ]


def passage(said, start_ms=0, kind="transcript"):
    return Passage(
        text=said,
        kind=kind,
        start_ms=start_ms,
        end_ms=start_ms + 500,
        sentences=(Sentence(start=0, end=len(said), start_ms=start_ms, end_ms=start_ms + 500),),
    )


class TestOpening:
    def test_the_migrated_schema_is_the_declared_one(self, catalogue):
        with catalogue.read() as conn:
            assert compare_metadata(MigrationContext.configure(conn), metadata) == []

    def test_a_catalogue_says_what_it_is(self, home, catalogue):
        file = sqlite3.connect(home.path / "corpus.sqlite")
        assert file.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert file.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
        assert file.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        file.close()

    def test_tables_are_strict_and_passage_ids_are_never_used_again(self, home, catalogue):
        with catalogue.read() as conn:
            query = text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
            made = {row.name: row.sql for row in conn.execute(query)}
        for name in metadata.tables:
            assert "STRICT" in made[name], name
        assert "AUTOINCREMENT" in made["passages"]

    def test_a_file_of_another_program_is_left_alone(self, home):
        home.path.mkdir()
        other = sqlite3.connect(home.path / "corpus.sqlite")
        other.execute("CREATE TABLE recipes (name)")
        other.commit()
        other.close()
        with pytest.raises(CatalogueError, match="is not Earmark's"):
            open_catalogue(home.path)

    def test_a_newer_catalogue_is_not_touched(self, home, catalogue):
        catalogue.close()
        file = sqlite3.connect(home.path / "corpus.sqlite")
        file.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
        file.close()
        with pytest.raises(CatalogueError, match="newer Earmark"):
            open_catalogue(home.path)

    def test_what_is_no_database_is_told(self, home):
        home.path.mkdir()
        (home.path / "corpus.sqlite").write_bytes(b"certainly no database" * 100)
        with pytest.raises(CatalogueError, match="not a database"):
            open_catalogue(home.path)

    def test_an_error_undoes_the_whole_transaction(self, catalogue):
        with pytest.raises(RuntimeError), catalogue.write() as conn:
            put_show(conn)
            raise RuntimeError
        with catalogue.read() as conn:
            assert shows.list_shows(conn) == ()


class TestShows:
    def test_a_show_is_known_again_by_guid_address_or_name(self, catalogue):
        with catalogue.write() as conn:
            first = put_show(conn, feed_url="https://a.example/feed", podcast_guid="g1")
            moved = put_show(conn, "Renamed", feed_url="https://b.example/feed", podcast_guid="g1")
            named = put_show(conn, "RENAMED!")
            assert first == moved == named
            held = shows.get_show(conn, first)
        assert (held.title, held.feed_url) == ("RENAMED!", "https://b.example/feed")

    def test_two_feeds_of_one_name_are_two_shows(self, catalogue):
        with catalogue.write() as conn:
            one = put_show(conn, feed_url="https://a.example/feed")
            two = put_show(conn, feed_url="https://b.example/feed")
        assert one != two

    def test_a_feed_is_due_until_it_was_polled(self, catalogue):
        with catalogue.write() as conn:
            show_id = put_show(conn, feed_url="https://a.example/feed")
            assert [show.id for show in shows.list_due_shows(conn, 10)] == [show_id]
            shows.set_poll(conn, show_id, next_poll_ms=20)
            assert shows.list_due_shows(conn, 10) == ()
            assert len(shows.list_due_shows(conn, 20)) == 1


class TestEpisodes:
    def test_an_episode_comes_back_as_it_was_put(self, catalogue):
        facts = {
            "published": "2026-01-02T03:04:05Z",
            "duration_ms": 60_000,
            "show_notes": "Notes\nof it",
            "enclosures": (Enclosure(url="https://a.example/1.mp3", type="audio/mpeg", bytes=9),),
            "persons": (Person(name="Ida", role="guest"),),
            "transcripts": (TranscriptRef(url="https://a.example/1.vtt", type="text/vtt"),),
        }
        with catalogue.write() as conn:
            episode_id, new = put_episode(conn, **facts)
            held = episodes.get_episode(conn, episode_id)
        assert new
        assert held.audio_url == "https://a.example/1.mp3"
        assert held.persons == facts["persons"]
        assert held.transcript_refs == facts["transcripts"]
        assert held.show_notes == "Notes\nof it"
        assert held.show == "The Ledger Room"

    def test_putting_it_again_changes_nothing(self, catalogue):
        with catalogue.write() as conn:
            assert put_episode(conn) == (1, True)
            assert put_episode(conn) == (1, False)
            assert put_episode(conn, title="Loud budgets") == (1, True)

    def test_what_a_feed_no_longer_says_is_kept(self, catalogue):
        with catalogue.write() as conn:
            put_episode(conn, show_notes="Worth keeping", duration_ms=5)
            episode_id, _ = put_episode(conn, title="New title")
            held = episodes.get_episode(conn, episode_id)
        assert (held.title, held.show_notes, held.duration_ms) == ("New title", "Worth keeping", 5)

    def test_a_person_may_name_an_episode_by_id_guid_or_title(self, catalogue):
        with catalogue.write() as conn:
            put_episode(conn, "guid-a", "Quiet budgets")
            put_episode(conn, "guid-b", "Quiet rooms")
            for name in ("1", "guid-a", "quiet BUDGETS", "budgets"):
                assert episodes.find_episode(conn, name).id == 1
            with pytest.raises(UsageError, match="several"):
                episodes.find_episode(conn, "quiet")
            with pytest.raises(NotHeldError):
                episodes.find_episode(conn, "loud")
            with pytest.raises(NotHeldError):
                episodes.find_episode(conn, "9" * 40)

    def test_lists_load_no_show_notes(self, catalogue):
        with catalogue.write() as conn:
            put_episode(conn, show_notes="long " * 1000)
            assert episodes.list_episodes(conn)[0].show_notes == ""

    def test_chapters_are_replaced(self, catalogue):
        with catalogue.write() as conn:
            episode_id, _ = put_episode(conn)
            episodes.put_chapters(conn, episode_id, [Chapter(start_ms=0, title="One")] * 2)
            wanted = (Chapter(start_ms=5, title="Two", end_ms=9, link="https://a.example"),)
            episodes.put_chapters(conn, episode_id, wanted)
            assert episodes.list_chapters(conn, episode_id) == wanted


class TestTranscripts:
    def test_segments_come_back_with_their_words(self, catalogue):
        word = Word(start_ms=0, end_ms=400, text="Hello.")
        wanted = (Segment(start_ms=0, end_ms=400, text="Hello.", speaker=None, words=(word,)),)
        with catalogue.write() as conn:
            episode_id, _ = put_episode(conn)
            transcripts_table.put_transcript(
                conn, episode_id, wanted, origin="whisper", now_ms=1, model="base"
            )
            assert transcripts_table.list_segments(conn, episode_id) == wanted
            assert transcripts_table.find_transcript(conn, episode_id).model == "base"

    def test_the_same_transcript_again_changes_nothing(self, catalogue):
        with catalogue.write() as conn:
            episode_id, _ = put_episode(conn)
            put = transcripts_table.put_transcript
            said = spoken("One.", "Two.")
            first, changed = put(conn, episode_id, said, origin="publisher", now_ms=1)
            assert changed
            assert put(conn, episode_id, said, origin="publisher", now_ms=2) == (first, False)
            assert put(conn, episode_id, said[:1], origin="publisher", now_ms=2)[1]
            assert len(transcripts_table.list_segments(conn, episode_id)) == 1

    def test_windows_are_kept_by_recipe_until_dropped(self, catalogue):
        with catalogue.write() as conn:
            episode_id, _ = put_episode(conn)
            for result in ("early", "late"):
                transcripts_table.put_window(conn, episode_id, "r", position=3, result=result)
            assert transcripts_table.list_windows(conn, episode_id, "r") == {3: "late"}
            assert transcripts_table.list_windows(conn, episode_id, "other") == {}
            transcripts_table.drop_windows(conn, episode_id)
            assert transcripts_table.list_windows(conn, episode_id, "r") == {}


def an_issue(**facts):
    values = {
        "title": "Hidden costs",
        "blocks": (
            Block(kind="heading", text="Hidden costs", level=1),
            Block(
                kind="paragraph",
                text="See here.",
                links=(Link(text="here", href="https://a.example", start=4),),
            ),
        ),
        "takeaways": (ParsedTakeaway(text="Write it down.", start_ms=5000),),
        "mention": EpisodeMention(show="The Ledger Room", guests=("Ida Berg",)),
    }
    return ParsedNewsletter(**{**values, **facts})


class TestIssues:
    def test_an_issue_comes_back_as_it_was_put(self, catalogue):
        wanted = an_issue()
        with catalogue.write() as conn:
            issue_id, new = issues.put_issue(conn, wanted, show_id=None, source="a.txt", now_ms=1)
            held = issues.get_issue(conn, issue_id)
        assert new
        assert (held.blocks, held.mention) == (wanted.blocks, wanted.mention)

    def test_the_same_issue_sent_twice_is_one(self, catalogue):
        with catalogue.write() as conn:
            put = issues.put_issue
            first = put(conn, an_issue(), show_id=None, source="a.txt", now_ms=1)
            again = put(conn, an_issue(), show_id=None, source="copy.txt", now_ms=2)
            edited = put(conn, an_issue(title="Costs"), show_id=None, source="a.txt", now_ms=2)
            other = put(
                conn,
                an_issue(blocks=(Block(kind="paragraph", text="New."),)),
                show_id=None,
                source="b.txt",
                now_ms=2,
            )
        assert [first, again, edited, other] == [(1, True), (1, False), (1, True), (2, True)]

    def test_joining_moves_the_takeaways_and_forgets_what_was_found(self, catalogue):
        with catalogue.write() as conn:
            episode_id, _ = put_episode(conn)
            issue_id, _ = issues.put_issue(conn, an_issue(), show_id=None, source=None, now_ms=1)
            takeaways.put_takeaways(
                conn, an_issue().takeaways, origin="newsletter", issue_id=issue_id
            )
            proposal = Proposal(episode_id=episode_id, confidence=0.9, reasons=("its guest",))
            issues.set_join(
                conn,
                issue_id,
                episode_id=episode_id,
                by="earmark",
                confidence=0.9,
                proposals=[proposal],
            )
            takeaways.set_episode_of_issue(conn, issue_id, episode_id)
            held = issues.get_issue(conn, issue_id)
            (takeaway,) = takeaways.list_takeaways(conn, episode_id=episode_id)
        assert held.proposals == (proposal,)
        assert (takeaway.issue_id, takeaway.verdict) == (issue_id, "unchecked")

    def test_what_was_found_stays_while_text_and_time_stay(self, catalogue):
        one = ParsedTakeaway(text="Write it down.", start_ms=5000)
        two = ParsedTakeaway(text="Say it early.", start_ms=9000)
        with catalogue.write() as conn:
            episode_id, _ = put_episode(conn)
            put = takeaways.put_takeaways
            assert put(conn, [one], origin="show notes", episode_id=episode_id)
            (held,) = takeaways.list_takeaways(conn)
            takeaways.set_found(conn, held.id, verdict="confirmed", found_ms=5100)
            assert not put(conn, [one], origin="show notes", episode_id=episode_id)
            assert put(conn, [two, one], origin="show notes", episode_id=episode_id)
            found = [(row.text, row.verdict) for row in takeaways.list_takeaways(conn)]
        assert found == [("Say it early.", "unchecked"), ("Write it down.", "confirmed")]


class TestPassages:
    def put(self, conn, wanted, **owner):
        owner = owner or {"episode_id": 1}
        return passages.put_passages(conn, wanted, kinds=("transcript",), chunker="1", **owner)

    def test_a_passage_that_stays_keeps_its_id(self, catalogue):
        with catalogue.write() as conn:
            put_episode(conn)
            assert self.put(conn, [passage("one"), passage("two", 500)])
            before = {row.text: row.id for row in passages.list_passages(conn, episode_id=1)}
            assert self.put(conn, [passage("new"), passage("two", 500)])
            after = {row.text: row.id for row in passages.list_passages(conn, episode_id=1)}
        assert after["two"] == before["two"]
        assert after["new"] not in before.values()

    def test_putting_the_same_changes_and_logs_nothing(self, catalogue):
        wanted = [passage("one"), passage("one"), passage("two", 500)]
        with catalogue.write() as conn:
            put_episode(conn)
            self.put(conn, wanted)
            before = passages.last_change(conn)
            assert not self.put(conn, wanted)
            assert passages.last_change(conn) == before
            assert passages.count_passages(conn) == 3

    def test_positions_follow_the_text(self, catalogue):
        with catalogue.write() as conn:
            put_episode(conn)
            self.put(conn, [passage("b", 500), passage("c", 900)])
            self.put(conn, [passage("a", 100), passage("b", 500), passage("c", 900)])
            found = passages.list_passages(conn, episode_id=1)
        assert [(row.text, row.position) for row in found] == [("a", 0), ("b", 1), ("c", 2)]

    def test_a_dropped_id_is_never_given_again(self, catalogue):
        with catalogue.write() as conn:
            put_episode(conn)
            self.put(conn, [passage("one")])
            self.put(conn, [])
            self.put(conn, [passage("two")])
            assert [row.id for row in passages.list_passages(conn)] == [2]
            assert set(passages.get_passages(conn, [1, 2])) == {2}

    def test_those_of_an_issue_and_of_its_episode_are_kept_apart(self, catalogue):
        with catalogue.write() as conn:
            put_episode(conn)
            issues.put_issue(conn, an_issue(), show_id=None, source=None, now_ms=1)
            self.put(conn, [passage("said")])
            self.put(conn, [passage("written")], episode_id=1, issue_id=1)
            self.put(conn, [])
            assert [row.text for row in passages.list_passages(conn)] == ["written"]
