import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.sentences import MAX_CHARS, find_sentence, split_sentences


def _split(text, **options):
    return [text[start:end] for start, end in split_sentences(text, **options)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", []),
        (" \n ", []),
        ("One word", ["One word"]),
        ("It rained. We left.", ["It rained.", "We left."]),
        ("Really? Yes! Fine.", ["Really?", "Yes!", "Fine."]),
        ("Dr. Smith met Mrs. Jones.", ["Dr. Smith met Mrs. Jones."]),
        ("We paid 3.5 million. It hurt.", ["We paid 3.5 million.", "It hurt."]),
        ("See fig. 3, i.e. the left one.", ["See fig. 3, i.e. the left one."]),
        ("J. R. Reed spoke. I listened.", ["J. R. Reed spoke.", "I listened."]),
        ("It was I. She left.", ["It was I.", "She left."]),
        (
            "At 5 p.m. we met. At 6 p.m. They left.",
            ["At 5 p.m. we met.", "At 6 p.m.", "They left."],
        ),
        ("Pots, bowls, etc. and more. Done.", ["Pots, bowls, etc. and more.", "Done."]),
        ("She works in the U.S. Nobody minds.", ["She works in the U.S.", "Nobody minds."]),
        ("Well... maybe not. Wait... What?", ["Well... maybe not.", "Wait...", "What?"]),
        ("So… perhaps. Now… Yes.", ["So… perhaps.", "Now…", "Yes."]),
        ('He said "stop." She did.', ['He said "stop."', "She did."]),
        ("so it ended. then it began. um yes", ["so it ended.", "then it began.", "um yes"]),
        ("Read node.js and example.com today.", ["Read node.js and example.com today."]),
        ("First line\nSecond line", ["First line", "Second line"]),
        ("これは文です。次の文！終わり", ["これは文です。", "次の文！", "終わり"]),
        ("क्या है। हाँ।", ["क्या है।", "हाँ।"]),
    ],
)
def test_split_sentences(text, sentences):
    assert _split(text) == sentences


def test_speech_without_any_stop_is_cut_at_a_comma_or_a_space():
    words = "and so we went on and on " * 40
    pieces = _split(words)
    assert all(len(piece) <= MAX_CHARS for piece in pieces)
    assert " ".join(pieces) == words.strip()
    assert _split("aaaa bbbb, cccc dddd", max_chars=14) == ["aaaa bbbb,", "cccc dddd"]


def test_a_run_without_spaces_is_cut_too():
    assert [len(piece) for piece in _split("字" * 700)] == [300, 300, 100]


@given(st.text(st.sampled_from("ab .,!?…\n\"'”)。A1"), max_size=200) | st.text(max_size=200))
def test_sentences_tile_the_text(text):
    spans = split_sentences(text, max_chars=40)
    assert "".join(text[start:end] for start, end in spans).split() or not text.split()
    position = 0
    for start, end in spans:
        assert position <= start < end
        assert not text[position:start].strip()
        assert end - start <= 40
        assert text[start:end] == text[start:end].strip()
        position = end
    assert not text[position:].strip()


@pytest.mark.parametrize("text", ["." * 200_000, "a. " * 60_000, "\"'" * 100_000, "a" * 300_000])
def test_hostile_text_takes_no_longer_than_its_length(text):
    began = time.process_time()
    split_sentences(text)
    assert time.process_time() - began < 5


def test_find_sentence():
    spans = split_sentences("One. Two.")
    assert [find_sentence(spans, offset) for offset in (0, 3, 4, 5, 9)] == [0, 0, None, 1, None]
