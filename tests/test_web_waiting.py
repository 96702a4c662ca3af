"""Pages that wait for work show what it has brought, without being loaded again by hand."""

import pytest

from corpus.catalogue import jobs
from corpus.homes import now_ms
from ingest.plans import check_job
from tests.page_audit import list_faults, parse
from tests.web_house import make_full_house
from web.app import create_app


@pytest.fixture
def house(home, catalogue):
    made = make_full_house(home, catalogue)
    with catalogue.write() as conn:
        conn.exec_driver_sql("DELETE FROM jobs")
        jobs.queue_jobs(conn, [check_job(made.ids["full"], "Whose Deadline Is It?")], now_ms=1)
    return made


def end_job(house):
    with house.catalogue.write() as conn:
        job = jobs.claim_job(conn, "here:1:0", now_ms=now_ms())
        jobs.finish_job(conn, job, now_ms=now_ms())


def test_an_issue_says_what_it_waits_for(house):
    client = create_app(house).test_client()
    address = f"/issues/{house.ids['issue']}"
    page = parse(client.get(address))
    assert list_faults(page) == []
    (notice,) = page.select("[data-wait]")
    assert "being checked" in notice.get_text()
    end_job(house)
    assert parse(client.get(address)).select("[data-wait]") == []


@pytest.mark.browser
def test_an_issue_shows_the_end_of_its_check_by_itself(house, page):
    page.goto(f"/issues/{house.ids['issue']}")
    page.locator("[data-wait]").wait_for()
    end_job(house)
    page.locator("[data-wait]").wait_for(state="detached")


@pytest.mark.browser
def test_the_library_shows_what_a_job_has_brought_while_others_go_on(house, page):
    with house.catalogue.write() as conn:
        jobs.queue_jobs(conn, [check_job(house.ids["bare"], "Another")], now_ms=2)
    page.goto("/library")
    page.locator("#job-counts", has_text="2 queued").wait_for()
    with house.catalogue.write() as conn:
        renamed = "UPDATE issues SET title = 'A new title' WHERE id = ?"
        conn.exec_driver_sql(renamed, (house.ids["issue"],))
    end_job(house)
    page.locator("#issues .row-title", has_text="A new title").wait_for()
    assert page.locator("#jobs a.job-name").count() == 2
