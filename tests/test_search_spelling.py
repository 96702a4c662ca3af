"""Nearest spellings, what to leave out, and names that mean the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.records import Passage
from search.engine import EmbeddedEngine
from search.hits import SearchRequest
from search.index_reader import IndexReader
from search.index_store import IndexStore
from search.keywords import KeywordDocument, KeywordIndex
from search.manifest import Fingerprint
from search.query import list_demands, replace_words
from search.spelling import Speller, SpellingBook
from search.vocabulary import DEFAULTS, Vocabulary, list_entries, make_vocabulary
from tests.fake_embedder import FakeEmbedder
from tests.memory_source import MemorySource

FINGERPRINT = Fingerprint(model="fake-words", dimension=64, chunker="1")
LINES = [
    "The account manager owns the client. An account manager writes things down.",
    "Ask the account manager before the project begins.",
    "Account managers count hours, and project managers count days.",
    "The amount of rain was small. The manner of the talk was kind.",
    "We raised the retainer in May, and every client stayed with us.",
    "Our statement of work names what is out of scope.",
    "She is the best AM we had; I am glad of it.",
    "Over-servicing hides in long calls.",
]


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    index = KeywordIndex(tmp_path_factory.mktemp("words"))
    index.apply([KeywordDocument(id=at, text=line) for at, line in enumerate(LINES * 3, 1)])
    return index


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    folder = tmp_path_factory.mktemp("engine")
    source = MemorySource()
    for place, line in enumerate(LINES):
        passage = Passage(text=line, kind="transcript", start_ms=0, end_ms=9_000)
        source.put([passage], episode=place + 1, show="Ledger" if place % 2 else "Kiln")
    IndexStore(folder, FINGERPRINT).update(source, FakeEmbedder())
    return EmbeddedEngine(
        source,
        IndexReader(folder, FINGERPRINT),
        FakeEmbedder(),
        get_vocabulary=lambda: make_vocabulary(()),
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("acount manger", "account manager"),
        ("the Acount manager", "the Account manager"),
        ("what is a retaner", "what is a retainer"),
        ("statment of work", "statement of work"),
        ('"acount manager" show:acount -acount', '"account manager" show:acount -acount'),
        ("overservicng", "overservicing"),
        ("account manager", None),
        ("manner of the talk", None),
        ("kubernetes", None),
        ("wor", None),
        ("don't can't", None),
        ("猫 пчёлы 🎉", None),
        ("", None),
    ],
)
def test_what_occurs_nowhere_is_mended_by_what_is_near_and_stands_beside_it(words, typed, meant):
    assert SpellingBook().correct(typed, words) == meant


@given(st.text(max_size=200))
def test_any_text_can_be_mended(words, text):
    speller = Speller(words.list_words())
    mended = speller.correct(text, words)
    assert mended is None or mended != text


def test_a_word_that_came_in_later_is_known_at_once(tmp_path):
    index = KeywordIndex(tmp_path)
    index.apply([KeywordDocument(id=1, text="one retainer")])
    book = SpellingBook()
    assert book.correct("retaner", index) == "retainer"
    index.apply([KeywordDocument(id=2, text="a retaner is a kind of fence")])
    assert book.correct("retaner", index) is None


def test_a_name_that_only_a_speaker_has_is_no_slip(tmp_path):
    index = KeywordIndex(tmp_path)
    index.apply([KeywordDocument(id=at, text="a marsh, and march on") for at in range(1, 9)])
    book = SpellingBook()
    assert book.correct("Marchi", index) == "March"
    index.apply([KeywordDocument(id=9, text="so it goes", speakers=("Ana Marchi",))])
    assert book.correct("Marchi", index) is None
    assert book.correct("what does Marchi say", index) is None


@pytest.mark.parametrize("mode", ["hybrid", "keyword", "semantic"])
def test_a_misspelt_question_is_answered_as_it_was_meant(engine, mode):
    answer = engine.search(SearchRequest(text="acount manger", mode=mode))
    assert answer.suggestion == "account manager"
    assert "account manager" in answer.hits[0].passage.text.lower()
    if mode != "semantic":
        first = answer.hits[0]
        assert "account" in {first.passage.text[a:b].lower() for a, b in first.spans}


def test_what_is_spelt_as_it_is_said_has_no_suggestion(engine):
    assert engine.search(SearchRequest(text="account manager")).suggestion is None


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (SearchRequest(text="rain show:nowhere"), ["show:nowhere"]),
        (SearchRequest(text="rain", show="nowhere"), ["show:nowhere"]),
        (SearchRequest(text="rain show:kiln", show="nowhere"), ["show:nowhere"]),
        (SearchRequest(text="rain kind:issue show:ledger"), ["kind:issue"]),
        (SearchRequest(text="rain kind:issue show:nowhere"), []),
        (SearchRequest(text="rain -rain -amount", mode="keyword"), []),
        (SearchRequest(text="rain -amount", mode="keyword"), ["-amount"]),
        (SearchRequest(text='"rain amount"', mode="keyword"), ["the quotes"]),
    ],
)
def test_an_empty_answer_names_what_to_leave_out(engine, request_, said):
    answer = engine.search(request_)
    assert (answer.hits, answer.total) == ((), 0)
    assert [drop.said for drop in answer.drops] == said
    assert answer.problems
    for drop in answer.drops:
        others = {} if drop.name == "show" else {"show": request_.show}
        again = engine.search(SearchRequest(text=drop.text, mode=request_.mode, **others))
        assert again.total == drop.total > 0


def test_words_that_no_passage_has_are_named(engine):
    answer = engine.search(SearchRequest(text="zzqx", mode="keyword"))
    assert answer.hits == ()
    assert "no passage has “zzqx”" in answer.problems


def test_pages_are_of_one_order_however_they_are_cut(tmp_path):
    source = MemorySource()
    for number in range(260):
        passage = Passage(text=f"word {number % 7} kiln", kind="notes", start_ms=None, end_ms=None)
        source.put([passage], episode=number + 1)
    IndexStore(tmp_path, FINGERPRINT).update(source, FakeEmbedder())
    engine = EmbeddedEngine(source, IndexReader(tmp_path, FINGERPRINT), FakeEmbedder())
    whole = engine.search(SearchRequest(text="word kiln 3", k=1_000))
    assert len(whole.hits) == whole.total >= 200
    paged = []
    for offset in range(0, whole.total, 40):
        page = engine.search(SearchRequest(text="word kiln 3", k=40, offset=offset))
        assert page.total == whole.total
        paged += page.hits
    assert paged == list(whole.hits)


def test_demands_are_found_as_they_were_typed():
    text = 'a -"b c" show:"Deep Cuts" kind:nothing "d e" OR "f" after:2024 show:x -5'
    assert {one.said: one.without for one in list_demands(text)} == {
        '-"b c"': 'a show:"Deep Cuts" kind:nothing "d e" OR "f" after:2024 show:x -5',
        "show:x": 'a -"b c" kind:nothing "d e" OR "f" after:2024 -5',
        "after:2024": 'a -"b c" show:"Deep Cuts" kind:nothing "d e" OR "f" show:x -5',
        "the quotes": 'a -"b c" show:"Deep Cuts" kind:nothing d e OR f after:2024 show:x -5',
    }


@given(st.text(max_size=100))
def test_any_question_can_be_asked_with_less(text):
    for demand in list_demands(text):
        assert len(demand.without) <= len(text)
    assert isinstance(replace_words(text, {"a": "b"}), str)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("how is an AM paid", {"account manager", "account management"}),
        ("i am paid", set()),
        ("AM I PAID", set()),
        ("account manager pay", set()),
        ("a project manager", {"PM"}),
        ("AM", {"account manager", "account management"}),
        ("a sow template", {"statement of work", "scope of work"}),
        ("the statement of work", {"SOW", "scope of work"}),
        ("stop scope creep", {"over-servicing", "overservicing", "out of scope"}),
        ("what is our P&L", {"profit and loss"}),
        ("nothing of the kind", set()),
        ("", set()),
    ],
)
def test_other_names_are_found(asked, found):
    assert {soft.text for soft in make_vocabulary(()).find_softs(asked)} == found


def test_other_names_find_passages_and_never_inside_quotes(engine):
    def texts(asked):
        return [hit.passage.text for hit in engine.search(asked).hits]

    assert LINES[7] in texts(SearchRequest(text="scope creep", mode="keyword"))
    assert LINES[0] in texts(SearchRequest(text="AM", mode="keyword"))
    assert LINES[7] not in texts(SearchRequest(text='"out of scope"', mode="keyword"))
    hit = engine.search(SearchRequest(text="scope creep calls", mode="keyword")).hits
    over = next(one for one in hit if one.passage.text == LINES[7])
    assert "Over-servicing" in {over.passage.text[a:b] for a, b in over.spans}


def test_the_owners_changes_lie_over_our_list():
    changes = (("am", ("area manager",)), ("PM", ()), ("zine", ("magazine",)))
    entries = {entry.term: entry for entry in list_entries(changes)}
    assert entries["am"].origin == "changed"
    assert entries["zine"].origin == "own"
    assert "PM" not in entries
    assert len(entries) == len(DEFAULTS)
    softs = make_vocabulary(changes).find_softs("PM and zine")
    assert [soft.text for soft in softs] == ["magazine"]
    assert Vocabulary().find_softs("AM") == ()


def test_our_list_is_in_order_and_means_something():
    assert list(DEFAULTS) == sorted(DEFAULTS, key=str.casefold)
    for entry in list_entries(()):
        assert len(set(entry.names)) == len(entry.names) > 1
