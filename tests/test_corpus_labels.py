"""Labels of speakers: which of them are names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.formats.labels import is_counted_label


@pytest.mark.parametrize(
    ("label", "is_counted"),
    [
        ("Speaker 2", True),
        ("SPEAKER_01", True),
        ("speaker-3", True),
        ("Sprecher 1", True),
        ("A", True),
        ("S1", True),
        ("7", True),
        ("", True),
        ("Unknown", True),
        ("unidentified", True),
        ("Unknown Speaker", True),
        ("UNKNOWN_SPEAKER_2", True),
        ("Unidentified voice 1", True),
        ("Ben", False),
        ("Ed", False),
        ("Host", False),
        ("Guest Speaker", False),
        ("Voices of Kiln", False),
        ("Unknown Mortal", False),
        ("Speaker Ben", False),
        ("unknown" + 100_000 * " " + "man", False),
    ],
)
def test_labels_that_only_count_are_told_apart(label, is_counted):
    assert is_counted_label(label) == is_counted


@given(st.sampled_from(["", "spk", "Speaker", "VOICE"]), st.sampled_from([" ", "_", "-", ""]))
def test_any_number_only_counts(word, between):
    assert all(is_counted_label(f"{word}{between}{number}") for number in (0, 1, 12, 100))
