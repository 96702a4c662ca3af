"""The spine: sources in, work done, killed and gone on, answers out."""

import json
from dataclasses import replace

import pytest

from corpus.catalogue import episodes, issues, jobs, notes, passages, takeaways
from corpus.catalogue import transcripts as transcripts_table
from ingest.adding import iter_added, order_sources
from ingest.exporting import export_all, iter_lines
from search.hits import SearchRequest
from tests.audio_making import clicks, write_audio
from tests.fake_transcriber import FakeTranscriber
from tests.spine import make_engine, make_shop, work

FEED = """<?xml version="1.0"?>
<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0"
     xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel>
<title>The Ledger Room</title><link>https://ledger.example/</link><language>en</language>
<item><title>Quiet budgets</title><guid>lr-1</guid>
<pubDate>Thu, 05 Mar 2026 06:00:00 +0000</pubDate>
<itunes:duration>60</itunes:duration>
<description>Ida Berg on budgets that nobody reads.</description>
<enclosure url="one.mp3" type="audio/mpeg" length="5"/>
<podcast:transcript url="one.vtt" type="text/vtt"/></item>
<item><title>Loud meetings</title><guid>lr-2</guid>
<pubDate>Thu, 12 Mar 2026 06:00:00 +0000</pubDate>
<itunes:duration>12</itunes:duration>
<enclosure url="two.mp3" type="audio/mpeg" length="5"/></item>
</channel></rss>
"""
VTT = """WEBVTT

00:00:01.000 --> 00:00:06.000
<v Ida>A budget that nobody reads is a wish with columns.

00:00:07.000 --> 00:00:12.000
<v Ida>Show the margin to the whole team every Friday.

00:00:20.000 --> 00:00:26.000
<v Noor>Clients forgive a late invoice sooner than a surprising one.
"""
ISSUE = """Wishes with columns

The latest episode of The Ledger Room, with Ida Berg, is about budgets. We met at 10:30.

Key Takeaways:
The whole team should see the margin each Friday. (0:07)
A budget without readers is only a wish. (0:01)

More from us:
Our course starts at 9:00 and costs $40.
"""


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "sources"
    made.mkdir()
    (made / "feed.xml").write_text(FEED)
    (made / "one.vtt").write_text(VTT)
    write_audio(made / "two.mp3", clicks(12))
    (made / "issue.txt").write_text(ISSUE)
    return made


@pytest.fixture
def sources(folder):
    return [str(folder / "feed.xml"), str(folder / "issue.txt")]


@pytest.fixture
def shop(catalogue, home):
    return make_shop(catalogue, home)


def add(shop, sources):
    return list(iter_added(shop, sources))


def snapshot(catalogue):
    """Everything that is held, without what tells only when and by which number."""
    with catalogue.read() as conn:
        found = [
            (p.kind, p.text, p.start_ms, p.end_ms, p.speaker) for p in passages.list_passages(conn)
        ]
    return sorted(map(str, found)), sorted(iter_lines(catalogue))


class TestAdding:
    def test_a_feed_and_an_issue_become_words_takeaways_and_answers(self, shop, sources):
        added = add(shop, sources)
        assert [item.kind for item in added] == ["feed", "newsletter"]
        assert not any(item.problem for item in added)
        tally, failures = work(shop)
        assert (failures, tally.failed, tally.waiting) == ([], 0, 0)
        with shop.catalogue.read() as conn:
            one, two = sorted(episodes.list_episodes(conn), key=lambda e: e.guid)
            assert transcripts_table.find_transcript(conn, one.id).origin == "publisher"
            assert transcripts_table.find_transcript(conn, two.id).origin == "whisper"
            (issue,) = issues.list_issues(conn)
            assert issue.episode_id == one.id
            found = takeaways.list_takeaways(conn, issue_id=issue.id)
        assert [(t.text, t.stated_ms) for t in found] == [
            ("The whole team should see the margin each Friday.", 7000),
            ("A budget without readers is only a wish.", 1000),
        ]
        answer = make_engine(shop).search(
            SearchRequest(text="who sees the margin on Friday?", kind="transcript")
        )
        best = answer.hits[0].best
        assert (best.text, best.start_ms) == (
            "Show the margin to the whole team every Friday.",
            7000,
        )

    def test_adding_again_changes_nothing(self, shop, sources):
        add(shop, sources)
        work(shop)
        before = snapshot(shop.catalogue)
        again = add(shop, sources)
        assert [item.what for item in again] == ["feed, unchanged", "newsletter, unchanged"]
        tally, _ = work(shop)
        assert tally.done == 0
        assert snapshot(shop.catalogue) == before

    def test_a_touched_feed_redoes_nothing_for_the_episodes_that_stay(self, shop, folder, sources):
        add(shop, sources)
        work(shop)
        touched = FEED.replace("<item>", "<item><itunes:explicit>true</itunes:explicit>")
        (folder / "feed.xml").write_text(touched)
        (added,) = add(shop, sources[:1])
        assert not added.changed
        assert work(shop)[0].done == 0

    def test_one_bad_file_is_named_and_the_others_are_in(self, shop, tmp_path):
        folder = tmp_path / "fifty"
        folder.mkdir()
        for number in range(49):
            (folder / f"issue-{number}.txt").write_text(
                f"Issue {number}\n\nIts own words {number}."
            )
        (folder / "broken.mp3").write_bytes(b"ID3" + bytes(2000))
        added = add(shop, [str(folder)])
        bad = [item for item in added if item.problem]
        assert (len(added), len(bad)) == (50, 1)
        assert bad[0].source.endswith("broken.mp3")
        with shop.catalogue.read() as conn:
            assert issues.count_issues(conn) == 49

    def test_newsletters_come_after_what_they_speak_of(self, folder):
        names = [source.rsplit("/", 1)[1] for source in order_sources([str(folder)])]
        assert names.index("issue.txt") == len(names) - 1
        assert names[0] == "feed.xml"

    def test_a_feed_file_names_no_file_outside_its_folder(self, shop, folder):
        (folder.parent / "secret.vtt").write_text(VTT)
        (folder / "feed.xml").write_text(FEED.replace("one.vtt", "../secret.vtt"))
        add(shop, [str(folder / "feed.xml")])
        with shop.catalogue.read() as conn:
            assert episodes.find_episode(conn, "lr-1").transcript_refs == ()

    def test_audio_and_transcript_of_one_name_are_one_recording(self, shop, tmp_path):
        write_audio(tmp_path / "weekly_call.mp3", clicks(30))
        (tmp_path / "weekly_call.vtt").write_text(VTT)
        add(shop, [str(tmp_path / "weekly_call.vtt"), str(tmp_path / "weekly_call.mp3")])
        work(shop)
        with shop.catalogue.read() as conn:
            (episode,) = episodes.list_episodes(conn)
            assert (shop.home.media / episode.media_path).is_file()
            assert transcripts_table.find_transcript(conn, episode.id).origin == "publisher"

    def test_export_and_add_are_inverse(self, shop, sources, tmp_path, catalogue):
        from corpus.catalogue import open_catalogue
        from corpus.homes import Home

        add(shop, sources)
        work(shop)
        file = tmp_path / "everything.jsonl.gz"
        assert export_all(catalogue, file) == 3
        other = Home(tmp_path / "other")
        copy = make_shop(open_catalogue(other.path), other)
        (added,) = add(copy, [str(file)])
        assert added.problem is None
        work(copy)
        assert list(iter_lines(copy.catalogue)) == list(iter_lines(catalogue))
        copy.catalogue.close()

    def test_a_broken_line_of_an_interchange_file_is_named(self, shop, tmp_path):
        good = {"episode_id": "a", "podcast": "P", "title": "T", "segments": []}
        file = tmp_path / "half.jsonl"
        file.write_text(json.dumps(good) + "\n{broken\n" + json.dumps({**good, "episode_id": "b"}))
        (added,) = add(shop, [str(file)])
        assert "line 2" in added.problem
        with shop.catalogue.read() as conn:
            assert episodes.count_episodes(conn) == 2


class TestWorking:
    def test_a_killed_transcription_goes_on_and_ends_the_same(self, catalogue, home, sources):
        whole = make_shop(catalogue, home)
        add(whole, sources[:1])
        with pytest.raises(KeyboardInterrupt):
            work(replace(whole, get_transcriber=lambda: FakeTranscriber(dies_at=0)))
        with catalogue.read() as conn:
            assert jobs.count_jobs(conn)["running"] == 1
        with catalogue.write() as conn:
            # The worker's process is this very one, so only its lease can end.
            host = jobs.list_workers(conn)[0].split(":")[0]
            jobs.release_lost(conn, [], host, now_ms=0)
        _, failures = work(whole)
        assert failures == []
        with catalogue.read() as conn:
            two = episodes.find_episode(conn, "lr-2")
            assert len(transcripts_table.list_segments(conn, two.id)) > 0
            assert jobs.count_jobs(conn)["running"] == 0

    def test_a_failing_episode_stops_no_other(self, catalogue, home, folder, sources):
        (folder / "two.mp3").write_bytes(b"not audio at all" * 100)
        shop = make_shop(catalogue, home)
        add(shop, sources)
        tally, failures = work(shop)
        assert tally.failed == 1
        assert failures[0].startswith("audio failed")
        with catalogue.read() as conn:
            assert jobs.list_jobs(conn, state="failed")[0].problem
            assert transcripts_table.find_transcript(conn, episodes.find_episode(conn, "lr-1").id)

    def test_a_publishers_transcript_that_cannot_be_used_is_told_and_replaced(
        self, catalogue, home, folder, sources
    ):
        late = VTT.replace("00:00:20.000 --> 00:00:26.000", "00:40:20.000 --> 00:40:26.000")
        (folder / "one.vtt").write_text(late)
        write_audio(folder / "one.mp3", clicks(12))
        shop = make_shop(catalogue, home)
        add(shop, sources[:1])
        work(shop)
        with catalogue.read() as conn:
            one = episodes.find_episode(conn, "lr-1")
            assert transcripts_table.find_transcript(conn, one.id).origin == "whisper"

    @pytest.mark.parametrize("timed", [True, False])
    def test_a_publishers_transcript_that_comes_after_whispers_is_preferred(
        self, shop, folder, timed
    ):
        feed, transcriber = folder / "feed.xml", shop.get_transcriber()
        add(shop, [str(feed)])
        work(shop)
        with shop.catalogue.read() as conn:
            two = episodes.find_episode(conn, "lr-2")
            heard = transcripts_table.list_segments(conn, two.id)
            windows = len(transcriber.prompts)
        start = heard[0].start_ms // 1000
        words = " ".join(segment.text for segment in heard)
        told = f"WEBVTT\n\n00:00:{start:02}.000 --> 00:00:11.000\n<v Noor>{words}\n"
        (folder / "two.vtt").write_text(told)
        (folder / "two.txt").write_text(f"Noor:\n{words}\n\nIda:\nWord0 Word1 Word2.\n")
        name = "two.vtt" if timed else "two.txt"
        before = "<itunes:duration>12<"
        feed.write_text(FEED.replace(before, f'<podcast:transcript url="{name}"/>{before}'))
        add(shop, [str(feed)])
        with shop.catalogue.read() as conn:
            queued = [job.kind for job in jobs.list_jobs(conn, state="queued")]
        assert sorted(queued) == ["index", "publisher"]
        assert work(shop)[1] == []
        with shop.catalogue.read() as conn:
            held = transcripts_table.find_transcript(conn, two.id)
            spoken = transcripts_table.list_segments(conn, two.id)
            made = [p for p in passages.list_passages(conn) if p.kind == "transcript"]
        assert (held.origin, spoken[0].speaker) == ("publisher", "Noor")
        assert spoken[0].start_ms // 1000 == start
        told = " ".join(p.text for p in made if p.episode_id == two.id)
        assert " ".join(segment.text for segment in spoken) == told
        assert len(transcriber.prompts) == windows  # nothing was heard again
        add(shop, [str(feed)])
        with shop.catalogue.read() as conn:
            assert jobs.count_jobs(conn)["queued"] == 0  # and it is had once

    def test_a_late_transcript_lets_a_waiting_issue_be_joined(self, catalogue, home, sources):
        shop = make_shop(catalogue, home)
        add(shop, sources[1:])
        work(shop)
        with catalogue.read() as conn:
            assert issues.list_issues(conn)[0].episode_id is None
        add(shop, sources[:1])
        work(shop)
        with catalogue.read() as conn:
            joined = episodes.get_episode(conn, issues.list_issues(conn)[0].episode_id)
            assert joined.guid == "lr-1"

    def test_problems_of_a_feed_are_kept_for_a_person(self, shop, folder):
        (folder / "feed.xml").write_text(FEED.replace("</item>\n</channel>", "</channel>"))
        (added,) = add(shop, [str(folder / "feed.xml")])
        assert added.problem is None
        with shop.catalogue.read() as conn:
            assert notes.list_problems(conn, "show:1")
