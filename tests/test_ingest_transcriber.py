import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import AudioError, FormatError
from corpus.records import Segment, Word
from ingest.speech.transcriber import (
    MemoryStore,
    Progress,
    WindowResult,
    format_window_result,
    parse_window_result,
    prompt_of,
    speech_language,
    time_left_ms,
    transcribe_audio,
)
from ingest.speech.whisper_transcriber import WhisperTranscriber
from tests.audio_making import clicks, noise, spoil, tone, write_audio
from tests.fake_transcriber import FakeTranscriber

SILENCE = np.zeros(16_000 * 5, np.float32)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    return WhisperTranscriber("tiny.en", cache=tmp_path_factory.mktemp("weights"))


@pytest.fixture(params=["fake", pytest.param("tiny", marks=pytest.mark.real_model)])
def transcriber(request):
    if request.param == "fake":
        return FakeTranscriber()
    return request.getfixturevalue("tiny")


# The contract of every Transcriber.


@pytest.mark.parametrize(
    "samples",
    [
        np.empty(0, np.float32),
        np.zeros(1, np.float32),
        np.zeros(3_200, np.float32),
        SILENCE,
        noise(8.0),
        noise(8.0, level=0.01),
        tone(8.0, 16_000, 440.0, level=0.3),
        tone(0.2, 16_000, 440.0, level=0.3),
        tone(6.0, 16_000, 60.0) + tone(6.0, 16_000, 1_000.0) * np.linspace(0, 1, 96_000, dtype="f"),
    ],
    ids=["none", "sample", "blink", "silence", "noise", "hiss", "tone", "beep", "chord"],
)
def test_nothing_is_invented_where_nobody_speaks(transcriber, samples):
    assert transcriber.transcribe_window(samples, language="en").segments == ()
    assert transcriber.detect_language(samples) is None


def test_a_transcriber_says_what_it_is(transcriber):
    assert transcriber.model
    assert "en" in transcriber.languages


def test_words_are_in_order_and_inside_the_window(transcriber):
    samples = clicks(4.0, 16_000)
    heard = []
    result = transcriber.transcribe_window(samples, language="en", on_heard=heard.append)
    words = [word for segment in result.segments for word in segment.words]
    times = [time for word in words for time in (word.start_ms, word.end_ms)]
    assert times == sorted(times)
    assert all(0 <= time <= 4_000 for time in [*times, *heard])
    assert all(
        segment.text == " ".join(word.text for word in segment.words) for segment in result.segments
    )
    assert transcriber.transcribe_window(samples, language="en").segments == result.segments


def test_segments_of_the_real_one_are_named_by_its_model(tiny):
    assert tiny.model == "whisper-tiny.en"


# The driver.


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    """Eleven clicks in twelve seconds."""
    path = tmp_path_factory.mktemp("audio") / "r.flac"
    return write_audio(path, clicks(12.0, 16_000), rate=16_000)


def words_of(transcribed):
    return [word for segment in transcribed.segments for word in segment.words]


@pytest.mark.parametrize("max_window_ms", [600_000, 5_000, 2_000, 700])
def test_words_keep_their_times_in_windows_of_any_length(recording, max_window_ms):
    transcribed = transcribe_audio(recording, FakeTranscriber(), max_window_ms=max_window_ms)
    starts = [word.start_ms for word in words_of(transcribed)]
    assert starts == pytest.approx([second * 1000 for second in range(1, 12)], abs=2)
    assert transcribed.duration_ms == 12_000
    assert (transcribed.model, transcribed.language, transcribed.problems) == ("fake", "en", ())


def test_the_text_of_segments_is_that_of_their_words(recording):
    transcribed = transcribe_audio(recording, FakeTranscriber())
    assert [segment.text for segment in transcribed.segments] == [
        "Word0 Word1 Word2.",
        "Word3 Word4 Word5.",
        "Word6 Word7 Word8.",
        "Word9 Word10",
    ]
    for segment in transcribed.segments:
        assert segment.start_ms == segment.words[0].start_ms
        assert segment.end_ms == segment.words[-1].end_ms


@pytest.mark.parametrize("dies_at", range(5))
def test_a_killed_transcription_goes_on_and_ends_the_same(recording, dies_at):
    whole = transcribe_audio(recording, FakeTranscriber(), max_window_ms=3_000)
    store = MemoryStore()
    with pytest.raises(KeyboardInterrupt):
        transcribe_audio(
            recording, FakeTranscriber(dies_at=dies_at), store=store, max_window_ms=3_000
        )
    second = FakeTranscriber()
    assert transcribe_audio(recording, second, store=store, max_window_ms=3_000) == whole
    fresh = FakeTranscriber()
    transcribe_audio(recording, fresh, max_window_ms=3_000)
    assert second.prompts == fresh.prompts[dies_at:]
    assert second.listened == (0 if dies_at else 1)


def test_results_saved_for_other_windows_are_not_used(recording):
    store = MemoryStore()
    transcribe_audio(recording, FakeTranscriber(), store=store, max_window_ms=3_000)
    again = transcribe_audio(recording, FakeTranscriber(), store=store, max_window_ms=4_000)
    assert again == transcribe_audio(recording, FakeTranscriber(), max_window_ms=4_000)


def test_progress_counts_up_to_the_end(recording):
    told = []
    transcribe_audio(recording, FakeTranscriber(), on_progress=told.append, max_window_ms=5_000)
    done = [progress.done_ms for progress in told]
    assert done == sorted(done)
    assert (done[0], done[-1]) == (0, 12_000)
    assert {progress.total_ms for progress in told} == {12_000}


def test_progress_of_a_resumed_run_knows_what_was_done(recording):
    store = MemoryStore()
    with pytest.raises(KeyboardInterrupt):
        transcribe_audio(recording, FakeTranscriber(dies_at=2), store=store, max_window_ms=3_000)
    told = []
    transcribe_audio(
        recording, FakeTranscriber(), store=store, max_window_ms=3_000, on_progress=told.append
    )
    assert told[0].done_ms == told[0].resumed_ms > 0


@pytest.mark.parametrize(
    ("done", "resumed", "elapsed", "left"),
    [(0, 0, 10, None), (50, 0, 10, 10), (75, 50, 10, 10), (100, 0, 7, 0), (50, 50, 10, None)],
)
def test_time_left_is_at_the_pace_of_this_run(done, resumed, elapsed, left):
    progress = Progress(done_ms=done, total_ms=100, resumed_ms=resumed)
    assert time_left_ms(progress, elapsed) == left


@pytest.mark.parametrize(
    ("given", "guesses", "expected"),
    [
        ("de-AT", ("en", 0.9), ("de", None)),
        ("nb-NO", ("en", 0.9), ("no", None)),
        (None, ("de", 0.9), ("de", None)),
        (None, ("de", 0.5), ("de", None)),
        (None, ("de", 0.49), ("en", "could not be told")),
        ("tlh", ("de", 0.9), ("de", "is not one that fake knows")),
    ],
)
def test_language_is_given_or_heard_or_english(recording, given, guesses, expected):
    language, problem = expected
    fake = FakeTranscriber(guesses=guesses)
    transcribed = transcribe_audio(recording, fake, language=given)
    assert transcribed.language == language
    assert set(fake.heard_languages) == {language}
    assert bool(transcribed.problems) == bool(problem)
    assert not problem or problem in transcribed.problems[0]


def test_a_given_language_is_not_listened_for(recording):
    fake = FakeTranscriber()
    transcribe_audio(recording, fake, language="en")
    assert not fake.listened


def test_a_heard_language_is_kept_when_the_run_goes_on(recording):
    store = MemoryStore()
    whole = FakeTranscriber(guesses=("de", 0.3))
    expected = transcribe_audio(recording, whole, max_window_ms=3_000)
    with pytest.raises(KeyboardInterrupt):
        transcribe_audio(
            recording,
            FakeTranscriber(dies_at=2, guesses=("de", 0.3)),
            store=store,
            max_window_ms=3_000,
        )
    other = FakeTranscriber(guesses=("ja", 0.99))
    assert transcribe_audio(recording, other, store=store, max_window_ms=3_000) == expected


def test_silence_is_no_speech_and_no_problem(tmp_path):
    path = write_audio(tmp_path / "s.wav", SILENCE, rate=16_000)
    transcribed = transcribe_audio(path, FakeTranscriber())
    assert transcribed.segments == ()
    assert (transcribed.duration_ms, transcribed.problems) == (5_000, ())


def test_results_saved_in_another_language_are_not_used(recording):
    store = MemoryStore()
    transcribe_audio(recording, FakeTranscriber(), store=store, language="de")
    again = FakeTranscriber()
    assert transcribe_audio(recording, again, store=store, language="en").language == "en"
    assert again.heard_languages == ["en"]


def test_a_recording_that_is_cut_off_is_transcribed_and_told(tmp_path):
    path = write_audio(tmp_path / "cut.flac", clicks(12.0, 16_000), rate=16_000)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    transcribed = transcribe_audio(path, FakeTranscriber(), expected_ms=60_000)
    assert "it is cut off" in transcribed.problems[0]
    assert len(words_of(transcribed)) > 3
    assert transcribed.fingerprint == hashlib.sha256(path.read_bytes()).hexdigest()


def test_what_was_lost_in_decoding_is_told(tmp_path):
    path = write_audio(tmp_path / "c.mp3", clicks(12.0), bit_rate=64_000)
    transcribed = transcribe_audio(spoil(path, 5.4), FakeTranscriber())
    assert "count as silence" in transcribed.problems[0]
    starts = [word.start_ms for word in words_of(transcribed)]
    assert starts == pytest.approx([second * 1000 for second in range(1, 12)], abs=5)


def test_no_audio_is_an_audio_error(tmp_path):
    (tmp_path / "x.mp3").write_bytes(b"no sound")
    with pytest.raises(AudioError):
        transcribe_audio(tmp_path / "x.mp3", FakeTranscriber())


class OddTranscriber(FakeTranscriber):
    """Invents times: overlapping, backwards, beyond the end; and one segment without words."""

    def transcribe_window(self, samples, *, language, prompt="", on_heard=None):
        times = [(500, 900), (800, 700), (850, 9_850), (11_000, 14_000), (28_000, 29_000)]
        words = tuple(Word(start_ms=a, end_ms=b, text=f"w{a}") for a, b in times)
        return WindowResult(
            segments=(
                Segment(start_ms=0, end_ms=1, text="all", words=words),
                Segment(start_ms=11_500, end_ms=40_000, text=" bare "),
                Segment(start_ms=30_000, end_ms=40_000, text="beyond"),
            ),
            language=language,
        )


def test_times_are_held_inside_the_recording_and_in_order(recording):
    transcribed = transcribe_audio(recording, OddTranscriber(), language="en")
    words = words_of(transcribed)
    assert [word.text for word in words] == ["w500", "w800", "w850", "w11000"]
    times = [time for word in words for time in (word.start_ms, word.end_ms)]
    assert times == sorted(times)
    assert max(segment.end_ms for segment in transcribed.segments) == 12_000
    assert [segment.text for segment in transcribed.segments if not segment.words] == ["bare"]


@given(
    st.lists(
        st.builds(
            Word,
            start_ms=st.integers(0, 10**7),
            end_ms=st.integers(0, 10**7),
            text=st.text(max_size=20),
        ),
        max_size=5,
    ),
    st.none() | st.floats(0, 1),
)
def test_saved_results_are_read_back(words, probability):
    result = WindowResult(
        segments=(Segment(start_ms=1, end_ms=2, text="é", words=tuple(words)),),
        language="en",
        probability=probability,
        duration_ms=5,
    )
    assert parse_window_result(format_window_result(result)) == result


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"segments": 1}', '{"segments": [{}]}'])
def test_what_is_no_saved_result_is_a_format_error(text):
    with pytest.raises(FormatError):
        parse_window_result(text)


def test_a_prompt_is_the_last_sentences_of_what_was_said():
    segments = tuple(Segment(start_ms=0, end_ms=1, text=f"Sentence number {n}.") for n in range(50))
    prompt = prompt_of(WindowResult(segments=segments, language="en"))
    assert prompt.startswith("Sentence number 4")
    assert prompt.endswith("Sentence number 49.")
    assert 170 < len(prompt) <= 200
    assert prompt_of(WindowResult(segments=(), language="en")) == ""


def test_languages_of_feeds_are_understood():
    known = frozenset({"en", "no", "zh"})
    assert speech_language("EN_us", known) == "en"
    assert speech_language(" cmn-Hans ", known) == "zh"
    assert speech_language("xx", known) is None
