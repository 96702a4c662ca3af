import json

import pytest

from corpus.errors import FormatError
from corpus.formats.transcripts import parse_transcript


def read(value):
    return parse_transcript((value if isinstance(value, str) else json.dumps(value)).encode())


def rows(parsed):
    return [(s.start_ms, s.end_ms, s.speaker, s.text) for s in parsed.segments]


def test_podcast_json_fills_missing_ends_and_reads_times_as_text():
    parsed = read(
        {
            "version": "1.0.0",
            "segments": [
                {"speaker": "Ana", "startTime": "1.0", "body": "First"},
                {"speaker": "Ben", "startTime": 4.5, "body": "Second thing"},
            ],
        }
    )
    assert parsed.format == "podcast-json"
    assert rows(parsed) == [(1000, 4500, "Ana", "First"), (4500, 5300, "Ben", "Second thing")]


def test_podcast_json_joins_only_segments_of_equal_times_and_speaker():
    def row(start, who, body):
        return {"startTime": start, "endTime": start + 1, "speaker": who, "body": body}

    parsed = read(
        {"segments": [row(0, "A", "I"), row(0, "A", "am"), row(0, "B", "No"), row(2, "B", "so")]}
    )
    assert [s.text for s in parsed.segments] == ["I am", "No", "so"]


@pytest.mark.parametrize("bad", ["NaN", "Infinity", "-5", "null", "true", '"soon"', "1e300", "[]"])
def test_a_segment_whose_time_is_none_is_told_and_left_out(bad):
    parsed = read(
        '{"segments":[{"startTime":3.0,"endTime":4.0,"body":"Good"},'
        f'{{"startTime":{bad},"endTime":6.0,"body":"Bad"}}]}}'
    )
    assert rows(parsed) == [(3000, 4000, None, "Good")]
    assert "1 segment left out" in parsed.problems[0]


def test_podlove_prefers_the_voice_and_resolves_ids():
    row = {
        "start": "00:00:00.5",
        "end": "00:00:02.0",
        "speaker": "1",
        "voice": "Jenny",
        "text": "Hallo",
    }
    assert rows(read([row])) == [(500, 2000, "Jenny", "Hallo")]
    named = read(
        {
            "contributors": [{"id": "1", "name": "Jenny P"}],
            "transcripts": [{"start_ms": 60000, "end_ms": 62000, "speaker": "1", "text": "Weiter"}],
        }
    )
    assert (named.format, rows(named)) == ("podlove-json", [(60000, 62000, "Jenny P", "Weiter")])


def test_whisper_keeps_words_speakers_and_language():
    parsed = read(
        {
            "text": " One 2",
            "language": "en",
            "segments": [
                {
                    "start": 1.0,
                    "end": 2.0,
                    "text": " One 2",
                    "speaker": "SPEAKER_00",
                    "words": [{"word": " One", "start": 1.0, "end": 1.5}, {"word": "2"}],
                }
            ],
        }
    )
    assert (parsed.format, parsed.language) == ("whisper-json", "en")
    (segment,) = parsed.segments
    assert (segment.text, segment.speaker) == ("One 2", "SPEAKER_00")
    assert [(w.start_ms, w.end_ms, w.text) for w in segment.words] == [
        (1000, 1500, "One"),
        (1500, 1500, "2"),
    ]


def test_whisper_cpp_offsets_are_milliseconds():
    value = {
        "result": {"language": "de"},
        "transcription": [
            {
                "timestamps": {"from": "00:00:00,000"},
                "offsets": {"from": 0, "to": 1200},
                "text": " Ja",
            },
            {"timestamps": {"from": "00:00:01,200", "to": "00:00:02,000"}, "text": " Nein"},
        ],
    }
    parsed = read(value)
    assert (parsed.language, rows(parsed)) == (
        "de",
        [(0, 1200, None, "Ja"), (1200, 2000, None, "Nein")],
    )


def test_rows_out_of_order_are_ordered():
    parsed = read([{"start": 9, "end": 10, "text": "b"}, {"start": 1, "end": 12, "text": "a"}])
    assert [s.text for s in parsed.segments] == ["a", "b"]


def test_a_cut_off_file_keeps_its_whole_rows():
    whole = json.dumps({"segments": [{"startTime": n, "body": f"w{n}"} for n in range(3)]})
    parsed = read(whole[:-12])
    assert [s.text for s in parsed.segments] == ["w0", "w1"]
    assert "broken JSON" in parsed.problems[0]


@pytest.mark.parametrize(
    "text", ["{}", "[]", '{"error": "gone"}', "[" * 100_000, "{", "[1, 2]", "{" * 9]
)
def test_json_without_segments_is_refused(text):
    with pytest.raises(FormatError):
        read(text)
