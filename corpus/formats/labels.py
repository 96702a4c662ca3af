"""Speaker labels: the ``Jenny Plant:`` before the words where a format has no field for it."""

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

# A leading dash or ">>" marks a change of speaker in captions; brackets stand round machine names.
_LABEL = re.compile(
    r"\s*(?:[-–—]|>{1,3}|&gt;&gt;)?\s*(?P<open>[\[(])?"
    r"(?P<name>[^\W_][\w.,'’&;()/# -]{0,48})(?(open)[\])])\s?"
    r"(?P<colon>:(?=\s|$)|：)\s*"
)
_MAX_WORDS = 5
# Small words inside names: Ludwig van Beethoven, Jenny and Harv.
_PARTICLES_TEXT = "de da di du del della den der van von of the la le el al bin and und & y et "
_PARTICLES = frozenset(_PARTICLES_TEXT.split())
# Words with a colon that open a remark, not a speech.
_NO_NAMES_TEXT = (
    "note warning example subtitles translation translator captions transcript title date "
    "link links url http https source sources today tip ps www email subject re fwd chapter "
    "part section sponsor sponsors music timestamps duration published episode copyright "
)
_NO_NAMES = frozenset(_NO_NAMES_TEXT.split())

_COUNTED = re.compile(
    r"(?:unknown|unidentified)?[\s_-]*+"
    r"(?:spk|speaker|voice|person|sprecher)?[\s_-]*+"
    r"\w?\d*",
    re.I,
)


class Label(NamedTuple):
    """A speaker's name and where, in the line, the words begin."""

    name: str
    end: int


def is_counted_label(label: str) -> bool:
    """Return whether a label only counts speakers, so that each episode may mean another person.

    >>> [is_counted_label(text) for text in ("Speaker 1", "SPEAKER_00", "B", "Ada Quill")]
    [True, True, True, False]
    """
    return _COUNTED.fullmatch(label) is not None


def find_label(line: str) -> Label | None:
    """Return the speaker label that ``line`` opens with, if it could be one."""
    match = _LABEL.match(line) if ":" in line or "：" in line else None
    if match is None:
        return None
    name = " ".join(match["name"].split())
    return Label(name, match.end()) if is_name(name) else None


@lru_cache(maxsize=4096)
def is_name(text: str) -> bool:
    """Tell whether ``text`` is written as a name is: a few words, capitalised where they can be."""
    words = text.split()
    if not words or len(words) > _MAX_WORDS or words[0].casefold() in _NO_NAMES:
        return False
    if text[-1] in ".,;!?" and not (len(words) > 1 and len(words[-1]) <= 3):
        return False
    return _is_capital(words[0]) and all(
        _is_capital(word) or word.casefold() in _PARTICLES for word in words
    )


def _is_capital(word: str) -> bool:
    first = word.lstrip("(#'’")[:1]
    # Scripts without case (Hebrew, Chinese) and digits (Speaker 1) pass.
    return bool(first) and first.isalnum() and not first.islower()


def accepted_names(labels: Iterable[str], blocks: int) -> frozenset[str]:
    """Return those of the ``labels`` found in a file that really name speakers.

    A name that comes back does. One that is met only once does where the file has others that come
    back, or is so short that nothing could.
    """
    counted = Counter(labels)
    again = {name for name, count in counted.items() if count > 1}
    if again:
        # "So:" twice in an hour must not turn every "Remember:" into a guest.
        steady = sum(counted[name] for name in again) >= 0.1 * blocks or len(counted) <= 6
        return frozenset(counted) if steady else frozenset(again)
    return frozenset(counted) if 2 * len(counted) >= blocks else frozenset()
