"""Picking an issue's episode: on the site, over the API and on the command line, with undo."""

import json

import pytest
from click.testing import CliRunner

from corpus.catalogue import episodes, issues, jobs, takeaways
from corpus.holdings import Proposal
from corpus.records import ParsedEpisode
from ingest.takeaway_edits import accept_takeaway, take_back
from tests.page_audit import parse
from tests.web_house import make_full_house
from web.app import create_app
from web.cli import cli


@pytest.fixture
def house(home, catalogue):
    made = make_full_house(home, catalogue)
    with catalogue.write() as conn:
        other = ParsedEpisode(guid="other", title="Another Talk", published="2025-01-01")
        made.ids["other"], _ = episodes.put_episode(conn, made.ids["show"], other, now_ms=1)
    return made


@pytest.fixture
def client(house):
    return create_app(house).test_client()


def issue_of(house, name="issue"):
    with house.catalogue.read() as conn:
        return issues.get_issue(conn, house.ids[name])


def takeaways_of(house):
    with house.catalogue.read() as conn:
        return takeaways.list_takeaways(conn, issue_id=house.ids["issue"])


def checks_queued(house, episode_id):
    with house.catalogue.read() as conn:
        found = jobs.list_jobs(conn, subject=f"episode:{episode_id}", limit=50)
        return [job for job in found if job.kind == "check" and job.state == "queued"]


def test_a_pick_on_the_site_is_taken_back_and_the_undo_too(house, client):
    before = issue_of(house)
    address = f"/issues/{before.id}"
    client.post(f"{address}/episode", data={"episode": str(house.ids["other"])})
    assert (issue_of(house).episode_id, issue_of(house).joined_by) == (house.ids["other"], "author")
    for expected in (before.episode_id, house.ids["other"], before.episode_id):
        page = parse(client.get(address))
        undo = next(b for b in page.select("button") if b.get_text().strip() == "Undo")
        client.post(undo.find_parent("form")["action"], data={"back": address})
        assert issue_of(house).episode_id == expected
        assert {item.episode_id for item in takeaways_of(house)} == {expected}
    assert issue_of(house) == before
    assert checks_queued(house, before.episode_id)


def test_the_api_says_why_and_how_sure_and_takes_a_pick(house, client):
    address = f"/api/v1/issues/{house.ids['issue']}/episode"
    document = client.get(address).json
    assert document["episode"]["id"] == house.ids["full"]
    assert document["proposals"][0]["reasons"] == ["names Ben Marsh"]
    assert document["proposals"][0]["episode"]["id"] == house.ids["full"]
    picked = client.put(address, json={"episode_id": house.ids["other"]}).json
    assert (picked["episode"]["id"], picked["joined_by"]) == (house.ids["other"], "author")
    assert "Another Talk" in picked["said"]
    none = client.put(address, json={"episode_id": None}).json
    assert (none["episode"], none["joined_by"]) == (None, "author")
    # An older change cannot be taken back past a newer one.
    assert client.post(f"/api/v1/undos/{picked['undo_id']}").status_code == 404
    again = client.post(f"/api/v1/undos/{none['undo_id']}").json
    assert issue_of(house).episode_id == house.ids["other"]
    client.post(f"/api/v1/undos/{again['undo_id']}")
    assert issue_of(house).episode_id is None
    assert client.put(address, json={"episode_id": 99999}).status_code == 404
    assert client.put(address, json={}).status_code == 400


def test_the_issues_that_wait_are_listed_with_what_they_could_be(house, client, home):
    listed = client.get("/api/v1/joins").json["issues"]
    assert [row["id"] for row in listed] == [house.ids["open_issue"]]
    printed = run(home, "--json")
    assert json.loads(printed.stdout)["issues"] == listed
    text = run(home).stdout
    assert "its episode is not sure" in text
    assert "speaks of promises" in text


def run(home, *arguments):
    return CliRunner().invoke(cli, ["--home", str(home.path), "join", *arguments])


def test_the_command_line_says_why_picks_and_takes_back(house, home):
    name = f"issue:{house.ids['issue']}"
    told = run(home, name).stdout
    assert "93% sure" in told
    assert "names Ben Marsh" in told
    assert "picked by hand" in run(home, name, "another talk").stdout
    assert issue_of(house).episode_id == house.ids["other"]
    assert "no episode" in run(home, name, "none").stdout
    assert "93% sure" not in run(home, name, "--undo").stdout
    assert "93% sure" in run(home, name, "--undo").stdout
    assert isinstance(run(home, name, "--undo").exception, Exception)
    assert isinstance(run(home, "issue:x").exception, Exception)
    assert isinstance(run(home, "--undo").exception, Exception)


def test_a_time_taken_back_after_another_pick_stays_with_the_new_episode(house):
    moved = next(item for item in takeaways_of(house) if item.verdict == "moved")
    undo_id, _ = accept_takeaway(house.catalogue, moved.id, now_ms=3)
    from ingest.joining import join_issue

    join_issue(house.catalogue, house.ids["issue"], house.ids["other"], now_ms=4)
    take_back(house.catalogue, undo_id, now_ms=5)
    now = next(item for item in takeaways_of(house) if item.id == moved.id)
    assert (now.episode_id, now.stated_ms) == (house.ids["other"], moved.stated_ms)
    assert checks_queued(house, house.ids["other"])


def test_an_issue_that_nothing_held_fits_asks_about_none(house, client, home):
    with house.catalogue.write() as conn:
        far = [Proposal(episode_id=house.ids["other"], confidence=0.001, reasons=("no",))]
        found = {"episode_id": None, "by": "earmark", "confidence": None, "proposals": far}
        issues.set_join(conn, house.ids["open_issue"], **found)
    page = parse(client.get(f"/issues/{house.ids['open_issue']}"))
    assert "None that is held here is likely to be it." in page.get_text()
    assert page.select_one("details .pick")
    assert "nothing held here is likely" in run(home).stdout
    assert "Another Talk" not in run(home).stdout
