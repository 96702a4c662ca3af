"""Letters from bytes that a mail or page names a character set for; never an error."""

import codecs

from corpus.formats import encoding

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
# These can look like plain ASCII, so that what is declared must come before UTF-8.
_DISGUISED = ("iso2022", "utf-7", "utf-16", "utf-32", "hz")


def decode_text(data: bytes, declared: str | None = None) -> str:
    """Return ``data`` as text: as UTF-8, as declared, or by a guess.

    UTF-8 comes before what is declared because text in another encoding hardly ever is valid
    UTF-8, while UTF-8 under a wrong label is common.
    """
    codec = _find_codec(declared)
    marked = data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if codec is None or marked:
        return encoding.decode_text(data).text
    for name in (codec, "utf-8") if codec.startswith(_DISGUISED) else ("utf-8", codec):
        try:
            return data.decode(name).replace("\x00", "")
        except UnicodeError:
            continue  # the next one is tried, and the last resort replaces what does not fit
    return data.decode(codec, "replace").replace("\x00", "")


def _find_codec(declared: str | None) -> str | None:
    """Return Python's name of a declared character set, or None where it is no such thing."""
    name = (declared or "").strip("\"' ;\t")
    try:
        info = codecs.lookup(name)
        b"".decode(name)  # a codec such as hex or rot13 is no character set
    except (LookupError, ValueError):
        return None
    return _GREATER.get(info.name, info.name)
