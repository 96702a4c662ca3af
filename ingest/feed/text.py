"""Turns the bytes of a feed into text, whatever encoding they declare and whatever they have."""

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the shorter one
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"<\?xml\b[^<>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([\w.:+-]{1,40})", re.I)
_DECLARED_WITHIN = 2048

# Browsers read these labels as their supersets (https://encoding.spec.whatwg.org/#names-and-labels).
_SUPERSETS = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
}
# Python knows these codecs, but they are no encodings of documents.
_NO_DOCUMENTS = {"unicode_escape", "raw_unicode_escape", "utf-7", "idna", "punycode", "undefined"}
_MARKUP = re.compile(rb"<[^<>]*>|&[#\w]{1,12};")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CONTROLS = re.compile("[\x80-\x9f]")
_C1 = {
    code: bytes([code]).decode("cp1252", "replace").replace("\ufffd", "")
    for code in range(0x80, 0xA0)
}


def decode_feed(data: bytes) -> tuple[str, str | None]:
    """Return the text of a feed without forbidden characters, and what was wrong with its bytes.

    UTF-8 that is valid wins over what is declared: other encodings are almost never valid UTF-8.
    """
    text, problem = _decode(data)
    return _FORBIDDEN.sub("", text).replace("\ufeff", ""), problem


def clean_text(text: str) -> str:
    """Return ``text`` without forbidden characters, Windows' own control codes made letters."""
    text = _FORBIDDEN.sub("", text)
    return text.translate(_C1) if _CONTROLS.search(text) else text


def _decode(data: bytes) -> tuple[str, str | None]:
    for mark, name in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace"), None
    if wide := _wide_encoding(data):
        return data.decode(wide, "replace"), None
    declared = _declared_encoding(data)
    if declared and declared.startswith(("iso2022", "hz")):
        return data.decode(declared, "replace"), None  # bytes that are ASCII too, to a reader
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return _decode_legacy(data, declared)
    wrong = declared not in (None, "utf-8") and not data.isascii()
    return text, f"declares {declared} but is UTF-8" if wrong else None


def _wide_encoding(data: bytes) -> str | None:
    """Tell UTF-16 and UTF-32 without a mark by where their zero bytes are."""
    head = data[:64]
    if head[:4] == b"\0\0\0<":
        return "utf-32-be"
    if head[:4] == b"<\0\0\0":
        return "utf-32-le"
    half = len(head) // 2
    even, odd = head[::2].count(0), head[1::2].count(0)
    if half and even * 2 > half and odd * 8 < half:
        return "utf-16-be"
    if half and odd * 2 > half and even * 8 < half:
        return "utf-16-le"
    return None


def _declared_encoding(data: bytes) -> str | None:
    match = _DECLARED.search(data[:_DECLARED_WITHIN])
    if match is None:
        return None
    try:
        name = codecs.lookup(match[1].decode("ascii", "replace")).name
        b"".decode(name)
    except LookupError:
        return None
    # A declaration that can be read byte by byte does not stand in UTF-16.
    if name in _NO_DOCUMENTS or name.startswith(("utf-16", "utf-32")):
        return None
    return _SUPERSETS.get(name, name)


def _decode_legacy(data: bytes, declared: str | None) -> tuple[str, str | None]:
    if declared not in (None, "utf-8"):
        assert declared is not None
        try:
            return data.decode(declared), None
        except UnicodeDecodeError:
            text = data.decode(declared, "replace")
            if text.count("\ufffd") * 20 <= sum(byte > 0x7F for byte in data[:100_000]):
                return text, f"holds bytes that are no {declared}"
    replaced = data.decode("utf-8", "replace")
    bad = replaced.count("\ufffd")
    good = len(replaced) - len(replaced.encode("ascii", "ignore")) - bad
    if good > bad:
        return data.decode("utf-8", "earmark-windows"), "holds bytes that are no UTF-8"
    guessed = _guess_encoding(data)
    return data.decode(guessed, "replace"), f"declares no encoding that fits; read as {guessed}"


def _guess_encoding(data: bytes) -> str:
    lines = (line for line in _MARKUP.sub(b" ", data).splitlines() if not line.isascii())
    sample = b"\n".join(lines)[:20_000]
    high = sum(byte > 0x7F for byte in sample)
    letters = sum(byte < 0x80 and chr(byte).isalpha() for byte in sample)
    # A few accents among Latin letters tell a guesser nothing: it names any code page at all.
    if high * 4 < letters:
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    return best.encoding if best else "cp1252"


def _windows_letters(error: UnicodeError) -> tuple[str, int]:
    """Read bytes that are no UTF-8 as Windows-1252: what pasting into a template leaves."""
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("earmark-windows", _windows_letters)
