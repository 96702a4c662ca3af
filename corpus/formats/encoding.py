"""From bytes to text: what encoding a file is really in."""

import codecs
import re
from dataclasses import dataclass

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"(?:charset|encoding)\s{0,9}=\s{0,9}[\"']?([A-Za-z0-9_-]{2,20})")
# Python also "decodes" from punycode, escapes and the like, which no publisher means.
_REAL_CHARSET = re.compile(
    r"(?:iso-?8859|latin|cp\d|windows|koi8|shift|euc|gb|big5|mac|utf-?(?:8|16|32)|us-ascii|ascii)"
)
_SAMPLE = 65_536  # bytes that a guess looks at: more is slower and no better
_WESTERN_SHARE = 0.20  # of bytes over 127, below which Western European text is by far likeliest


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedText:
    """A text and how it was had."""

    text: str
    """Without a byte order mark and without NUL."""
    encoding: str
    problems: tuple[str, ...] = ()


def decode_text(data: bytes) -> DecodedText:
    """Return ``data`` as text; never fails, and says under ``problems`` what was guessed or lost.

    Tried in this order: byte order mark, UTF-16 by its zero bytes, UTF-8, the charset that HTML or
    XML declares, UTF-8 with a few broken bytes, Windows-1252 or what charset-normalizer believes.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], encoding)
    if zeros := _find_utf16(data):
        return _decoded(data, zeros)
    try:
        return DecodedText(text=data.decode("utf-8").replace("\0", ""), encoding="utf-8")
    except UnicodeDecodeError:
        pass  # the likeliest guess was wrong; the ones below remain
    if declared := _find_declared(data):
        return _decoded(data, declared)
    if _is_bruised_utf8(data):
        return _decoded(data, "utf-8")
    encoding = _guess_legacy(data)
    return _decoded(data, encoding, f"not UTF-8: read as {encoding}")


def _decoded(data: bytes, encoding: str, *problems: str) -> DecodedText:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode(encoding, "replace")
        problems = (*problems, f"some bytes are no {encoding} and were replaced")
    return DecodedText(text=text.replace("\0", ""), encoding=encoding, problems=problems)


def _find_utf16(data: bytes) -> str | None:
    head = data[:4096]
    even, odd = head[::2].count(0), head[1::2].count(0)
    # Half of the bytes of Western text in UTF-16 are zero, all on one side.
    if odd > len(head) // 5 and even <= odd // 20:
        return "utf-16-le"
    if even > len(head) // 5 and odd <= even // 20:
        return "utf-16-be"
    return None


def _find_declared(data: bytes) -> str | None:
    found = _DECLARED.search(data[:2048])
    if found is None:
        return None
    name = found[1].decode("ascii").lower()
    try:
        encoding = codecs.lookup(name).name
    except LookupError:
        return None
    if encoding.startswith("utf") or not _REAL_CHARSET.match(encoding):
        return None
    # Browsers read these two as Windows-1252 (WHATWG Encoding), and so are they written.
    return "cp1252" if encoding in ("iso8859-1", "ascii") else encoding


def _is_bruised_utf8(data: bytes) -> bool:
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
    whole = sum(1 for letter in text if ord(letter) > 127) - text.count("\ufffd")
    return whole >= 4 * broken


def _guess_legacy(data: bytes) -> str:
    first = next((at for at, byte in enumerate(data) if byte > 127), 0)
    start = max(first - 1024, 0)
    sample = data[start : start + _SAMPLE]
    high = sum(1 for byte in sample if byte > 127)
    if high < _WESTERN_SHARE * len(sample):
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    return best.encoding if best is not None else "cp1252"
