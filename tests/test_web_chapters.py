"""Proposed chapters: from show notes, placed by the transcript, accepted or removed, with undo."""

import json

import pytest
from click.testing import CliRunner

from corpus.catalogue import chapters, episodes, jobs, passages, undos
from corpus.errors import MomentError, UsageError
from corpus.records import Chapter, Enclosure, ParsedEpisode
from ingest.chapter_proposals import accept_chapter, place_proposed
from ingest.storing import prepare_episode, put_prepared, store_transcript
from tests.fake_embedder import FakeEmbedder
from tests.made_up_talk import STARTS, SUBJECTS, TALK
from tests.page_audit import parse
from tests.spine import make_shop, work
from tests.web_house import make_full_house
from web.app import create_app
from web.cli import cli

STRANGE = "Zebras under water"
NOTES = "<p>In this episode:</p><ul>" + "".join(f"<li>{t}</li>" for t in [*SUBJECTS, STRANGE])


def make_episode(notes=NOTES, **facts):
    audio = Enclosure(url="https://example.com/t.mp3", type="audio/mpeg")
    return ParsedEpisode(
        guid="talk",
        title="Six subjects",
        show_notes="in this episode",
        show_notes_html=notes,
        enclosures=(audio,),
        **facts,
    )


def store(shop, show_id, parsed):
    with shop.catalogue.write() as conn:
        put_prepared(shop, conn, show_id, prepare_episode(parsed), language="en")
        return episodes.find_by_guid(conn, show_id, "talk")


@pytest.fixture
def house(home, catalogue):
    return make_full_house(home, catalogue)


@pytest.fixture
def shop(house, home):
    made = make_shop(house.catalogue, home, embedder=FakeEmbedder(256), transcribe="never")
    with house.catalogue.write() as conn:
        for job in jobs.list_jobs(conn):
            jobs.fail_job(conn, job, "not of this test", again=False, now_ms=1)
    return made


@pytest.fixture
def episode(house, shop):
    """An episode whose notes list its subjects, with its transcript, worked through."""
    held = store(shop, house.ids["show"], make_episode(duration_ms=719_000))
    store_transcript(shop, held, TALK, origin="publisher", format="vtt")
    _, failures = work(shop)
    assert failures == []
    return held


@pytest.fixture
def client(house):
    return create_app(house).test_client()


def proposed_of(house, episode):
    with house.catalogue.read() as conn:
        return chapters.list_proposed(conn, episode.id)


def chapters_of(house, episode):
    with house.catalogue.read() as conn:
        return episodes.list_chapters(conn, episode.id)


def chapter_passages(house, episode):
    with house.catalogue.read() as conn:
        held = passages.list_passages(conn, episode_id=episode.id)
        return [one.text for one in held if one.kind == "chapter"]


def run(home, *arguments):
    return CliRunner().invoke(cli, ["--home", str(home.path), "chapters", *arguments])


def test_subjects_of_show_notes_are_proposed_with_the_times_found(house, episode):
    found = proposed_of(house, episode)
    assert [each.title for each in found] == [*SUBJECTS, STRANGE]
    for each in found[:-1]:
        assert abs(each.start_ms - STARTS[each.title]) <= 30_000
        assert each.confidence >= 0.5
        assert each.sentence
    assert chapters_of(house, episode) == ()
    assert chapter_passages(house, episode) == []


def test_what_is_not_sure_has_no_time_and_cannot_be_accepted(house, episode, client):
    with house.catalogue.write() as conn:
        others = chapters.list_proposed(conn, episode.id)[:-1]
        chapters.drop_chapters(conn, [each.id for each in others])
    place_proposed(house.catalogue, FakeEmbedder(256), episode.id)
    (strange,) = proposed_of(house, episode)
    assert (strange.start_ms, strange.sentence) == (None, None)
    assert strange.confidence < 0.5
    answer = client.post(f"/api/v1/chapters/{strange.id}/accept")
    assert (answer.status_code, "no time" in answer.json["error"]) == (409, True)
    assert client.post(f"/api/v1/episodes/{episode.id}/chapters/accept").status_code == 409
    page = parse(client.get(f"/episodes/{episode.id}"))
    item = page.select_one(f"#chapter-{strange.id}")
    assert "no time" in item.get_text()
    assert [b.get_text().split(":")[0] for b in item.select("button")] == ["Remove", "Use it"]
    told = client.post(f"/chapters/{strange.id}/accept", follow_redirects=True).text
    assert "has no time" in told


def test_one_is_accepted_removed_and_taken_back_over_the_api(house, episode, client):
    first, second, *rest = proposed_of(house, episode)
    accepted = client.post(f"/api/v1/chapters/{first.id}/accept").json
    removed = client.delete(f"/api/v1/chapters/{second.id}").json
    assert removed["title"] == second.title
    document = client.get(f"/api/v1/episodes/{episode.id}/chapters").json
    assert [each["title"] for each in document["chapters"]] == [first.title]
    assert [each["id"] for each in document["proposed"]] == [each.id for each in rest]
    whole = client.get(f"/api/v1/episodes/{episode.id}").json
    assert whole["chapters"] == document["chapters"]
    assert whole["proposed_chapters"] == document["proposed"]
    assert chapter_passages(house, episode) == [first.title]
    client.post(f"/api/v1/undos/{removed['undo_id']}")
    client.post(f"/api/v1/undos/{accepted['undo_id']}")
    assert proposed_of(house, episode) == (first, second, *rest)
    assert chapter_passages(house, episode) == []
    assert client.post("/api/v1/chapters/99999/accept").status_code == 404
    assert client.get("/api/v1/episodes/99999/chapters").status_code == 404


def test_all_are_accepted_and_behave_like_other_chapters(house, episode, client):
    before = proposed_of(house, episode)
    undo_id = client.post(f"/api/v1/episodes/{episode.id}/chapters/accept").json["undo_id"]
    timed = [each for each in before if each.start_ms is not None]
    assert [each.title for each in chapters_of(house, episode)][: len(SUBJECTS)] == list(SUBJECTS)
    page = parse(client.get(f"/episodes/{episode.id}"))
    assert len(page.select(".chapters li")) == len(timed)
    exported = client.get(f"/api/v1/episodes/{episode.id}/chapters.json").json
    assert exported["version"] == "1.2.0"
    assert [row["startTime"] for row in exported["chapters"]] == sorted(
        each.start_ms / 1000 for each in timed
    )
    client.post(f"/api/v1/undos/{undo_id}")
    assert proposed_of(house, episode) == before
    assert client.get(f"/api/v1/episodes/{episode.id}/chapters.json").json["chapters"] == []


def test_the_page_offers_them_apart_from_chapters_and_takes_back(house, episode, client):
    address = f"/episodes/{episode.id}"
    before = proposed_of(house, episode)
    page = parse(client.get(address))
    assert page.select_one("#chapters").get_text() == "Topics"
    assert "no chapters until you accept" in page.select_one("#proposed").find_next("p").get_text()
    all_button = next(b for b in page.select("button") if "Accept all" in b.get_text())
    client.post(all_button.find_parent("form")["action"], data={"back": address})
    page = parse(client.get(address))
    assert page.select_one("#chapters").get_text() == "Chapters"
    assert page.select(".chapters li")
    undo = next(b for b in page.select("button") if b.get_text().strip() == "Undo")
    client.post(undo.find_parent("form")["action"])
    assert proposed_of(house, episode) == before
    told = client.post(f"/chapters/{before[0].id}/remove", follow_redirects=True).text
    assert "removed the proposed chapter" in told
    client.post(f"/chapters/{before[1].id}/accept")
    assert (
        "is not proposed"
        in client.post(f"/chapters/{before[1].id}/accept", follow_redirects=True).text
    )


def test_the_command_line_lists_accepts_removes_and_takes_back(house, home, episode):
    listed = json.loads(run(home, "talk", "--json").stdout)
    assert len(listed["proposed"]) == len(SUBJECTS) + 1
    text = run(home, "talk").stdout
    assert "Proposed" in text
    assert "% sure]" in text
    assert run(home, "--accept", str(listed["proposed"][0]["id"])).exit_code == 0
    assert run(home, "--remove", str(listed["proposed"][1]["id"])).exit_code == 0
    assert len(proposed_of(house, episode)) == len(SUBJECTS) - 1
    assert run(home, "talk", "--undo").exit_code == 0
    assert run(home, "talk", "--undo").exit_code == 0
    assert len(proposed_of(house, episode)) == len(SUBJECTS) + 1
    assert run(home, "talk", "--accept-all").exit_code == 0
    exported = json.loads(run(home, "talk", "--podcast").stdout)
    assert [row["title"] for row in exported["chapters"]][: len(SUBJECTS)] == list(SUBJECTS)
    assert isinstance(run(home).exception, Exception)
    assert isinstance(run(home, "--accept", "1", "--remove", "2").exception, Exception)
    assert "no chapters" in run(home, "three").output


def test_a_publishers_own_chapters_take_the_place_of_all_others(house, shop, episode):
    accept_chapter(house.catalogue, proposed_of(house, episode)[0].id, now_ms=3)
    own = (Chapter(start_ms=0, title="Hello"), Chapter(start_ms=60_000, title="Work"))
    store(shop, house.ids["show"], make_episode(chapters=own))
    assert chapters_of(house, episode) == own
    assert proposed_of(house, episode) == ()
    assert chapter_passages(house, episode) == ["Hello", "Work"]


def test_changed_notes_keep_what_was_accepted_and_what_was_found(house, shop, episode):
    first, second, *_ = proposed_of(house, episode)
    accept_chapter(house.catalogue, first.id, now_ms=3)
    notes = NOTES.replace(STRANGE, "Tax law in Norway")
    store(shop, house.ids["show"], make_episode(notes.replace("<p>In", "<p>Today in")))
    store(shop, house.ids["show"], make_episode(notes, duration_ms=720_000))
    found = proposed_of(house, episode)
    assert found[0] == second
    assert found[-1].title == "Tax law in Norway"
    assert [each.title for each in chapters_of(house, episode)] == [first.title]
    with house.catalogue.read() as conn:
        assert [j for j in jobs.list_jobs(conn) if j.kind == "check" and j.state == "queued"]
        assert undos.find_last_undo(conn, f"chapters:{episode.id}")
    assert chapter_passages(house, episode) == [first.title]


def test_an_episode_without_a_transcript_waits_for_its_times(house, shop):
    held = store(shop, house.ids["show"], make_episode())
    assert place_proposed(house.catalogue, None, held.id) == 0
    assert {each.start_ms for each in proposed_of(house, held)} == {None}


def test_one_without_a_time_is_given_one_by_hand_on_the_page(house, episode, client):
    *_, strange = before = proposed_of(house, episode)
    address = f"/episodes/{episode.id}"
    form = parse(client.get(address)).select_one(f"#chapter-{strange.id} .field-row")
    assert form.select_one("label")["for"] == form.select_one("input[name=at]")["id"]
    for wrong, told in (
        ("soon", "is no moment"),
        ("99:00:00", "after the episode"),
        ("", "no mom"),
    ):
        page = client.post(form["action"], data={"at": wrong, "back": address})
        assert told in client.get(page.location).text
        assert proposed_of(house, episode) == before
    client.post(form["action"], data={"at": " 3:05 ", "back": address})
    (own,) = chapters_of(house, episode)
    assert (own.title, own.start_ms) == (STRANGE, 185_000)
    assert chapter_passages(house, episode) == [STRANGE]
    undo = next(
        b for b in parse(client.get(address)).select("button") if b.get_text().strip() == "Undo"
    )
    client.post(undo.find_parent("form")["action"])
    assert proposed_of(house, episode) == before


def test_a_time_by_hand_is_given_over_the_api_and_stays_when_times_are_looked_for(
    house, episode, client
):
    strange = proposed_of(house, episode)[-1]
    address = f"/api/v1/chapters/{strange.id}"
    given = client.patch(address, json={"start_ms": 185_000}).json
    again = client.patch(address, json={"start_ms": 190_000}).json
    place_proposed(house.catalogue, FakeEmbedder(256), episode.id)
    assert [each.start_ms for each in chapters_of(house, episode)] == [190_000]
    assert client.post(f"/api/v1/undos/{given['undo_id']}").status_code == 404
    client.post(f"/api/v1/undos/{again['undo_id']}")
    client.post(f"/api/v1/undos/{given['undo_id']}")
    assert proposed_of(house, episode)[-1] == strange
    assert client.patch(address, json={"start_ms": 10**9}).status_code == 409
    assert client.patch(address, json={"start_ms": -1}).status_code == 400
    assert client.patch("/api/v1/chapters/99999", json={"start_ms": 1}).status_code == 404
    with house.catalogue.read() as conn:
        own = chapters.list_held(conn, house.ids["full"])[0]
    assert client.patch(f"/api/v1/chapters/{own.id}", json={"start_ms": 1}).status_code == 409


def test_a_time_by_hand_is_given_on_the_command_line(house, home, episode):
    strange = proposed_of(house, episode)[-1]
    assert "chapter at 3:05" in run(home, "--time", str(strange.id), "3:05").stderr
    assert [each.title for each in chapters_of(house, episode)] == [STRANGE]
    assert run(home, "talk", "--undo").exit_code == 0
    assert chapters_of(house, episode) == ()
    assert isinstance(run(home, "--time", str(strange.id), "soon").exception, MomentError)
    assert isinstance(
        run(home, "--time", str(strange.id), "3:05", "--remove", "1").exception, UsageError
    )
