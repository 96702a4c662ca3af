"""Whether audio is still that of its transcript: what is compared, and what is said of it."""

from dataclasses import replace

import pytest

from corpus.catalogue import episodes, shows, transcripts
from corpus.catalogue.shows import ShowFacts
from corpus.records import Enclosure, ParsedEpisode
from ingest.audio_length import find_drift, has_other_audio
from tests.web_house import segments

HOUR_MS = 3_600_000


@pytest.fixture
def held(catalogue):
    """An episode that its feed gives 59:50, with a transcript of that time."""
    with catalogue.write() as conn:
        show_id = shows.put_show(conn, ShowFacts(kind="podcast", title="A Show"), now_ms=1)
        parsed = ParsedEpisode(
            guid="1",
            title="One",
            duration_ms=HOUR_MS - 10_000,
            enclosures=(Enclosure(url="https://example.com/1.mp3", bytes=60_000_000),),
        )
        episode_id, _ = episodes.put_episode(conn, show_id, parsed, now_ms=1)
        transcripts.put_transcript(
            conn,
            episode_id,
            segments(),
            origin="publisher",
            feed_duration_ms=HOUR_MS - 10_000,
            audio_bytes=60_000_000,
            now_ms=1,
        )
        return episodes.get_episode(conn, episode_id), transcripts.find_transcript(conn, episode_id)


def measured(held, media_ms, **facts):
    episode, transcript = held
    episode = replace(episode, media_path="a.mp3", media_hash="new", media_ms=media_ms)
    return episode, replace(transcript, **facts)


def test_nothing_has_changed_at_first(held):
    assert find_drift(*held) is None
    assert find_drift(held[0], None) is None


@pytest.mark.parametrize(
    ("now_ms", "by_ms"),
    [
        (HOUR_MS - 10_000 + 4_000, None),  # rounded otherwise
        (HOUR_MS - 10_000 + 75_000, 75_000),
        (HOUR_MS - 10_000 - 30_000, -30_000),
        (HOUR_MS, None),  # whole minutes now
        (HOUR_MS + 120_000, 130_000),
        (None, None),
    ],
)
def test_what_the_feed_says_now_is_compared_with_what_it_said(held, now_ms, by_ms):
    episode, transcript = held
    found = find_drift(replace(episode, feed_duration_ms=now_ms), transcript)
    assert (found and found.by_ms) == by_ms


@pytest.mark.parametrize(
    ("bytes_now", "by_ms"),
    [
        (61_000_000, 59_833),
        (60_050_000, None),  # another picture
        (90_000_000, None),  # another bit rate
        (1, None),  # no size
        (None, None),
    ],
)
def test_its_size_is_a_guess_where_the_length_is_the_same(held, bytes_now, by_ms):
    episode, transcript = held
    found = find_drift(replace(episode, audio_bytes=bytes_now), transcript)
    assert (found and found.by_ms) == by_ms
    assert found is None or "judging by its size" in found.problem


def test_measured_audio_is_compared_to_the_second(held):
    found = find_drift(*measured(held, HOUR_MS + 75_000, duration_ms=HOUR_MS, audio_hash="old"))
    assert found.problem == (
        "times may be off by up to 1:15: the audio is 1:15 longer than the transcript’s"
    )
    same = measured(held, HOUR_MS + 400, duration_ms=HOUR_MS, audio_hash="old")
    assert find_drift(*same) is None
    assert not has_other_audio(*same)


def test_a_publishers_transcript_is_compared_with_the_audio_that_is_held(held):
    found = find_drift(*measured(held, HOUR_MS + 75_000))
    assert found.by_ms == 85_000
    assert has_other_audio(*measured(held, HOUR_MS + 75_000))
    assert find_drift(*measured(held, HOUR_MS - 8_000)) is None


def test_a_copy_held_stays_right_when_the_publishers_changes(held):
    episode, transcript = measured(held, HOUR_MS - 10_000, audio_hash="new")
    found = find_drift(replace(episode, feed_duration_ms=HOUR_MS + 65_000), transcript)
    assert found.is_held_right
    assert "in which they are right" in found.problem
    assert not has_other_audio(episode, transcript)
