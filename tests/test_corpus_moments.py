import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import MomentError
from corpus.moments import format_moment, format_seconds, parse_link_moment, parse_moment


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("0:00", 0),
        ("28:10", 1_690_000),
        ("61:08", 3_668_000),  # feeds do write minutes past 59
        ("1:02:03.5", 3_723_500),
        ("00:00:01,250", 1_250),
        (" 9:47 ", 587_000),
    ],
)
def test_a_clock_text_is_a_moment(text, ms):
    assert parse_moment(text) == ms


@pytest.mark.parametrize("text", ["", "28", "28:60", "1:75:00", "-1:00", "28:10:", "٣:٠٠"])
def test_what_is_no_clock_text_is_refused_by_name(text):
    with pytest.raises(MomentError) as caught:
        parse_moment(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("28:10", 1_690_000),
        ("1690", 1_690_000),
        ("1690.25", 1_690_250),
        ("1690s", 1_690_000),
        ("28m10s", 1_690_000),
        ("1h2m", 3_720_000),
    ],
)
def test_a_link_names_a_moment_in_many_ways(text, ms):
    assert parse_link_moment(text) == ms


@pytest.mark.parametrize("text", ["", "h", "soon", "10-20", "1e9", "nan", "9" * 5000])
def test_a_link_that_names_no_moment_is_refused(text):
    with pytest.raises(MomentError):
        parse_link_moment(text)


@given(st.integers(min_value=0, max_value=10**9))
def test_a_moment_is_parsed_back_to_the_second(ms):
    assert parse_moment(format_moment(ms)) == ms - ms % 1000


@given(st.integers(min_value=0, max_value=10**9))
def test_seconds_in_a_link_lose_nothing(ms):
    assert parse_link_moment(format_seconds(ms)) == ms
