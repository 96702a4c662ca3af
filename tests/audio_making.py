"""Makes small audio files whose contents are known to the sample."""

from fractions import Fraction

import av
import numpy as np

CODECS = {
    ".mp3": "libmp3lame",
    ".m4a": "aac",
    ".ogg": "libopus",
    ".webm": "libopus",
    ".flac": "flac",
    ".wav": "pcm_s16le",
}


def tone(seconds, rate=48_000, hertz=220.0, level=0.1):
    return (level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(
        np.float32
    )


def noise(seconds, rate=16_000, level=0.1):
    return np.random.default_rng(7).normal(0, level, round(seconds * rate)).astype(np.float32)


def clicks(seconds, rate=48_000, every=1):
    """A quiet tone with 5 ms of loud noise at each whole second from the first."""
    samples = tone(seconds, rate, level=0.02)
    burst = np.sign(np.random.default_rng(1).normal(size=rate // 200)).astype(np.float32) * 0.9
    for second in range(every, int(seconds), every):
        at = second * rate
        samples[at : at + len(burst)] = burst[: len(samples) - at]
    return samples


def click_times(samples, rate=16_000, loud=0.3):
    """The seconds at which clicks begin."""
    times, last = [], -rate
    for at in np.flatnonzero(np.abs(samples) > loud):
        if at - last > rate // 4:
            times.append(at / rate)
        last = at
    return times


def write_audio(path, samples, *, rate=48_000, layout="mono", bit_rate=None, options=None):
    """Encode by the ending of the name; returns the path."""
    with av.open(str(path), "w", options=options or {}) as container:
        stream = container.add_stream(CODECS[path.suffix], rate=rate, layout=layout)
        if bit_rate:
            stream.bit_rate = bit_rate
        for packet in _encode(stream, samples, rate, layout):
            container.mux(packet)
    return path


def _encode(stream, samples, rate, layout):
    row = (np.clip(samples, -1, 1) * 32767).astype(np.int16)
    channels = 2 if layout == "stereo" else 1
    frame = av.AudioFrame.from_ndarray(
        np.repeat(row, channels)[np.newaxis], format="s16", layout=layout
    )
    frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
    yield from stream.encode(frame)
    yield from stream.encode(None)


def retime(source, path, when):
    """Copy packets; ``when(seconds)`` gives each packet's new time, or None to leave it out."""
    with av.open(str(source)) as old, av.open(str(path), "w") as new:
        stream = new.add_stream_from_template(old.streams.audio[0])
        for packet in old.demux(audio=0):
            if packet.pts is None:
                continue
            seconds = when(float(packet.pts * packet.time_base))
            if seconds is not None:
                packet.pts = packet.dts = round(seconds / packet.time_base)
                packet.stream = stream
                new.mux(packet)
    return path


def spoil(path, at_s, length=1500, fill=None):
    """Overwrite the bytes of the packet heard at ``at_s`` with noise, or with ``fill``."""
    with av.open(str(path)) as container:
        start = next(
            packet.pos
            for packet in container.demux(audio=0)
            if packet.pts is not None and packet.pts * packet.time_base >= at_s
        )
    data = bytearray(path.read_bytes())
    garbage = np.random.default_rng(3).integers(0, 256, length, dtype=np.uint8).tobytes()
    data[start : start + length] = garbage if fill is None else bytes([fill]) * length
    path.write_bytes(data)
    return path


def write_silent_video(path):
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for _ in range(10):
            frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def rising(seconds, rate=48_000, per_second=20.0):
    """A tone that rises evenly from 300 Hz, with noise in its first third: its pitch tells when."""
    t = np.arange(round(seconds * rate)) / rate
    samples = 0.3 * np.sin(2 * np.pi * (300 * t + per_second / 2 * t * t))
    samples[: len(t) // 3] += noise(seconds, rate, 0.08)[: len(t) // 3]
    return samples.astype(np.float32)


def write_variable_mp3(path, samples, *, rate=48_000, table=False):
    """Encode by quality, not bit rate; without ``table`` nothing in the file tells of it."""
    options = {"write_xing": "1" if table else "0"}
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream("libmp3lame", rate=rate, layout="mono")
        stream.codec_context.flags |= 2  # AV_CODEC_FLAG_QSCALE
        stream.codec_context.global_quality = 4 * 118  # -q:a 4
        for packet in _encode(stream, samples, rate, "mono"):
            container.mux(packet)
    return path
