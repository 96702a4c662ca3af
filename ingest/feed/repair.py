"""Makes well-formed XML of a feed that is not: tags balanced, ampersands and attributes mended.

Nothing here expands an entity that a document declares, and the work is linear in its length.
"""

import re
from html import escape, unescape
from html.entities import html5

# Possessive throughout: a tag that never ends is given up at once, not tried at every length.
_START = re.compile(r"<([A-Za-z_][\w:.\-]*+)((?:[^<>\"']|\"[^\"<]*+\"|'[^'<]*+')*+)>")
_LOOSE_START = re.compile(r"<([A-Za-z_][\w:.\-]*+)([^<>]*+)>")
_END = re.compile(r"</\s{0,9}([A-Za-z_][\w:.\-]*+)[^<>]*+>?")
_ATTRIBUTE = re.compile(
    r"(?<![\w:.\-])([A-Za-z_][\w:.\-]*+)\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))"
)
_TAG_BEGINS = re.compile(r"<[/!?A-Za-z_]")
_REFERENCE = re.compile(r"&(?:(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|\w{1,31});)?")
_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})

_VOID = frozenset({"br", "hr", "img", "wbr", "input"})
_HTML = _VOID | frozenset(
    """
    a abbr b big blockquote center cite code dd del div dl dt em font h1 h2 h3 h4 h5 h6 i iframe
    ins li ol p pre s small span strike strong sub sup table tbody td th thead tr tt u ul video
    """.strip().split()
)
_ENTRIES = frozenset({"item", "entry"})
_LEAVES = frozenset(
    """
    title link guid id pubdate published updated description summary subtitle content encoded
    author duration keywords explicit comments creator date language copyright generator
    """.strip().split()
)
# Where a CDATA section that is never closed must have ended; fixed, so that looking is linear.
_CDATA_CLOSERS = tuple(
    f"</{name}>" for name in ("title", "description", "content:encoded", "content", "summary")
)
# libxml2 gives up at 256 levels, and no feed needs them.
_MAX_DEPTH = 120

ROOT = "repaired"


def repair_xml(text: str) -> str:
    """Return well-formed XML, bar undeclared prefixes, with everything under one :data:`ROOT`."""
    return _Repair(text).run()


def mend_references(text: str) -> str:
    """Return text whose references all are XML's own: HTML's become letters, others plain text.

    >>> mend_references("caf&eacute; & R&amp;D &mine;")
    'café &amp; R&amp;D &amp;mine;'
    """
    return _REFERENCE.sub(_mended_reference, text)


def _mended_reference(match: re.Match[str]) -> str:
    name = match[1]
    if name is None:
        return "&amp;"
    if name in _XML_NAMES:
        return match[0]
    if name.startswith("#"):
        # unescape gives U+FFFD or nothing for the numbers that no document may hold.
        return escape(unescape(match[0]))
    letters = html5.get(f"{name};")
    return f"&amp;{name};" if letters is None else escape(letters)


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()


class _Repair:
    """One pass over a document: what is open, and what has been written."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._out = [f"<{ROOT}>"]
        self._open: list[str] = []
        self._found: dict[str, int] = {}

    def run(self) -> str:
        at = 0
        while (tag := self._text.find("<", at)) >= 0:
            self._write_text(self._text[at:tag])
            at = self._markup(tag)
        self._write_text(self._text[at:])
        self._close(0)
        self._out.append(f"</{ROOT}>")
        return "".join(self._out)

    def _find(self, needle: str, start: int) -> int:
        """Find as ``str.find`` does, each stretch once, for starts that only rise."""
        known = self._found.get(needle, 0)
        if known >= 0 and known < max(start, 1):
            known = self._found[needle] = self._text.find(needle, start)
        return known

    def _write_text(self, text: str) -> None:
        if text:
            self._out.append(mend_references(text).replace("]]>", "]]&gt;"))

    def _markup(self, at: int) -> int:
        """Write what begins with the ``<`` at ``at``, and return where it ends."""
        text = self._text
        if text.startswith("<![CDATA[", at):
            return self._cdata(at + len("<![CDATA["))
        for opener, closer in (("<!--", "-->"), ("<?", "?>"), ("<!", ">")):
            if text.startswith(opener, at):
                end = self._find(closer, at + len(opener))
                if end >= 0:
                    return end + len(closer)
                break
        if match := _END.match(text, at):
            self._end_tag(match[1])
            return match.end()
        if match := _START.match(text, at) or _LOOSE_START.match(text, at):
            self._start_tag(match[1], match[2])
            return match.end()
        # A tag that the end of the file cuts off says nothing; any other lone bracket is text.
        if text.find("<", at + 1) < 0 and _TAG_BEGINS.match(text, at):
            return len(text)
        self._out.append("&lt;")
        return at + 1

    def _cdata(self, start: int) -> int:
        end, again = self._find("]]>", start), self._find("<![CDATA[", start)
        after = end + len("]]>")
        if end < 0 or 0 <= again < end:
            closer = f"</{self._open[-1]}>" if self._open else ""
            known = self._find(closer, start) if closer in _CDATA_CLOSERS else -1
            if known >= 0 and (end < 0 or known < again):
                end = after = known
        if end < 0:
            end = after = len(self._text)
        self._out.append(escape(self._text[start:end]))
        return after

    def _start_tag(self, name: str, rest: str) -> None:
        local = _local(name)
        if local in _ENTRIES:
            for depth, opened in enumerate(self._open):
                if _local(opened) in _ENTRIES:
                    self._close(depth)
                    break
        if len(self._open) >= _MAX_DEPTH:
            return
        pairs: dict[str, str] = {}
        for key, double, single, bare in _ATTRIBUTE.findall(rest):
            pairs.setdefault(key, (double or single or bare).removesuffix("/" if bare else ""))
        attributes = "".join(
            f' {key}="{mend_references(value).replace("<", "&lt;").replace(chr(34), "&quot;")}"'
            for key, value in pairs.items()
        )
        if rest.endswith("/") or local in _VOID:
            self._out.append(f"<{name}{attributes}/>")
        else:
            self._out.append(f"<{name}{attributes}>")
            self._open.append(name)

    def _end_tag(self, name: str) -> None:
        wanted = name.lower()
        for depth in range(len(self._open) - 1, -1, -1):
            if self._open[depth].lower() == wanted:
                self._close(depth)
                return
        # A field closed under a wrong name must not swallow the fields after it.
        if self._open and _local(self._open[-1]) in _LEAVES and _local(name) not in _HTML:
            self._close(len(self._open) - 1)

    def _close(self, depth: int) -> None:
        while len(self._open) > depth:
            self._out.append(f"</{self._open.pop()}>")
