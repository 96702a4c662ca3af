"""Words as the keyword index knows them.

A word is its Snowball stem, in lower case and without accents. What people write in two ways is
known by both: ``e-mail``, ``node.js`` and ``WebAssembly`` as a whole and by their parts. Names with
signs stay whole (``C++``, ``C#``, ``.NET``, ``P&L``). Scripts that put no white space between words
are known by single characters and pairs of them.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import Stemmer

MAX_WORD = 60  # letters; longer runs are data, not words
_MAX_PARTS = 5

# Accents and points of vowels, which people type or leave out.
_POINTS = (
    r"\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670"
)
# With them the marks that are letters to their readers, as the vowels of India and Thailand are.
_MARKS = _POINTS + r"\u0900-\u0963\u0966-\u0df3\u0e31-\u0e4e\u0eb1-\u0ece\u102b-\u103e\u17b4-\u17d3"
_LETTERS = rf"[^\W_]+(?:[{_MARKS}]+[^\W_]*)*"
_WORD = re.compile(
    r"(?<![\w.])\.(?=[A-Za-z]{2})[A-Za-z]{2,20}(?![\w])"  # .NET
    r"|\d{1,3}(?:,\d{3})+(?![\d,])"  # 1,000
    rf"|{_LETTERS}(?:['’‘＇&.\-‐‑_/]{_LETTERS})*(?:\+\+|[#♯](?!\w))?"
    r"|[^\w\s]"
)
_JOINT = re.compile(r"[.\-‐‑_/&]")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")
_NUMBER = re.compile(r"\d[\d.,]*")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]|(?:[^\W\d_][/\-‐‑])+[^\W\d_]")
_INITIAL_SIGNS = re.compile(r"[./\-‐‑]")
_POSSESSIVE = re.compile("['’‘ʼ＇][sS]$")
_ACCENTS = re.compile(f"[{_POINTS}]")
# Letters that are written with others where a keyboard has none of them, and all apostrophes.
_PLAIN = str.maketrans(
    {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"} | dict.fromkeys("’‘ʼ＇", "'")
)
_UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    r"\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_NO_SPACES = re.compile(f"[{_UNSPACED}]")
_RUN = re.compile(f"[{_UNSPACED}]+|[^{_UNSPACED}]+")

_STOP_WORDS = (
    "a about all also am an and any are as at be been being but by can could did do does doing "
    "for from had has have he her him his how i if in into is it its just me my no nor not of on "
    "or our she should so some such than that the their them then there these they this those to "
    "too us very was we were what when where which who why will with would you your"
)
STOP_WORDS = frozenset(_STOP_WORDS.split())
_CONTRACTED = "he here how it let she that there what when where who why"
CONTRACTED = frozenset(_CONTRACTED.split())
"""With an ’s these are two words in one: nobody who asks for "let's go" means "let go"."""
# What the stemmer leaves as it is for want of a vowel: PMs, KPIs, NDAs.
_ACRONYMS = re.compile(r"[^\W\daeiouy_]{2}[^\W\daeiouy_]*[aiou]?(?<!s)s|(?:[a-z]&)+[a-z]s")

_new_tuple = tuple.__new__
_stem = Stemmer.Stemmer("english").stemWord


class Token(NamedTuple):  # millions are made: a tuple is three times cheaper than a dataclass
    """A word of a text, or another way to write it at the same place."""

    term: str
    """Its stem."""
    surface: str
    """Its letters, folded but not stemmed."""
    position: int
    """Which word of the text it is, counted from 0."""
    start: int
    """Offset of its first letter in the text."""
    end: int
    joined: bool
    """Whether it is a compound as a whole, whose parts are tokens too."""


class _Form(NamedTuple):
    """A way to write a word, before it has a place in a text."""

    surface: str
    term: str
    shift: int
    start: int
    end: int
    joined: bool = False


def tokenize(text: str) -> list[Token]:
    """Return the words of ``text`` in order, compounds both in parts and as a whole.

    >>> [token.term for token in tokenize("C++ and the running P&L, e-mailed")]
    ['c++', 'and', 'the', 'run', 'p&l', 'e', 'mail', 'email', 'email']
    """
    tokens: list[Token] = []
    position = 0
    for match in _WORD.finditer(text):
        start = match.start()
        shift = -1
        # Made without the steps of a named tuple: this is most of what indexing costs.
        for surface, term, shift, begin, end, joined in _forms(match.group()):
            made = (term, surface, position + shift, start + begin, start + end, joined)
            tokens.append(_new_tuple(Token, made))
        position += shift + 1
    return tokens


class Spelling(NamedTuple):
    """What indexing needs of the words in a run of letters, wherever it stands."""

    terms: tuple[str, ...]
    """Their stems in order, a compound as a whole once and in parts."""
    surfaces: tuple[str, ...] | None
    """Their folded letters, one at each place; None where a place has several."""


def spell(text: str) -> list[Spelling]:
    """Return the words of ``text`` in order: what `tokenize` says, but for where they stand.

    No word reaches over white space, so that a run of letters is read once however often it comes.
    """
    return [
        _spell_known(run) if len(run) <= MAX_WORD else _spell(run)  # else nothing bounds the memory
        for run in text.split()
    ]


def spell_terms(text: str) -> list[tuple[str, ...]]:
    """Return the stems in each run of letters of ``text`` in order: the terms of `spell`.

    >>> spell_terms("the e-mailed (one)")
    [('the',), ('e', 'mail', 'email'), ('one',)]
    """
    return [
        _terms_known(run) if len(run) <= MAX_WORD else _terms(run)  # as above
        for run in text.split()
    ]


def _terms(run: str) -> tuple[str, ...]:
    terms: list[str] = []
    whole: tuple[int, str] | None = None
    for match in _WORD.finditer(run):
        for _, term, _, begin, _, joined in _forms(match.group()):
            if joined:
                if whole == (match.start() + begin, term):
                    continue
                whole = (match.start() + begin, term)
            terms.append(term)
    return tuple(terms)


_terms_known = lru_cache(maxsize=65_536)(_terms)


def _spell(run: str) -> Spelling:
    tokens = tokenize(run)
    surfaces = tuple(token.surface for token in tokens)
    # Folding some letters yields white space, which would make two places of one.
    plain = all(
        token.position == place and surface.split() == [surface]
        for place, (token, surface) in enumerate(zip(tokens, surfaces, strict=True))
    )
    return Spelling(_terms(run), surfaces if plain else None)


_spell_known = lru_cache(maxsize=65_536)(_spell)


def fold(text: str) -> str:
    """Return ``text`` in lower case, without accents and apostrophes.

    >>> fold("Café O’Reilly")
    'cafe oreilly'
    """
    if not text.isascii():
        bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
        text = unicodedata.normalize("NFKC", bare).casefold().translate(_PLAIN)
    return text.lower().replace("'", "")


@lru_cache(maxsize=65_536)  # the same shows and speakers, for every question
def fold_name(name: str) -> str:
    """Return a name as filters compare it: folded, with its white space squeezed.

    >>> fold_name("Anne-Marie  O’Hara")
    'anne-marie ohara'
    """
    return " ".join(fold(name).split())


@lru_cache(maxsize=65_536)
def _forms(word: str) -> tuple[_Form, ...]:
    """Return the forms of one written word; the last one stands farthest right."""
    if len(word) == 1 and not word.isalnum():
        return _single(word) if unicodedata.category(word) == "So" else ()
    if not word.isascii() and _NO_SPACES.search(word):
        return tuple(_iter_mixed(word))
    word = word[:MAX_WORD]
    parts = list(_iter_parts(word))
    if not parts or _stays_whole(word, parts):
        return _single(word)
    if len(parts) == 1:
        return (_form(word[slice(*parts[0])], 0, *parts[0]),)
    joined = _JOINT.sub("", fold(_POSSESSIVE.sub("", word)))
    forms = [_form(word[start:end], shift, start, end) for shift, (start, end) in enumerate(parts)]
    if len(parts) <= _MAX_PARTS:
        # At its first and at its last place, so that a phrase meets it from both sides.
        forms += [
            _Form(joined, _stem_word(joined), shift, 0, len(word), joined=True)
            for shift in (0, len(parts) - 1)
        ]
    return tuple(forms)


def _single(word: str) -> tuple[_Form, ...]:
    return (_form(word, 0, 0, len(word)),)


def _form(written: str, shift: int, start: int, end: int) -> _Form:
    owner = _POSSESSIVE.sub("", written)
    surface = fold(owner) or written
    if _NUMBER.fullmatch(surface):
        surface = surface.replace(",", "")
    elif _INITIALS.fullmatch(surface):
        surface = _INITIAL_SIGNS.sub("", surface)
    term = _stem_word(surface)
    if surface in CONTRACTED and owner != written:
        surface += "s"
    return _Form(surface, term, shift, start, end)


def _stem_word(surface: str) -> str:
    term = str(_stem(surface))
    if term == surface and surface not in STOP_WORDS and _ACRONYMS.fullmatch(surface):
        return surface[:-1]
    return term


def _iter_parts(word: str) -> Iterator[tuple[int, int]]:
    """Yield where the parts of a compound stand: between its signs, and at inner capitals."""
    cuts = [(match.start(), match.end()) for match in _JOINT.finditer(word)]
    cuts += [(match.start(), match.start()) for match in _CAMEL.finditer(word)]
    start = 0
    for end, following in [*sorted(cuts), (len(word), len(word))]:
        if end > start:
            yield start, end
        start = following


def _stays_whole(word: str, parts: list[tuple[int, int]]) -> bool:
    """Are the parts of ``word`` no words: P&L, U.S., 3.5?"""
    if word[0] == "." or _NUMBER.fullmatch(word):
        return True
    longest = max(end - start for start, end in parts)
    return longest == 1 or ("&" in word and longest <= 2)


def _iter_mixed(word: str) -> Iterator[_Form]:
    """Yield the forms of a word that is partly in a script without white space."""
    shift = 0
    for match in _RUN.finditer(word):
        run, start = match.group(), match.start()
        forms = list(_iter_characters(run)) if _NO_SPACES.match(run) else _forms(run)
        for form in forms:
            yield form._replace(
                shift=shift + form.shift, start=start + form.start, end=start + form.end
            )
        shift += forms[-1].shift + 1 if forms else 0


def _iter_characters(run: str) -> Iterator[_Form]:
    """Yield the single characters and the pairs of a script without white space."""
    for shift, letter in enumerate(run):
        if shift:
            yield _form(run[shift - 1 : shift + 1], shift - 1, shift - 1, shift + 1)
        yield _form(letter, shift, shift, shift + 1)


def one_a_place(tokens: list[Token]) -> list[Token]:
    """Return words without the pairs of characters that stand beside single ones."""
    places: dict[tuple[int, bool], Token] = {}
    for token in tokens:
        held = places.setdefault((token.position, token.joined), token)
        if token.end - token.start < held.end - held.start:
            places[token.position, token.joined] = token
    return sorted(places.values(), key=lambda token: token.position)


def join_compounds(tokens: list[Token]) -> tuple[str, ...]:
    """Return a phrase with its compounds as wholes."""
    wholes = {token.start: token for token in tokens if token.joined}
    words: list[str] = []
    covered = -1
    for token in tokens:
        if token.start >= covered:
            whole = wholes.get(token.start)
            words.append((whole or token).surface)
            covered = whole.end if whole else covered
    return tuple(words)
