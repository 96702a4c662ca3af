"""What an audio file is: how long, in which form, and whether it is whole."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import AudioError
from corpus.moments import format_moment
from ingest.speech.decoder import (
    DecodeReport,
    format_names,
    iter_packets,
    open_audio,
    start_s,
)

if TYPE_CHECKING:
    from av import AudioStream, Packet
    from av.container import InputContainer

_TRIED_PACKETS = 50
_HEAD = 65_536
_PADDING_MS = 150
"""Encoders fill their last frames up; what is declared is exact then."""
_SHORT_MS = 2_000
_FEED_SHORT_MS = 15_000
_FEED_SHARE = 0.95
"""Feeds round durations, and stations stitch other advertisements into every copy."""
_BYTES_SHARE = 0.98


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioFacts:
    """What is known of an audio file before it is transcribed."""

    duration_ms: int
    """How long it can be heard, counted in its packets: no guess from a bit rate."""
    codec: str
    container: str
    sample_rate: int
    channels: int
    fingerprint: str
    """SHA-256 of the file: a transcript belongs to this very audio."""
    problems: tuple[str, ...] = ()


def probe_audio(
    path: Path, *, expected_ms: int | None = None, expected_bytes: int | None = None
) -> AudioFacts:
    """Return what ``path`` is, reading all its packets but decoding only the first.

    ``expected_ms`` and ``expected_bytes`` are what a feed says; a file that has clearly less is
    told as a problem, as is one that ends before its own container says.

    Raises:
        AudioError: If no sound can be had from it.
    """
    report = DecodeReport()
    with open_audio(path) as (container, stream):
        found_ms = _count_ms(path, container, stream, report)
        declared_ms = _declared_ms(path, container)
        codec = stream.codec_context
        facts = (codec.codec.canonical_name, container.format.name.split(",")[0])
        rate, channels = codec.sample_rate or 0, codec.layout.nb_channels
    if declared_ms is not None and 0 < found_ms - declared_ms <= _PADDING_MS:
        found_ms = declared_ms
    problems = [
        *_shortfalls(found_ms, declared_ms, expected_ms),
        *_missing_bytes(path.stat().st_size, expected_bytes),
    ]
    if report.broken_off:
        problems.append(f"cannot be read from {format_moment(found_ms)} on: {report.broken_off}")
    return AudioFacts(
        duration_ms=found_ms,
        codec=facts[0],
        container=facts[1],
        sample_rate=rate,
        channels=channels,
        fingerprint=fingerprint_audio(path),
        problems=tuple(problems),
    )


def fingerprint_audio(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _count_ms(
    path: Path, container: "InputContainer", stream: "AudioStream", report: DecodeReport
) -> int:
    """Return when the last packet ends, having seen that the first ones can be decoded."""
    tried = decoded = 0
    end_s = 0.0
    for packet in iter_packets(container, stream, report):
        if tried < _TRIED_PACKETS or not decoded:
            tried += 1
            decoded += _decodes(packet)
        if packet.pts is not None and packet.time_base is not None:
            end_s = max(end_s, float((packet.pts + (packet.duration or 0)) * packet.time_base))
    if not decoded:
        raise AudioError(str(path), "holds no sound that can be decoded", "fetch it again")
    return max(round((end_s - start_s(container, stream)) * 1000), 0)


def _decodes(packet: "Packet[AudioStream]") -> bool:
    from av.error import FFmpegError

    try:
        return bool(packet.decode())
    except (FFmpegError, ValueError):
        return False


def _declared_ms(path: Path, container: "InputContainer") -> int | None:
    """Return the duration that the file itself states; None where it would be a guess."""
    if not container.duration or not _states_duration(path, container):
        return None
    return round(container.duration / 1000)


def _states_duration(path: Path, container: "InputContainer") -> bool:
    names = format_names(container)
    if "mp3" in names:
        return _has_frame_count(path)
    return "aac" not in names and "mpegts" not in names


def _has_frame_count(path: Path) -> bool:
    """Tell whether an MP3's first frame is a Xing, Info or VBRI header, which counts all frames."""
    with path.open("rb") as file:
        head = file.read(10)
        if head[:3] == b"ID3":
            # ID3v2 writes its size in four bytes of seven bits.
            size = sum(
                (byte & 0x7F) << shift
                for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=False)
            )
            file.seek(10 + size)
        else:
            file.seek(0)
        body = file.read(_HEAD).lstrip(b"\0")[:1_500]
    return any(tag in body for tag in (b"Xing", b"Info", b"VBRI"))


def _shortfalls(found_ms: int, declared_ms: int | None, expected_ms: int | None) -> list[str]:
    if declared_ms is not None and found_ms < declared_ms - _SHORT_MS:
        return [
            f"ends at {format_moment(found_ms)} but says that it lasts"
            f" {format_moment(declared_ms)}: it is cut off"
        ]
    if expected_ms is not None and found_ms < min(
        expected_ms - _FEED_SHORT_MS, expected_ms * _FEED_SHARE
    ):
        return [
            f"ends at {format_moment(found_ms)} but {format_moment(expected_ms)} was expected:"
            " it may be cut off"
        ]
    return []


def _missing_bytes(size: int, expected: int | None) -> list[str]:
    if expected is None or size >= expected * _BYTES_SHARE:
        return []
    return [f"has {size} bytes of the {expected} that were expected: it may be cut off"]
