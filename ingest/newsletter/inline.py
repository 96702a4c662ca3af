"""The words of one block while it is read: white space squeezed, links with their offsets."""

import re
from dataclasses import dataclass

from corpus.records import Link

# Invisible letters that mail services strew in; joiners between letters are part of a word.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b\u2060-\u2064\ufeff]"
    "|(?<!\\S)[\u200c-\u200f]+|[\u200c\u200e\u200f]+(?!\\S)"
)
_PIECE = re.compile(r"\S+|\s+")


@dataclass(slots=True)
class _OpenLink:
    href: str
    piece: int | None = None
    """Number of its first piece, None while it has no words."""
    start: int = 0


class InlineText:
    """Collects text and links of a block."""

    def __init__(self) -> None:
        self._open: list[_OpenLink] = []
        self._begin()

    def _begin(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._gap = ""
        self._links: list[Link] = []
        self._letters = 0
        self._strong_letters = 0

    def add(self, text: str, *, strong: bool = False) -> None:
        """Add text; white space of any length becomes one space."""
        for match in _PIECE.finditer(_INVISIBLE.sub("", text)):
            piece = match[0]
            if piece.isspace():
                self._gap = self._gap or " "
                continue
            self._write(piece)
            self._letters += len(piece)
            self._strong_letters += len(piece) if strong else 0

    def _write(self, piece: str) -> None:
        gap = self._gap if self._length else ""
        self._gap = ""
        self._length += len(gap)
        self._pieces.append(gap)
        for link in self._open:
            if link.piece is None:
                link.piece, link.start = len(self._pieces), self._length
        self._pieces.append(piece)
        self._length += len(piece)

    def add_break(self) -> bool:
        """Add a soft line break; return whether there already was one just before."""
        doubled = self._gap == "\n"
        self._gap = "\n"
        return doubled

    def open_link(self, href: str) -> None:
        """Begin a link; its words start with the next word that is added."""
        self._open.append(_OpenLink(href))

    def close_link(self) -> None:
        """End the link begun last."""
        link = self._open.pop()
        if link.piece is not None:
            words = "".join(self._pieces[link.piece :])
            self._links.append(Link(text=words, href=link.href, start=link.start))

    def take(self) -> tuple[str, tuple[Link, ...], bool]:
        """Return text, links and whether all of it is bold; begin anew, open links go on."""
        again = [link.href for link in self._open]
        while self._open:
            self.close_link()
        taken = (
            "".join(self._pieces),
            tuple(self._links),
            0 < self._letters == self._strong_letters,
        )
        self._begin()
        for href in again:
            self.open_link(href)
        return taken
