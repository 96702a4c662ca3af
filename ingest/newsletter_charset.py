"""Letters from bytes: what is declared, else what fits, else a guess; never an error."""

import codecs

from charset_normalizer import from_bytes

# Senders name the small old set and use the larger one that grew out of it, as browsers know
# (https://encoding.spec.whatwg.org/#names-and-labels).
_GREATER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "iso2022_jp": "iso2022_jp_ext",
}
_SAMPLE_BYTES = 65_536  # the guesser's time grows with what it is given

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode_text(data: bytes, declared: str | None = None) -> str:
    """Return ``data`` as text: by its byte order mark, as UTF-8, as declared, or by a guess.

    UTF-8 comes before what is declared because text in another encoding hardly ever is valid
    UTF-8, while UTF-8 under a wrong label is common.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace").replace("\x00", "")
    codec = _find_codec(declared)
    if codec is not None and codec.startswith(("iso2022", "utf-7", "utf-16", "utf-32", "hz")):
        names = [codec, "utf-8"]  # these can look like plain ASCII
    else:
        names = ["utf-8", codec] if codec else ["utf-8"]
    for name in names:
        try:
            return data.decode(name).replace("\x00", "")
        except (UnicodeError, LookupError):
            continue
    return data.decode(codec or _guess(data), "replace").replace("\x00", "")


def _find_codec(declared: str | None) -> str | None:
    """Return Python's name of a declared character set, or None where it is no such thing."""
    name = (declared or "").strip("\"' ;\t")
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    # A codec such as "hex" or "rot13" is no character set.
    return _GREATER.get(info.name, info.name) if info._is_text_encoding else None


def _guess(data: bytes) -> str:
    best = from_bytes(data[:_SAMPLE_BYTES]).best()
    return best.encoding if best is not None else "cp1252"
