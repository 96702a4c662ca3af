import hashlib

import numpy as np
import pytest

from corpus.errors import AudioError
from ingest.speech.audio import probe_audio
from ingest.speech.decoder import DecodeReport, iter_samples
from tests.audio_making import (
    CODECS,
    click_times,
    clicks,
    retime,
    spoil,
    tone,
    write_audio,
    write_silent_video,
)

FORMATS = sorted(CODECS)
SECONDS = 12.0
WHOLE = [float(second) for second in range(1, int(SECONDS))]


def decode(path):
    report = DecodeReport()
    return np.concatenate(list(iter_samples(path, report))), report


def made(tmp_path, ending, **options):
    path = tmp_path / f"made{ending}"
    return write_audio(path, clicks(SECONDS, options.get("rate", 48_000)), **options)


@pytest.mark.parametrize("ending", FORMATS)
def test_every_format_is_heard_where_it_was_recorded(tmp_path, ending):
    samples, report = decode(made(tmp_path, ending))
    assert samples.dtype == np.float32
    assert click_times(samples) == pytest.approx(WHOLE, abs=0.003)
    assert len(samples) / 16_000 == pytest.approx(SECONDS, abs=0.03)
    assert (report.lost_packets, report.wrong_times, report.filled_ms) == (0, 0, 0)


@pytest.mark.parametrize(
    ("rate", "layout"), [(44_100, "mono"), (44_100, "stereo"), (16_000, "mono"), (8_000, "stereo")]
)
def test_every_rate_and_layout_becomes_mono_at_16_khz(tmp_path, rate, layout):
    samples, _ = decode(made(tmp_path, ".wav", rate=rate, layout=layout))
    assert click_times(samples) == pytest.approx(WHOLE, abs=0.003)
    assert len(samples) == SECONDS * 16_000


@pytest.mark.parametrize("ending", FORMATS)
def test_probing_tells_duration_and_form(tmp_path, ending):
    path = made(tmp_path, ending)
    facts = probe_audio(path)
    assert facts.duration_ms == pytest.approx(SECONDS * 1000, abs=30)
    assert (facts.sample_rate, facts.channels, facts.problems) == (48_000, 1, ())
    assert facts.fingerprint == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_variable_bit_rate_without_a_header_is_counted_not_guessed(tmp_path):
    loud_then_silent = np.concatenate([clicks(6.0), np.zeros(48_000 * 60, np.float32)])
    path = write_audio(
        tmp_path / "vbr.mp3", loud_then_silent, options={"write_xing": "0", "q": "4"}
    )
    assert probe_audio(path).duration_ms == pytest.approx(66_000, abs=80)


@pytest.mark.parametrize("name", ["made.wav", "made.m4a", "made.txt", "made", "a:b.mp3"])
def test_the_name_does_not_matter(tmp_path, name):
    path = made(tmp_path, ".mp3").rename(tmp_path / name)
    assert click_times(decode(path)[0]) == pytest.approx(WHOLE, abs=0.003)
    assert probe_audio(path).codec == "mp3"


@pytest.mark.parametrize("ending", [".mp3", ".m4a", ".flac"])
@pytest.mark.parametrize("fill", [None, 0, 255])
def test_a_corrupt_stretch_loses_only_itself(tmp_path, ending, fill):
    # 5.4 s lies between two clicks, and so does what a few corrupt packets hold.
    path = spoil(made(tmp_path, ending, bit_rate=64_000), 5.4, length=900, fill=fill)
    samples, report = decode(path)
    assert click_times(samples) == pytest.approx(WHOLE, abs=0.005)
    assert report.lost_packets or report.filled_ms
    assert len(samples) / 16_000 == pytest.approx(SECONDS, abs=0.06)


def test_a_corrupt_stretch_without_a_header_is_filled_by_its_bytes(tmp_path):
    path = made(tmp_path, ".mp3", bit_rate=64_000, options={"write_xing": "0"})
    before, _ = decode(path)
    after, _ = decode(spoil(path, 5.4))
    assert click_times(after) == pytest.approx(click_times(before), abs=0.005)


@pytest.mark.parametrize("ending", [".ogg", ".webm"])
def test_a_corrupt_page_or_cluster_does_not_move_what_follows(tmp_path, ending):
    samples, _ = decode(spoil(made(tmp_path, ending), 5.4, length=200))
    times = click_times(samples)
    assert times == pytest.approx([round(time) for time in times], abs=0.005)
    assert {1, 2, 3, 4, 11} <= {round(time) for time in times}


@pytest.mark.parametrize("ending", [".webm", ".m4a", ".ogg"])
def test_missing_packets_are_silence(tmp_path, ending):
    gap = retime(
        made(tmp_path, ending), tmp_path / f"gap{ending}", lambda at: None if 4.1 < at < 4.8 else at
    )
    samples, report = decode(gap)
    assert click_times(samples) == pytest.approx(WHOLE, abs=0.003)
    if ending == ".ogg":
        return  # its pages say when they end, not that something is missing before
    assert report.filled_ms == pytest.approx(700, abs=50)
    assert not np.abs(samples[int(4.25 * 16_000) : int(4.7 * 16_000)]).max()


def test_timestamps_win_over_what_packets_hold(tmp_path):
    hurried = retime(made(tmp_path, ".webm"), tmp_path / "hurried.webm", lambda at: at * 0.9)
    samples, _ = decode(hurried)
    # What overlaps is dropped, now and then a click with it; no click comes late.
    times = click_times(samples)
    assert len(times) >= 8
    assert times == pytest.approx([round(time / 0.9) * 0.9 for time in times], abs=0.035)


def test_a_timestamp_that_leaps_for_hours_is_not_believed(tmp_path):
    leap = retime(
        made(tmp_path, ".webm"),
        tmp_path / "leap.webm",
        lambda at: at if at < 4.5 else at + 90_000.0,
    )
    # The header then declares the leap too: nothing tells that it is wrong but its size.
    data = leap.read_bytes()
    duration = data.find(b"\x44\x89")
    leap.write_bytes(data[:duration] + b"\xec\x89" + data[duration + 2 :])
    samples, report = decode(leap)
    assert report.wrong_times == 1
    assert click_times(samples) == pytest.approx(WHOLE, abs=0.003)


def test_a_late_start_is_kept_where_browsers_keep_it(tmp_path):
    late = retime(made(tmp_path, ".webm"), tmp_path / "late.webm", lambda at: at + 2.0)
    samples, _ = decode(late)
    assert click_times(samples) == pytest.approx([at + 2 for at in WHOLE], abs=0.003)


def test_joined_files_of_different_rates_are_one_recording(tmp_path):
    first = write_audio(tmp_path / "one.mp3", clicks(6.0, 44_100), rate=44_100)
    second = write_audio(tmp_path / "two.mp3", clicks(6.0, 24_000), rate=24_000)
    both = tmp_path / "both.mp3"
    both.write_bytes(first.read_bytes() + second.read_bytes())
    samples, _ = decode(both)
    assert len(samples) / 16_000 == pytest.approx(12.1, abs=0.15)
    assert len(click_times(samples)) == 10
    assert probe_audio(both).duration_ms == pytest.approx(len(samples) / 16, abs=150)
    assert probe_audio(both).problems == ()


def test_pieces_are_small_so_that_a_long_file_is_never_decoded_at_once(tmp_path):
    gap = retime(
        made(tmp_path, ".webm"), tmp_path / "gap.webm", lambda at: at if at < 6 else at + 50
    )
    assert max(len(piece) for piece in iter_samples(gap)) <= 16_000 * 10


@pytest.mark.parametrize("ending", [".mp3", ".flac", ".webm"])
def test_half_a_file_is_told_by_its_own_header(tmp_path, ending):
    path = made(tmp_path, ending)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    facts = probe_audio(path)
    assert facts.duration_ms < 8_000
    assert facts.problems[0].startswith("ends at 0:0")
    assert "0:12: it is cut off" in facts.problems[0]


def test_half_a_file_is_told_by_what_the_feed_says(tmp_path):
    path = write_audio(tmp_path / "x.mp3", tone(60.0, 16_000), rate=16_000)
    size = path.stat().st_size
    assert probe_audio(path, expected_ms=61_000, expected_bytes=size).problems == ()
    problems = probe_audio(path, expected_ms=120_000, expected_bytes=size * 2).problems
    assert problems == (
        "ends at 1:00 but 2:00 was expected: it may be cut off",
        f"has {size} bytes of the {size * 2} that were expected: it may be cut off",
    )


def _empty(tmp_path):
    path = tmp_path / "empty.mp3"
    path.write_bytes(b"")
    return path


def _bytes(body):
    def make(tmp_path):
        path = tmp_path / "body.mp3"
        path.write_bytes(body)
        return path

    return make


def _headless(tmp_path):
    path = made(tmp_path, ".m4a")
    path.write_bytes(path.read_bytes()[:8000])
    return path


def _playlist(tmp_path):
    made(tmp_path, ".mp3")
    path = tmp_path / "list.mp3"
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nmade.mp3\n#EXT-X-ENDLIST\n")
    return path


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (_empty, "is empty"),
        (lambda tmp_path: tmp_path / "none.mp3", "No such file"),
        (lambda tmp_path: tmp_path, ""),
        (_bytes(np.random.default_rng(5).bytes(200_000)), ""),
        (_bytes(b"<html><body>404 Not Found</body></html>" * 99), "is no audio"),
        (_bytes(b"WEBVTT\n\n00:01.000 --> 00:02.000\nhello\n"), "is no audio"),
        (_bytes(b"\0" * 50_000), ""),
        (_bytes(b"\xff" * 50_000), ""),
        (_bytes(b"ID3\x04\0\0\0\0\0\0"), ""),
        (_headless, "cut off"),
        (_playlist, "is no audio"),
        (lambda tmp_path: write_silent_video(tmp_path / "film.mp4"), "has no sound"),
    ],
)
@pytest.mark.parametrize("read", [probe_audio, decode], ids=["probe", "decode"])
def test_what_is_no_sound_is_an_audio_error(tmp_path, make, problem, read):
    path = make(tmp_path)
    with pytest.raises(AudioError) as caught:
        read(path)
    assert caught.value.subject == str(path)
    assert problem in str(caught.value)


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("seed", range(4))
def test_no_damage_crashes_or_hangs(tmp_path, ending, seed):
    rng = np.random.default_rng(seed)
    path = made(tmp_path, ending)
    data = np.frombuffer(path.read_bytes(), np.uint8).copy()
    data[rng.integers(0, len(data), 200)] = rng.integers(0, 256, 200)
    path.write_bytes(data[: rng.integers(len(data) // 2, len(data))].tobytes())
    for read in (probe_audio, decode):
        try:
            read(path)
        except AudioError as error:
            assert error.subject == str(path)
