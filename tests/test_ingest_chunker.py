from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.records import Block, Chapter, ParsedTakeaway, Segment, Word
from ingest.chunker import (
    BLOCK_CHARS,
    MAX_CHARS,
    TARGET_MS,
    chunk_chapters,
    chunk_issue,
    chunk_segments,
    chunk_show_notes,
    chunk_takeaways,
)


def _segment(start_s, end_s, text, speaker=None):
    return Segment(start_ms=start_s * 1000, end_ms=end_s * 1000, text=text, speaker=speaker)


def _steady(count, *, seconds=5, speaker=None):
    return [
        _segment(at * seconds, (at + 1) * seconds, f"Sentence number {at} is said.", speaker)
        for at in range(count)
    ]


def test_passages_last_about_thirty_seconds_and_end_with_a_sentence():
    passages = chunk_segments(_steady(60))
    assert [passage.end_ms - passage.start_ms for passage in passages] == [30_000] * 10
    assert all(passage.text.endswith(".") for passage in passages)
    assert [passage.start_ms for passage in passages] == list(range(0, 300_000, 30_000))


def test_a_sentence_that_runs_over_captions_stays_together():
    captions = [
        _segment(0, 3, "We went to"),
        _segment(3, 6, "the river and found"),
        _segment(6, 9, "clay. It was red."),
    ]
    (passage,) = chunk_segments(captions)
    assert passage.text == "We went to the river and found clay. It was red."
    first, second = passage.sentences
    assert passage.text[first.start : first.end] == "We went to the river and found clay."
    assert (first.start_ms, second.end_ms) == (0, 9_000)
    assert 6_500 < second.start_ms < 7_500


def test_another_speaker_begins_a_passage_once_it_is_long_enough():
    segments = [
        _segment(0, 10, "Mara begins to speak here.", "Mara"),
        _segment(10, 12, "Mm-hm.", "Tom"),
        _segment(12, 20, "And she goes on for a while.", "Mara"),
        _segment(20, 28, "Now Tom answers.", "Tom"),
    ]
    first, second = chunk_segments(segments)
    assert (first.speaker, first.end_ms) == (None, 20_000)
    assert (second.speaker, second.text) == ("Tom", "Now Tom answers.")


def test_after_a_long_pause_something_else_begins():
    segments = [_segment(0, 4, "Before the music."), _segment(60, 64, "After it.")]
    assert [passage.text for passage in chunk_segments(segments)] == [
        "Before the music.",
        "After it.",
    ]


def test_sentences_take_their_times_from_words():
    words = tuple(
        Word(start_ms=ms, end_ms=ms + 300, text=text)
        for ms, text in [(1000, "Short."), (9000, "Then"), (9400, "long"), (9800, "silence.")]
    )
    segment = replace(_segment(0, 12, " Short.  Then long silence. "), words=words)
    (passage,) = chunk_segments([segment])
    assert [(one.start_ms, one.end_ms) for one in passage.sentences] == [
        (1000, 1300),
        (9000, 10_100),
    ]
    assert (passage.start_ms, passage.end_ms) == (1000, 10_100)


def test_words_that_do_not_stand_in_the_text_do_no_harm():
    words = (Word(start_ms=500, end_ms=900, text="elsewhere"), Word(start_ms=0, end_ms=0, text=""))
    (passage,) = chunk_segments([replace(_segment(0, 4, "One. Two."), words=words)])
    assert (passage.start_ms, passage.end_ms) == (0, 4000)


def test_broken_times_make_no_endless_passage():
    passages = chunk_segments([_segment(0, 0, "The same moment all along.")] * 500)
    assert all(len(passage.text) <= MAX_CHARS for passage in passages)


def test_no_passage_lies_behind_the_end():
    passages = chunk_segments(_steady(20), duration_ms=42_000)
    assert max(passage.end_ms for passage in passages) == 42_000


SEGMENTS = st.lists(
    st.builds(
        lambda start, length, text, speaker, words: Segment(
            start_ms=start,
            end_ms=start + length,
            text=text,
            speaker=speaker,
            words=tuple(
                Word(start_ms=start + at * 7, end_ms=start + at * 7 + 5, text=word)
                for at, word in enumerate(text.split())
            )
            if words
            else (),
        ),
        st.integers(0, 400_000),
        st.integers(0, 90_000),
        st.text(st.sampled_from("abc .?!,…\n。x1"), max_size=120) | st.text(max_size=40),
        st.sampled_from([None, "Mara", "Tom"]),
        st.booleans(),
    ),
    max_size=12,
)


@given(SEGMENTS, st.none() | st.integers(0, 500_000))
def test_no_word_is_lost_or_invented_and_all_are_in_order(segments, duration_ms):
    passages = chunk_segments(segments, duration_ms=duration_ms)
    said = " ".join(segment.text for segment in segments).split()
    assert "".join(" ".join(passage.text for passage in passages).split()) == "".join(said)
    for passage in passages:
        assert 0 <= passage.start_ms <= passage.end_ms
        assert duration_ms is None or passage.end_ms <= duration_ms
        assert passage.kind == "transcript"
        _tiles(passage)


@given(st.lists(st.text(max_size=1500), max_size=8))
def test_no_word_of_show_notes_is_lost(lines):
    text = "\n".join(lines)
    passages = chunk_show_notes(text)
    joined = " ".join(passage.text for passage in passages)
    assert "".join(joined.split()) == "".join(text.split())
    for passage in passages:
        assert passage.text
        assert len(passage.text) <= BLOCK_CHARS
        assert (passage.start_ms, passage.kind) == (None, "notes")
        _tiles(passage)


def _tiles(passage):
    position = 0
    for sentence in passage.sentences:
        assert position <= sentence.start < sentence.end
        assert not passage.text[position : sentence.start].strip()
        if sentence.start_ms is not None and passage.start_ms is not None:
            assert passage.start_ms <= sentence.start_ms <= sentence.end_ms <= passage.end_ms
        position = sentence.end
    assert not passage.text[position:].strip()


def test_takeaways_and_chapters_are_passages_with_their_moments():
    (takeaway,) = chunk_takeaways(
        [ParsedTakeaway(text="Charge by the hour.", start_ms=61_000), ParsedTakeaway(text=" ")]
    )
    assert (takeaway.kind, takeaway.start_ms, takeaway.end_ms) == ("takeaway", 61_000, None)
    assert takeaway.sentences[0].start_ms == 61_000
    chapters = chunk_chapters(
        [Chapter(start_ms=0, title="Hello"), Chapter(start_ms=5_000, title="Clay")],
        duration_ms=9_000,
    )
    assert [(one.kind, one.text, one.start_ms, one.end_ms) for one in chapters] == [
        ("chapter", "Hello", 0, 5_000),
        ("chapter", "Clay", 5_000, 9_000),
    ]


def test_an_issue_is_cut_at_its_headings():
    blocks = [
        Block(kind="heading", text="On glaze", level=2),
        Block(kind="paragraph", text="It cracked."),
        Block(kind="item", text="Twice.", level=1),
        Block(kind="heading", text="On clay", level=2),
        Block(kind="paragraph", text="It is red. " * 100),
    ]
    first, second, *more = chunk_issue(blocks)
    assert first.text == "On glaze\nIt cracked.\nTwice."
    assert second.text.startswith("On clay") or more[0].text.startswith("It is red.")
    assert {passage.kind for passage in (first, second, *more)} == {"issue"}


@pytest.mark.parametrize("speaker", [None, "Mara"])
def test_passages_of_one_speaker_do_not_overlap(speaker):
    passages = chunk_segments(_steady(50, seconds=7, speaker=speaker))
    assert all(one.end_ms <= other.start_ms for one, other in pairwise(passages))
    assert all(passage.speaker == speaker for passage in passages)
    assert max(passage.end_ms - passage.start_ms for passage in passages) < 1.3 * TARGET_MS
