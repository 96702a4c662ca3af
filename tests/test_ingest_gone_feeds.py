"""Feeds that are gone for good, and feeds whose servers ask for patience."""

from dataclasses import replace

import pytest

from corpus.catalogue import jobs, shows
from corpus.errors import FetchError, GoneError, LaterError
from ingest.adding import iter_added
from ingest.worker import queue_polls
from tests.fake_door import FakeDoor
from tests.spine import make_shop, work

URL = "https://show.example/feed.xml"
FEED = b"""<rss version="2.0"><channel><title>The Ledger Room</title><item><title>One</title>
<guid>1</guid><enclosure url="https://show.example/1.mp3" type="audio/mpeg"/></item></channel></rss>
"""
DAY_MS = 24 * 3_600_000


@pytest.fixture
def door():
    return FakeDoor({URL: FEED})


@pytest.fixture
def shop(catalogue, home, door):
    shop = make_shop(catalogue, home, door=door, transcribe="never")
    list(iter_added(shop, [URL]))
    work(shop)
    return shop


def show_of(shop):
    with shop.catalogue.read() as conn:
        (show,) = shows.list_shows(conn)
    return show


def waiting(shop):
    with shop.catalogue.read() as conn:
        return [job for job in jobs.list_jobs(conn, state="queued") if job.kind == "poll"]


def test_a_feed_that_is_gone_has_ended_and_is_never_asked_again(shop, door):
    door.pages[URL] = GoneError(URL, "answers 410: it is gone for good")
    queue_polls(shop, due_only=False)
    assert "410" in work(shop)[1][0]
    assert show_of(shop).ended_ms is not None
    assert "gone for good" in show_of(shop).last_problem
    assert waiting(shop) == []
    years_later = replace(shop, now_ms=lambda: 900 * DAY_MS)
    assert [queue_polls(shop, due_only=False), queue_polls(years_later)] == [0, 0]


def test_an_ended_feed_that_somebody_adds_again_is_followed_again(shop, door):
    door.pages[URL] = GoneError(URL, "answers 410: it is gone for good")
    queue_polls(shop, due_only=False)
    work(shop)
    door.pages[URL] = FEED
    list(iter_added(shop, [URL]))
    assert (show_of(shop).ended_ms, show_of(shop).last_problem) == (None, None)
    assert queue_polls(shop, due_only=False) == 1


def test_a_feed_that_is_only_busy_is_asked_again_when_it_says(shop, door):
    busy = LaterError(URL, "answers 429 and asks for 30 days of patience")
    busy.wait_ms = 30 * DAY_MS
    door.pages[URL] = busy
    queue_polls(shop, due_only=False)
    now_ms = shop.now_ms()
    work(shop)
    show = show_of(shop)
    assert show.ended_ms is None
    assert show.next_poll_ms >= now_ms + 30 * DAY_MS
    assert [job.not_before_ms >= now_ms + 30 * DAY_MS for job in waiting(shop)] == [True]


def test_a_feed_that_cannot_be_had_is_tried_again_soon(shop, door):
    door.pages[URL] = FetchError(URL, "cannot be had: answers 503")
    queue_polls(shop, due_only=False)
    now_ms = shop.now_ms()
    work(shop)
    (again,) = waiting(shop)
    assert again.not_before_ms < now_ms + DAY_MS
    assert show_of(shop).ended_ms is None
