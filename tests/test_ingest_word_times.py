import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.records import Word
from ingest.speech.windows import LEVEL_MS
from ingest.speech.word_times import loud_frames, settle_words, tidy_words

WORDS = st.lists(
    st.builds(
        Word,
        start_ms=st.integers(0, 100_000),
        end_ms=st.integers(0, 100_000),
        text=st.sampled_from(["a", "b,", "C.", "Dr.", "d?", "...", " "]),
    ),
    max_size=80,
)


def sound(*spans_ms, seconds=60, floor=-60, voice=-15):
    """Levels that are loud in the spans (milliseconds) and quiet elsewhere."""
    levels = np.full(seconds * 1000 // LEVEL_MS, floor, np.float32)
    for start_ms, end_ms in spans_ms:
        levels[start_ms // LEVEL_MS : end_ms // LEVEL_MS] = voice
    return levels


ELSEWHERE = ((8_000, 16_000),)  # somebody speaks, so that pauses can be told from speech


def settle(start_ms, end_ms, levels):
    (word,) = settle_words([Word(start_ms=start_ms, end_ms=end_ms, text="So")], levels)
    return word.start_ms, word.end_ms


@given(WORDS, st.integers(0, 90_000))
def test_tidy_words_are_in_order_and_inside(words, duration_ms):
    tidy = tidy_words(words, duration_ms)
    times = [time for word in tidy for time in (word.start_ms, word.end_ms)]
    assert times == sorted(times)
    assert not times or (times[0] >= 0 and times[-1] <= duration_ms)


def test_words_beyond_the_end_were_not_heard():
    words = [
        Word(start_ms=100, end_ms=28_000, text="You"),
        Word(start_ms=900, end_ms=950, text="you"),
    ]
    assert tidy_words(words, 200) == (Word(start_ms=100, end_ms=200, text="You"),)


@pytest.mark.parametrize(
    ("word", "heard", "expected"),
    [
        ((1_000, 2_000), [(1_600, 2_000)], (1_600, 2_000)),  # begins in the pause before
        ((1_000, 2_000), [(1_000, 1_400)], (1_000, 1_400)),  # ends in the pause behind
        ((1_000, 2_000), [(900, 1_060), (1_600, 2_000)], (1_600, 2_000)),  # tail of the last word
        ((1_000, 2_000), [(1_000, 1_500), (1_900, 2_100)], (1_000, 1_500)),  # start of the next
        ((1_000, 1_500), [(1_000, 1_200), (1_300, 1_500)], (1_000, 1_500)),  # closure before a t
        ((1_000, 1_500), [(1_020, 1_480)], (1_000, 1_500)),  # as exact as levels are
        ((1_000, 1_500), [], (1_000, 1_500)),  # nothing tells better
    ],
)
def test_a_word_is_where_it_sounds(word, heard, expected):
    assert settle(*word, sound(*heard, *ELSEWHERE)) == expected


def test_over_music_nothing_tells_better():
    assert settle(1_000, 2_000, sound((1_600, 2_000), *ELSEWHERE, floor=-25)) == (1_000, 2_000)


def test_a_first_word_that_swallowed_the_music_is_said_at_its_end():
    levels = np.full(3_000, -20, np.float32)
    words = settle_words(
        [
            Word(start_ms=0, end_ms=8_700, text="Hello"),
            Word(start_ms=8_700, end_ms=9_000, text='you."'),
            Word(start_ms=9_000, end_ms=20_000, text="Next"),
            Word(start_ms=20_000, end_ms=29_000, text="one"),
        ],
        levels,
    )
    assert [(word.start_ms, word.end_ms) for word in words] == [
        (7_700, 8_700),
        (8_700, 9_000),
        (19_000, 20_000),
        (20_000, 21_000),
    ]


@given(WORDS, st.lists(st.floats(-100, 0, width=32), max_size=300))
def test_settled_words_are_in_order_and_never_longer(words, levels):
    tidy = tidy_words(words, 120_000)
    settled = settle_words(tidy, np.array(levels, np.float32))
    assert [word.text for word in settled] == [word.text for word in tidy]
    times = [time for word in settled for time in (word.start_ms, word.end_ms)]
    assert times == sorted(times)
    for before, after in zip(tidy, settled, strict=True):
        assert before.start_ms <= after.start_ms <= after.end_ms <= before.end_ms


def test_quiet_is_told_by_what_is_around():
    soft = sound((5_000, 15_000), seconds=20, floor=-75, voice=-40)
    loud = sound((5_000, 15_000), seconds=20, floor=-45, voice=-8)
    assert np.array_equal(loud_frames(soft), soft > -50)
    assert np.array_equal(loud_frames(loud), loud > -20)
    assert loud_frames(np.empty(0, np.float32)).tolist() == []
