import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.holdings import Said
from ingest.said_before import find_said_before


def said(text, label="Issue 1", issue_id=1, date="2025-01-01"):
    return Said(text=text, label=label, date=date, issue_id=issue_id)


OLD = "Write the change down the same day and price it before the work begins."


@pytest.mark.parametrize(
    ("text", "is_opposite"),
    [
        (OLD, False),
        ("Write the change down the same day, and price it before work begins!", False),
        ("Price it before the work begins and write the change down the same day.", False),
        ("WRITE the change down the same day; price it before the work begins", False),
        ("Don’t write the change down the same day and price it before the work begins.", True),
        ("Never write the change down the same day and price it before the work begins.", True),
    ],
)
def test_what_says_nearly_the_same_is_found(text, is_opposite):
    ((found,),) = find_said_before([text], [said(OLD), said("Something else was said here.")])
    assert found.said.text == OLD
    assert found.is_opposite is is_opposite


@pytest.mark.parametrize(
    "text",
    [
        "Price the outcome and not the hours that it takes.",
        "Write to the client on Friday so that nothing waits over the weekend.",
        "Change.",
        "",
        "…",
    ],
)
def test_what_says_something_else_is_not(text):
    assert find_said_before([text], [said(OLD), said("")]) == ((),)


def test_each_issue_is_named_once_the_most_alike_first():
    known = [
        said(OLD + " Really.", "Issue 2", 2),
        said(OLD, "Issue 3", 3),
        said(OLD + " So.", "Issue 3", 3),
    ]
    (found,) = find_said_before([OLD], known)
    assert [each.said.issue_id for each in found] == [3, 2]
    assert found[0].likeness == 1


def test_nothing_asked_or_known_is_nothing_found():
    assert find_said_before([], [said(OLD)]) == ()
    assert find_said_before([OLD, OLD], []) == ((), ())


@given(st.lists(st.text(max_size=60), max_size=4), st.lists(st.text(max_size=60), max_size=4))
def test_any_texts_can_be_compared(texts, known):
    found = find_said_before(texts, [said(text) for text in known])
    assert len(found) == len(texts)
    assert all(0.84 <= each.likeness <= 1 for row in found for each in row)


def unit(*numbers):
    vector = np.array(numbers, np.float32)
    return vector / np.linalg.norm(vector)


def test_a_paraphrase_is_found_by_its_meaning_where_vectors_are_kept():
    text = "Recruit for attitude; skills can be taught."
    old = "Hire for attitude and train for skill."
    near = {text: unit(1, 0.1), old: unit(1, 0)}
    assert find_said_before([text], [said(old)]) == ((),)
    ((found,),) = find_said_before([text], [said(old)], near)
    assert found.likeness > 0.9
    assert find_said_before([text], [said(old)], near | {old: unit(0, 1)}) == ((),)
    assert find_said_before([text], [said(old)], {text: unit(1, 0)}) == ((),)


def test_meaning_alone_is_not_enough():
    text, old = "Quite other words.", "Hire for attitude and train for skill."
    assert find_said_before([text], [said(old)], {text: unit(1), old: unit(1)}) == ((),)


@pytest.mark.parametrize(
    ("text", "old", "is_opposite"),
    [
        ("Raise your prices every year.", "Lower your prices every year.", True),
        ("Send the proposal after the meeting.", "Send the proposal before the meeting.", True),
        ("Do not lower your prices every year.", "Raise your prices every year.", False),
        ("Lower your prices every year.", "Lower your prices each year.", False),
    ],
)
def test_the_other_of_a_pair_says_the_opposite(text, old, is_opposite):
    ((found,),) = find_said_before([text], [said(old)])
    assert found.is_opposite is is_opposite
