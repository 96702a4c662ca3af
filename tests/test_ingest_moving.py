"""Audio that changed its length: what points into it follows, or is flagged."""

from dataclasses import replace

import pytest
from click.testing import CliRunner

from corpus.catalogue import episodes, jobs, notes, takeaways, transcripts, tray, undos
from corpus.holdings import Pick
from corpus.records import Segment, Word
from ingest.moving import ask_to_relisten
from ingest.speech.segments import cut_segments
from ingest.speech.transcriber import WindowResult
from ingest.takeaway_edits import take_back
from tests.audio_making import clicks, write_audio
from tests.fake_door import FakeDoor
from tests.fake_transcriber import FakeTranscriber
from tests.page_audit import parse
from tests.spine import make_shop, work
from tests.web_house import BEST, BEST_MS, make_full_house, segments
from web.app import create_app
from web.cli import cli

ADVERT_MS = 30_000
AUDIO = "https://example.com/one.mp3"


class ScriptedTranscriber(FakeTranscriber):
    """Hears what it was told, whatever sounds."""

    def __init__(self, words):
        super().__init__()
        self._words = words

    def transcribe_window(self, samples, *, language, prompt="", on_heard=None):
        return WindowResult(segments=cut_segments(self._words, language), language=language)


def words_of(said, *, from_ms, by_ms):
    """Return the words of segments, those from a moment on heard later."""
    found = []
    for segment in said:
        parts = segment.text.split()
        step = (segment.end_ms - segment.start_ms) // len(parts)
        for at, part in enumerate(parts):
            start = segment.start_ms + at * step
            start += by_ms if start >= from_ms else 0
            found.append(Word(start_ms=start, end_ms=start + step - 20, text=part))
    return found


@pytest.fixture
def house(home, catalogue):
    return make_full_house(home, catalogue)


@pytest.fixture
def episode_id(house):
    return house.ids["full"]


@pytest.fixture
def longer(tmp_path):
    """The bytes of the audio with half a minute put in."""
    return write_audio(tmp_path / "longer.mp3", clicks(90)).read_bytes()


def make_listening_shop(house, home, audio, words):
    shop = make_shop(
        house.catalogue,
        home,
        door=FakeDoor({AUDIO: audio}),
        transcriber=ScriptedTranscriber(words),
    )
    with house.catalogue.write() as conn:
        for job in jobs.list_jobs(conn):
            jobs.fail_job(conn, job, "not of this test", again=False, now_ms=1)
    return shop


def relisten(shop, episode_id):
    with shop.catalogue.write() as conn:
        episode = episodes.get_episode(conn, episode_id)
        ask_to_relisten(conn, episode, now_ms=shop.now_ms())
    return work(shop)


def state_feed(house, episode_id, feed_ms, then_ms=60_000):
    """Let the feed say another length now than when the transcript came."""
    with house.catalogue.write() as conn:
        transcript = transcripts.find_transcript(conn, episode_id)
        transcripts.set_transcript(conn, transcript.id, feed_duration_ms=then_ms + 1)
        conn.exec_driver_sql(
            f"UPDATE episodes SET feed_duration_ms = {feed_ms + 1} WHERE id = {episode_id}"
        )


def test_an_advert_moves_takeaways_picks_chapters_and_the_transcript(
    house, home, longer, episode_id
):
    said = words_of(segments(), from_ms=12_000, by_ms=ADVERT_MS)
    advert = Word(start_ms=13_000, end_ms=14_000, text="Mattresses!")
    shop = make_listening_shop(
        house, home, longer, sorted([*said, advert], key=lambda w: w.start_ms)
    )
    with house.catalogue.write() as conn:
        tray.add_to_tray(
            conn, Pick(text="x", episode_id=episode_id, start_ms=40_000, end_ms=None), now_ms=1
        )
        before = takeaways.list_takeaways(conn, issue_id=house.ids["issue"])
    _, failures = relisten(shop, episode_id)
    assert failures == []
    with house.catalogue.read() as conn:
        transcript = transcripts.find_transcript(conn, episode_id)
        moved = transcripts.list_segments(conn, episode_id)
        first, second, third = takeaways.list_takeaways(conn, issue_id=house.ids["issue"])
        picked = tray.list_tray(conn)[-1]
        chapters = episodes.list_chapters(conn, episode_id)
    assert transcript.origin == "publisher"
    assert [one.text for one in moved] == [one.text for one in segments()]
    assert [one.speaker for one in moved] == [one.speaker for one in segments()]
    assert moved[0].start_ms == 0
    assert moved[1].start_ms == pytest.approx(12_000 + ADVERT_MS, abs=1_000)
    assert first.found_ms == pytest.approx(BEST_MS + ADVERT_MS, abs=1_000)
    assert (first.stated_ms, first.verdict) == (BEST_MS, "moved")
    assert second.start_ms == pytest.approx(40_000 + ADVERT_MS, abs=1_000)
    assert third.found_ms is None
    assert picked.start_ms == pytest.approx(40_000 + ADVERT_MS, abs=1_000)
    assert chapters[0].start_ms == 0
    assert chapters[2].start_ms == pytest.approx(36_000 + ADVERT_MS, abs=1_000)
    assert any("times were moved by up to 0:30" in text for text in transcript.problems)
    with house.catalogue.read() as conn:
        undo_id = undos.find_last_undo(conn, f"episode:{episode_id}")
    take_back(house.catalogue, undo_id, now_ms=9)
    with house.catalogue.read() as conn:
        assert takeaways.list_takeaways(conn, issue_id=house.ids["issue"]) == before


def test_the_same_audio_again_moves_nothing(house, home, tmp_path, episode_id):
    audio = write_audio(tmp_path / "same.mp3", clicks(60)).read_bytes()
    shop = make_listening_shop(house, home, audio, words_of(segments(), from_ms=0, by_ms=0))
    with house.catalogue.read() as conn:
        before = takeaways.list_takeaways(conn, episode_id=episode_id)
    relisten(shop, episode_id)
    relisten(shop, episode_id)
    with house.catalogue.read() as conn:
        assert takeaways.list_takeaways(conn, episode_id=episode_id) == before
        assert transcripts.list_segments(conn, episode_id) == segments()


def test_other_words_move_nothing_and_are_told(house, home, longer, episode_id):
    state_feed(house, episode_id, 60_000)
    other = [Segment(start_ms=0, end_ms=60_000, text="quite another talk about gardens " * 12)]
    shop = make_listening_shop(house, home, longer, words_of(other, from_ms=0, by_ms=0))
    relisten(shop, episode_id)
    with house.catalogue.read() as conn:
        problems = [text for _, text in notes.list_problems(conn, f"episode:{episode_id}")]
        assert transcripts.list_segments(conn, episode_id) == segments()
    assert any("says other words" in text for text in problems)


def test_an_episode_without_audio_cannot_be_heard_again(house):
    client = create_app(house).test_client()
    page = client.post(f"/episodes/{house.ids['silent']}/listen-again", follow_redirects=True)
    assert "has no audio to listen to again" in page.text
    assert client.post(f"/api/v1/episodes/{house.ids['silent']}/listen-again").status_code == 409


def test_what_cannot_be_known_is_flagged_everywhere(house, episode_id):
    state_feed(house, episode_id, 135_000)
    client = create_app(house).test_client()
    why = "the audio is 1:15 longer than the transcript’s"
    page = parse(client.get(f"/episodes/{episode_id}"))
    assert why in page.get_text()
    assert why in client.get(f"/issues/{house.ids['issue']}").text
    hit = client.get("/api/v1/search?q=x").json["hits"][0]
    assert why in hit["problem"]
    assert all(not link["exact"] for link in hit["links"])
    assert all(why in link["label"] for link in hit["links"] if link["label"] != "episode page")
    assert why in parse(client.get("/?q=x")).select_one(".elsewhere").get_text()
    for item in client.get(f"/api/v1/takeaways?of=issue:{house.ids['issue']}").json["takeaways"]:
        assert (item["problem"] is None) == (item["start_ms"] is None)
    assert why in client.get(f"/api/v1/episodes/{episode_id}").json["problems"][0]
    entry = client.post("/api/v1/tray", json={"episode_id": episode_id, "at_ms": BEST_MS}).json
    assert why in entry["problem"]
    assert why in client.get("/tray").text


def test_the_owner_can_say_that_times_are_right_and_take_it_back(house, episode_id):
    state_feed(house, episode_id, 135_000)
    client = create_app(house).test_client()
    undo_id = client.post(f"/api/v1/episodes/{episode_id}/times-right").json["undo_id"]
    assert client.get(f"/api/v1/episodes/{episode_id}").json["problems"] == []
    client.post(f"/api/v1/undos/{undo_id}")
    assert len(client.get(f"/api/v1/episodes/{episode_id}").json["problems"]) == 1
    page = client.post(f"/episodes/{episode_id}/times-right", follow_redirects=True)
    assert "taken for right" in page.text
    assert "longer" not in page.text


def test_the_command_line_says_it_and_sees_to_it(house, home, episode_id):
    state_feed(house, episode_id, 135_000)
    run = ["--home", str(home.path), "check", str(episode_id)]
    assert "times may be off by up to 1:15" in CliRunner().invoke(cli, run).output
    result = CliRunner().invoke(cli, [*run, "--times-right"])
    assert result.exit_code == 0
    assert "may be off" not in result.output


def test_a_poll_keeps_the_measured_length_and_sees_the_stated_one_change(house, episode_id):
    with house.catalogue.write() as conn:
        episodes.set_media(conn, episode_id, path="a.mp3", media_hash="h", duration_ms=60_500)
        held = episodes.get_episode(conn, episode_id)
    assert (held.duration_ms, held.media_ms, held.feed_duration_ms) == (60_500, 60_500, 60_000)
    from corpus.records import ParsedEpisode

    with house.catalogue.write() as conn:
        parsed = ParsedEpisode(guid="one", title=held.title, duration_ms=75_000)
        episodes.put_episode(conn, held.show_id, parsed, now_ms=2)
        now = episodes.get_episode(conn, episode_id)
    assert (now.duration_ms, now.feed_duration_ms) == (60_500, 75_000)
    assert replace(now, feed_duration_ms=60_000, content_hash="", language=None) == replace(
        held, content_hash="", language=None
    )
    assert BEST
