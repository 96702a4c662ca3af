"""What quotes, minus and filters promise, held against a scan of all passages."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.records import Passage
from search.engine import EmbeddedEngine
from search.hits import SearchRequest
from search.index_reader import IndexReader
from search.index_store import IndexStore
from search.keywords import KeywordDocument, KeywordIndex
from search.manifest import Fingerprint
from search.tokens import fold
from tests.fake_embedder import FakeEmbedder
from tests.memory_source import MemorySource

FINGERPRINT = Fingerprint(model="fake-words", dimension=64, chunker="1")
WORDS = ["client", "clients", "don't", "CAFÉ", "scope", "creep", "the", "PM", "e-mail", "LinkedIn"]
SPEAKERS = ["Zoë O’Hara", "Ben Marsh", None]
MODES = ["hybrid", "keyword", "semantic"]


def holds(tmp_path, text, phrase):
    index = KeywordIndex(tmp_path / "keywords")
    index.apply([KeywordDocument(id=1, text=text), KeywordDocument(id=2, text="Nothing of it.")])
    return index.find_ids([[phrase]], []).tolist() == [1]


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("I saw it on LinkedIn today.", "on linkedin today"),
        ("I saw it on linkedin today.", "on LinkedIn today"),
        ("I saw it on LinkedIn today.", "ON LINKEDIN TODAY"),
        ("Ask HubSpot's people now.", "hubspot people now"),
        ("Send it to my e-mail address.", "my email address"),
        ("Send it to my email address.", "my e-mail address"),
        ("Send it to my e‑mail address.", "to my e mail address"),
        ("We serve them 24/7 here.", "them 24/7 here"),
        ("We serve them 24-7 here.", "them 24/7 here"),
        ("Read our P&L. Then the R&D budget in C++ or C#.", "the r&d budget in c++ or c#"),
        ("Growth was 3.5 percent of 1,000.", "3.5 percent of 1000"),
        ("We ran an A/B test.", "an ab test"),
        ("We ran an A-B test.", "an A/B test"),
        ("Meet at 5 P.M. sharp in the U.S.A. office.", "5 pm sharp in the usa office"),
        ("Meet at 5 pm sharp.", "5 P.M. sharp"),
        ("Don’t say it’s done.", "don't say it's done"),
        ("Don't say it's done.", "DON’T SAY IT‘S"),
        ("Donʼt say it.", "dont say it"),
        ("The client’s budget.", "the client's budget"),
        ("Use #hash and @name.", "#hash and @name"),
        ("Write to jo.doe@example.com or https://example.com/a?b=c.", "jo.doe@example.com"),
        ("Write to jo.doe@example.com or https://example.com/a?b=c.", "example.com/a?b=c"),
        ("This is 👍 good.", "is 👍 good"),
        ("La cafe\u0301 résumé.", "la café resume\u0301"),
        ("Die Straße in München.", "die STRASSE in munchen"),
        ("Ask Søren in Łódź.", "ask soren in lodz"),
        ("İstanbul'da ISI ve ısı.", "istanbulda ısı ve ISI"),
        ("Ο ΣΊΣΥΦΟΣ γελά.", "ο σισυφος γελα"),
        ("Её Пчёлы летят.", "ее пчелы летят"),
        ("שָׁלוֹם לכם.", "שלום לכם"),
        ("قال مُحَمَّد شيئا.", "محمد شيئا"),
        ("हिन्दी किताब है।", "हिन्दी किताब"),
        ("猫が蜂を追いかける。", "蜂を追い"),
        ("我们 谈 客户预算的问题。", "客户预算"),
        ("กินข้าวแล้ว", "ข้าว"),
        ("예산을 논의했다", "예산을"),
        ("Ｆｕｌｌ ｗｉｄｔｈ ＡＢＣ", "full width abc"),
        ("Python入門の本", "python入門"),
        ("word " * 300 + "the LinkedIn page", "the linkedin page"),
    ],
)
def test_a_phrase_is_found_however_it_is_written(tmp_path, text, phrase):
    assert holds(tmp_path, text, phrase)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Let it go. We let go of it.", "let's go"),
        ("That right there.", "that's right"),
        ("It time.", "it's time"),
        ("Two scopes creep.", "scope creep"),
        ("The creep of scope.", "scope creep"),
        ("On linked pages in May.", "on linkedin pages"),
        ("It ends. LinkedIn", "linkedin it ends"),
        ("C is not it.", "C++"),
        ("P and L.", "P&L"),
        ("ข่าว", "ข้าว"),
        ("猫と蜂", "猫蜂"),
        ("He paid 35.", "3.5"),
        ("I think YouTube is fine.", "think you"),
        ("We love JavaScript.", "script"),
        ("My e-mail.", "e-mail e-mail"),
    ],
)
def test_what_only_looks_like_a_phrase_is_none(tmp_path, text, phrase):
    assert not holds(tmp_path, text, phrase)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("The PMs met.", "PM"),
        ("Every PM met.", "pms"),
        ("Our KPIs rose.", "kpi"),
        ("One KPI rose.", "KPIs"),
        ("Two NDAs.", "NDA"),
        ("Any Q&As?", "Q&A"),
        ("The P&Ls.", "P&L"),
        ("The AMs.", "AM"),
        ("A.M.s and P.M.s", "pm"),
    ],
)
def test_acronyms_are_found_in_the_other_number(tmp_path, text, asked):
    index = KeywordIndex(tmp_path / "keywords")
    index.apply([KeywordDocument(id=1, text=text)])
    assert index.search(index.weigh(asked), 5)


class Made:
    def __init__(self, engine, held):
        self.engine = engine
        self.held = held

    def ask(self, text, **others):
        return self.engine.search(SearchRequest(text=text, **{"k": 1000} | others))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An engine over 120 passages of all orders of a few words, and those passages."""
    source = MemorySource()
    orders = itertools.islice(itertools.permutations(WORDS, 4), 0, None, 42)
    texts = [" ".join(words).capitalize() + "." for words in orders]
    for episode in range(6):
        passages = [
            Passage(
                text=text,
                kind="notes" if at % 7 == 3 else "transcript",
                start_ms=60_000 * at,
                end_ms=60_000 * at + 9_000,
                speaker=SPEAKERS[at % 3],
            )
            for at, text in enumerate(texts[episode::6])
        ]
        show, day = ("Kiln Talk", "Hive Minds")[episode % 2], f"2024-0{episode + 1}-15"
        source.put(passages, episode=episode + 1, show=show, published=day)
    folder = tmp_path_factory.mktemp("index")
    IndexStore(folder, FINGERPRINT).update(source, FakeEmbedder())
    engine = EmbeddedEngine(source, IndexReader(folder, FINGERPRINT), FakeEmbedder())
    return Made(engine, source.get_passages(source.list_ids(0, 10_000)))


def words_of(text):
    """Return a text's words without signs, a compound as one: how a reader compares them."""
    return fold(text.replace("-", "").replace(".", "")).lower().split()


def has_phrase(text, phrase):
    words, wanted = words_of(text), words_of(phrase)
    starts = range(len(words) - len(wanted) + 1)
    return any(words[at : at + len(wanted)] == wanted for at in starts)


cases = st.sampled_from([str.upper, str.lower, str.title, lambda text: text.replace("'", "’")])
spoken = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
phrases = st.builds(lambda text, case: case(text), spoken, cases)
FILTERS = {
    "show:kiln": lambda one: one.show == "Kiln Talk",
    "-show:KILN": lambda one: one.show != "Kiln Talk",
    "kind:notes": lambda one: one.passage.kind == "notes",
    'speaker:"zoe o\'hara"': lambda one: one.passage.speaker == SPEAKERS[0],
    "-speaker:ben": lambda one: one.passage.speaker != SPEAKERS[1],
    "after:2024-05": lambda one: one.episode_id >= 5,
    "before:2024-02-15": lambda one: one.episode_id == 1,
    "after:2030": lambda one: False,
}


@settings(max_examples=60)
@given(phrases, phrases | st.none(), st.sets(st.sampled_from(sorted(FILTERS)), max_size=2))
def test_quotes_minus_and_filters_answer_what_a_scan_finds(made, phrase, never, filters):
    text = f'"{phrase}" {" ".join(filters)}' + (f' -"{never}"' if never else "")
    expected = {
        one.id
        for one in made.held
        if has_phrase(one.passage.text, phrase)
        and not (never and has_phrase(one.passage.text, never))
        and all(FILTERS[said](one) for said in filters)
    }
    for mode in MODES:
        answer = made.ask(text, mode=mode)
        assert set(answer.found) == expected
        assert [hit.passage_id for hit in answer.hits] == list(answer.found)
        for drop in answer.drops:
            assert made.ask(drop.text, mode=mode).total == drop.total


@settings(max_examples=40)
@given(
    spoken,
    st.sets(st.sampled_from(sorted(FILTERS))),
    st.tuples(st.integers(1, 50), st.sampled_from(MODES)),
)
def test_pages_divide_an_answer(made, words, filters, asked):
    size, mode = asked
    text = " ".join([words, *sorted(filters)])
    whole = made.ask(text, mode=mode)
    paged = []
    for offset in range(0, whole.total + size, size):
        page = made.ask(text, mode=mode, k=size, offset=offset)
        assert page.total == whole.total
        paged += page.hits
    assert tuple(paged) == whole.hits
    assert len({hit.passage_id for hit in paged}) == whole.total
    passed = {one.id for one in made.held if all(FILTERS[said](one) for said in filters)}
    assert set(whole.found) <= passed
    if mode != "keyword":
        assert set(whole.found) == passed


@pytest.mark.parametrize(("mode", "why"), [("keyword", "words"), ("semantic", "meaning")])
def test_a_mode_that_asks_one_list_says_that_this_one_brought_the_hit(made, mode, why):
    answer = made.ask("scope creep", mode=mode)
    assert {hit.why for hit in answer.hits} == {why}


@pytest.mark.parametrize(
    ("text", "problems", "drops"),
    [
        ("zebra show:kiln", ("nothing that passes show:kiln has these words",), ()),
        ("scope after:2030", ("nothing passes after:2030: drop it",), ("after:2030",)),
        (
            "scope after:2030 show:nope",
            ("nothing passes show:nope after:2030: drop all of these",),
            (),
        ),
        ('"creep the creep"', ("nothing holds",), ("the quotes",)),
        ('"creep the creep" show:kiln', ("nothing that passes show:kiln holds",), ("the quotes",)),
        (
            'scope -show:"a b" -show:kiln -show:hive',
            ('nothing passes -show:"a b" -show:kiln',),
            None,
        ),
        ("? !", ("there is no word to look for",), ()),
        ("zebra ?", ("no passage has “zebra”",), ()),
    ],
)
def test_no_hit_says_why_and_offers_only_what_helps(made, text, problems, drops):
    answer = made.ask(text, mode="keyword")
    assert answer.hits == ()
    assert all(said in " ".join(answer.problems) for said in problems)
    if drops is not None:
        assert tuple(drop.said for drop in answer.drops) == drops
    assert "leave out the quotes" not in " ".join(answer.problems) or drops


def test_a_spelling_that_finds_nothing_either_is_not_offered(made):
    assert made.ask("creap", mode="keyword").suggestion == "creep"
    assert made.ask("creap after:2030", mode="keyword").suggestion is None
