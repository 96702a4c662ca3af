"""Builds the text of one block out of pieces: white space squeezed, links with their offsets."""

import re

from corpus.records import Link

_SPACE = re.compile(r"\s+")


class InlineText:
    """A block's text as it grows; soft line breaks stay as newlines."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._gap = ""
        self._open: list[tuple[str, int, int]] = []
        self._links: list[Link] = []

    def add(self, text: str) -> None:
        """Append text; white space at its edges is kept for what follows."""
        words = _SPACE.sub(" ", text)
        if not words:
            return
        if words[0] == " ":
            self._widen(" ")
        body = words.strip(" ")
        if not body:
            return
        if self._parts and self._gap:
            self._push(self._gap)
        self._gap = ""
        self._push(body)
        if words[-1] == " ":
            self._widen(" ")

    def add_break(self) -> None:
        """Append a soft line break."""
        self._widen("\n")

    def open_link(self, href: str) -> None:
        """Begin a link; the text added until it is closed is its words."""
        self._open.append((href, len(self._parts), self._length))

    def close_link(self) -> None:
        """End the innermost open link; one without words is forgotten."""
        if not self._open:
            return
        href, first, start = self._open.pop()
        words = "".join(self._parts[first:])
        if words.strip() and href:
            shift = len(words) - len(words.lstrip())
            self._links.append(Link(text=words.strip(), href=href, start=start + shift))

    @property
    def text(self) -> str:
        """What was added so far, without white space at either end."""
        return "".join(self._parts)

    @property
    def links(self) -> tuple[Link, ...]:
        """The closed links, in order of their words."""
        return tuple(sorted(self._links, key=lambda link: link.start or 0))

    def _widen(self, gap: str) -> None:
        self._gap = "\n" if "\n" in (gap + self._gap) else gap

    def _push(self, piece: str) -> None:
        self._parts.append(piece)
        self._length += len(piece)
