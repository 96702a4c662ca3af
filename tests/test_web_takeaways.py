"""Drafts and checks: accepted, removed, taken back; on the site and on the command line."""

import json

import pytest
from click.testing import CliRunner

from corpus.catalogue import jobs, passages, takeaways, undos
from corpus.errors import NotHeldError, UsageError
from ingest.drafting import draft_episode, keep_drafts
from ingest.exporting import iter_lines
from ingest.steps import STEPS
from ingest.takeaway_edits import accept_takeaway, remove_draft, take_back
from tests.fake_embedder import FakeEmbedder
from tests.page_audit import list_faults, parse
from tests.spine import make_shop
from tests.web_house import BEST, make_full_house
from web.app import create_app
from web.cli import cli


@pytest.fixture
def house(home, catalogue):
    return make_full_house(home, catalogue)


@pytest.fixture
def client(house):
    return create_app(house).test_client()


@pytest.fixture
def drafted(house):
    """The house, with drafts of its full episode."""
    drafts = draft_episode(house.catalogue, FakeEmbedder(), house.ids["full"])
    with house.catalogue.write() as conn:
        keep_drafts(conn, house.ids["full"], drafts)
    return house


def held_drafts(house):
    with house.catalogue.read() as conn:
        held = takeaways.list_takeaways(conn, episode_id=house.ids["full"])
    return [item for item in held if item.is_draft]


def moved_takeaway(house):
    with house.catalogue.read() as conn:
        held = takeaways.list_takeaways(conn, issue_id=house.ids["issue"])
    return next(item for item in held if item.text == "Write it down.")


def get_takeaway(house, takeaway_id):
    with house.catalogue.read() as conn:
        return takeaways.get_takeaway(conn, takeaway_id)


def press(client, address, name, row):
    """Press the button of this name beside a takeaway; return the page that follows."""
    page = parse(client.get(address))
    button = next(
        button
        for button in page.select(f"#takeaway-{row} button")
        if button.get_text().startswith(name)
    )
    return send(client, button.find_parent("form"))


def send(client, form):
    data = {field["name"]: field.get("value", "") for field in form.select("input[name]")}
    page = parse(client.post(form["action"], data=data, follow_redirects=True))
    assert list_faults(page) == []
    return page


def test_drafts_are_the_episodes_own_sentences_with_their_seconds(drafted):
    held = held_drafts(drafted)
    assert BEST in {item.sentence for item in held}
    assert all(item.start_ms is not None and item.speaker for item in held)


def test_drafting_again_replaces_drafts_and_keeps_what_was_accepted(drafted):
    first = held_drafts(drafted)[0]
    accept_takeaway(drafted.catalogue, first.id, now_ms=1)
    drafts = draft_episode(drafted.catalogue, FakeEmbedder(), drafted.ids["full"])
    with drafted.catalogue.write() as conn:
        keep_drafts(conn, drafted.ids["full"], drafts)
    assert get_takeaway(drafted, first.id).origin == "author"
    assert first.sentence not in {item.sentence for item in held_drafts(drafted)}


def test_an_episode_without_words_cannot_be_drafted(house):
    with pytest.raises(NotHeldError, match="no transcript"):
        draft_episode(house.catalogue, FakeEmbedder(), house.ids["silent"])


def test_a_draft_is_marked_everywhere_and_handed_out_nowhere(drafted, client):
    text = held_drafts(drafted)[0].text
    page = parse(client.get(f"/episodes/{drafted.ids['full']}"))
    row = page.select_one(f"#takeaway-{held_drafts(drafted)[0].id}")
    assert row.select_one(".tag").get_text() == "draft"
    assert text not in page.select_one("#block").get_text()
    assert not any(f'"text":"{text}"' in line for line in iter_lines(drafted.catalogue))
    answer = client.get(f"/api/v1/takeaways?of={drafted.ids['full']}").get_json()
    assert {t["origin"] for t in answer["takeaways"] if t["text"] == text} == {"drafted"}


def test_the_button_queues_a_job_that_drafts(house, client, home):
    address = f"/episodes/{house.ids['full']}"
    form = parse(client.get(address)).select_one(".draft-ask")
    page = send(client, form)
    assert "being drafted" in page.select_one(".notice-good").get_text()
    assert page.select_one(".draft-ask") is None
    with house.catalogue.read() as conn:
        (job,) = [job for job in jobs.list_jobs(conn) if job.kind == "draft"]
    STEPS["draft"](make_shop(house.catalogue, home), job, lambda progress, note: None)
    assert held_drafts(house)


def test_a_draft_is_accepted_by_its_button_and_taken_back(drafted, client):
    address, draft = f"/episodes/{drafted.ids['full']}", held_drafts(drafted)[0]
    page = press(client, address, "Accept", draft.id)
    assert get_takeaway(drafted, draft.id).origin == "author"
    assert draft.text in page.select_one("#block").get_text()
    with drafted.catalogue.read() as conn:
        found = passages.count_passages(conn)
    page = send(client, page.select_one("form.undo"))
    assert "Taken back" in page.select_one(".notice-good").get_text()
    assert get_takeaway(drafted, draft.id) == draft
    with drafted.catalogue.read() as conn:
        assert passages.count_passages(conn) == found - 1


def test_a_draft_is_removed_by_its_button_and_comes_back(drafted, client):
    address, draft = f"/episodes/{drafted.ids['full']}", held_drafts(drafted)[0]
    page = press(client, address, "Remove", draft.id)
    assert draft not in held_drafts(drafted)
    undo = page.select_one("form.undo")
    send(client, undo)
    assert draft in held_drafts(drafted)
    page = send(client, undo)
    assert "no longer be undone" in page.select_one(".notice-bad").get_text()


def test_a_found_moment_is_used_by_its_button_and_taken_back(house, client):
    before = moved_takeaway(house)
    for address in (f"/issues/{house.ids['issue']}", f"/episodes/{house.ids['full']}"):
        page = press(client, address, "Use 0:40", before.id)
        after = get_takeaway(house, before.id)
        assert (after.stated_ms, after.stated_end_ms, after.verdict) == (
            40_000,
            47_000,
            "confirmed",
        )
        assert not page.select(f"#takeaway-{before.id} .takeaway-acts form[action$=accept]")
        send(client, page.select_one("form.undo"))
        assert get_takeaway(house, before.id) == before


def test_a_takeaway_without_a_time_takes_the_found_one(house):
    before = moved_takeaway(house)
    with house.catalogue.write() as conn:
        takeaways.change_takeaway(conn, before.id, stated_ms=None, verdict="confirmed")
    accept_takeaway(house.catalogue, before.id, now_ms=1)
    assert get_takeaway(house, before.id).stated_ms == 40_000


def test_what_has_nothing_to_accept_or_is_no_draft_stays(house):
    before = moved_takeaway(house)
    accept_takeaway(house.catalogue, before.id, now_ms=1)
    with pytest.raises(UsageError):
        accept_takeaway(house.catalogue, before.id, now_ms=1)
    with pytest.raises(UsageError):
        remove_draft(house.catalogue, before.id, now_ms=1)


def test_a_change_to_what_is_gone_is_not_taken_back(house):
    before = moved_takeaway(house)
    undo_id, _ = accept_takeaway(house.catalogue, before.id, now_ms=1)
    with house.catalogue.write() as conn:
        takeaways.drop_takeaways(conn, [before.id])
    with pytest.raises(NotHeldError, match="is gone"):
        take_back(house.catalogue, undo_id, now_ms=1)


def test_old_changes_are_forgotten(house):
    with house.catalogue.write() as conn:
        for now_ms in range(undos.KEPT + 5):
            last = undos.remember(conn, (), subject="tray", said="x", now_ms=now_ms)
        assert undos.find_last_undo(conn, "tray") == last
        with pytest.raises(NotHeldError):
            undos.take_back(conn, 1, now_ms=1)


@pytest.mark.parametrize(
    "back",
    ["//evil.example", "https://evil.example", "/\\evil", "", "/a\nb", "/?q=" + "x" * 3000],
)
def test_a_form_leads_back_to_this_site_only(house, client, back):
    takeaway_id = moved_takeaway(house).id
    answer = client.post(f"/takeaways/{takeaway_id}/accept", data={"back": back})
    assert answer.location == f"/issues/{house.ids['issue']}"


@pytest.mark.parametrize("address", ["/takeaways/999/accept", "/takeaways/999/remove"])
def test_a_takeaway_that_is_not_there_is_told(client, address):
    assert client.post(address).status_code == 404


def test_the_api_accepts_removes_and_takes_back(drafted, client):
    draft, *_, last = held_drafts(drafted)
    address = f"/api/v1/takeaways/{draft.id}"
    assert client.get(address).get_json()["origin"] == "drafted"
    accepted = client.post(f"{address}/accept").get_json()
    assert accepted["origin"] == "author"
    assert client.post(f"{address}/accept").status_code == 409
    assert client.delete(address).status_code == 409
    undo = f"/api/v1/undos/{accepted['undo_id']}"
    taken_back = client.post(undo).get_json()
    assert taken_back["undo_id"] > accepted["undo_id"]
    assert (taken_back["subject"], taken_back["said"]) == (
        f"takeaway:{draft.id}",
        "accepted the draft",
    )
    assert client.post(undo).status_code == 404
    removed = client.delete(f"/api/v1/takeaways/{last.id}").get_json()
    assert client.get(f"/api/v1/takeaways/{last.id}").status_code == 404
    client.post(f"/api/v1/undos/{removed['undo_id']}")
    assert held_drafts(drafted)[-1] == last


def run(home, *arguments):
    result = CliRunner().invoke(cli, ["--home", str(home.path), *arguments])
    assert result.exception is None, result.exception
    return result.stdout


def test_the_command_line_accepts_and_takes_back(house, home):
    before = moved_takeaway(house)
    document = json.loads(run(home, "check", "--accept", str(before.id), "--json"))
    assert document["takeaways"][0]["stated_ms"] == 40_000
    assert "0:40" in run(home, "check", "issue:1").splitlines()[1]
    assert "taken back" in run(home, "check", "--undo", str(before.id))
    assert get_takeaway(house, before.id) == before


@pytest.mark.real_model
def test_the_command_line_drafts_and_keeps(house, home):
    document = json.loads(run(home, "draft", "Whose Deadline", "-n", "2", "--keep", "--json"))
    assert 1 <= len(document["takeaways"]) <= 2
    assert {"text", "start_ms", "end_ms", "speaker", "sentence"} <= set(document["takeaways"][0])
    assert len(held_drafts(house)) == len(document["takeaways"])


def test_takeaways_are_published_as_a_feed_without_drafts(drafted, client):
    from lxml import etree

    answer = client.get("/takeaways.atom")
    assert answer.content_type.startswith("application/atom+xml")
    atom = {"a": "http://www.w3.org/2005/Atom"}
    feed = etree.fromstring(answer.get_data())
    titles = [found.text for found in feed.findall("a:entry/a:title", atom)]
    assert titles == ["Promise less.", "Write it down.", "Be kind."]
    links = [found.get("href") for found in feed.findall("a:entry/a:link", atom)]
    assert links[1] == f"http://localhost/episodes/{drafted.ids['full']}?t=40"
    ids = {found.text for found in feed.findall("a:entry/a:id", atom)}
    assert len(ids) == 3
    assert feed.find("a:updated", atom).text == "2025-03-06T00:00:00Z"


def test_the_feed_of_an_empty_house_is_sound(home, catalogue):
    from tests.web_house import make_house

    answer = create_app(make_house(home, catalogue)).test_client().get("/takeaways.atom")
    assert b"<updated>1970" in answer.get_data()


@pytest.mark.parametrize(
    ("style", "begins"),
    [("soundbites", '<podcast:soundbite startTime="20"'), ("chapters", "{"), ("vtt", "WEBVTT")],
)
def test_the_command_line_publishes(house, home, style, begins):
    assert run(home, "takeaways", "issue:1", "--format", style).startswith(begins)
