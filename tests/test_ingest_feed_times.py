"""Dates and durations as feeds write them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.feed.times import parse_duration, parse_feed_date, parse_start


@pytest.mark.parametrize(
    "text",
    [
        "Mon, 1 Jun 2026 01:00:00 -0400",
        "Mon, 01 Jun 2026 05:00:00 GMT",
        "Mon, 01 Jun 2026 05:00:00 +0000 (UTC)",
        "Tue, 01 Jun 2026 05:00 Z",
        "1 Jun 26 05:00:00 UT",
        "Mon, 01 Jun 2026 07:00:00 CEST",
        "Mon, 01 Jun 2026 07:00:00 GMT+02:00",
        "Mon, 01 Jun 2026 01:00:00 EDT",
        "Sunday, 31-May-26 22:00:00 PDT",
        "2026-06-01T05:00:00Z",
        "2026-06-01T05:00:00.123456+00:00",
        "2026-06-01T07:00:00+02:00[Europe/Berlin]",
        "2026-06-01T0100-0400",
        "2026-06-01 05:00",
        "20260601T050000Z",
        "2026-06-01T05Z",
        "Mo, 01 Juni 2026 07:00:00 +0200",
        "lun., 1 juin 2026 05:00:00",
        "Lunes, 1 Junio 2026 05:00:00 UTC",
        "1 июня 2026 05:00",
        "Mon Jun  1 05:00:00 2026",
        "June 1st, 2026 5:00 am",
        "06/01/2026 05:00:00",
        "June 1 2026 05:00:00 Q",
        "1 June 2026, 7:00 +0200",
        "1780290000",
        "1780290000000",
    ],
)
def test_a_date_in_any_dialect_is_read(text):
    assert parse_feed_date(text) == "2026-06-01T05:00:00Z"


def test_midnight_as_24_and_leap_seconds_are_read():
    assert parse_feed_date("2003-12-31T24:00:00Z") == "2004-01-01T00:00:00Z"
    assert parse_feed_date("Tue, 30 Jun 2015 23:59:60 GMT") == "2015-06-30T23:59:59Z"


@pytest.mark.parametrize(
    "text",
    [
        "", "someday", "Mon", "12:30", "June 2026", "7", "0000-00-00T00:00:00Z", "30 Feb 2026", "-",
        "9:" + "9" * 40, "1 May, twenty", "5 " + "9" * 60,
    ],
)  # fmt: skip
def test_a_text_that_names_no_day_is_no_date(text):
    assert parse_feed_date(text) is None


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("3210", 3_210_000),
        (" 53:30 ", 3_210_000),
        ("0:53:30", 3_210_000),
        ("61:08", 3_668_000),
        ("25:3:30", 90_210_000),
        ("12.5", 12_500),
        ("1:02:03.5", 3_723_000),
        ("1h 2m 3s", 3_723_000),
        ("PT1H2M3S", 3_723_000),
        ("1 hour, 2 minutes", 3_720_000),
        ("45 min", 2_700_000),
    ],
)
def test_durations_are_read(text, ms):
    assert parse_duration(text) == ms


@pytest.mark.parametrize(
    "text", ["", "0", "00:00:00", "-5", "junk", ":30", "1:2:3:4", "9" * 30, "P"]
)
def test_junk_is_no_duration(text):
    assert parse_duration(text) is None


@given(st.text())
def test_no_text_breaks_a_reader_of_times(text):
    date = parse_feed_date(text)
    assert date is None or re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", date)
    parse_duration(text)
    parse_start(text)


@given(st.datetimes().filter(lambda date: 1971 <= date.year <= 2060))
def test_a_date_as_we_write_it_reads_back(date):
    text = date.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert parse_feed_date(text) == text
