"""PyAV at arm's length: any audio file as 16 kHz mono samples that lie where they are heard.

Packets are decoded one by one, so that a corrupt one loses only itself, and what is decoded is
placed by its presentation time, so that whatever is lost is silence and nothing later shifts.
Zero is where a browser's ``<audio>`` has its zero: the encoder's priming samples are before it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from corpus.errors import AudioError

if TYPE_CHECKING:
    from av import AudioFrame, AudioResampler, AudioStream, Packet
    from av.container import InputContainer

Samples = NDArray[np.float32]
"""Mono, 16 kHz, from -1 to 1."""

SAMPLE_RATE = 16_000

# What podcasts come in, and their neighbours. Playlists (HLS, DASH, concat) stay out: they would
# make the decoder open other files and addresses that the file names.
_FORMATS = (
    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,eac3,flac,flv,matroska,webm,mov,mp4,m4a,mp3,mpeg,mpegts,"
    "ogg,tta,w64,wav,wv"
)
_ELEMENTARY = frozenset({"mp3", "aac", "ac3", "eac3"})
"""Bare frames without a container: the demuxer counts times, it does not read them."""
_KEEPS_ITS_START = frozenset({"mov", "matroska"})
"""Browsers keep a late start of these (the HTML standard's "offsets into the media resource")."""
_LATEST_START_S = 60.0
_JITTER_S = 0.030
"""Timestamps may wander this much without anything being lost."""
_EXACT_S = 0.002
_REWIND_S = 1.0
"""A step back by more is a new beginning (chained or joined files), not an overlap."""
_LEAP_S = 3600.0
_OVERSIZED = 2_200
"""No MPEG audio frame has as many bytes (1441 at most): it has swallowed what could not be read."""
_MAX_STUCK = 8
_SILENCE = SAMPLE_RATE * 10


@dataclass(slots=True)
class DecodeReport:
    """What was met while decoding; complete once the last samples were taken."""

    lost_packets: int = 0
    filled_ms: int = 0
    wrong_times: int = 0
    """Timestamps that could not be believed."""
    decoded_frames: int = 0
    broken_off: str | None = None
    """Why reading ended before the file did."""


@contextmanager
def open_audio(path: Path) -> Iterator["tuple[InputContainer, AudioStream]"]:
    """Open a file and its best audio stream; no other file and no network is ever touched.

    Raises:
        AudioError: If it is missing, empty, no audio or without sound.
    """
    import av
    from av.error import FFmpegError

    try:
        if path.stat().st_size == 0:
            raise AudioError(str(path), "is empty", "fetch it again")
        container = av.open(
            f"file:{path.absolute()}",
            metadata_errors="replace",
            options={"format_whitelist": _FORMATS, "protocol_whitelist": "file"},
        )
    except (FFmpegError, ValueError) as error:
        raise AudioError(str(path), f"is no audio file, or is cut off: {_reason(error)}") from error
    except OSError as error:
        raise AudioError(str(path), error.strerror or str(error)) from error
    with container:
        stream = container.streams.best("audio")
        if stream is None:
            raise AudioError(str(path), "has no sound", "give an audio file, or a video with sound")
        yield container, stream  # type: ignore[misc]


def copy_frames(path: Path, target: Path) -> None:
    """Write the sound of a file into an MP4 container, with its index first; nothing is encoded.

    Raises:
        AudioError: If the file has no sound, or such as this container cannot hold.
    """
    import av
    from av.error import FFmpegError

    try:
        with (
            open_audio(path) as (source, stream),
            av.open(str(target), "w", format="mp4", options={"movflags": "faststart"}) as copy,
        ):
            out = copy.add_stream_from_template(stream)
            for packet in source.demux(stream):
                if packet.pts is not None:
                    packet.stream = out
                    copy.mux(packet)
    except (FFmpegError, ValueError) as error:
        raise AudioError(str(path), f"cannot be copied: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    log = getattr(error, "log", None)
    return str(log[2]).strip() if log else str(getattr(error, "strerror", None) or error)


def format_names(container: "InputContainer") -> frozenset[str]:
    """Return the names that the container's format goes by."""
    return frozenset(container.format.name.split(","))


def start_s(container: "InputContainer", stream: "AudioStream") -> float:
    """Return the stream's own time that is heard at zero."""
    if stream.start_time is None or stream.time_base is None:
        return 0.0
    start = float(stream.start_time * stream.time_base)
    if format_names(container) & _KEEPS_ITS_START and start <= _LATEST_START_S:
        return min(start, 0.0)
    return start


def iter_packets(
    container: "InputContainer", stream: "AudioStream", report: DecodeReport
) -> "Iterator[Packet[AudioStream]]":
    """Yield the packets, going on behind places that cannot be read."""
    from av.error import FFmpegError

    stuck = 0
    while stuck < _MAX_STUCK:
        try:
            for packet in container.demux(stream):
                stuck = 0
                yield packet
            return
        except (FFmpegError, OSError) as error:
            stuck += 1
            report.broken_off = _reason(error)
            report.lost_packets += 1


def iter_samples(path: Path, report: DecodeReport | None = None) -> Iterator[Samples]:
    """Yield the whole file as consecutive pieces; sample ``n`` is heard at ``n / 16000`` seconds.

    Only a piece at a time is in memory.

    Raises:
        AudioError: If it is no audio file or nothing in it can be decoded.
    """
    report = report if report is not None else DecodeReport()
    with open_audio(path) as (container, stream):
        placer = _Placer(report, _declared_s(container))
        for frame, at, sure in _iter_frames(container, stream, report):
            yield from placer.place(frame, at, sure)
        yield from placer.finish()
    if not report.decoded_frames:
        raise AudioError(str(path), "holds no sound that can be decoded", "fetch it again")


def _declared_s(container: "InputContainer") -> float | None:
    return container.duration / 1e6 if container.duration else None


class _FrameClock:
    """Times of frames, corrected for bytes that a counting demuxer did not count."""

    def __init__(self, container: "InputContainer", stream: "AudioStream") -> None:
        self._zero_s = start_s(container, stream)
        self._counts = bool(format_names(container) & _ELEMENTARY)
        self._good_bytes = 0
        self._good_s = 0.0
        self._missed_s = 0.0

    def time_s(self, frame: "AudioFrame") -> float | None:
        if frame.pts is None or frame.time_base is None:
            return None
        return float(frame.pts * frame.time_base) - self._zero_s + self._missed_s

    def note(self, packet: "Packet[AudioStream]", good: bool) -> None:
        """Take a packet into account: a broken stretch comes as one packet, timed as one frame."""
        if not self._counts or not packet.duration or packet.time_base is None:
            return
        counted_s = float(packet.duration * packet.time_base)
        if good and packet.size < _OVERSIZED:
            self._good_bytes += packet.size
            self._good_s += counted_s
        elif self._good_bytes:
            frames = round(packet.size * self._good_s / self._good_bytes / counted_s)
            self._missed_s += max(frames - 1, 0) * counted_s


def _iter_frames(
    container: "InputContainer", stream: "AudioStream", report: DecodeReport
) -> "Iterator[tuple[AudioFrame, float | None, bool]]":
    """Yield frame, time and whether the time is to be followed exactly: something was lost."""
    from av.error import FFmpegError

    clock = _FrameClock(container, stream)
    sure = True
    for packet in iter_packets(container, stream, report):
        try:
            frames = packet.decode()
        except (FFmpegError, ValueError):
            report.lost_packets += 1
            clock.note(packet, good=False)
            sure = True
            continue
        for frame in frames:
            if frame.samples and frame.sample_rate:
                yield frame, clock.time_s(frame), sure
                sure = False
        clock.note(packet, good=True)
        sure = sure or packet.size >= _OVERSIZED


class _Placer:
    """Lays frames on the time line as one unbroken row of samples."""

    def __init__(self, report: DecodeReport, declared_s: float | None) -> None:
        self._report = report
        self._limit_s = declared_s + _LATEST_START_S if declared_s else None
        self._resampler: AudioResampler | None = None
        self._shape: tuple[str, str, int] | None = None
        self._given = 0  # samples handed out so far
        self._skip = 0  # samples to leave out, because their time is already filled
        self._expected_s = 0.0  # where the next frame belongs if nothing is lost
        self._shift_s = 0.0  # added to times after a leap that cannot be believed

    def place(self, frame: "AudioFrame", at_s: float | None, sure: bool) -> Iterator[Samples]:
        """Yield the samples that are ready once ``frame`` is heard at ``at_s``."""
        shape = (frame.format.name, frame.layout.name, frame.sample_rate)
        gap_s = self._gap(at_s)
        if self._shape != shape or abs(gap_s) > (_EXACT_S if sure else _JITTER_S):
            yield from self._flush()
            self._shape = shape
            self._expected_s += gap_s
            yield from self._fill(round(self._expected_s * SAMPLE_RATE))
        self._expected_s += frame.samples / frame.sample_rate
        self._report.decoded_frames += 1
        yield from self._resample(frame)

    def finish(self) -> Iterator[Samples]:
        """Yield what the resampler still holds."""
        yield from self._flush()

    def _gap(self, at_s: float | None) -> float:
        if at_s is None:
            return 0.0
        gap_s = at_s + self._shift_s - self._expected_s
        limit_s = self._limit_s or self._expected_s + _LEAP_S
        if gap_s < -_REWIND_S or (gap_s > _REWIND_S and self._expected_s + gap_s > limit_s):
            self._shift_s -= gap_s
            self._report.wrong_times += 1
            return 0.0
        return gap_s

    def _fill(self, until: int) -> Iterator[Samples]:
        missing = until - self._given
        self._skip = max(-missing, 0)
        self._report.filled_ms += max(missing, 0) * 1000 // SAMPLE_RATE
        while (missing := until - self._given) > 0:
            piece = min(missing, _SILENCE)
            self._given += piece
            yield np.zeros(piece, np.float32)

    def _resample(self, frame: "AudioFrame | None") -> Iterator[Samples]:
        from av import AudioResampler

        if self._resampler is None:
            self._resampler = AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
        if frame is not None:
            frame.pts = None  # the place is known; the resampler shall not move anything itself
        for resampled in self._resampler.resample(frame):
            samples = resampled.to_ndarray()[0]
            skipped = min(self._skip, len(samples))
            self._skip -= skipped
            if len(samples) > skipped:
                self._given += len(samples) - skipped
                yield samples[skipped:].astype(np.float32, copy=False)

    def _flush(self) -> Iterator[Samples]:
        if self._resampler is not None and self._shape is not None:
            yield from self._resample(None)
        self._resampler = None
