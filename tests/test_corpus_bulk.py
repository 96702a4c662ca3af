import gc

import pytest

from corpus.bulk import without_collecting


def test_collecting_goes_on_afterwards():
    with without_collecting():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_collecting_goes_on_after_an_error():
    with pytest.raises(ValueError, match="broken"), without_collecting():
        raise ValueError("broken")
    assert gc.isenabled()


def test_the_inner_of_two_does_not_end_the_outer_one():
    with without_collecting():
        with without_collecting():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
