import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.formats.transcripts import format_webvtt, parse_transcript
from corpus.formats.webvtt import parse_webvtt
from corpus.records import Segment


def read(body, header="WEBVTT\n\n"):
    return parse_transcript((header + body).encode())


def lines_of(parsed):
    return [(s.start_ms, s.end_ms, s.speaker, s.text) for s in parsed.segments]


@pytest.mark.parametrize(
    ("times", "start", "end"),
    [
        ("00:00:01.000 --> 00:00:02.500", 1000, 2500),
        ("00:01.000 --> 00:02.500", 1000, 2500),
        ("0.860 --> 7.380", 860, 7380),
        ("100:00:01.000 --> 100:00:02.000", 360_001_000, 360_002_000),
        ("00:01.000-->00:02.500 align:start position:0%", 1000, 2500),
        ("  00:01,5 \t-->\t 00:02,50", 1500, 2500),
        ("90:00.000 --> 91:00.000", 5_400_000, 5_460_000),
    ],
)
def test_times_are_read_in_every_usual_spelling(times, start, end):
    assert lines_of(read(f"{times}\nWords\n")) == [(start, end, None, "Words")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_every_line_end_and_a_byte_order_mark_are_read(end, mark):
    text = f"{mark}WEBVTT\n\n1\n00:01.000 --> 00:02.000\nOne\ntwo\n\n00:03.000 --> 00:04.000\nThree"
    parsed = parse_transcript(text.replace("\n", end).encode())
    assert lines_of(parsed) == [(1000, 2000, None, "One two"), (3000, 4000, None, "Three")]


def test_notes_styles_regions_and_identifiers_are_no_speech():
    parsed = read(
        "NOTE made by hand\nand more\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:a\n\n"
        "intro\n00:01.000 --> 00:02.000\nHello\n\nNOTE\n\n00:03.000 --> 00:04.000\nAgain\n",
        "WEBVTT - a title\nKind: captions\nLanguage: de\n\n",
    )
    assert [s.text for s in parsed.segments] == ["Hello", "Again"]
    assert (parsed.language, parsed.problems, parsed.format) == ("de", (), "vtt")


def test_voices_with_classes_and_tags_inside_are_speakers():
    parsed = read("00:01.000 --> 00:02.000\n<v.loud.first Mary Ann>Good <i>day</i></v>\n")
    assert lines_of(parsed) == [(1000, 2000, "Mary Ann", "Good day")]


def test_several_voices_in_a_cue_become_a_segment_each():
    parsed = read("00:01.000 --> 00:05.000\n<v Ana>Do you?</v>\n<v Ben>I do.</v> So.\n")
    assert [(s.speaker, s.text) for s in parsed.segments] == [
        ("Ana", "Do you?"),
        ("Ben", "I do. So."),
    ]
    assert {(s.start_ms, s.end_ms) for s in parsed.segments} == {(1000, 5000)}


def test_inline_times_give_words_and_leave_the_text_whole():
    parsed = read("00:01.000 --> 00:03.000\nan<00:01.500><c> acc</c><00:02.000><c>ount</c>\n")
    (segment,) = parsed.segments
    assert segment.text == "an account"
    assert [(w.start_ms, w.end_ms, w.text) for w in segment.words] == [
        (1000, 1500, "an"),
        (1500, 3000, "account"),
    ]


def test_rolling_captions_give_each_word_once():
    parsed = read(
        "00:00.000 --> 00:02.000\n \nso<00:00.500><c> we</c><00:01.000><c> begin</c>\n\n"
        "00:02.000 --> 00:02.010\nso we begin\n \n\n"
        "00:02.010 --> 00:04.000\nso we begin\nwith<00:03.000><c> money</c>\n\n"
        "00:04.000 --> 00:04.010\nwith money\n \n\n"
        "00:04.010 --> 00:06.000\nwith money\nand<00:05.000><c> time</c>\n\n"
    )
    assert [s.text for s in parsed.segments] == ["so we begin", "with money", "and time"]
    assert parsed.problems == ()


def test_a_chorus_that_comes_back_is_not_taken_for_rolling_captions():
    body = "".join(f"00:0{n}.000 --> 00:0{n + 1}.000\nLa la la\n\n" for n in range(6))
    assert len(read(body).segments) == 6


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("P&amp;L &lt; 20%", "P&L < 20%"),
        ("P&L margin < 20%", "P&L margin < 20%"),
        ("I <3 you", "I <3 you"),
        ("a &lt b &nbs; c", "a &lt b &nbs; c"),
        ("one<br/>two", "one two"),
        ("<b>open to the end", "open to the end"),
        ("<c It is kept", "<c It is kept"),
        (r"{\an8}Up here", "Up here"),
    ],
)
def test_tags_and_entities_become_plain_words(raw, text):
    assert [s.text for s in read(f"00:01.000 --> 00:02.000\n{raw}\n").segments] == [text]


def test_labels_that_come_back_are_speakers_until_the_next_label():
    parsed = read(
        "00:01.000 --> 00:02.000\nAna: One.\n\n00:02.000 --> 00:03.000\nTwo.\n\n"
        "00:03.000 --> 00:04.000\nBen: Three.\nAna: Four.\n\n00:04.000 --> 00:05.000\nAna: Five\n\n"
        "00:05.000 --> 00:06.000\nBen: Six\n"
    )
    assert [(s.speaker, s.text) for s in parsed.segments] == [
        ("Ana", "One."),
        ("Ana", "Two."),
        ("Ben", "Three."),
        ("Ana", "Four."),
        ("Ana", "Five"),
        ("Ben", "Six"),
    ]


def test_a_broken_cue_is_told_and_costs_only_itself():
    parsed = read(
        "00:01.000 --> 00:02.000\nOne\n\n00.00:03 --> 00:04.000\nLost\n\n"
        "00:05.000 --> 00:0x.000\nKept\n\n00:07.000 --> 00:08.000\nLast\n"
    )
    assert [(s.start_ms, s.end_ms, s.text) for s in parsed.segments] == [
        (1000, 2000, "One"),
        (5000, 7000, "Kept"),
        (7000, 8000, "Last"),
    ]
    told = " ".join(parsed.problems)
    assert "1 of 4 cues left out" in told
    assert "line 6" in told
    assert "1 cue without a readable end" in told


def test_words_outside_a_cue_are_told():
    parsed = read("00:01.000 --> 00:02.000\nOne\n\nTwo\nand\n\n00:03.000 --> 00:04.000\nThree\n")
    assert parsed.problems == ("2 lines outside any cue left out",)


def test_a_missing_header_and_an_empty_file_are_told():
    assert "WEBVTT line" in parse_webvtt("00:01.000 --> 00:02.000\nOne").problems[0]
    empty = read("")
    assert (empty.segments, empty.problems) == ((), ("no words in it",))


def test_cues_are_ordered_and_ends_come_after_starts():
    parsed = read(
        "00:05.000 --> 00:04.000\nSecond\n\n00:01.000 --> 00:02.000\nFirst\n\n"
        "00:09.000 --> 00:10.000\nThird\n"
    )
    assert [(s.start_ms, s.end_ms) for s in parsed.segments] == [
        (1000, 2000),
        (5000, 9000),
        (9000, 10000),
    ]
    assert any("ended before the start" in problem for problem in parsed.problems)


LETTERS = st.characters(exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp"))
LINE = st.text(LETTERS, min_size=1, max_size=30).map(lambda t: " ".join(t.split())).filter(bool)


@st.composite
def segment_lists(draw):
    starts = sorted(draw(st.lists(st.integers(0, 400_000_000), max_size=8)))
    return [
        Segment(
            start_ms=start,
            end_ms=start + draw(st.integers(0, 60_000)),
            text=draw(LINE),
            speaker=draw(st.none() | LINE),
        )
        for start in starts
    ]


@given(segment_lists())
def test_what_is_written_as_webvtt_is_read_back_the_same(segments):
    parsed = parse_transcript(format_webvtt(segments).encode())
    assert list(parsed.segments) == segments


@pytest.mark.parametrize("text", ["Jenny: Hi", "a --> b", "{\\an8}x", "NOTE x", "5", "<v A>&amp;"])
def test_words_that_look_like_marks_survive_the_round_trip(text):
    segments = (Segment(start_ms=0, end_ms=10, text=text),) * 2
    assert parse_transcript(format_webvtt(segments).encode()).segments == segments


_PIECES = st.sampled_from(
    [
        "word",
        "two words",
        " ",
        "\n",
        "a > b",
        "&amp;",
        "&lt;v Bo&gt;",
        "\t",
        "Jenny:",
        "-",
        "1",
        "é",
    ]
)
_CLOCK = st.builds(
    "{:02}:{:02}:{:02}{}{:03}".format,
    *(st.integers(0, 99), st.integers(0, 70), st.integers(0, 70)),
    *(st.sampled_from(".,"), st.integers(0, 999)),
)


@given(_CLOCK, _CLOCK, st.sampled_from(["", " align:start", "x", "0", "\t", "\u00a0"]))
def test_a_plain_timing_line_says_what_an_odd_one_says(start, end, rest):
    plain = parse_webvtt(f"WEBVTT\n\n{start} --> {end}{rest}\nwords\n")
    odd = parse_webvtt(f"WEBVTT\n\n{start}  -->  {end}{rest}\nwords\n")
    assert plain == odd


@given(
    st.sampled_from(["<v Ann>", "<v.loud  Bo &amp; Li>", "<v >", "<v A\nB>", ""]),
    st.lists(_PIECES, max_size=5).map("".join),
    st.sampled_from(["</v>", ""]),
)
def test_a_cue_of_one_voice_says_what_one_with_more_tags_says(voice, words, close):
    # An empty line would end the cue, and what follows it would be outside of any.
    said = "\n".join(line for line in f"{voice}{words}{close}".split("\n") if line)

    def cue(tags):
        return read(f"00:01.000 --> 00:02.000\n{said}{tags}\n")

    assert cue("") == cue("<b></b>")
