"""Tells sound and film by their first bytes."""

_MARKS = (
    (0, b"ID3"),  # MP3 behind its tags
    (0, b"OggS"),
    (0, b"fLaC"),
    (0, b"\x1a\x45\xdf\xa3"),  # Matroska and WebM
    (0, b"FORM"),  # AIFF
    (0, b"wvpk"),
    (0, b"MAC "),
    (0, b"#!AMR"),
    (0, b"caff"),
    (0, b".snd"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"),  # ASF: WMA and WMV
    (0, b"FLV\x01"),
    (0, b"ADIF"),
    (4, b"ftyp"),  # MP4 and QuickTime
    (4, b"moov"),
    (4, b"mdat"),
    (4, b"wide"),
)
_RIFF_KINDS = (b"WAVE", b"AVI ", b"RMID")
_FRAMES_WANTED = 2
_PADDING = 4096
_KBITS = {
    # MPEG 1 layer III, MPEG 2 and 2.5 layer III, MPEG 1 layer II (ISO 11172-3, 13818-3).
    (3, 1): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (3, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}


def looks_like_audio(data: bytes) -> bool:
    """Tell whether ``data`` begins as a sound or film file does."""
    if data[:4] in (b"RIFF", b"RF64"):
        return data[8:12] in _RIFF_KINDS
    if data[:4] == b"FORM":
        return data[8:12] in (b"AIFF", b"AIFC")
    if any(data[at : at + len(mark)] == mark for at, mark in _MARKS):
        return True
    return _is_mpeg_stream(data) or _is_adts(data) or _is_transport_stream(data)


def _is_mpeg_stream(data: bytes) -> bool:
    """Tell bare MP3 by frames that follow one another, behind zeros if need be."""
    at = len(data[:_PADDING]) - len(data[:_PADDING].lstrip(b"\0"))
    for _ in range(_FRAMES_WANTED):
        length = _frame_length(data[at : at + 4])
        if length is None:
            return False
        at += length
        if at >= len(data):
            break  # a file of one frame is still one
    return True


def _frame_length(head: bytes) -> int | None:
    """Return the bytes of the MPEG audio frame that ``head`` begins, or None."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bit_rate, sample_rate = head[2] >> 4, head[2] >> 2 & 3
    kbits = _KBITS.get((3 if version == 3 else 2, layer))
    if version == 1 or kbits is None or not 1 <= bit_rate <= 14 or sample_rate == 3:
        return None
    samples = 72 if layer == 1 and version != 3 else 144
    rate = _RATES[version][sample_rate]
    return samples * 1000 * kbits[bit_rate - 1] // rate + (head[2] >> 1 & 1)


def _is_adts(data: bytes) -> bool:
    """Tell bare AAC by two frames that follow one another (ISO 13818-7)."""
    at = 0
    for _ in range(_FRAMES_WANTED):
        head = data[at : at + 6]
        if len(head) < 6 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
            return False
        length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
        if length < 7:
            return False
        at += length
    return True


def _is_transport_stream(data: bytes) -> bool:
    return len(data) > 4 * 188 and all(data[at] == 0x47 for at in range(0, 4 * 188, 188))
