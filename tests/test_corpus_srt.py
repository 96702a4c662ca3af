import pytest

from corpus.formats.transcripts import parse_transcript


def read(text):
    return parse_transcript(text.encode())


def test_numbers_may_be_missing_and_fractions_short():
    parsed = read("00:00:01,5 --> 00:00:02.50\nOne\n\n00:00:03 --> 00:00:04,000 X1:40 Y1:2\nTwo\n")
    assert parsed.format == "srt"
    assert [(s.start_ms, s.end_ms, s.text) for s in parsed.segments] == [
        (1500, 2500, "One"),
        (3000, 4000, "Two"),
    ]


@pytest.mark.parametrize("gap", ["\n\n", "\n\n\n\n", "\n \n", "\n"])
def test_any_number_of_empty_lines_parts_cues(gap):
    parsed = read(
        f"1\n00:00:01,000 --> 00:00:02,000\nOne{gap}2\n00:00:03,000 --> 00:00:04,000\nTwo"
    )
    assert [s.text for s in parsed.segments] == ["One", "Two"]
    assert parsed.problems == ()


def test_an_empty_line_inside_a_cue_loses_nothing():
    parsed = read(
        "1\n00:00:01,000 --> 00:00:02,000\nOne\n\nmore\n\n2\n00:00:03,000 --> 00:00:04,000\nTwo"
    )
    assert [s.text for s in parsed.segments] == ["One more", "Two"]


def test_a_cue_without_times_is_told_and_its_words_kept():
    parsed = read(
        "1\n00:00:01,000 --> 00:00:02,000\nOne\n\n2\nTwo\n\n3\n00:00:05,000 --> 00:00:06,000\nX"
    )
    assert [s.text for s in parsed.segments] == ["One Two", "X"]
    assert "1 cue without times" in parsed.problems[0]


def test_entities_and_tags_are_resolved():
    text = (
        '1\n00:00:01,000 --> 00:00:02,000\n<font color="#0f0"><i>Fees</i></font> &amp;&nbsp;scope\n'
    )
    assert read(text).segments[0].text == "Fees & scope"


def test_a_single_label_names_the_speaker_of_a_short_file():
    (segment,) = read("1\n00:00:01,000 --> 00:00:02,500\nJenny: Hi there\n").segments
    assert (segment.speaker, segment.text) == ("Jenny", "Hi there")


def test_a_word_with_a_colon_that_never_comes_back_is_no_speaker():
    cues = [f"00:00:{n:02},000 --> 00:00:{n + 1:02},000\nWords number {n}\n" for n in range(20)]
    cues[7] = "00:00:07,000 --> 00:00:08,000\nRemember: pay them\n"
    parsed = read("\n".join(cues))
    assert {s.speaker for s in parsed.segments} == {None}
    assert parsed.segments[7].text == "Remember: pay them"


def test_subviewer_files_of_youtube_are_read():
    parsed = read(
        "0:00:01.000,0:00:02.500\nOne\n\n0:00:03.f00,0:00:04.000\nLost\n\n0:00:05.0,0:00:06.0\nTwo"
    )
    assert parsed.format == "sbv"
    assert [(s.start_ms, s.text) for s in parsed.segments] == [(1000, "One"), (5000, "Two")]
    assert "1 of 3 cues left out" in parsed.problems[0]
