"""What the Whisper adapter decides by itself, on input that says what is right."""

from types import SimpleNamespace

import numpy as np
import pytest

from corpus.errors import ModelError
from corpus.records import Word
from ingest.speech.whisper_transcriber import (
    Gap,
    Heard,
    SpokenWord,
    Stretch,
    WhisperTranscriber,
    doubt_of,
    find_gaps,
    join_stretches,
    merge_parts,
    restore_words,
)

SILENCE = np.zeros(16_000, np.float32)


def spoken(start, end, text=" word"):
    return SpokenWord(start=start, end=end, word=text)


def test_words_return_to_the_stretch_they_were_heard_in():
    stretches = (Stretch(16_000, 48_000), Stretch(160_000, 176_000))
    words = restore_words([spoken(0.5, 1.0), spoken(1.9, 2.6), spoken(2.9, 3.4)], stretches)
    assert [(word.start_ms, word.end_ms) for word in words] == [
        (1_500, 2_000),
        (10_000, 10_600),  # at the seam: it does not begin before the pause
        (10_900, 11_000),  # nor end behind the speech
    ]


def test_joining_no_stretch_is_no_sound():
    assert len(join_stretches(SILENCE, ())) == 0
    assert len(join_stretches(SILENCE, (Stretch(0, 10), Stretch(20, 25)))) == 15


def test_parts_of_a_word_are_one_word():
    parts = [
        Word(start_ms=0, end_ms=10, text=" agency"),
        Word(start_ms=10, end_ms=20, text="-based."),
        Word(start_ms=30, end_ms=40, text=" So"),
    ]
    assert merge_parts(parts) == [Word(start_ms=0, end_ms=20, text=" agency-based."), parts[2]]


@pytest.mark.parametrize(
    ("marks", "doubt"),
    [
        ((0.1, 1.5, 0.9, -0.2), "none"),
        ((0.9, 1.5, 0.9, -0.2), "none"),  # sure of its words
        ((0.9, 1.5, 0.2, -0.2), "invented"),
        ((0.1, 5.0, 0.2, -0.2), "invented"),
        ((0.1, 5.0, 0.9, -0.2), "none"),  # a chant is said again and again
        ((0.1, 1.5, 0.2, -0.9), "none"),
        ((0.1, 1.5, 0.2, -1.1), "unsure"),
    ],
)
def test_text_over_no_speech_or_in_a_loop_is_doubted(marks, doubt):
    no_speech, compression, probability, logprob = marks
    segment = SimpleNamespace(
        no_speech_prob=no_speech,
        compression_ratio=compression,
        avg_logprob=logprob,
        words=[SimpleNamespace(probability=probability)],
    )
    assert doubt_of(segment) == doubt


def heard(*times, doubt="none"):
    return Heard(words=tuple(spoken(start, end) for start, end in times), doubt=doubt)


@pytest.mark.parametrize(
    ("parts", "gaps"),
    [
        ([], [(0.0, 30.0)]),
        ([heard((0.5, 14.0), (16.0, 29.0))], []),
        ([heard((0.0, 13.0)), heard((29.5, 30.0))], [(13.0, 29.5)]),
        ([heard((4.0, 13.0))], [(0.0, 4.0), (13.0, 30.0)]),
        ([heard((0.0, 10.0)), heard((10.0, 20.0), doubt="unsure")], [(10.0, 30.0)]),
        ([heard((0.0, 20.0)), heard((5.0, 6.0)), heard((21.0, 29.0))], []),
    ],
)
def test_speech_without_trusted_words_is_a_gap(parts, gaps):
    assert [(gap.start_s, gap.end_s) for gap in find_gaps(parts, 30.0)] == gaps


def test_what_is_heard_in_a_gap_stays_inside_it():
    gap = Gap(start_s=10.0, end_s=20.0)
    moved = heard((0.0, 0.3), (0.4, 0.9), (9.9, 10.9)).moved(9.8, gap)
    assert [word.start for word in moved.words] == [pytest.approx(10.2)]
    assert heard((0.0, 0.1)).moved(5.0, gap) is None
    assert gap.holds(heard((12.0, 13.0)))
    assert not gap.holds(heard((5.0, 12.0)))


def test_weights_that_cannot_be_loaded_are_a_model_error(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    for name in (str(tmp_path), "./none"):
        with pytest.raises(ModelError):
            _ = WhisperTranscriber(name).languages
