import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.speech.windows import LEVEL_MS, LevelMeter, Window, cut_windows, plan_windows
from tests.audio_making import tone

PER_S = 1000 // LEVEL_MS


def profile(*stretches):
    """Levels of (seconds, decibels), one after another."""
    return np.concatenate(
        [np.full(round(seconds * PER_S), level, np.float32) for seconds, level in stretches]
    )


def speech(seconds, level=-20):
    """Levels that swing like speech, with pauses too short to cut at."""
    return [(0.3, level), (0.1, level - 15)] * round(seconds / 0.4)


def bounds(windows):
    return [(window.start_ms, window.end_ms) for window in windows]


def assert_tiles(windows, duration_ms, max_ms):
    assert [window.index for window in windows] == list(range(len(windows)))
    assert windows[0].start_ms == 0
    assert windows[-1].end_ms == duration_ms
    assert all(0 < window.end_ms - window.start_ms <= max_ms for window in windows)
    assert all(a.end_ms == b.start_ms for a, b in itertools.pairwise(windows))


def test_a_short_recording_is_one_window():
    assert plan_windows(profile((30, -20)), 30_000) == (Window(index=0, start_ms=0, end_ms=30_000),)


def test_nothing_has_no_windows():
    assert plan_windows(np.empty(0, np.float32), 0) == ()


def test_a_window_ends_in_the_middle_of_the_longest_pause_near_its_limit():
    levels = profile(
        *speech(60), (5, -70), *speech(340), (1, -60), *speech(100), (2, -60), *speech(200)
    )
    seconds = len(levels) / PER_S
    windows = plan_windows(levels, round(seconds * 1000), max_ms=600_000)
    assert_tiles(windows, round(seconds * 1000), 600_000)
    pause_s = 60 + 5 + 340 + 1 + 100
    assert pause_s * 1000 < windows[0].end_ms < (pause_s + 2) * 1000
    assert abs(windows[0].end_ms - (pause_s + 1) * 1000) <= 100


def test_a_pause_over_room_tone_is_found_as_well_as_digital_silence():
    for room in (-100, -55, -38):
        levels = profile(*speech(420), (1.5, room), *speech(400))
        (_, end_ms), *_ = bounds(plan_windows(levels, 821_500))
        assert 420_000 < end_ms < 421_500


def test_music_without_pauses_is_cut_where_it_is_quietest():
    rng = np.random.default_rng(2)
    levels = rng.normal(-20, 2, 900 * PER_S).astype(np.float32)
    levels[400 * PER_S] = -60
    assert bounds(plan_windows(levels, 900_000))[0] == (0, 400_000)


@given(
    st.lists(
        st.tuples(
            st.floats(0.02, 40, allow_nan=False),
            st.floats(-100, 0, allow_nan=False, width=32),
        ),
        min_size=1,
        max_size=60,
    ),
    st.integers(0, LEVEL_MS - 1),
    st.integers(1_000, 60_000),
)
def test_windows_tile_every_recording_and_none_is_too_long(stretches, more_ms, max_ms):
    levels = profile(*stretches)
    duration_ms = max(len(levels) * LEVEL_MS + more_ms, 1)
    windows = plan_windows(levels, duration_ms, max_ms=max_ms)
    assert_tiles(windows, duration_ms, max_ms)
    assert plan_windows(levels, duration_ms, max_ms=max_ms) == windows


@given(st.lists(st.integers(0, 5_000), max_size=30), st.integers(1_000, 20_000))
def test_cutting_gives_each_window_its_own_samples(sizes, max_ms):
    row = np.arange(sum(sizes), dtype=np.float32)
    pieces = np.split(row, np.cumsum(sizes)[:-1]) if sizes else []
    duration_ms = len(row) // 16
    windows = plan_windows(np.zeros(duration_ms // LEVEL_MS, np.float32), duration_ms)
    got = list(cut_windows(iter(pieces), windows))
    assert [window for window, _ in got] == list(windows)
    for window, samples in got:
        assert samples[0] == window.start_ms * 16
    if windows:
        assert np.array_equal(np.concatenate([samples for _, samples in got]), row)


def test_cutting_small_windows_of_one_long_piece():
    row = np.arange(160_000, dtype=np.float32)
    windows = plan_windows(np.zeros(500, np.float32), 10_000, max_ms=3_000)
    got = [samples for _, samples in cut_windows([row], windows)]
    assert len(got) > 3
    assert np.array_equal(np.concatenate(got), row)


@pytest.mark.parametrize("piece", [1, 100, 320, 5_000, 1_000_000])
def test_loudness_does_not_depend_on_how_the_samples_come(piece):
    samples = np.concatenate([tone(1.0, 16_000, level=0.5), np.zeros(16_000, np.float32)])
    if piece == 1:
        samples = samples[:2000]
    whole, meter = LevelMeter(), LevelMeter()
    whole.add(samples)
    for at in range(0, len(samples), piece):
        meter.add(samples[at : at + piece])
    assert np.array_equal(meter.levels, whole.levels)
    assert meter.duration_ms == len(samples) // 16


def test_loudness_is_in_decibels_under_full_scale():
    meter = LevelMeter()
    meter.add(np.concatenate([np.ones(3200, np.float32), np.zeros(3200, np.float32)]))
    assert meter.levels.tolist() == pytest.approx([0.0] * 10 + [-100.0] * 10)
    assert LevelMeter().levels.tolist() == []
