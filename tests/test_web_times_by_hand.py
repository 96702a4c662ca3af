"""A time by hand: where a check is wrong or finds nothing, the author has the last word."""

import json

import pytest
from click.testing import CliRunner

from corpus.catalogue import jobs, takeaways
from corpus.catalogue.jobs import NewJob
from corpus.errors import MomentError, UsageError
from ingest.issue_steps import step_check
from tests.fake_embedder import FakeEmbedder
from tests.page_audit import list_faults, parse
from tests.spine import make_shop
from tests.web_house import BEST, BEST_MS, make_full_house
from web.app import create_app
from web.cli import cli


@pytest.fixture
def house(home, catalogue):
    return make_full_house(home, catalogue)


@pytest.fixture
def client(house):
    return create_app(house).test_client()


def held(house):
    with house.catalogue.read() as conn:
        return takeaways.list_takeaways(conn, issue_id=house.ids["issue"])


def find_button(page, text):
    return next(b for b in page.select("button") if b.get_text().split(":")[0].strip() == text)


def send(client, form, **values):
    data = {field["name"]: field.get("value", "") for field in form.select("input[name]")}
    page = parse(client.post(form["action"], data=data | values, follow_redirects=True))
    assert list_faults(page) == []
    return page


def test_a_moved_takeaway_keeps_its_time_at_its_authors_word(house, client):
    _, moved, _ = before = held(house)
    address = f"/issues/{house.ids['issue']}"
    item = parse(client.get(address)).select_one(f"#takeaway-{moved.id}")
    keep = next(b for b in item.select("button") if b.get_text().startswith("Keep 0:10"))
    page = send(client, keep.find_parent("form"))
    now = held(house)[1]
    assert (now.start_ms, now.verdict, now.settled) == (10_000, "confirmed", 1)
    assert "as you set it" in page.select_one(f"#takeaway-{moved.id}").get_text()
    assert "Write it down. (0:10)" in page.select_one("#block-1").get_text()
    send(client, find_button(page, "Undo").find_parent("form"))
    assert held(house) == before


def test_no_check_changes_a_time_by_hand(house, home, client):
    _, moved, _ = held(house)
    client.patch(f"/api/v1/takeaways/{moved.id}", json={"start_ms": 12_000})
    settled = held(house)[1]
    shop = make_shop(house.catalogue, home, embedder=FakeEmbedder(64), transcribe="never")
    with house.catalogue.write() as conn:
        subject = f"episode:{house.ids['full']}"
        jobs.queue_jobs(conn, [NewJob(kind="check", subject=subject, title="x")], now_ms=1)
        job = next(j for j in jobs.list_jobs(conn, subject=subject) if j.kind == "check")
    step_check(shop, job, lambda progress, note: None)
    assert held(house)[1] == settled


def test_one_that_was_not_found_is_given_a_time_over_the_api(house, client):
    *_, lost = before = held(house)
    address = f"/api/v1/takeaways/{lost.id}"
    given = client.patch(address, json={"start_ms": BEST_MS}).json
    assert (given["start_ms"], given["verdict"], given["sentence"]) == (BEST_MS, "confirmed", BEST)
    assert client.patch(address, json={"start_ms": 10**9}).status_code == 409
    assert client.patch(address, json={"start_ms": "1:00"}).status_code == 400
    assert client.patch("/api/v1/takeaways/9999", json={"start_ms": 1}).status_code == 404
    client.post(f"/api/v1/undos/{given['undo_id']}")
    assert held(house) == before


def test_a_time_that_is_none_is_told_on_the_page(house, client):
    *_, lost = before = held(house)
    address = f"/issues/{house.ids['issue']}"
    form = parse(client.get(address)).select_one(f"#takeaway-{lost.id} .field-row")
    for wrong, told in (("soon", "is no moment"), ("9:00:00", "after the episode")):
        page = send(client, form, at=wrong)
        assert told in page.select_one(".notice-bad").get_text()
    assert held(house) == before


def test_the_command_line_sets_a_time_and_takes_it_back(house, home):
    def run(*arguments):
        return CliRunner().invoke(cli, ["--home", str(home.path), "check", *arguments])

    *_, lost = before = held(house)
    assert "now at 0:16, as you say" in run("--time", str(lost.id), "0:16").stdout
    assert "as you set it" in run(f"issue:{house.ids['issue']}").stdout
    document = json.loads(run("--undo", str(lost.id), "--json").stdout)
    assert document["takeaways"][0]["verdict"] == "not found"
    assert held(house) == before
    assert isinstance(run("--time", str(lost.id), "soon").exception, MomentError)
    assert isinstance(run("--time", "1", "0:16", "--accept", "1").exception, UsageError)


def test_operations_of_the_api_have_names_of_their_own(client):
    paths = client.get("/api/v1/openapi.json").json["paths"]
    names = [each["operationId"] for path in paths.values() for each in path.values()]
    assert len(names) == len(set(names))
