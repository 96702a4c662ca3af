"""The library's page: how long work takes still, what is stored, when feeds were asked."""

import dataclasses

import pytest

from corpus.catalogue import jobs
from corpus.catalogue.jobs import NewJob
from corpus.homes import measure_storage, now_ms
from tests.page_audit import list_faults, parse
from tests.web_house import make_full_house
from web.app import create_app
from web.templating import format_ago, format_bytes


@pytest.fixture
def house(home, catalogue):
    return make_full_house(home, catalogue)


def get_running(house):
    with house.catalogue.read() as conn:
        (job,) = jobs.list_jobs(conn, state="running")
    return job


@pytest.mark.parametrize(
    ("progress", "elapsed_ms", "left_ms"),
    [
        (0.25, 60_000, 180_000),
        (1.0, 60_000, 0),
        (0.25, 1_000, None),
        (0.001, 60_000, None),
        (None, 60_000, None),
    ],
)
def test_how_long_a_job_takes_still_is_told_by_how_fast_it_went(
    house, progress, elapsed_ms, left_ms
):
    job = dataclasses.replace(get_running(house), progress=progress, started_ms=1_000)
    assert job.left_ms(1_000 + elapsed_ms) == left_ms
    assert dataclasses.replace(job, state="queued").left_ms(1_000 + elapsed_ms) is None


def test_the_page_says_how_long_still_what_is_stored_and_when_a_feed_was_asked(house):
    client = create_app(house).test_client()
    now = now_ms()
    with house.catalogue.write() as conn:
        job = jobs.claim_job(conn, "here:1:0", now_ms=now - 600_000)
        jobs.renew_job(conn, job, progress=0.5, note="half", now_ms=now)
        poll = NewJob(kind="poll", subject=f"show:{house.ids['show']}", title="x", priority=1)
        jobs.queue_jobs(conn, [poll], now_ms=now)
        polled = jobs.claim_job(conn, "here:1:0", now_ms=now, kinds=["poll"])
        jobs.finish_job(conn, polled, now_ms=now - 7_300_000)
    house.home.media.mkdir(parents=True, exist_ok=True)
    (house.home.media / "a.mp3").write_bytes(bytes(2_500_000))
    page = parse(client.get("/library"))
    assert list_faults(page) == []
    assert "about 10 min left" in page.select_one("#jobs").get_text()
    assert "feed asked 2 h ago" in page.select_one("#shows").get_text()
    assert "audio 2.5 MB" in page.select_one("#storage").get_text()
    told = client.get("/api/v1/jobs?state=running").get_json()["jobs"]
    assert any(590_000 < (each["left_ms"] or 0) < 660_000 for each in told)


def test_storage_is_measured_by_part(home):
    assert measure_storage(home).total == 0
    for name, size in (("corpus.sqlite", 10), ("corpus.sqlite-wal", 5), ("media/a/b.mp3", 7)):
        path = home.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(size))
    held = measure_storage(home)
    assert (held.catalogue, held.media, held.index, held.total) == (15, 7, 0, 22)


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (999_600, "1.0 MB"), (10**13, "10.0 TB")],
)
def test_bytes_are_told_as_people_do(count, text):
    assert format_bytes(count) == text


def test_how_long_ago_is_told_as_people_do():
    assert [format_ago(ms) for ms in (-5, 61_000, 3_600_000)] == [
        "just now",
        "1 min ago",
        "1 h ago",
    ]


def test_the_line_of_work_says_only_what_there_is(house):
    told = parse(create_app(house).test_client().get("/library")).select_one("#job-counts")
    assert told.get_text(" ", strip=True) == "1 queued 1 running 1 failed"
