import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.keywords import index_pairs, index_terms
from search.pinpoint import find_spans, find_terms
from search.tokens import STOP_WORDS, fold, spell, spell_terms, tokenize


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Running runs", ["run", "run"]),
        ("C++ and C# and F#", ["c++", "and", "c#", "and", "f#"]),
        (".NET or .net.", [".net", "or", ".net"]),
        ("the P&L, R&D", ["the", "p&l", "r&d"]),
        ("U.S.A. and e.g. this", ["usa", "and", "eg", "this"]),
        ("1,000 at 3.5", ["1000", "at", "3.5"]),
        ("e-mail", ["e", "mail", "email"]),
        ("node.js", ["node", "js", "nodej"]),
        ("WebAssembly", ["web", "assembl", "webassembl"]),
        ("CI/CD", ["ci", "cd", "cicd"]),
        ("don't O’Reilly's", ["dont", "oreilli"]),
        ("café CAFE", ["cafe", "cafe"]),
        ("猫が", ["猫", "猫が", "が"]),
        ("Python入門", ["python", "入", "入門", "門"]),
        ("пчёлы", ["пчелы"]),
        ("party 🎉!", ["parti", "🎉"]),
        ("-x- ... --", ["x"]),
        ("", []),
    ],
)
def test_terms(text, terms):
    assert index_terms(text) == tuple(terms)


def test_two_spellings_meet():
    assert set(index_terms("e-mail")) & set(index_terms("email"))
    assert set(index_terms("web assembly")) <= set(index_terms("WebAssembly"))


def test_a_compound_stands_at_its_first_and_last_place():
    places = [(token.term, token.position) for token in tokenize("an e-mail list")]
    assert places == [("an", 0), ("e", 1), ("mail", 2), ("email", 1), ("email", 2), ("list", 3)]


def test_pairs_are_of_neighbours():
    assert index_pairs(index_terms("a red pot")) == ["a_red", "red_pot"]


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("They retained the clients.", "retaining the client", ["retained", "clients"]),
        ("the end", "the", ["the"]),
        ("An e-mail came.", "email", ["e-mail"]),
        ("Nothing here", "clay", []),
        ("猫が好き", "猫が", ["猫が"]),
    ],
)
def test_find_spans(text, query, marked):
    spans = find_spans(text, index_terms(query))
    assert [text[start:end] for start, end in spans] == marked


@given(st.text(max_size=200) | st.text(st.sampled_from("aB.-&+#'/_1,猫が "), max_size=60))
def test_any_text_has_tokens_inside_it(text):
    last = 0
    for token in tokenize(text):
        assert 0 <= token.start < token.end <= len(text)
        assert token.term
        assert not any(letter.isspace() for letter in token.term)
        last = max(last, token.position)
    assert last <= len(text)
    assert fold(fold(text)) == fold(text) or not text.isascii()


@given(
    st.text(max_size=200) | st.text(st.sampled_from("aB.-&+#'/_1,猫が \n"), max_size=60), st.data()
)
def test_what_is_pointed_at_is_what_the_words_of_the_text_are(text, data):
    tokens = tokenize(text)
    assert find_terms(text) == {token.term for token in tokens}
    assert [term for run in spell_terms(text) for term in run] == list(index_terms(text))
    wanted = data.draw(st.sets(st.sampled_from([token.term for token in tokens] or ["a"])))
    places = {at for start, end in find_spans(text, sorted(wanted)) for at in range(start, end)}
    meant = {term for term in wanted if term not in STOP_WORDS} or wanted
    held = [token for token in tokens if token.term in meant]
    assert places >= {at for token in held for at in range(token.start, token.end)}
    assert bool(places) == bool(held)


@pytest.mark.parametrize("text", ["a-" * 100_000, "." * 200_000, "A" * 300_000, "&a" * 100_000])
def test_hostile_text_takes_no_longer_than_its_length(text):
    began = time.process_time()
    tokenize(text)
    assert time.process_time() - began < 5


@given(st.text(alphabet="aB 1.&-'’é猫が\tx\u037a+#_,", max_size=40) | st.text(max_size=40))
def test_words_spelt_run_by_run_are_the_words_of_the_whole_text(text):
    tokens = tokenize(text)
    terms, wholes = [], set()
    for token in tokens:
        if not token.joined or (token.start, token.term) not in wholes:
            terms.append(token.term)
        if token.joined:
            wholes.add((token.start, token.term))
    spelt = spell(text)
    assert [term for word in spelt for term in word.terms] == terms
    if all(word.surfaces is not None for word in spelt):
        placed = [(place, one) for place, one in enumerate(s for w in spelt for s in w.surfaces)]
        assert placed == [(token.position, token.surface) for token in tokens]
