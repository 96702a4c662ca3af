"""Names for the sections of an episode: the words that stand out in one against all others.

A word tells a section where it is said there and hardly elsewhere in the episode, is rare in
everything that is held, and names something. What names something is told without a tagger, by
the company that words keep in the index: a name stands behind "the" and "of" more than behind "to"
and "we", and "is" or "of" may follow it, as they rarely follow an adjective. Two or three
neighbours count as one name where they stand together far more often than by chance (their
pointwise mutual information, Church and Hanks 1990).
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, Protocol

from ingest.terms import is_filler, stem
from search.tokens import STOP_WORDS

MOST_NAMES = 3
_LOOKED_AT = 25
"""The candidates of a section that the index is asked about."""
_MOST_WORDS = 3
_LEAST_PMI = 1.0
_MOSTLY = 0.6
_COMMON_SHARE = 0.35
"""A word in more of an episode's passages tells nothing of one section."""

_SENTENCE_END = re.compile(r"(?<=[.?!…])\s+")
_CLAUSE_END = re.compile(r"[,;:()\[\]—–\"“”]|\s-+\s")
_WORD = re.compile(r"[^\W\d_]\w*(?:['’.&+-]\w+)*[+#]*")
_BEFORE_NAMES = ("the", "a", "an", "your", "my", "our", "of", "this")
_BEFORE_OTHERS = ("to", "i", "you", "we", "they", "and")
_BEHIND_NAMES = ("is", "of", "and", "in", "that", "for", "was", "or", "to", "so")
_SAID_ANYWHERE = """
    able actually again ago answer anything around ask asked asking away back bad basically best
    better big bit bunch bye came come comes coming cool couple course day days deal definitely
    different dot easy eight else end enough episode everybody everything example exactly fact feel
    feels felt few find fine first five folks found four fun funny gave getting give given giving
    gonna good gosh gotta great guess guy guys half happen happened happening happens hard hate hear
    heard hello hey hi hmm hold hope hundred idea interesting kinda last left let's listen listener
    listeners listening literally little long look looked looking looks lots love loved mean means
    million minute minutes mm moment month months new next nice nine nothing oh ok okay old ones
    part place play point pretty probably problem question read ready real reason right run said say
    saying says see seeing seen sense seven show shows side six slash somebody someone sometimes
    somewhere sorry sorta speak sponsor sponsored sponsors start started starting starts stuff super
    sure talk talked talking tell ten thank thanks think thinking thought thousand three time times
    today told tomorrow tonight topic totally tried true try trying turn two type uh um understand
    wait wanna wanted watch way ways week weeks weird welcome went whatever whole wonder word words
    work worked working works world worth wow wrong yeah year years yep yesterday yet yup
    monday tuesday wednesday thursday friday saturday sunday january february april june july
    august september october november december bottom case item key plus step top
"""

_GIVEN_NAMES = """
    aaron abigail adam adrian aisha alan alejandro alex alexander alexandra alexis ali alice alicia
    alison amanda amber amelia amir amy ana andrea andrew andy angela ann anna anne anthony antonio
    arthur ashley barbara becky ben benjamin beth betty bill billy bob bobby bonnie brad bradley
    brandon brenda brett brian bridget bruce bryan caleb cameron carl carla carlos carol caroline
    catherine chad charles charlie cheryl chris christian christina christine christopher cindy
    claire connor craig crystal curtis cynthia dan dana daniel danielle danny dave david dean
    deborah debra dennis derek diana diane diego donald donna doug douglas dustin dylan ed eddie
    edward elena eli elizabeth ella ellen emily emma eric erica erik erin ethan eugene evan evelyn
    fatima fiona florian frances francesca francois fred gabriel gareth gary george gerald glenn
    gloria graham greg gregory hannah harold harry heather helen henry howard ian isaac isabella
    jack jackie jacob jake james jamie jan jane janet janice jared jason javier jay jean jed jeff
    jeffrey jen jenna jennifer jenny jeremy jerry jesse jessica jill jim jimmy joan joe joel johan
    john johnny jon jonathan jordan jorge jose joseph josh joshua juan judith judy julia julian
    julie justin karen kate katherine kathleen kathryn katie keith kelly ken kenneth kevin kim
    kimberly kyle larry laura lauren laurie lawrence leah lee leonard leslie liam linda lisa liz
    logan louis louise lucas lucy luis luke lydia madison marcus margaret maria marie marilyn mario
    martha martin mary matt matthew megan melissa michael michelle miguel mike mohamed mohammed
    molly monica nancy natalie natasha nate nathan nathaniel neil nicholas nick nicole noah nora
    oliver olivia omar oscar pamela patricia patrick paul paula pedro peggy peter phil philip
    phillip rachel ralph randy ray raymond rebecca richard rick ricky rob robert roger ronald rosa
    roy russell ryan sam samantha samuel sandra sandy sara sarah scott sean seth shannon sharon
    shawn sheila shirley simon sofia sophia sophie spencer stacy stephanie stephen steve steven
    stuart sue susan suzanne tanya ted teresa terry theresa thomas tiffany tim timothy tina todd
    tom tommy tony tracy travis trevor tyler valerie vanessa vera veronica vicky victor victoria
    vincent virginia walter wayne wendy werner wesley william zachary zoe
"""
"""Common ones in English talk, but for those that programs bear as well, such as Ruby: by itself
such a name tells a listener nothing."""


class Words(Protocol):
    """How often words occur in everything held; search.keywords.KeywordIndex has it."""

    def __len__(self) -> int: ...

    def count_word(self, word: str) -> int:
        """Return in how many passages a word stands, in any inflection."""

    def count_pair(self, left: str, right: str) -> int:
        """Return in how many passages two words stand beside each other, in any inflection."""


Stems = tuple[str, ...]


class _Word(NamedTuple):
    """A word as it is said."""

    base: str
    """As it is written, without a possessive ending."""
    folded: str
    stem: str
    """Empty where the word says nothing of a subject."""


@dataclass(slots=True)
class _Section:
    """What is said in a section."""

    counts: Counter[Stems] = field(default_factory=Counter)
    spread: defaultdict[Stems, set[int]] = field(default_factory=lambda: defaultdict(set))
    """In which of its passages."""
    size: int = 0


@dataclass(slots=True)
class _Written:
    """How the words of an episode are written."""

    forms: defaultdict[Stems, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    capital: Counter[str] = field(default_factory=Counter)
    """Words in lower case: how often they are capitalised within a sentence."""
    small: Counter[str] = field(default_factory=Counter)

    def is_name(self, word: str) -> bool:
        """Tell whether a word is mostly capitalised where not every word would be."""
        folded = word.casefold()
        return self.capital[folded] > self.small[folded]

    def write(self, stems: Stems) -> str:
        """Return words as they are mostly written: only names with a capital."""
        written = self.forms[stems].most_common(1)[0][0].split()
        return " ".join(word if self.is_name(word) else word.casefold() for word in written)


def name_sections(
    sections: Sequence[Sequence[str]],
    words: Words | None = None,
    speakers: Iterable[str] = (),
) -> tuple[tuple[str, ...], ...]:
    """Return for each section, which is a list of passages' texts, up to three telling names.

    Args:
        sections: Of one episode, in order.
        words: Of everything that is held; without them the episode alone tells what is common.
        speakers: Who speaks in it. They are called by name in any section, which tells nothing.
    """
    written = _Written()
    read = [_read_section(texts, written) for texts in sections]
    total: Counter[Stems] = Counter()
    passages: Counter[Stems] = Counter()
    for section in read:
        total.update(section.counts)
        passages.update({stems: len(found) for stems, found in section.spread.items()})
    most = max(4.0, _COMMON_SHARE * sum(map(len, sections)))
    common = {stems for stems, found in passages.items() if found > most}
    called = {word for name in speakers for word in _WORD.findall(name)}
    common |= {(stem(word.casefold()),) for word in called if written.is_name(word)}
    telling = _Telling(total, sum(one.size for one in read), written, words)
    return tuple(_name_section(section, telling, common) for section in read)


def _name_section(section: _Section, telling: "_Telling", common: set[Stems]) -> tuple[str, ...]:
    ranked = sorted(
        (
            (telling.stands_out(stems, section), stems)
            for stems in section.counts
            if not any((one,) in common for one in stems) and telling.may_name(stems, section)
        ),
        reverse=True,
    )[:_LOOKED_AT]
    weighed = sorted(
        ((out * telling.tells(stems), stems) for out, stems in ranked),
        key=lambda pair: (-pair[0], pair[1]),
    )
    whole = [_lengthen(stems, section, telling) for worth, stems in weighed if worth > 0]
    return _pick(whole, telling)


def _lengthen(stems: Stems, section: _Section, telling: "_Telling") -> Stems:
    """Return the longest run of words that mostly stands where these stand."""
    least = max(2.0, _MOSTLY * section.counts[stems])
    longer = [
        run
        for run, count in section.counts.items()
        if count >= least
        and len(run) == len(stems) + 1
        and stems in (run[1:], run[:-1])
        # One word is lengthened to a name only: "Flappy" to "Flappy Bird", no verb to its object.
        and (len(stems) > 1 or telling.is_name(run))
    ]
    return max(longer, key=lambda run: (section.counts[run], run), default=stems)


def _pick(ranked: Sequence[Stems], telling: "_Telling") -> tuple[str, ...]:
    """Return the first names that share no word; "Flappy Bird" stands for a "Bird" before it."""
    picked: list[Stems] = []
    used: set[str] = set()
    for stems in ranked:
        shorter = [one for one in picked if len(one) == 1 and one[0] in stems]
        # "fresh books" and "Freshbooks" are one name, heard in two ways.
        parts = {*stems, "".join(stems)}
        if len(shorter) == 1 and len(stems) > 1 and telling.is_name(stems):
            if parts & used == set(shorter[0]):
                used |= parts
                picked[picked.index(shorter[0])] = stems
        elif not parts & used and len(picked) < MOST_NAMES:
            used |= parts
            picked.append(stems)
    return tuple(map(telling.written.write, picked))


class _Telling:
    """How much words tell of a section of an episode."""

    def __init__(
        self, total: Counter[Stems], size: int, written: _Written, words: Words | None
    ) -> None:
        self.written = written
        self._total = total
        self._size = max(size, 1)
        self._words = words

    def is_name(self, stems: Stems) -> bool:
        """Tell whether all of these words are written as names."""
        return all(map(self.written.is_name, self._words_of(stems)))

    def may_name(self, stems: Stems, section: _Section) -> bool:
        """Tell whether words are said often enough: twice, a name of more than one word once.

        Nobody's first name alone: who is meant is told by the whole name, where it is said.
        """
        if section.counts[stems] > 1 or len(stems) == 1:
            return section.counts[stems] > 1 and not self._is_given_name(stems)
        (form,) = self.written.forms[stems] if len(self.written.forms[stems]) == 1 else ("",)
        return form[:1].isupper() and all(map(self.written.is_name, form.split()))

    def _is_given_name(self, stems: Stems) -> bool:
        (word, *more) = self._words_of(stems)
        return not more and word.casefold() in _given_names() and self.written.is_name(word)

    def stands_out(self, stems: Stems, section: _Section) -> float:
        """Return how much more often words are said in a section than in the whole episode."""
        count = section.counts[stems]
        usual = self._total[stems] * section.size / self._size
        spread = 1 + 0.3 * math.log(len(section.spread[stems]))
        return count / (count + 1.5) * math.log2(1 + count / (usual + 0.5)) * spread

    def tells(self, stems: Stems) -> float:
        """Return how rare words are, and how far they name something; 0 where they do not."""
        words = self._words_of(stems)
        rare = sum(map(self._rarity, words)) / len(words)
        if len(words) == 1:
            return min(rare, 6.5) * self._names(words)
        together = min(self._together(left, right) for left, right in pairwise(words))
        if together < _LEAST_PMI:
            return 0.0
        return 1.25 * min(rare + 0.35 * min(together, 5.0), 7.0) * self._names(words)

    def _words_of(self, stems: Stems) -> list[str]:
        return self.written.write(stems).split()

    def _rarity(self, word: str) -> float:
        if self._words is None or not len(self._words):
            return 4.0
        return max(0.0, math.log(len(self._words) / (self._words.count_word(word) + 1)))

    def _together(self, left: str, right: str) -> float:
        words = self._words
        if words is None or not len(words):
            return _LEAST_PMI
        by_chance = (words.count_word(left) + 1) * (words.count_word(right) + 1) / len(words)
        return math.log((words.count_pair(left, right) + 1) / by_chance)

    def _names(self, words: Sequence[str]) -> float:
        if all(map(self.written.is_name, words)):
            return 1.25
        index, last = self._words, words[-1]
        if index is None:
            return 0.8
        before = sum(index.count_pair(each, last) for each in _BEFORE_NAMES)
        others = sum(index.count_pair(each, last) for each in _BEFORE_OTHERS)
        behind = sum(index.count_pair(last, each) for each in _BEHIND_NAMES)
        alone = min(behind / (index.count_word(last) + 1), 0.5)
        return (0.4 + 0.8 * (before + 1) / (before + others + 2)) * (0.5 + alone)


def _read_section(texts: Sequence[str], written: _Written) -> _Section:
    section = _Section()
    for place, text in enumerate(texts):
        for words, is_first in _iter_clauses(text):
            _note_case(words, written, is_first=is_first)
            _count(words, place, section, written)
    return section


def _iter_clauses(text: str) -> Iterator[tuple[list[_Word], bool]]:
    """Yield the words of each clause, and whether it begins its sentence."""
    for sentence in _SENTENCE_END.split(text):
        is_first = True
        for clause in _CLAUSE_END.split(sentence):
            if words := _WORD.findall(clause):
                yield list(map(_read_word, words)), is_first
                is_first = False


def _note_case(words: Sequence[_Word], written: _Written, *, is_first: bool) -> None:
    for place, word in enumerate(words):
        if word.base[0].islower():
            written.small[word.folded] += 1
        elif place or not is_first:
            written.capital[word.folded] += 1


def _count(words: Sequence[_Word], place: int, section: _Section, written: _Written) -> None:
    stems = [word.stem for word in words]
    section.size += sum(map(bool, stems))
    for start in range(len(stems)):
        for end in range(start + 1, min(start + _MOST_WORDS, len(stems)) + 1):
            run = tuple(stems[start:end])
            if not all(run):
                break
            section.counts[run] += 1
            section.spread[run].add(place)
            written.forms[run][" ".join([word.base for word in words[start:end]])] += 1


@lru_cache(maxsize=20_000)
def _read_word(text: str) -> _Word:
    base = text.replace("’", "'").removesuffix("'s")
    folded = base.casefold()
    if len(base) > 2 and base[-1] == "s" and base[:-1].isupper():
        return _Word(base, folded, stem(folded[:-1]))  # CPUs
    return _Word(base, folded, "" if _says_nothing(base) else stem(folded))


@lru_cache(maxsize=1)
def _talk() -> frozenset[str]:
    return frozenset(map(stem, _SAID_ANYWHERE.split()))


@lru_cache(maxsize=1)
def _given_names() -> frozenset[str]:
    return frozenset(_GIVEN_NAMES.split())


def _says_nothing(word: str) -> bool:
    folded = word.casefold()
    short = len(word) < 3 and not word.isupper()
    if short or "'" in word or folded in STOP_WORDS:
        return True
    said = stem(folded)
    return said in _talk() or is_filler(said)
