"""Untimed transcripts: the publisher's words at the times of the audio."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.catalogue import episodes, transcripts
from corpus.records import Segment, Word
from ingest.adding import iter_added
from ingest.transcript_alignment import align_transcript, match_words
from tests.audio_making import clicks, write_audio
from tests.spine import make_shop, work


def heard(text, *, step=500):
    """Words of 0.4 s, one each half second; a dot alone is a pause."""
    words = [
        Word(start_ms=at * step, end_ms=at * step + 400, text=word)
        for at, word in enumerate(text.split())
        if word != "."
    ]
    return [
        Segment(start_ms=words[0].start_ms, end_ms=words[-1].end_ms, text=text, words=tuple(words))
    ]


def published(*paragraphs):
    return [Segment(start_ms=0, end_ms=0, text=text, speaker=who) for who, text in paragraphs]


def starts(aligned):
    return {word.text: word.start_ms for segment in aligned.segments for word in segment.words}


TALK = "a budget that nobody reads is a wish with columns and so we show the margin each friday"


class TestAligning:
    def test_words_and_speakers_are_the_publishers_and_times_the_audios(self):
        text = published(
            ("Ida", "A budget that nobody reads is a wish, with columns."),
            ("Noor", "And so we show the margin. Each Friday!"),
        )
        aligned = align_transcript(text, heard(TALK), duration_ms=9_000)
        assert aligned.matched == 1.0
        assert [(s.speaker, s.start_ms, s.end_ms, s.text) for s in aligned.segments] == [
            ("Ida", 0, 4900, "A budget that nobody reads is a wish, with columns."),
            ("Noor", 5000, 7900, "And so we show the margin."),
            ("Noor", 8000, 8900, "Each Friday!"),
        ]

    def test_a_name_that_was_misheard_has_the_time_of_what_was_heard(self):
        spoken = heard("so today we have with us jeni plont who runs a large agency in leeds")
        text = published(
            (None, "So today we have with us Jenny Plant, who runs a large agency in Leeds.")
        )
        aligned = align_transcript(text, spoken, duration_ms=8_000)
        assert 3_000 - 200 <= starts(aligned)["Jenny"] <= 3_200
        assert starts(aligned)["Plant,"] < starts(aligned)["who"] == 4_000

    def test_what_was_cut_from_the_transcript_does_not_shift_what_follows(self):
        advert = " ".join(f"buy{n} this{n} thing{n}" for n in range(60))
        first, second = TALK.split(" and ")
        aligned = align_transcript(
            published((None, f"{first.capitalize()}. And {second}.")),
            heard(f"{first} {advert} and {second}"),
            duration_ms=120_000,
        )
        assert starts(aligned)["columns."] == 9 * 500
        assert starts(aligned)["show"] == (10 + 180 + 3) * 500

    def test_what_is_said_after_a_pause_belongs_to_what_follows(self):
        spoken = heard(f"{TALK} {'. ' * 60} clients forgive a late invoice sooner than a surprise")
        text = published((None, f"{TALK}. Well then. Clients forgive a late invoice sooner."))
        aligned = align_transcript(text, spoken, duration_ms=60_000)
        assert starts(aligned)["Well"] > 35_000

    def test_letters_without_spaces_are_words_of_their_own(self):
        spoken = heard("予算 は 誰も 読まない 願い です 。 列 の ある 願い です")
        aligned = align_transcript(
            published(("井田", "予算は誰も読まない、願いです。列のある願いです。")),
            spoken,
            duration_ms=7_000,
        )
        assert [segment.text for segment in aligned.segments] == [
            "予算は誰も読まない、願いです。",
            "列のある願いです。",
        ]
        assert aligned.segments[1].start_ms == 3_500

    def test_another_text_is_not_usable(self):
        other = "we went to the sea and it was cold so we went home to the fire with the dog"
        aligned = align_transcript(published((None, other)), heard(TALK), duration_ms=9_000)
        assert not aligned.usable

    @pytest.mark.parametrize("text", ["", "—", " \n", "?!"])
    def test_nothing_to_compare_is_not_usable(self, text):
        aligned = align_transcript(published((None, text)), heard(TALK), duration_ms=9_000)
        assert (aligned.matched, aligned.usable) == (0.0, False)

    def test_three_hours_of_one_word_take_no_time(self):
        talk = published((None, "yes " * 30_000))
        aligned = align_transcript(talk, heard("yes " * 30_000), duration_ms=15_000_000)
        assert sum(len(segment.words) for segment in aligned.segments) == 30_000

    vocabulary = st.sampled_from(
        ["the", "a", "budget", "wish", "“invoice”", "St.", "it's", "予算は誰", "3.5", "—", "x。y"]
    )
    texts = st.lists(st.lists(vocabulary, max_size=40).map(" ".join), max_size=6)

    @given(
        texts,
        st.lists(st.tuples(vocabulary, st.integers(-500, 90_000), st.integers(-500, 9_000))),
        st.integers(0, 90_000),
    )
    def test_no_word_is_lost_or_invented_and_times_never_go_back(self, texts, said, duration_ms):
        words = tuple(
            Word(start_ms=start, end_ms=start + length, text=text) for text, start, length in said
        )
        spoken = [Segment(start_ms=0, end_ms=1, text="x", words=words)]
        text = [
            Segment(start_ms=0, end_ms=0, text=each, speaker=f"S{n}")
            for n, each in enumerate(texts)
        ]
        aligned = align_transcript(text, spoken, duration_ms=duration_ms)
        for number, each in enumerate(texts):
            mine = [s for s in aligned.segments if s.speaker == f"S{number}"]
            assert "".join("".join(s.text.split()) for s in mine) == "".join(each.split())
            assert " ".join(s.text for s in mine).split() == each.split() or "。" in each
            for segment in mine:
                said_words = "".join(word.text for word in segment.words)
                assert said_words == "".join(segment.text.split())
        times = [time for s in aligned.segments for w in s.words for time in (w.start_ms, w.end_ms)]
        assert times == sorted(times)
        assert all(0 <= time <= duration_ms for time in times)
        assert 0.0 <= aligned.matched <= 1.0

    @given(
        st.lists(st.sampled_from("abcd"), max_size=60),
        st.lists(st.sampled_from("abcd"), max_size=60),
    )
    def test_matches_rise_on_both_sides_and_are_of_equal_words(self, mine, theirs):
        pairs = match_words(mine, theirs)
        assert all(mine[a] == theirs[b] for a, b in pairs)
        assert all(a < c and b < d for (a, b), (c, d) in pairwise(pairs))


FEED = """<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel>
<title>The Ledger Room</title><item><title>One</title><guid>lr-1</guid>
<enclosure url="one.mp3" type="audio/mpeg" length="5"/>
<podcast:transcript url="one.html" type="text/html"/></item></channel></rss>"""
HTML = """<html><body><cite>Ida:</cite><p>Word0, word1, word2: word3, word4. So, word5!</p>
<cite>Noor:</cite><p>Word6, word7. Word8. Word9 &amp; word10.</p></body></html>"""


class TestTheSpine:
    @pytest.fixture
    def shop(self, catalogue, home):
        return make_shop(catalogue, home)

    @pytest.fixture
    def folder(self, tmp_path):
        made = tmp_path / "sources"
        made.mkdir()
        (made / "feed.xml").write_text(FEED)
        (made / "one.html").write_text(HTML)
        write_audio(made / "one.mp3", clicks(12))
        return made

    def held(self, shop):
        with shop.catalogue.read() as conn:
            (episode,) = episodes.list_episodes(conn)
            return (
                transcripts.find_transcript(conn, episode.id),
                transcripts.list_segments(conn, episode.id),
            )

    def test_an_untimed_transcript_is_timed_by_the_audio(self, shop, folder):
        list(iter_added(shop, [str(folder / "feed.xml")]))
        assert work(shop)[1] == []
        transcript, segments = self.held(shop)
        assert (transcript.origin, transcript.format, transcript.model) == (
            "publisher",
            "html",
            "fake",
        )
        assert [segment.speaker for segment in segments] == ["Ida", "Ida", "Noor", "Noor", "Noor"]
        assert segments[0].text == "Word0, word1, word2: word3, word4."
        assert segments[0].start_ms > 0
        assert "% of its words are heard" in transcript.problems[-1]

    def test_one_of_another_episode_is_told_and_not_used(self, shop, folder):
        (folder / "one.html").write_text(HTML.replace("ord", "ish"))
        list(iter_added(shop, [str(folder / "feed.xml")]))
        assert work(shop)[1] == []
        transcript, _ = self.held(shop)
        assert transcript.origin == "whisper"
        assert "only 0 % of its words" in transcript.problems[-1]

    @pytest.mark.parametrize("first", ["one.mp3", "one.srt"])
    @pytest.mark.parametrize("working", [True, False])
    def test_a_file_without_times_takes_them_from_its_audio(self, shop, folder, first, working):
        (folder / "one.srt").write_text("IDA: Word0, word1, word2.\n\nNOOR: Word3.\n\nIDA: Word4.")
        second = {"one.mp3": "one.srt", "one.srt": "one.mp3"}[first]
        for name in (first, second):
            (added,) = iter_added(shop, [str(folder / name)])
            assert added.problem is None
            if working:
                assert work(shop)[1] == []
        work(shop)
        transcript, segments = self.held(shop)
        assert (transcript.origin, transcript.format) == ("publisher", "text")
        assert [segment.speaker for segment in segments] == ["IDA", "NOOR", "IDA"]
