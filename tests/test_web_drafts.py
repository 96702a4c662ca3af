"""Drafts over the API and on the command line: queued, listed, accepted, removed, taken back."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from corpus.catalogue import jobs, notes, takeaways, undos
from corpus.holdings import Job
from corpus.settings import Settings
from ingest.drafting import draft_episode, keep_drafts, list_drafts, step_draft
from ingest.takeaway_edits import accept_takeaway
from tests.fake_embedder import FakeEmbedder
from tests.page_audit import parse
from tests.spine import make_shop
from tests.web_house import make_full_house
from web.app import create_app
from web.cli import cli


@pytest.fixture
def house(home, catalogue):
    made = make_full_house(home, catalogue)
    drafts = draft_episode(catalogue, FakeEmbedder(), made.ids["full"])
    with catalogue.write() as conn:
        keep_drafts(conn, made.ids["full"], drafts)
    return made


@pytest.fixture
def client(house):
    return create_app(house).test_client()


def drafts_of(house):
    with house.catalogue.read() as conn:
        return list_drafts(conn, house.ids["full"])


def queued(house, kind):
    with house.catalogue.read() as conn:
        return [job for job in jobs.list_jobs(conn, limit=100) if job.kind == kind]


def test_a_draft_is_queued_listed_accepted_and_removed_over_the_api(house, client):
    address = f"/api/v1/episodes/{house.ids['full']}/draft"
    answer = client.post(address)
    assert (answer.status_code, answer.json["queued"]) == (202, "draft")
    assert len(queued(house, "draft")) == 1
    listed = client.get(f"/api/v1/drafts?of=episode:{house.ids['full']}").json["drafts"]
    assert [row["id"] for row in listed] == [item.id for item in drafts_of(house)]
    assert client.get("/api/v1/drafts").json["drafts"] == listed
    accepted = client.post(f"/api/v1/takeaways/{listed[0]['id']}/accept").json
    removed = client.delete(f"/api/v1/takeaways/{listed[1]['id']}").json
    assert len(drafts_of(house)) == len(listed) - 2
    client.post(f"/api/v1/undos/{removed['undo_id']}")
    client.post(f"/api/v1/undos/{accepted['undo_id']}")
    assert [item.id for item in drafts_of(house)] == [row["id"] for row in listed]
    assert client.post("/api/v1/episodes/99999/draft").status_code == 404


def test_a_drafting_is_taken_back_whole(house, client):
    first = drafts_of(house)
    with house.catalogue.write() as conn:
        undo_id = keep_drafts(conn, house.ids["full"], [])
        assert list_drafts(conn, house.ids["full"]) == ()
    client.post(f"/api/v1/undos/{undo_id}")
    assert drafts_of(house) == first
    page = parse(client.get(f"/episodes/{house.ids['full']}"))
    button = next(b for b in page.select("button") if "Take these drafts back" in b.get_text())
    client.post(button.find_parent("form")["action"])
    assert drafts_of(house) == ()


def test_what_was_accepted_is_never_taken_back_with_its_drafting(house):
    first = drafts_of(house)[0]
    accept_takeaway(house.catalogue, first.id, now_ms=5)
    with house.catalogue.read() as conn:
        assert undos.find_last_undo(conn, f"drafts:{house.ids['full']}") is None
        assert takeaways.get_takeaway(conn, first.id).origin == "author"


def test_the_command_line_lists_accepts_removes_and_takes_back(house, home):
    def run(*arguments):
        return CliRunner().invoke(cli, ["--home", str(home.path), "draft", *arguments])

    listed = json.loads(run("one", "--list", "--json").stdout)["drafts"]
    assert len(listed) == len(drafts_of(house))
    assert run("--remove", str(listed[0]["id"])).exit_code == 0
    assert len(drafts_of(house)) == len(listed) - 1
    assert run("one", "--undo").exit_code == 0
    assert drafts_of(house) == ()
    assert isinstance(run().exception, Exception)
    assert isinstance(run("one", "--rephrase").exception, Exception)


class Shouting:
    """Words nothing anew that could be believed, but for what it leaves alone."""

    def rephrase(self, sentence):
        return sentence if "Nobody" in sentence else f"{sentence} And Peter paid 7 dollars."


def test_a_step_keeps_the_speakers_words_where_rewording_drifts_and_says_why(house, home):
    shop = replace(make_shop(house.catalogue, home), get_rephraser=Shouting)
    with house.catalogue.write() as conn:
        job = Job(
            id=1, kind="rephrase", subject=f"episode:{house.ids['full']}", title="",
            state="running", priority=1, attempts=1, progress=None, note=None, problem=None,
            worker=None, lease_until_ms=None, not_before_ms=0, created_ms=0, started_ms=None,
            finished_ms=None,
        )  # fmt: skip
        notes.set_problems(conn, job.subject, ["another"], now_ms=1)
    before = {item.text for item in drafts_of(house)}
    step_draft(shop, job, lambda share, note: None)
    step_draft(shop, job, lambda share, note: None)
    assert {item.text for item in drafts_of(house)} == before
    with house.catalogue.read() as conn:
        told = [text for _, text in notes.list_problems(conn, job.subject)]
    assert "another" in told
    assert any("keeps its speaker’s words: it " in text for text in told)
    assert len(told) == len(set(told))


def test_rewording_is_offered_only_where_a_server_is_named(house, client):
    address = f"/episodes/{house.ids['full']}"
    assert "Draft and reword" not in client.get(address).text
    assert client.post(f"/api/v1{address}/draft", json={"rephrase": True}).status_code == 409
    house.settings = Settings(rephrase_url="http://127.0.0.1:9/v1")
    assert "Draft and reword" in client.get(address).text
    client.post(f"{address}/draft", data={"rephrase": "1"})
    assert len(queued(house, "rephrase")) == 1
