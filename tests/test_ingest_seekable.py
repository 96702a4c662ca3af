"""Held audio is served so that a player finds the very second."""

import av
import numpy as np
import pytest

from ingest.speech.seekable import FOLDER, find_seekable, is_variable_mp3
from tests.audio_making import noise, rising, tone, write_audio, write_variable_mp3


def packet_times(path):
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        return [
            round(float(packet.pts * stream.time_base), 3)
            for packet in container.demux(stream)
            if packet.pts is not None
        ]


@pytest.mark.parametrize("table", [False, True])
def test_a_variable_mp3_is_told_from_a_constant_one(tmp_path, table):
    variable = write_variable_mp3(tmp_path / "v.mp3", rising(30), table=table)
    assert is_variable_mp3(variable)
    constant = write_audio(tmp_path / "c.mp3", rising(30), bit_rate=64_000)
    assert not is_variable_mp3(constant)
    for rate in (44_100, 22_050, 11_025):
        slow = write_audio(tmp_path / f"{rate}.mp3", tone(20, rate), rate=rate, bit_rate=32_000)
        assert not is_variable_mp3(slow)


def test_two_files_in_one_are_variable(tmp_path):
    one = write_audio(tmp_path / "1.mp3", tone(20), bit_rate=64_000)
    two = write_audio(tmp_path / "2.mp3", tone(20), bit_rate=128_000)
    joined = tmp_path / "joined.mp3"
    joined.write_bytes(one.read_bytes() + two.read_bytes())
    assert is_variable_mp3(joined)


@pytest.mark.parametrize(
    "data", [b"", b"\xff", b"\xff\xfb\x90", b"\xff" * 20_000, bytes(9_000), b"ID3\x04" * 5_000]
)
def test_what_is_no_mp3_is_served_as_it_is(tmp_path, data):
    path = tmp_path / "odd.mp3"
    path.write_bytes(data)
    assert find_seekable(tmp_path, path) == path
    spoilt = np.random.default_rng(2).integers(0, 256, 50_000, dtype=np.uint8).tobytes()
    path.write_bytes(spoilt)
    assert find_seekable(tmp_path, path) == path


def test_a_copy_has_the_same_sound_at_the_same_times_and_is_made_once(tmp_path):
    path = write_variable_mp3(tmp_path / "v.mp3", rising(30))
    copy = find_seekable(tmp_path, path)
    assert copy.parent == tmp_path / FOLDER
    assert packet_times(copy) == pytest.approx(packet_times(path), abs=0.002)
    made = copy.stat().st_mtime_ns
    assert find_seekable(tmp_path, path) == copy
    assert copy.stat().st_mtime_ns == made
    assert len(list(copy.parent.iterdir())) == 1


def test_a_file_that_changes_gets_another_copy(tmp_path):
    path = write_variable_mp3(tmp_path / "v.mp3", rising(20))
    first = find_seekable(tmp_path, path)
    write_variable_mp3(path, rising(25))
    assert find_seekable(tmp_path, path) != first


def test_other_forms_are_left_alone(tmp_path):
    path = write_audio(tmp_path / "a.ogg", noise(5, 48_000))
    assert find_seekable(tmp_path, path) == path
    assert find_seekable(tmp_path, tmp_path / "gone.mp3") == tmp_path / "gone.mp3"
