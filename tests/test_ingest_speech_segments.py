import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.records import Word
from ingest.speech_segments import cut_segments, tidy_words


def say(text, *, pauses=None, word_ms=300):
    """Words of a text, one after another; ``pauses`` gives milliseconds before a word."""
    words, at = [], 0
    for part in text.split():
        at += (pauses or {}).get(part, 0)
        words.append(Word(start_ms=at, end_ms=at + word_ms, text=part))
        at += word_ms
    return words


def texts(words, language=None):
    return [segment.text for segment in cut_segments(words, language)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello there. How are you? Fine!", ["Hello there.", "How are you?", "Fine!"]),
        ('She said "go." Then left.', ['She said "go."', "Then left."]),
        ("Dr. Jones met Mr. Smith.", ["Dr. Jones met Mr. Smith."]),
        ("At 9 a.m. Monday we met.", ["At 9 a.m. Monday we met."]),
        ("J. R. Tolkien wrote. It sold.", ["J. R. Tolkien wrote.", "It sold."]),
        ("It costs 3.5 percent. 20 do.", ["It costs 3.5 percent.", "20 do."]),
        ("Well... maybe so. Yes.", ["Well... maybe so.", "Yes."]),
        ("no punctuation at all", ["no punctuation at all"]),
        ("¿Qué? Nada… Bien.", ["¿Qué?", "Nada…", "Bien."]),
        ("", []),
    ],
)
def test_a_segment_is_a_sentence(text, expected):
    assert texts(say(text)) == expected


def test_a_pause_ends_a_sentence_behind_an_abbreviation():
    assert texts(say("We met at Acme Inc. They left.", pauses={"They": 600})) == [
        "We met at Acme Inc.",
        "They left.",
    ]


def test_a_long_silence_ends_a_segment_without_punctuation():
    assert texts(say("and then music now we go on", pauses={"now": 1_200})) == [
        "and then music",
        "now we go on",
    ]


def test_a_long_sentence_is_cut_at_a_clause():
    text = " ".join(["word"] * 30) + " pause, " + " ".join(["more"] * 28) + " end."
    segments = cut_segments(say(text))
    assert [segment.text.split()[-1] for segment in segments] == ["pause,", "end."]
    assert all(segment.end_ms - segment.start_ms <= 15_000 for segment in segments)


def test_languages_without_spaces_are_joined_without_spaces():
    assert texts(say("你好 世界。 再见。"), "zh") == ["你好世界。", "再见。"]


WORDS = st.lists(
    st.builds(
        Word,
        start_ms=st.integers(0, 100_000),
        end_ms=st.integers(0, 100_000),
        text=st.sampled_from(["a", "b,", "C.", "Dr.", "d?", "...", " "]),
    ),
    max_size=80,
)


@given(WORDS, st.integers(0, 90_000))
def test_tidy_words_are_in_order_and_inside(words, duration_ms):
    tidy = tidy_words(words, duration_ms)
    times = [time for word in tidy for time in (word.start_ms, word.end_ms)]
    assert times == sorted(times)
    assert not times or (times[0] >= 0 and times[-1] <= duration_ms)


@given(WORDS)
def test_cutting_loses_and_moves_no_word(words):
    tidy = tidy_words(words, 200_000)
    segments = cut_segments(tidy)
    assert tuple(itertools.chain.from_iterable(s.words for s in segments)) == tidy
    for segment in segments:
        assert segment.text == " ".join(word.text for word in segment.words)
        assert (segment.start_ms, segment.end_ms) == (
            segment.words[0].start_ms,
            segment.words[-1].end_ms,
        )


def test_a_first_word_that_swallowed_the_music_is_said_at_its_end():
    words = tidy_words(
        [
            Word(start_ms=0, end_ms=8_700, text="Hello"),
            Word(start_ms=8_700, end_ms=9_000, text="you."),
            Word(start_ms=9_000, end_ms=20_000, text="Next"),
            Word(start_ms=20_000, end_ms=29_000, text="one"),
        ],
        60_000,
    )
    assert [(word.start_ms, word.end_ms) for word in words] == [
        (7_700, 8_700),
        (8_700, 9_000),
        (19_000, 20_000),
        (20_000, 21_000),
    ]


def test_words_beyond_the_end_were_not_heard():
    words = [
        Word(start_ms=100, end_ms=28_000, text="You"),
        Word(start_ms=900, end_ms=950, text="x"),
    ]
    assert tidy_words(words, 200) == (Word(start_ms=100, end_ms=200, text="You"),)
