"""Audio that changed, heard by Whisper itself: what points into it follows, or is not found."""

import json
from pathlib import Path

import numpy as np
import pytest

import corpus.samples
from corpus.catalogue import episodes, shows, takeaways, transcripts
from corpus.catalogue.shows import ShowFacts
from corpus.moments import format_moment
from corpus.records import Enclosure, ParsedEpisode, ParsedTakeaway
from ingest.moving import store_moved
from ingest.published_transcripts import parse_transcript
from ingest.speech.decoder import iter_samples
from ingest.speech.transcriber import transcribe_audio
from ingest.speech.whisper_transcriber import WhisperTranscriber
from tests.audio_making import tone, write_audio
from tests.spine import make_shop

pytestmark = pytest.mark.real_model

SAMPLES = Path(corpus.samples.__file__).parent
RATE = 16_000
NEAR_MS = 1_000
GONE = 3  # sentences that are taken out


def read_sample(name):
    return np.concatenate(list(iter_samples(SAMPLES / f"{name}.mp3")))


def cut(samples, start_s, end_s):
    return samples[round(start_s * RATE) : round(end_s * RATE)]


@pytest.fixture(scope="module")
def sentences():
    """The first half of a talk: every form of it is heard whole."""
    truth = json.loads((SAMPLES / "the-small-yes.truth.json").read_text(encoding="utf-8"))
    return truth["sentences"][:20]


@pytest.fixture(scope="module")
def joint(sentences):
    """The sentence in the middle, before which audio is put in or taken out."""
    return len(sentences) // 2


@pytest.fixture(scope="module")
def adverts():
    beeps = [tone(3.0, RATE, hertz, level=0.2) for hertz in (220.0, 330.0, 440.0)]
    spoken = cut(read_sample("where-the-hours-go"), 62.0, 84.0)
    return {
        "speech": np.concatenate([beeps[0], spoken, beeps[1]]),
        "tones": np.concatenate([*beeps, np.zeros(RATE, np.float32)] * 2),
    }


@pytest.fixture(scope="module")
def heard(tmp_path_factory, sentences, joint, adverts):
    """The talk and its changed forms as Whisper hears each, and by how much all behind moves."""
    folder = tmp_path_factory.mktemp("audio")
    tiny = WhisperTranscriber("tiny.en", cache=tmp_path_factory.mktemp("weights"))
    talk = cut(read_sample("the-small-yes"), 0, sentences[-1]["end"] + 0.2)
    at, behind = (_pause_before(sentences, place) for place in (joint, joint + GONE))
    forms = {"same": (talk, 0), "cut": (np.concatenate([talk[:at], talk[behind:]]), at - behind)}
    for name, advert in adverts.items():
        forms[name] = (np.concatenate([talk[:at], advert, talk[at:]]), len(advert))
    swapped = np.concatenate([talk[:at], adverts["speech"], talk[behind:]])
    forms["swapped"] = (swapped, at + len(adverts["speech"]) - behind)
    found = {}
    for name, (samples, by) in forms.items():
        path = write_audio(folder / f"{name}.flac", samples, rate=RATE)
        found[name] = (transcribe_audio(path, tiny, language="en"), round(by / RATE * 1000))
    return found


def _pause_before(sentences, place):
    return round((sentences[place - 1]["end"] + sentences[place]["start"]) / 2 * RATE)


@pytest.fixture(params=["heard", "published"])
def spoken(request, heard, sentences):
    """The transcript that is held: what Whisper heard, or what the publisher gives."""
    if request.param == "heard":
        return heard["same"][0].segments, {"origin": "whisper", "model": "tiny.en"}
    said = parse_transcript((SAMPLES / "the-small-yes.vtt").read_bytes()).segments
    until_ms = round(sentences[-1]["end"] * 1000)
    return [one for one in said if one.start_ms < until_ms], {"origin": "publisher"}


@pytest.fixture
def shop(home, catalogue, spoken, sentences):
    """An episode whose every sentence is a takeaway with its time, and a draft too."""
    segments, facts = spoken
    with catalogue.write() as conn:
        show_id = shows.put_show(conn, ShowFacts(kind="podcast", title="The Spare Desk"), now_ms=1)
        audio = Enclosure(url="https://example.com/a.mp3", type="audio/mpeg")
        parsed = ParsedEpisode(guid="one", title="The Small Yes", enclosures=(audio,))
        episode_id, _ = episodes.put_episode(conn, show_id, parsed, now_ms=1)
        transcripts.put_transcript(conn, episode_id, segments, language="en", now_ms=1, **facts)
        stated = [
            ParsedTakeaway(text=one["text"], start_ms=round(one["start"] * 1000))
            for one in sentences
        ]
        for origin in ("show notes", "drafted"):
            takeaways.put_takeaways(conn, stated, origin=origin, episode_id=episode_id)
        for item in takeaways.list_takeaways(conn):
            takeaways.set_found(
                conn,
                item.id,
                found_ms=item.stated_ms,
                found_end_ms=round(sentences[item.position]["end"] * 1000),
                verdict="confirmed",
                confidence=0.9,
                sentence=item.text,
            )
    return make_shop(catalogue, home)


def change(shop, heard, name):
    with shop.catalogue.read() as conn:
        (episode,) = episodes.list_episodes(conn)
        held = transcripts.find_transcript(conn, episode.id)
        before = takeaways.list_takeaways(conn)
    new, by_ms = heard[name]
    assert store_moved(shop, episode, held, new) is not None
    with shop.catalogue.read() as conn:
        after = takeaways.list_takeaways(conn)
        return (
            list(zip(before, after, strict=True)),
            by_ms,
            transcripts.find_transcript(conn, episode.id),
        )


@pytest.mark.parametrize("name", ["speech", "tones"])
def test_all_behind_an_advert_follows_within_a_second_and_nothing_before_it_moves(
    shop, heard, joint, name
):
    pairs, by_ms, transcript = change(shop, heard, name)
    assert 20_000 <= by_ms <= 40_000
    for was, now in pairs:
        moved_ms = by_ms if was.position >= joint else 0
        assert now.verdict != "not found", was.text
        assert now.found_ms == pytest.approx(was.found_ms + moved_ms, abs=NEAR_MS), was.text
        if was.position < joint:
            assert (now.found_ms, now.stated_ms, now.verdict) == (
                was.found_ms,
                was.stated_ms,
                was.verdict,
            )
        elif was.is_draft:
            assert now.stated_ms == now.found_ms
        else:
            assert (now.stated_ms, now.verdict) == (was.stated_ms, "moved")
    assert not any("other words there" in problem for problem in transcript.problems)


@pytest.mark.parametrize("name", ["cut", "swapped"])
def test_what_was_taken_out_is_not_found_and_told_with_both_times(shop, heard, joint, name):
    pairs, by_ms, transcript = change(shop, heard, name)
    gone = range(joint, joint + GONE)
    for was, now in pairs:
        if was.position in gone:
            assert (now.verdict, now.found_ms, now.sentence) == ("not found", None, None), was.text
            said_at = format_moment(was.found_ms)
            told = [p for p in transcript.problems if was.text[:60] in p]
            assert len(told) == 1
            assert f"was said at {said_at}" in told[0]
            assert "has other words there, at " in told[0]
            continue
        moved_ms = by_ms if was.position >= joint else 0
        assert now.verdict != "not found", was.text
        assert now.found_ms == pytest.approx(was.found_ms + moved_ms, abs=NEAR_MS), was.text
    middle = next(was.text for was, _ in pairs if was.position == joint + 1)
    with shop.catalogue.read() as conn:
        said = transcripts.list_segments(conn, transcript.episode_id)
    assert middle not in " ".join(one.text for one in said)


def test_the_same_audio_heard_again_moves_and_loses_nothing(shop, heard):
    pairs, _, transcript = change(shop, heard, "same")
    assert [now for _, now in pairs] == [was for was, _ in pairs]
    assert not any("other words there" in problem for problem in transcript.problems)
