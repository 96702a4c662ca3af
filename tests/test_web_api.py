import gzip
import re
from pathlib import Path

import pytest

from corpus.catalogue import episodes, notes
from corpus.errors import IndexMismatchError
from corpus.records import ParsedEpisode
from tests.web_house import BEST, make_full_house
from web.app import create_app


@pytest.fixture
def house(home, catalogue):
    return make_full_house(home, catalogue)


@pytest.fixture
def client(house):
    return create_app(house).test_client()


def get(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status, address
    kind = "application/json" if status < 400 else "application/problem+json"
    assert answer.mimetype == kind
    return answer.get_json()


def test_a_search_answers_what_the_command_line_prints(client):
    document = get(client, "/api/v1/search?q=deadline&k=3")
    assert {"query", "mode", "took_ms", "total", "problems", "hits"} <= set(document)
    assert (document["query"], document["mode"], document["total"]) == ("deadline", "hybrid", 13)
    hit = document["hits"][0]
    assert len(document["hits"]) == 3
    assert hit["best"] == {"text": BEST, "start_ms": 20_000, "end_ms": 24_000}
    assert (hit["moment"], hit["speaker"], hit["issue"]) == ("0:20", "Ben Marsh", None)
    assert hit["url"].endswith("?t=20")


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("", (10, 0, "hybrid")),
        ("k=&mode=&offset=", (10, 0, "hybrid")),
        ("k=100&offset=10000", (100, 10_000, "hybrid")),
        ("mode=keyword&offset=20", (10, 20, "keyword")),
        ("colour=red", (10, 0, "hybrid")),
    ],
)
def test_what_is_not_said_of_a_search_has_its_default(house, client, asked, read):
    get(client, f"/api/v1/search?q=x&{asked}")
    request = house.engine.requests[-1]
    assert (request.k, request.offset, request.mode) == read


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("k=0", "k"),
        ("k=101", "k"),
        ("k=ten", "k"),
        ("k=" + "9" * 5000, "k"),
        ("k=1&k=2", "k"),
        ("offset=-9", "offset"),
        ("mode=magic", "mode"),
        ("kind=song", "kind"),
        ("after=yesterday", "after"),
    ],
)
def test_a_value_that_is_none_is_refused_by_its_name(client, asked, named):
    problem = get(client, f"/api/v1/search?q=x&{asked}", 400)
    assert problem["subject"] == named
    assert problem["detail"] == problem["error"]


def test_filters_reach_the_engine_and_empty_ones_do_not(house, client):
    get(client, "/api/v1/search?q=x&show=Long&speaker=%20&kind=takeaway&after=2024&before=")
    request = house.engine.requests[-1]
    assert (request.show, request.speaker, request.kind) == ("Long", None, "takeaway")
    assert (request.after, request.before) == ("2024", None)


def test_the_lists_name_what_is_held(house, client):
    assert len(get(client, "/api/v1/shows")["shows"]) == 2
    assert len(get(client, "/api/v1/episodes")["episodes"]) == 3
    assert len(get(client, "/api/v1/issues")["issues"]) == 2
    episode = get(client, f"/api/v1/episodes/{house.ids['full']}")
    assert len(episode["transcript"]["segments"]) == 4


def test_an_issue_comes_with_its_text_its_takeaways_and_its_episode(house, client):
    issue = get(client, f"/api/v1/issues/{house.ids['issue']}")
    assert issue["episode"]["id"] == house.ids["full"]
    assert issue["blocks"][0] == {
        "kind": "heading",
        "level": 1,
        "text": "Hello",
        "links": [],
        "cells": [],
    }
    assert [item["verdict"] for item in issue["takeaways"]] == ["confirmed", "moved", "not found"]


@pytest.mark.parametrize("of", ["", "?of=issue:{issue}", "?of={full}", "?of=deadline+is"])
def test_takeaways_come_with_what_their_check_found(house, client, of):
    found = get(client, "/api/v1/takeaways" + of.format(**house.ids))["takeaways"]
    assert [item["text"] for item in found] == ["Promise less.", "Write it down.", "Be kind."]
    assert (found[1]["stated_ms"], found[1]["found_ms"], found[1]["start_ms"]) == (
        10_000,
        40_000,
        40_000,
    )


def test_jobs_come_with_their_counts(client):
    document = get(client, "/api/v1/jobs")
    assert [job["state"] for job in document["jobs"]] == ["running", "queued", "failed"]
    assert document["counts"] == {"queued": 1, "running": 1, "done": 0, "failed": 1}
    assert len(get(client, "/api/v1/jobs?limit=1")["jobs"]) == 1
    assert [job["state"] for job in get(client, "/api/v1/jobs?state=failed")["jobs"]] == ["failed"]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/v1/episodes/999", 404),
        ("/api/v1/issues/999", 404),
        ("/api/v1/issues/99999999999999999999", 404),
        ("/api/v1/takeaways?of=nothing", 404),
        ("/api/v1/takeaways?of=i", 409),
        ("/api/v1/jobs?state=tired", 400),
        ("/api/v1/nothing", 404),
    ],
)
def test_errors_are_documents(client, address, status):
    problem = get(client, address, status)
    assert (problem["type"], problem["status"]) == ("about:blank", status)
    assert problem["title"]
    assert problem["detail"]


def test_a_wrong_method_is_told_with_those_that_are_right(client):
    answer = client.post("/api/v1/jobs")
    assert (answer.status_code, answer.mimetype) == (405, "application/problem+json")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"text": " "}', "application/json", 400),
        (b'{"text": "a", "takeaway_id": 1}', "application/json", 400),
        (b'{"text": "Be kind."}', "text/plain", 415),
        (b'{"text": "' + b"a" * 1_000_000 + b'"}', "application/json", 413),
    ],
)
def test_a_body_that_is_not_as_described_is_refused(client, body, kind, status):
    answer = client.post("/api/v1/tray", data=body, content_type=kind)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


LISTS = ("shows", "episodes", "issues", "takeaways", "jobs")


@pytest.mark.parametrize("name", LISTS)
def test_a_list_comes_page_by_page_in_the_order_of_the_whole(client, name):
    whole = get(client, f"/api/v1/{name}")
    assert whole["next"] is None
    pages, following = [], f"/api/v1/{name}?limit=1"
    while following:
        page = get(client, following)
        assert len(page[name]) == 1
        pages += page[name]
        following = page["next"]
    # How long a job takes still depends on the clock.
    settled = [[{**each, "left_ms": None} for each in told] for told in (pages, whole[name])]
    assert settled[0] == settled[1]


def test_what_is_added_between_two_pages_moves_nothing(house, client):
    first = get(client, "/api/v1/episodes?limit=2")
    with house.catalogue.write() as conn:
        for guid, published in (("newer", "2026-01-01"), ("undated", None)):
            parsed = ParsedEpisode(guid=guid, title=guid, published=published)
            episodes.put_episode(conn, house.ids["show"], parsed, now_ms=2)
    second = get(client, first["next"])
    titles = [episode["title"] for page in (first, second) for episode in page["episodes"]]
    assert titles[:3:2] == ["Whose Deadline Is It?", "Silent"]
    assert titles[3:] == ["undated"]


def test_the_next_page_keeps_what_was_asked(house, client):
    page = get(client, f"/api/v1/episodes?limit=1&show_id={house.ids['show']}")
    assert f"show_id={house.ids['show']}" in page["next"]
    assert get(client, f"/api/v1/episodes?show_id={house.ids['newsletter']}")["episodes"] == []


@pytest.mark.parametrize("cursor", ["soon", "~", "~x", "2024~1~"])
def test_a_cursor_that_is_none_is_refused(client, cursor):
    assert get(client, f"/api/v1/episodes?cursor={cursor}", 400)["subject"] == "cursor"


REVALIDATED = (
    "/api/v1/search?q=deadline",
    "/api/v1/episodes",
    "/api/v1/episodes/{full}",
    "/api/v1/takeaways",
    "/api/v1/jobs",
)


@pytest.mark.parametrize("address", REVALIDATED)
def test_an_unchanged_answer_is_neither_made_nor_sent_again(house, client, address):
    address = address.format(**house.ids)
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert len(house.engine.requests) <= 1
    head = client.head(address)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == first.headers["ETag"]


@pytest.mark.parametrize("address", REVALIDATED)
def test_a_changed_catalogue_makes_an_answer_anew(house, client, address):
    address = address.format(**house.ids)
    tag = client.get(address).headers["ETag"]
    with house.catalogue.write() as conn:
        notes.set_problems(conn, f"episode:{house.ids['full']}", ["is hard to hear"], now_ms=9)
    again = client.get(address, headers={"If-None-Match": tag})
    assert again.status_code == 200
    assert again.headers["ETag"] != tag


def test_another_generation_of_the_index_makes_a_search_anew(house, client):
    tag = client.get("/api/v1/search?q=x").headers["ETag"]
    (house.home.index / "g1").mkdir(parents=True)
    (house.home.index / "g1" / "manifest.json").write_text("{}")
    (house.home.index / "current").write_text("g1")
    client.application.extensions["earmark_state"].forget()
    assert client.get("/api/v1/search?q=x", headers={"If-None-Match": tag}).status_code == 200


def test_a_transcript_comes_as_segments_and_as_captions(house, client):
    address = f"/api/v1/episodes/{house.ids['full']}/transcript"
    held = get(client, address)
    assert (held["origin"], len(held["segments"])) == ("publisher", 4)
    assert "words" not in held["segments"][0]
    assert get(client, f"{address}?words=true")["segments"][0]["words"] == []
    captions = client.get(f"{address}.vtt")
    assert captions.mimetype == "text/vtt"
    assert captions.get_data(as_text=True).startswith("WEBVTT\n\n00:00:00.000 --> 00:00:11.500")
    get(client, f"/api/v1/episodes/{house.ids['bare']}/transcript", 404)


def test_an_address_is_added_as_a_job_once(client):
    for _ in range(2):
        answer = client.post("/api/v1/sources", json={"source": "https://example.com/feed.xml"})
        assert answer.status_code == 202
    job = answer.get_json()
    assert (job["kind"], job["state"]) == ("add", "queued")
    assert get(client, f"/api/v1/jobs/{job['id']}") == job


@pytest.mark.parametrize(
    "source", ["/etc/passwd", "file:///etc/passwd", "feed.xml", "http://", "imaps://a@b/c", ""]
)
def test_only_an_address_of_the_web_is_added(client, source):
    assert client.post("/api/v1/sources", json={"source": source}).status_code == 400


def test_a_file_is_kept_and_added_as_a_job(house, client):
    answer = client.post(
        "/api/v1/files?name=../issue.txt",
        data=b"Hello.",
        content_type="application/octet-stream",
    )
    assert (answer.status_code, answer.get_json()["title"]) == (202, "issue.txt")
    path = answer.get_json()["subject"].removeprefix("add:")
    assert Path(path).read_bytes() == b"Hello."
    assert Path(path).is_relative_to(house.home.path / "inbox")


def test_a_failed_job_is_queued_again_and_no_other(house, client):
    failed, running = house.ids["failed_job"], house.ids["running_job"]
    assert client.post(f"/api/v1/jobs/{failed}/retry").get_json()["state"] == "queued"
    assert client.post(f"/api/v1/jobs/{running}/retry").status_code == 409
    assert client.post("/api/v1/jobs/999/retry").status_code == 404


def test_takeaways_come_as_a_block_ready_to_paste(house, client):
    block = client.get(f"/api/v1/takeaways/block?of=issue:{house.ids['issue']}")
    assert block.get_data(as_text=True).splitlines()[0] == "Promise less. (0:20)"
    captions = client.get("/api/v1/takeaways/block?format=vtt")
    assert captions.get_data(as_text=True).startswith("WEBVTT")
    assert captions.mimetype == "text/plain"


def test_the_tray_is_worded_ordered_used_and_emptied(client):
    for text in ("First.", "Second."):
        client.post("/api/v1/tray", json={"text": text})
    second = get(client, "/api/v1/tray")["tray"][1]["id"]
    address = f"/api/v1/tray/{second}"
    assert client.patch(address, json={"text": "Zweitens."}).get_json()["original"] == "Second."
    client.patch(address, json={"place": 1})
    assert [entry["text"] for entry in get(client, "/api/v1/tray")["tray"]] == [
        "Zweitens.",
        "First.",
    ]
    assert client.get("/api/v1/tray/block").get_data(as_text=True) == "Zweitens.\nFirst.\n"
    used = client.post("/api/v1/tray/use", json={"issue": "Issue 12", "date": "2026-06-01"})
    assert used.get_json()["used"] == 2
    emptied = client.delete("/api/v1/tray").get_json()
    assert client.post("/api/v1/tray/use", json={"issue": "Issue 12"}).status_code == 409
    client.post(f"/api/v1/undos/{emptied['undo_id']}")
    assert len(get(client, "/api/v1/tray")["tray"]) == 2


def test_everything_comes_out_as_files(client):
    lines = gzip.decompress(client.get("/api/v1/export.jsonl.gz").data).decode().splitlines()
    assert len(lines) == 5
    assert b"https://example.com/feed.xml" in client.get("/api/v1/subscriptions.opml").data


def test_an_index_that_does_not_fit_is_told_with_its_remedy(house, client):
    house.engine.error = IndexMismatchError("index", "is of another model", "earmark index rebuild")
    document = get(client, "/api/v1/search?q=x", 500)
    assert document["remedy"] == "earmark index rebuild"


def test_health_is_told(client):
    assert get(client, "/healthz") == {"status": "ok", "episodes": 3}


def test_the_description_names_every_path_and_no_other(client):
    described = {
        (path, method.upper())
        for path, methods in get(client, "/api/v1/openapi.json")["paths"].items()
        for method in methods
    }
    served = {
        (re.sub(r"<[^>]*?(\w+)>", r"{\1}", rule.rule), method)
        for rule in client.application.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert described == served
