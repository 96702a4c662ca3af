"""Looking after a house over HTTP: inspect, doctor, the index, transcribing."""

from typing import get_args

import pytest

from corpus.catalogue import episodes, jobs, transcripts
from ingest.reading import SourceKind
from ingest.steps import STEPS
from tests.page_audit import parse
from tests.web_house import make_full_house
from web.app import create_app
from web.progress import _VERBS
from web.templating import JOB_VERBS
from web.upkeep_api import KINDS, MOST_BYTES

BYTES = "application/octet-stream"
VTT = b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ada>Hello there.\n"


@pytest.fixture
def house(home, catalogue):
    return make_full_house(home, catalogue)


@pytest.fixture
def client(house):
    return create_app(house).test_client()


def inspect(client, data, asked="", status=200):
    answer = client.post(f"/api/v1/inspect{asked}", data=data, content_type=BYTES)
    assert answer.status_code == status, answer.text
    return answer.get_json()


def test_what_would_be_read_in_a_file_is_shown_and_nothing_is_stored(house, client):
    before = client.get("/api/v1/status").get_json()
    (document,) = inspect(client, VTT, "?name=talk.vtt")["documents"]
    assert (document["kind"], document["format"]) == ("transcript", "vtt")
    assert document["segments"][0]["speaker"] == "Ada"
    assert client.get("/api/v1/status").get_json() == before
    assert not (house.home.path / "inbox").exists()


def test_a_file_is_read_as_what_it_is_said_to_be(client):
    text = b"Promise less. (0:20)\n"
    (document,) = inspect(client, text, "?as=newsletter")["documents"]
    assert document["kind"] == "newsletter"
    assert inspect(client, b"ID3\x04", "?as=audio")["documents"] == [{"kind": "audio"}]


@pytest.mark.parametrize("data", [b"\x00\x01\x02", b"\xff" * 200])
def test_what_cannot_be_read_is_told(client, data):
    assert inspect(client, data, "?as=transcript", 409)["status"] == 409


def test_names_of_files_of_the_server_are_only_names(client, tmp_path):
    secret = tmp_path / "secret.vtt"
    secret.write_bytes(VTT.replace(b"Hello there", b"the secret"))
    for name in (secret, f"file://{secret}", f"../..{secret}"):
        answer = client.post(
            "/api/v1/inspect", query_string={"name": str(name)}, data=VTT, content_type=BYTES
        )
        assert b"the secret" not in answer.data
    feed = f"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY leak SYSTEM "file://{secret}">]>
    <rss version="2.0"><channel><title>&leak;</title></channel></rss>"""
    answer = client.post("/api/v1/inspect?as=feed", data=feed.encode(), content_type=BYTES)
    assert b"the secret" not in answer.data


def test_a_file_that_is_too_large_to_read_at_once_is_refused(client):
    inspect(client, b" " * (MOST_BYTES + 1), "?as=newsletter", 413)


def test_the_kinds_of_files_are_those_that_are_read():
    assert KINDS["enum"] == list(get_args(SourceKind))


def test_the_doctor_tells_no_path_of_this_machine(house, client):
    answer = client.get("/api/v1/doctor")
    assert str(house.home.path) not in answer.text
    findings = {one["check"]: one for one in answer.get_json()["findings"]}
    assert not findings["jobs"]["good"]
    assert "1 failed" in findings["jobs"]["detail"]
    assert answer.get_json()["good"] is False


def test_the_index_tells_how_it_stands_and_is_rebuilt_by_a_job(house, client):
    assert client.get("/api/v1/index").get_json()["current"] is True
    answer = client.post("/api/v1/index/rebuild")
    job = answer.get_json()
    assert (answer.status_code, job["kind"], job["state"]) == (202, "rebuild", "queued")
    # Asked for again, it is the same job.
    assert client.post("/api/v1/index/rebuild").get_json()["id"] == job["id"]


def test_an_episode_without_words_is_transcribed_when_asked_for(house, client):
    address = f"/api/v1/episodes/{house.ids['bare']}/transcribe"
    with house.catalogue.write() as conn:
        for job in jobs.list_jobs(conn):
            if job.subject == f"episode:{house.ids['bare']}":
                conn.exec_driver_sql("DELETE FROM jobs WHERE id = ?", (job.id,))
    assert client.post(address).get_json()["kind"] == "relisten"
    with house.catalogue.write() as conn:
        episodes.set_media(
            conn, house.ids["bare"], path="two.mp3", media_hash="1" * 32, duration_ms=9_000
        )
    assert client.post(address).get_json()["kind"] == "transcribe"


@pytest.mark.parametrize(("name", "status"), [("full", 409), ("silent", 409), ("none", 404)])
def test_what_cannot_be_transcribed_is_told(house, client, name, status):
    episode_id = house.ids.get(name, 999)
    assert client.post(f"/api/v1/episodes/{episode_id}/transcribe").status_code == status


def test_the_page_of_an_episode_without_words_offers_to_transcribe_it(house, client):
    with house.catalogue.write() as conn:
        conn.exec_driver_sql("DELETE FROM jobs")
    form = parse(client.get(f"/episodes/{house.ids['bare']}")).find(
        "form", action=f"/episodes/{house.ids['bare']}/transcribe"
    )
    answer = client.post(form["action"], follow_redirects=True)
    page = parse(answer)
    assert "will stand here" in page.select_one(".notice").get_text()
    assert page.find("form", action=form["action"]) is None
    with house.catalogue.read() as conn:
        assert [job.kind for job in jobs.list_jobs(conn)] == ["relisten"]
        assert transcripts.find_transcript(conn, house.ids["bare"]) is None


def test_every_kind_of_work_has_its_words():
    named = set(STEPS) - {"speakers"}
    assert named <= set(_VERBS)
    assert set(STEPS) <= set(JOB_VERBS)
