import pytest

from corpus.formats.transcripts import parse_transcript


def read(text):
    return parse_transcript(text.encode())


def rows(parsed):
    return [(s.start_ms, s.speaker, s.text) for s in parsed.segments]


TWO = [(62_000, "Ana Lee", "What do they buy?"), (100_000, "Ben", "Calm, mostly. Really.")]


@pytest.mark.parametrize(
    "text",
    [
        "[00:01:02] Ana Lee: What do they buy?\n[00:01:40] Ben: Calm, mostly. Really.",
        "1:02 Ana Lee: What do they buy?\n1:40 Ben: Calm, mostly.\nReally.",
        "(1:02) - Ana Lee: What do they buy?\n\n(1:40) - Ben: Calm, mostly. Really.",
        "Ana Lee 1:02\nWhat do they buy?\n\nBen 1:40\nCalm, mostly.\nReally.",
        "Ana Lee (01:02):\nWhat do they buy?\n\nBen (01:40):\nCalm, mostly.\n\nReally.",
        "Ana Lee [00:01:02]: What do they buy?\n\nBen [00:01:40]: Calm, mostly. Really.",
        "**Ana Lee** \\[1:02\\]\nWhat do they buy?\n\n**Ben** \\[1:40\\]\n\nCalm, mostly. Really.",
        "**Ana Lee:** \\[01:02\\] What do they buy?\n\n**Ben:** \\[01:40\\] Calm, mostly. Really.",
        "1:02\nAna Lee\nWhat do they buy?\n\n1:40\nBen\nCalm, mostly. Really.",
        "Ana Lee\n1:02\nWhat do they buy?\n\nBen\n1:40\nCalm, mostly. Really.",
        "[1:02](https://x.example/?t=62) Ana Lee: What do they buy?\n\n[1:40](https://x.example/) "
        "Ben: Calm, mostly. Really.",
        "# Episode\n\n0:01:02 - 0:01:40 Ana Lee: What do they buy?\n0:01:40 - 0:02:00 Ben: "
        "Calm, mostly. Really.",
    ],
)
def test_the_usual_shapes_give_the_same_segments(text):
    parsed = read(text)
    assert (parsed.format, parsed.timed, rows(parsed)) == ("text", True, TWO)


def test_lines_of_times_and_words_without_names_are_read():
    parsed = read("0:00\nso we begin\n0:04\nwith money\n0:09\nand time\n")
    assert rows(parsed) == [
        (0, None, "so we begin"),
        (4000, None, "with money"),
        (9000, None, "and time"),
    ]
    assert [s.end_ms for s in parsed.segments] == [4000, 9000, 9800]


def test_a_time_in_the_middle_of_a_paragraph_begins_a_segment():
    parsed = read("Ana: [00:00:10] One two. [00:00:20] Three.\n\nBen: [00:00:30] Four.")
    assert rows(parsed) == [
        (10_000, "Ana", "One two."),
        (20_000, "Ana", "Three."),
        (30_000, "Ben", "Four."),
    ]


def test_speech_without_a_time_between_timed_ones_is_placed_and_told():
    parsed = read("[0:10] Ana: abcd\nBen: abcd\n[0:20] Ana: efgh\n[0:30] Ben: efgh")
    assert [(s.start_ms, s.speaker) for s in parsed.segments][:3] == [
        (10_000, "Ana"),
        (15_000, "Ben"),
        (20_000, "Ana"),
    ]
    assert "1 of 4 speeches without a time" in parsed.problems[0]


def test_names_without_times_are_untimed_and_say_so():
    parsed = read("**Ana:** Hello.\n\n**Ben:** Yes.\n\nStill me.\n\n**Ana:** \\[laughs\\] Good.")
    assert parsed.timed is False
    assert rows(parsed) == [
        (0, "Ana", "Hello."),
        (0, "Ben", "Yes."),
        (0, "Ben", "Still me."),
        (0, "Ana", "[laughs] Good."),
    ]
    assert any("no times" in problem for problem in parsed.problems)


def test_a_few_times_in_a_long_text_do_not_make_it_timed():
    talk = "\n\n".join(f"{'Ana' if n % 2 else 'Ben'}: Words {n}." for n in range(20))
    parsed = read(talk + "\n\nAna: [12:19] Late.")
    assert parsed.timed is False
    assert "only 1 of 21" in parsed.problems[0]
    assert parsed.segments[-1].text == "Late."


def test_a_text_of_far_too_many_lines_loses_no_word_and_no_time():
    early, late = ([f"word{n}" for n in range(at, at + 80_000)] for at in (0, 80_000))
    text = "\n\n".join(["0:05 well", *early, "1:00 yes", *late])
    one, two = parse_transcript(text.encode()).segments
    assert (one.start_ms, one.text.split()) == (5_000, ["well", *early])
    assert (two.start_ms, two.text.split()) == (60_000, ["yes", *late])


def test_a_text_of_far_too_many_lines_without_times_stays_in_parts():
    words = [f"word{n}" for n in range(160_000)]
    parsed = parse_transcript("\n\n".join(words).encode())
    assert " ".join(segment.text for segment in parsed.segments).split() == words
    assert 1_000 < len(parsed.segments) < 10_000
