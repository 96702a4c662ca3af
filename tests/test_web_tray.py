"""The tray: filled from everywhere, ordered, worded, handed on, remembered."""

import csv
import io
import json

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner

from corpus.catalogue import open_catalogue, passages, takeaways, tray, undos
from corpus.errors import NotHeldError, UsageError
from corpus.holdings import Pick
from ingest.picking import pick_moment, pick_passage
from ingest.storing import put_issue_passages
from ingest.takeaway_edits import take_back
from tests.page_audit import list_faults, list_links, parse
from tests.web_house import BEST, BEST_MS, make_full_house
from web.app import create_app
from web.cli import cli


@pytest.fixture
def house(home, catalogue):
    return make_full_house(home, catalogue)


@pytest.fixture
def client(house):
    return create_app(house).test_client()


def fill(house, *texts):
    with house.catalogue.write() as conn:
        return [tray.add_to_tray(conn, Pick(text=text), now_ms=1)[0] for text in texts]


def texts(house):
    with house.catalogue.read() as conn:
        return [entry.text for entry in tray.list_tray(conn)]


def send(client, form, **values):
    data = {field["name"]: field.get("value", "") for field in form.select("input[name]")}
    page = parse(client.post(form["action"], data=data | values, follow_redirects=True))
    assert list_faults(page) == []
    return page


def find_form(page, action):
    return next(form for form in page.select("form") if form["action"].endswith(action))


def test_a_takeaway_goes_into_the_tray_by_its_button_and_out_by_undo(house, client):
    address = f"/issues/{house.ids['issue']}"
    form = parse(client.get(address)).select_one(".takeaway .to-tray")
    page = send(client, form)
    assert page.h1.get_text() == "Deadlines are promises"
    with house.catalogue.read() as conn:
        (entry,) = tray.list_tray(conn)
    assert (entry.text, entry.start_ms, entry.end_ms) == ("Promise less.", BEST_MS, None)
    assert (entry.speaker, entry.sentence) == ("Ben Marsh", BEST)
    assert (entry.episode, entry.show) == ("Whose Deadline Is It?", "The Long Table")
    assert "already" in send(client, form).select_one(".notice").get_text()
    send(client, page.select_one("form.undo"))
    assert texts(house) == []


def test_the_sentence_said_at_a_moment_goes_into_the_tray(house, client):
    page = parse(client.get(f"/episodes/{house.ids['full']}?t=0:21"))
    said = page.select_one(".sentence.is-now")
    send(client, page.select_one(".opened .to-tray"))
    with house.catalogue.read() as conn:
        (entry,) = tray.list_tray(conn)
    assert entry.text == said.get_text() == BEST
    assert (entry.start_ms, entry.speaker) == (int(said["data-start"]), "Ben Marsh")


def test_every_hit_can_be_picked(client):
    page = parse(client.get("/?q=deadline"))
    forms = page.select(".hit .to-tray")
    assert len(forms) == len(page.select(".hit"))
    values = {field["name"]: field["value"] for field in forms[0].select("input")}
    assert values["start_ms"] == str(BEST_MS)
    assert values["back"].endswith("#hit-1")


def test_a_passage_gives_its_sentence_and_outlives_its_passage(house):
    with house.catalogue.write() as conn:
        put_issue_passages(conn, house.ids["issue"])
        held = next(p for p in passages.list_passages(conn) if p.kind == "takeaway")
        pick = pick_passage(conn, held.id, held.start_ms)
        tray.add_to_tray(conn, pick, now_ms=1)
        passages.put_passages(
            conn, (), kinds=("takeaway", "issue"), chunker="x", issue_id=house.ids["issue"]
        )
        (entry,) = tray.list_tray(conn)
        with pytest.raises(NotHeldError, match="no longer"):
            pick_passage(conn, held.id)
    assert (entry.text, entry.passage_id) == (held.text, None)


def test_an_episode_without_words_has_no_sentence_to_pick(house):
    with house.catalogue.read() as conn, pytest.raises(NotHeldError, match="no transcript"):
        pick_moment(conn, house.ids["silent"], 5_000)


def test_picks_are_moved_by_their_buttons(house, client):
    fill(house, "One.", "Two.", "Three.")
    page = parse(client.get("/tray"))
    assert list_faults(page) == []
    page = send(client, find_form(page, "/3/move"))
    assert texts(house) == ["One.", "Three.", "Two."]
    assert page.select_one("#entry-3 [data-move=up]")
    send(client, find_form(page, "/1/move"))
    assert texts(house) == ["Three.", "One.", "Two."]


@pytest.mark.parametrize("place", [-9, 0, 1, 99])
def test_an_entry_is_moved_to_any_place(house, place):
    fill(house, "One.", "Two.", "Three.")
    with house.catalogue.write() as conn:
        tray.move_entry(conn, 2, place, now_ms=1)
        entries = tray.list_tray(conn)
    assert [entry.position for entry in entries] == [0, 1, 2]
    assert entries[min(max(place, 0), 2)].id == 2


def test_words_are_edited_and_the_original_is_kept(house, client):
    fill(house, "Promise less.")
    page = send(client, find_form(parse(client.get("/tray")), "/1/edit"), text=" Promise\nlittle. ")
    assert texts(house) == ["Promise little."]
    assert "As picked: “Promise less.”" in page.select_one(".tray-entry").get_text()
    send(client, page.select_one("form.undo"))
    assert texts(house) == ["Promise less."]
    page = send(client, find_form(page, "/1/edit"), text="  ")
    assert "is empty" in page.select_one(".notice-bad").get_text()
    assert texts(house) == ["Promise less."]


def test_a_removed_entry_and_an_emptied_tray_come_back(house, client):
    fill(house, "One.", "Two.", "Three.")
    page = send(client, find_form(parse(client.get("/tray")), "/2/remove"))
    assert texts(house) == ["One.", "Three."]
    page = send(client, page.select_one("form.undo"))
    page = send(client, find_form(page, "/tray/clear"))
    assert texts(house) == []
    send(client, page.select_one("form.undo"))
    assert texts(house) == ["One.", "Two.", "Three."]


def test_an_entry_comes_back_without_what_has_gone_since(house):
    with house.catalogue.write() as conn:
        held = takeaways.list_takeaways(conn, issue_id=house.ids["issue"])[0]
        tray.add_to_tray(conn, Pick(text="One.", takeaway_id=held.id), now_ms=1)
        undo_id = tray.remove_entries(conn, now_ms=1)
        takeaways.drop_takeaways(conn, [held.id])
    take_back(house.catalogue, undo_id, now_ms=1)
    with house.catalogue.read() as conn:
        assert tray.list_tray(conn)[0].takeaway_id is None


def test_what_was_used_is_shown_as_said_before(house, client):
    fill(house, "Hire for the questions that somebody asks.")
    page = parse(client.get("/tray"))
    page = send(client, find_form(page, "/tray/use"), issue="Issue 12", date="2026-02-03")
    told = page.select_one(".said-before").get_text(" ", strip=True)
    assert "Said before in Issue 12, 3 Feb 2026" in told
    send(client, page.select_one("form.undo"))
    assert parse(client.get("/tray")).select_one(".said-before") is None


def test_an_issues_takeaways_show_what_other_issues_told(house, client):
    fill(house, "Write it down.")
    with house.catalogue.write() as conn:
        tray.mark_used(conn, "Issue 3", "2024-05-01", now_ms=1)
    for address in (f"/issues/{house.ids['issue']}", f"/episodes/{house.ids['full']}"):
        (told,) = parse(client.get(address)).select(".takeaway .said-before")
        assert "Issue 3, 1 May 2024" in told.get_text(" ", strip=True)
    (own,) = parse(client.get("/tray")).select(".said-before a")
    assert own["href"] == f"/issues/{house.ids['issue']}"


def test_the_tray_is_handed_out_in_every_form(house, client):
    with house.catalogue.write() as conn:
        tray.add_to_tray(conn, pick_moment(conn, house.ids["full"], BEST_MS), now_ms=1)
        tray.add_to_tray(conn, Pick(text="Be <kind> & brief."), now_ms=1)
    page = parse(client.get("/tray"))
    for path, _ in list_links(page):
        assert not path or client.get(path, buffered=True).status_code == 200
    assert page.select_one("#block-text").get_text().strip() == f"{BEST} (0:16)\nBe <kind> & brief."
    got = {
        style: client.get(f"/tray/export?format={style}")
        for style in ("text", "md", "html", "csv", "json")
    }
    assert all("attachment" in answer.headers["Content-Disposition"] for answer in got.values())
    mail = BeautifulSoup(got["html"].get_data(as_text=True), "html.parser")
    assert all(tag.get("style") for tag in mail.find_all(True))
    assert mail.find_all("p")[1].get_text() == "Be <kind> & brief."
    rows = list(csv.DictReader(io.StringIO(got["csv"].data.decode("utf-8-sig"))))
    assert (rows[0]["moment"], rows[0]["end_ms"]) == ("0:16", "23500")
    assert got["json"].get_json()["takeaways"][1]["text"] == "Be <kind> & brief."
    assert client.get("/tray/export?format=pdf").status_code == 400


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({}, "given nothing"),
        ({"takeaway_id": "999"}, "not held"),
        ({"takeaway_id": "x"}, "no whole number"),
        ({"passage_id": "999"}, "no longer held"),
        ({"episode_id": "1"}, "no whole number"),
        ({"text": "  "}, "is empty"),
    ],
)
def test_what_cannot_be_picked_is_told(house, client, values, told):
    page = parse(client.post("/tray", data=values, follow_redirects=True))
    assert told in page.select_one(".notice-bad").get_text()
    assert client.post("/api/v1/tray", json=values).status_code in (400, 404)
    assert texts(house) == []


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'"x"', b'{"text": 3}', b'{"takeaway_id": true}']
)
def test_a_body_that_is_no_pick_is_refused_as_a_document(client, body):
    answer = client.post("/api/v1/tray", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.get_json()["error"]


def test_the_api_adds_lists_and_removes(house, client):
    asked = {"episode_id": house.ids["full"], "at_ms": BEST_MS}
    answer = client.post("/api/v1/tray", json=asked)
    assert answer.status_code == 201
    entry = answer.get_json()
    assert (entry["text"], entry["moment"]) == (BEST, "0:16")
    assert entry.pop("undo_id")
    assert client.post("/api/v1/tray", json=asked).status_code == 200
    assert client.get("/api/v1/tray").get_json() == {"tray": [entry]}
    address = f"/api/v1/tray/{entry['id']}"
    assert client.get(address).get_json() == entry
    removed = client.delete(address).get_json()
    undo = f"/api/v1/undos/{removed.pop('undo_id')}"
    assert removed == entry
    assert client.delete(address).status_code == 404
    assert client.post(undo).get_json()["subject"] == "tray"
    assert client.get(address).get_json() == entry
    client.delete(address)
    assert client.get("/api/v1/tray").get_json() == {"tray": []}


def test_a_page_of_another_site_puts_nothing_into_the_tray(client):
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert client.post("/api/v1/tray", json={"text": "x"}, headers=headers).status_code == 403


def run(home, *arguments):
    result = CliRunner().invoke(cli, ["--home", str(home.path), *arguments])
    assert result.exception is None, result.exception
    return result


def test_the_command_line_does_all_of_it(house, home):
    assert "Nothing is in the tray" in run(home, "tray").stderr
    run(home, "tray", "add", "takeaway:1")
    entry = json.loads(run(home, "tray", "add", "Whose Deadline", "0:20", "--json").stdout)
    assert entry["text"] == BEST
    run(home, "tray", "move", str(entry["id"]), "1")
    run(home, "tray", "edit", str(entry["id"]), "Nobody else makes it.")
    text = "Nobody else makes it. (0:16)\nPromise less. (0:20)\n"
    assert run(home, "tray").stdout == run(home, "tray", "list").stdout == text
    assert run(home, "tray", "--format", "md").stdout.startswith("- Nobody")
    used = run(home, "tray", "use", "Issue 12", "--date", "2026-06-01")
    assert "In the tray: 2" in used.stderr
    document = json.loads(run(home, "tray", "--json").stdout)
    assert document["tray"][0]["said_before"][0]["label"] == "Issue 12"
    run(home, "tray", "remove", str(entry["id"]))
    run(home, "tray", "clear")
    assert "Taken back: emptied the tray" in run(home, "tray", "undo").stderr
    assert run(home, "tray").stdout == "Promise less. (0:20)\n"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("add", "takeaway:x"), UsageError),
        (("add", "Whose Deadline"), UsageError),
        (("add", "takeaway:99"), NotHeldError),
        (("move", "9", "1"), NotHeldError),
        (("edit", "9", "x"), NotHeldError),
        (("remove", "9"), NotHeldError),
        (("use", "Issue 1"), UsageError),
        (("use", "Issue 1", "--date", "soon"), UsageError),
        (("undo",), NotHeldError),
    ],
)
def test_what_cannot_be_done_with_the_tray_is_an_error(house, home, arguments, error):
    result = CliRunner().invoke(cli, ["--home", str(home.path), "tray", *arguments])
    assert isinstance(result.exception, error)


def test_all_checked_takeaways_of_an_issue_are_picked_at_once(house, client):
    issue = f"/issues/{house.ids['issue']}"
    form = parse(client.get(issue)).find("form", action=f"/tray{issue}")
    assert "All 2 checked ones" in form.get_text()
    page = parse(client.post(form["action"], follow_redirects=True))
    assert "2 added to the tray." in page.select_one(".notice").get_text()
    texts = [field.get_text().strip() for field in page.select(".tray-entry textarea")]
    assert texts == ["Promise less.", "Write it down."]
    again = parse(client.post(form["action"], follow_redirects=True))
    assert "0 added to the tray, 2 were there already." in again.select_one(".notice").get_text()
    assert client.post("/tray/issues/999").status_code == 404


def undo_on(client, page):
    button = next(b for b in page.select("button") if b.get_text().strip() == "Undo")
    return send(client, button.find_parent("form"))


def test_a_move_is_taken_back_and_so_is_its_undo(house, client):
    ids = fill(house, "One.", "Two.", "Three.")
    page = send(client, find_form(parse(client.get("/tray")), f"/tray/{ids[2]}/move"), by="up")
    assert "It is now pick 2." in page.get_text()
    for order in (
        ["One.", "Two.", "Three."],
        ["One.", "Three.", "Two."],
        ["One.", "Two.", "Three."],
    ):
        page = undo_on(client, page)
        assert texts(house) == order


def test_all_picks_of_an_issue_are_taken_back_at_once(house, client, home):
    issue_id = house.ids["issue"]
    page = parse(client.post(f"/tray/issues/{issue_id}", follow_redirects=True))
    undo_on(client, page)
    assert texts(house) == []
    answer = client.post(f"/api/v1/tray/issues/{issue_id}").json
    assert (answer["added"], answer["known"]) == (2, 0)
    assert "0 added, 2 were" in run(home, "tray", "add", f"issue:{issue_id}").stderr
    client.post(f"/api/v1/undos/{answer['undo_id']}")
    assert texts(house) == []
    printed = run(home, "tray", "add", f"issue:{issue_id}", "--json").stdout
    assert json.loads(printed)["added"] == 2


def test_the_api_tells_the_undo_of_all_it_does(house, client):
    added = client.post("/api/v1/tray", json={"text": "One."}).json
    again = client.post("/api/v1/tray", json={"text": "One."}).json
    other = client.post("/api/v1/tray", json={"text": "Two."}).json
    assert (again["id"], again["undo_id"]) == (added["id"], None)
    moved = client.patch(f"/api/v1/tray/{other['id']}", json={"place": 1}).json
    edited = client.patch(f"/api/v1/tray/{other['id']}", json={"text": "2."}).json
    assert texts(house) == ["2.", "One."]
    client.post(f"/api/v1/undos/{moved['undo_id']}")
    assert texts(house) == ["One.", "2."]
    # Adding cannot be undone under a later wording, which would be lost.
    assert client.post(f"/api/v1/undos/{other['undo_id']}").status_code == 404
    again = client.post(f"/api/v1/undos/{edited['undo_id']}").json
    assert texts(house) == ["One.", "Two."]
    client.post(f"/api/v1/undos/{again['undo_id']}")
    assert texts(house) == ["One.", "2."]


def test_an_older_wording_is_not_taken_back_past_a_newer_one(house, client):
    (entry_id,) = fill(house, "One.")
    first, second = (
        client.patch(f"/api/v1/tray/{entry_id}", json={"text": text}).json["undo_id"]
        for text in ("Two.", "Three.")
    )
    refused = client.post(f"/api/v1/undos/{first}")
    assert (refused.status_code, "changed again" in refused.json["error"]) == (404, True)
    assert texts(house) == ["Three."]
    client.post(f"/api/v1/undos/{second}")
    client.post(f"/api/v1/undos/{first}")
    assert texts(house) == ["One."]


def test_a_move_is_taken_back_although_a_neighbour_has_gone(house, client):
    ids = fill(house, "One.", "Two.", "Three.")
    moved = client.patch(f"/api/v1/tray/{ids[2]}", json={"place": 1}).json["undo_id"]
    client.delete(f"/api/v1/tray/{ids[0]}")
    client.post(f"/api/v1/undos/{moved}")
    assert texts(house) == ["Two.", "Three."]


def test_the_tray_and_its_undos_outlive_a_restart(house, home):
    fill(house, "One.", "Two.")
    house.catalogue.close()
    reopened = open_catalogue(home.path)
    with reopened.read() as conn:
        assert [entry.text for entry in tray.list_tray(conn)] == ["One.", "Two."]
        undo_id = undos.find_last_undo(conn, "tray")
    take_back(reopened, undo_id, now_ms=2)
    with reopened.read() as conn:
        assert [entry.text for entry in tray.list_tray(conn)] == ["One."]
    reopened.close()
