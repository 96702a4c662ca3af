import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query import MAX_QUERY_CHARS, Filters, join_filters, parse_query


@pytest.mark.parametrize(
    ("typed", "text", "phrases", "excluded"),
    [
        ("client retention", "client retention", (), ()),
        ("  client   retention ", "client retention", (), ()),
        ('"scope creep"', "scope creep", (("scope creep",),), ()),
        ("“scope creep” budget", "scope creep budget", (("scope creep",),), ()),
        ('"never closed', "never closed", (("never closed",),), ()),
        ('"a b" OR "c d" e', "a b c d e", (("a b", "c d"),), ()),
        ('"a b" "c d"', "a b c d", (("a b",), ("c d",)), ()),
        ("cats OR dogs", "cats dogs", (), ()),
        ("this or that", "this or that", (), ()),
        ('"a b" OR cats', "a b cats", (("a b", "cats"),), ()),
        ('big cats OR "a b" OR dogs end', "big cats a b dogs end", (("cats", "a b", "dogs"),), ()),
        ('cats OR dogs OR "a b"', "cats dogs a b", (("cats", "dogs", "a b"),), ()),
        ('"a b" OR cats "d e"', "a b cats d e", (("a b", "cats"), ("d e",)), ()),
        ('"a b" OR -cats "d e"', "a b d e", (("a b",), ("d e",)), ("cats",)),
        ('"a b" OR', "a b", (("a b",),), ()),
        ('"a b" OR OR "c d"', "a b c d", (("a b", "c d"),), ()),
        ('"OR" cats', "OR cats", (("OR",),), ()),
        ('a 5" pipe', "a 5 pipe", (), ()),
        ('"a b" 5" pipe', "a b 5 pipe", (("a b",),), ()),
        ("＂a b＂ c", "a b c", (("a b",),), ()),
        ("pricing -agency", "pricing", (), ("agency",)),
        ('pricing -"per hour"', "pricing", (), ("per hour",)),
        ("e-mail C++ P&L", "e-mail C++ P&L", (), ()),
        ("-5 degrees", "-5 degrees", (), ()),
        ("well -- no", "well -- no", (), ()),
        ("https://example.com/a", "https://example.com/a", (), ()),
        ("OR", "OR", (), ()),
        ('""', "", (), ()),
        ("", "", (), ()),
    ],
)
def test_parse_query(typed, text, phrases, excluded):
    query = parse_query(typed)
    assert (query.text, query.phrases, query.excluded) == (text, phrases, excluded)
    assert query.filters == Filters()
    assert query.problems == ()


@pytest.mark.parametrize(
    ("typed", "filters"),
    [
        ("clay show:kiln", Filters(show="kiln")),
        ('clay show:"Kiln Talk"', Filters(show="Kiln Talk")),
        ("SPEAKER:mara clay", Filters(speaker="mara")),
        ("clay kind:Takeaway", Filters(kind="takeaway")),
        ("clay after:2024 before:2024-06", Filters(after="2024", before="2024-06")),
        ("clay after:2024-05-31", Filters(after="2024-05-31")),
    ],
)
def test_filters_are_read_out_of_the_text(typed, filters):
    query = parse_query(typed)
    assert query.filters == filters
    assert query.text == "clay"
    assert not query.filters.is_empty


@pytest.mark.parametrize(
    "typed", ["kind:podcast", "after:yesterday", "before:2024-13", "after:2024-05-32"]
)
def test_a_filter_that_cannot_be_is_text_and_is_told(typed):
    query = parse_query(f"clay {typed}")
    assert query.filters.is_empty
    assert query.text == f"clay {typed.partition(':')[2]}"
    assert len(query.problems) == 1


@pytest.mark.parametrize(
    ("typed", "barred"),
    [
        ("clay -show:kiln", (Filters(show="kiln"),)),
        (
            'clay -Speaker:"Mara Quill" -kind:Notes',
            (Filters(speaker="Mara Quill"), Filters(kind="notes")),
        ),
        ("clay -after:2024", (Filters(after="2024"),)),
    ],
)
def test_a_filter_with_a_minus_keeps_out_what_it_would_let_through(typed, barred):
    query = parse_query(typed)
    assert (query.text, query.barred, query.excluded) == ("clay", barred, ())
    assert query.filters.is_empty


def test_a_barred_filter_that_cannot_be_is_told():
    query = parse_query("clay -kind:podcast")
    assert (query.text, query.barred, len(query.problems)) == ("clay", (), 1)


def test_a_filter_that_is_said_twice_is_told():
    query = parse_query("clay show:kiln OR show:hive show:hive")
    assert query.filters == Filters(show="hive")
    assert query.problems == ("show can be asked for once: show:hive counts",)


def test_filters_given_beside_the_text_win():
    query = join_filters(
        parse_query("clay show:kiln after:2024"), Filters(show="hive", kind="nothing", before=" ")
    )
    assert query.filters == Filters(show="hive", after="2024")
    assert len(query.problems) == 1


def test_a_very_long_question_is_cut_and_told():
    query = parse_query("word " * 50_000)
    assert len(query.text) <= MAX_QUERY_CHARS
    assert "10000" in query.problems[0]


PIECES = st.sampled_from(
    ['"', "“", "-", "OR", " ", "show:", "kind:", "after:", "a", "b c", ":", "2024", "\n", "«"]
)


@given(st.text(max_size=300) | st.lists(PIECES, max_size=40).map("".join))
def test_nothing_that_can_be_typed_is_an_error(typed):
    query = parse_query(typed)
    said = "".join(query.text.split())
    assert set(said.lower()) <= set(typed.lower())
    assert all(ways and all(ways) for ways in query.phrases)
    assert all(query.excluded)
