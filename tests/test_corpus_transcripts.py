import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import FormatError
from corpus.formats.transcripts import looks_like_transcript, parse_transcript

CUES = "1\n00:00:01,000 --> 00:00:02,000\nOne\n\n2\n00:00:02,000 --> 00:00:03,000\nTwo\n"


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nOne", "notes.txt", "vtt"),
        (CUES, "a.json", "srt"),
        ('[{"start": 1, "end": 2, "text": "a"}]', "a.srt", "podlove-json"),
        ("<time>0:01</time><p>One</p>", "a.vtt", "html"),
        ("[0:01] Ana: One", "a.html", "text"),
    ],
)
def test_content_decides_and_not_the_name(text, name, kind):
    assert parse_transcript(text.encode(), name).format == kind


@pytest.mark.parametrize(
    "data", [b"", b"  \n", b"\x00\x01\x02" * 50, b"1", b"--", bytes(range(256)) * 8]
)
def test_what_holds_no_words_is_refused(data):
    with pytest.raises(FormatError):
        parse_transcript(data, "x")


PIECES = st.sampled_from(
    [
        "WEBVTT\n\n",
        "00:01.000 --> 00:02.000\n",
        "-->",
        "<v Ana>",
        "<",
        ">",
        "&lt;",
        "\n",
        "\n\n",
        "1\n",
        "Ana: ",
        "[00:12]",
        "0:00:01.0,0:00:02.0\n",
        "{",
        "[",
        '"segments":',
        '{"start":1}',
        "NaN",
        ",",
        "<time>",
        "0:01",
        "</time>",
        "<p>",
        "<cite>",
        "<tt>",
        "**",
        "](",
        ")",
        "NOTE\n",
        "</",
        "\r",
        "\ufeff",
        "<pst:transcripts>",
        "<item start='1'>",
        "\u3000",
        "\xa0",
        "99999999999",
        "é",
        "\x85",
    ]
)


def check(data):
    try:
        parsed = parse_transcript(data)
    except FormatError:
        return
    starts = [segment.start_ms for segment in parsed.segments]
    assert starts == sorted(starts)
    assert all(segment.text.strip() for segment in parsed.segments)
    assert all(0 <= segment.start_ms <= segment.end_ms for segment in parsed.segments)
    assert parsed.segments or parsed.problems


@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_mixture_of_marks_gives_sound_segments_or_a_told_refusal(text):
    check(text.encode())
    looks_like_transcript(text)


@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace")))
def test_any_bytes_give_sound_segments_or_a_told_refusal(data):
    check(data)
    looks_like_transcript(data)


HEAD = "WEBVTT\n\n00:01.000 --> 00:02.000\n"


@pytest.mark.parametrize(
    "unit",
    [
        "<",
        "<c",
        "<v a>x",
        "<00:01.000>a",
        "&lt;",
        HEAD[8:],
        "-->\n",
        "<p>",
        "<div>",
        "[",
        "{",
        ":",
        "0:00 ",
        "[0:00]",
        "](",
        "[a](b) ",
        "**",
        "Ab\n0:00\nab\n\n",
        "1\n",
        "\x00",
        "é",
        "<cite>",
        "{\\",
        "A B C ",
    ],
)
@pytest.mark.parametrize("head", ["", HEAD])
def test_much_nasty_input_is_read_in_bounded_time(head, unit):
    data = (head + unit * (250_000 // len(unit.encode()))).encode()
    begun = time.process_time()
    check(data)
    assert (
        time.process_time() - begun < 1.5
    )  # half a second alone: the work grows with the length, not its square
    begun = time.process_time()
    looks_like_transcript(data)
    assert time.process_time() - begun < 0.5


TALK = " ".join(["we talk about money and time and what the client buys"] * 4)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("WEBVTT\n", "vtt"),
        (CUES, "srt"),
        ("0:00:01.000,0:00:02.000\nOne\n", "sbv"),
        (json.dumps({"segments": [{"startTime": 1, "body": "a"}]}), "json"),
        ("<tt xmlns='x'><body/></tt>", "xml"),
        (
            "<cite>Ana:</cite><time>0:00</time><p>Hi</p><cite>Ben:</cite><time>0:04</time><p>Yes</p>",
            "html",
        ),
        ("[0:01] Ana: Hello you\n[0:04] Ben: Yes\n[0:09] Ana: Good\n[0:12] Ben: So", "text"),
        ("\n".join(f"{n}:00 {TALK} {TALK} {TALK}" for n in range(1, 9)), "text"),
        ("\n\n".join(f"**{'Ana' if n % 2 else 'Ben'}:** {TALK}" for n in range(12)), "text"),
    ],
)
def test_a_transcript_is_told_by_its_content(text, kind):
    assert looks_like_transcript(text) == kind
    assert looks_like_transcript(text.encode(), "x.bin") == kind


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\u30000:00:01.0,0:00:02.0\n",
        "A newsletter about the 9:30 train.\n\nIt was late at 10:15 again.",
        "Key takeaways\n\n"
        + "\n".join(f"- Raise fees step by step, part {n}. ({n}:10)" for n in range(9)),
        "Timestamps\n" + "\n".join(f"{4 * n}:10 - Chapter {n}" for n in range(12)),
        "Show notes:\n"
        + "\n".join(f"({4 * n}:10) Guests: what they say of {n}" for n in range(12)),
        "<html><body>"
        + "".join(f"<p>({n}:00) {TALK}</p>" for n in range(0, 90, 9))
        + "</body></html>",
        '<?xml version="1.0"?><rss><channel><title>0:10 A: b</title></channel></rss>',
        '{"version": "https://jsonfeed.org/version/1.1", "items": [{"content_text": "a"}]}',
        '{"episode_id": "a", "segments": [{"start": 0, "end": 1, "text": "a"}]}',
        "We write captions like this:\n\n"
        + "prose\n" * 40
        + "00:00:01,000 --> 00:00:02,000\n"
        + "x\n" * 9,
    ],
)
def test_newsletters_feeds_and_lists_of_times_are_no_transcripts(text):
    assert looks_like_transcript(text) is None


def test_the_name_settles_only_captions_without_a_readable_time():
    assert looks_like_transcript("1\nsome text", "a.srt") == "text"
    assert looks_like_transcript("1\nsome text", "a.txt") is None
