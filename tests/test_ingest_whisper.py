"""Whisper base against the samples: what is said in them is known to the millisecond."""

import difflib
import itertools
import json
import re
import statistics
from pathlib import Path

import numpy as np
import pytest

import corpus.samples
from ingest.speech.transcriber import MemoryStore, transcribe_audio
from ingest.speech.whisper_transcriber import WhisperTranscriber
from tests.audio_making import noise, tone, write_audio

pytestmark = pytest.mark.real_model

SAMPLES = Path(corpus.samples.__file__).parent
NAMES = ("the-small-yes", "where-the-hours-go", "the-first-operations-hire")


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return WhisperTranscriber("base", cache=tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="module")
def transcribed(base):
    """Each sample, transcribed once, in windows of a minute to meet their seams."""
    return {
        name: transcribe_audio(SAMPLES / f"{name}.mp3", base, max_window_ms=60_000)
        for name in NAMES
    }


@pytest.fixture(scope="module")
def truths():
    return {
        name: json.loads((SAMPLES / f"{name}.truth.json").read_text(encoding="utf-8"))
        for name in NAMES
    }


def plain(text):
    return re.findall(r"[\w']+", text.lower().replace("’", "'").replace("-", " "))


def edit_distance(ours, theirs):
    row = np.arange(len(theirs) + 1)
    steps, right = np.arange(len(theirs) + 1), np.array(theirs)
    for word in ours:
        best = np.empty_like(row)
        best[0] = row[0] + 1
        best[1:] = np.minimum(row[1:] + 1, row[:-1] + (right != word))
        row = np.minimum.accumulate(best - steps) + steps
    return int(row[-1])


def test_word_errors_are_under_five_in_a_hundred(transcribed, truths):
    errors = total = 0
    for name in NAMES:
        true = [word for said in truths[name]["sentences"] for word in plain(said["text"])]
        heard = [word for segment in transcribed[name].segments for word in plain(segment.text)]
        errors += edit_distance(true, heard)
        total += len(true)
    assert errors / total < 0.05


def sentence_errors(document, segments):
    """Seconds between a sentence's true start and that of the segment which holds it."""
    true = [(w, at) for at, said in enumerate(document["sentences"]) for w in plain(said["text"])]
    heard = [(word, segment) for segment in segments for word in plain(segment.text)]
    matcher = difflib.SequenceMatcher(
        None, [word for word, _ in true], [word for word, _ in heard], autojunk=False
    )
    errors = {}
    for block in matcher.get_matching_blocks():
        for at in range(block.size):
            sentence = true[block.a + at][1]
            start_s = heard[block.b + at][1].start_ms / 1000
            errors.setdefault(sentence, abs(start_s - document["sentences"][sentence]["start"]))
    return errors


@pytest.mark.parametrize("name", NAMES)
def test_segments_start_where_their_sentences_start(transcribed, truths, name):
    errors = sentence_errors(truths[name], transcribed[name].segments)
    assert len(errors) == len(truths[name]["sentences"])
    assert statistics.median(errors.values()) < 0.1
    assert statistics.quantiles(errors.values(), n=10)[-1] < 1.0


@pytest.mark.parametrize("name", NAMES)
def test_transcripts_are_in_order_and_of_their_words(transcribed, truths, name):
    document = transcribed[name]
    assert (document.language, document.model, document.problems) == ("en", "whisper-base", ())
    assert document.duration_ms == pytest.approx(truths[name]["duration"] * 1000, abs=60)
    words = [word for segment in document.segments for word in segment.words]
    times = [time for word in words for time in (word.start_ms, word.end_ms)]
    assert times == sorted(times)
    assert times[-1] <= document.duration_ms
    for segment in document.segments:
        assert segment.text == " ".join(word.text for word in segment.words)


@pytest.mark.parametrize("name", NAMES)
def test_the_first_word_after_the_intro_has_its_true_time(transcribed, truths, name):
    first_s = truths[name]["sentences"][0]["start"]
    assert transcribed[name].segments[0].start_ms / 1000 == pytest.approx(first_s, abs=0.3)


class Mortal(MemoryStore):
    """A store whose process is killed once it has saved enough."""

    def __init__(self, lives):
        super().__init__()
        self.lives = lives

    def put(self, index, result):
        super().put(index, result)
        self.lives -= 1
        if not self.lives:
            raise KeyboardInterrupt


def test_a_killed_transcription_ends_with_the_same_words(base, transcribed):
    store = Mortal(lives=2)
    path = SAMPLES / f"{NAMES[0]}.mp3"
    with pytest.raises(KeyboardInterrupt):
        transcribe_audio(path, base, store=store, max_window_ms=60_000)
    assert transcribe_audio(path, base, store=store, max_window_ms=60_000) == transcribed[NAMES[0]]


def chords(seconds):
    """Four chords in turn, struck each second: music without a voice."""
    struck = []
    for root in itertools.islice(itertools.cycle([220.0, 174.6, 261.6, 196.0]), seconds):
        decay = np.exp(-2 * np.arange(16_000) / 16_000).astype(np.float32)
        struck.append(
            sum(tone(1.0, 16_000, root * ratio, level=0.15) for ratio in (1, 1.25, 1.5, 2)) * decay
        )
    return np.concatenate(struck)


@pytest.mark.parametrize(
    "samples",
    [np.zeros(16_000 * 40, np.float32), noise(40.0, level=0.05), tone(40.0, 16_000), chords(40)],
    ids=["silence", "noise", "tone", "music"],
)
def test_whisper_invents_nothing_where_nobody_speaks(base, tmp_path, samples):
    path = write_audio(tmp_path / "x.flac", samples, rate=16_000)
    assert transcribe_audio(path, base).segments == ()
