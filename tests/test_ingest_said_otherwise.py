"""Same or opposite: judged by denials, pairs of opposites, numbers and comparisons."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.said_otherwise import compare_claims, find_swapped, read_claim


def compare(one, other, *, is_near):
    both = {
        compare_claims(read_claim(a), read_claim(b), is_near=is_near)
        for a, b in ((one, other), (other, one))
    }
    assert len(both) == 1, "it depends on the order"
    return both.pop()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Raise prices every January.", "Never raise prices in January."),
        ("Raise your rates by 5% a year.", "Raise your rates by ten percent a year."),
        ("Keep three months of wages in reserve.", "Keep six months of wages in reserve."),
        ("Retainers are better than projects.", "Projects are better than retainers."),
        ("Clients love surprises.", "Clients hate surprises."),
        ("Send the proposal before the call.", "Send the proposal only after the call."),
        ("The second revision is free.", "The third revision is free."),
        ("Small studios need a bookkeeper.", "Small studios don’t need a bookkeeper."),
    ],
)
def test_nearly_the_same_words_say_the_opposite(one, other):
    assert compare(one, other, is_near=True) == "opposite"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # A denial of something that the other text does not speak of.
        ("Send the invoice when the work is agreed.", "Invoice on agreement, not when it’s done."),
        ("Don't wait for the client: send the status.", "Send a status before the client asks."),
        ("Don't lower your prices.", "Raise your prices."),
        ("Never discount a late invoice.", "Don't discount late invoices."),
        ("Hold a meeting without slides.", "Hold a meeting, no slides."),
        ("Keep forty-two hours free.", "Keep 42 hours free."),
        ("Prices are better than rates.", "Prices are better than rates, always."),
    ],
)
def test_other_words_may_say_the_same(one, other):
    assert compare(one, other, is_near=False) == "same"


@pytest.mark.parametrize(
    ("one", "other", "is_near"),
    [
        ("Close the year with a survey.", "Open the year with a lunch.", True),
        ("Start meetings with the decision.", "End every meeting with the next step.", False),
        ("Raise prices for old clients first.", "Lower prices for charities.", False),
    ],
)
def test_opposite_words_about_two_things_are_nothing_to_each_other(one, other, is_near):
    assert compare(one, other, is_near=is_near) == "other"


def test_a_swap_is_named():
    assert find_swapped("Raise it before June.", "Lower it before June.") == ("raise", "lower")
    assert find_swapped("Raise it.", "Raise it or lower it.") is None


@given(st.text(max_size=500), st.text(max_size=500), st.booleans())
def test_any_two_texts_are_compared(one, other, is_near):
    assert compare(one, other, is_near=is_near) in ("same", "opposite", "other")
    assert compare(one, one, is_near=True) == "same"
