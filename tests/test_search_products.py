"""Products in parts are those of the whole."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.products import iter_parts, multiply


@given(st.integers(0, 700), st.integers(1, 800))
def test_each_row_is_multiplied(count, dimension):
    made = np.random.default_rng(count)
    rows = made.standard_normal((count, dimension), np.float32)
    vector = made.standard_normal(dimension, np.float32)
    expected = (rows.astype(np.float64) * vector).sum(axis=1)
    assert multiply(rows, vector) == pytest.approx(expected, abs=1e-3)


@given(st.integers(0, 5_000), st.integers(0, 400_000))
def test_parts_name_each_row_once(rows, products):
    parts = [np.arange(rows)[part] for part in iter_parts(rows, products)]
    assert np.concatenate([np.empty(0), *parts]).tolist() == list(range(rows))
    assert all(len(part) for part in parts)
