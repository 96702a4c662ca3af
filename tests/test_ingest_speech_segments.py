import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.records import Word
from ingest.speech.segments import cut_segments
from ingest.speech.word_times import tidy_words


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
    assert texts(say("We met at Acme Inc. They left.", pauses={"They": 550})) == [
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
    assert all(segment.end_ms - segment.start_ms <= 12_000 for segment in segments)


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
