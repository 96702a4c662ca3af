import re

import pytest

from corpus.errors import IndexMismatchError
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
    assert answer.mimetype == "application/json"
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
        ("k=0&offset=-9", (1, 0, "hybrid")),
        ("k=9999&offset=999999999", (100, 10_000, "hybrid")),
        ("k=ten&mode=magic", (10, 0, "hybrid")),
        ("k=" + "9" * 5000, (10, 0, "hybrid")),
        ("mode=keyword&offset=20", (10, 20, "keyword")),
    ],
)
def test_what_cannot_be_read_of_a_search_falls_back(house, client, asked, read):
    get(client, f"/api/v1/search?q=x&{asked}")
    request = house.engine.requests[-1]
    assert (request.k, request.offset, request.mode) == read


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
        ("/api/v1/takeaways?of=i", 400),
        ("/api/v1/jobs?state=tired", 400),
        ("/api/v1/nothing", 404),
    ],
)
def test_errors_are_documents(client, address, status):
    assert get(client, address, status)["error"]


def test_a_wrong_method_is_told_as_a_document(client):
    assert client.post("/api/v1/jobs").get_json()["error"]


def test_an_index_that_does_not_fit_is_told_with_its_remedy(house, client):
    house.engine.error = IndexMismatchError("index", "is of another model", "earmark index rebuild")
    document = get(client, "/api/v1/search?q=x", 500)
    assert document["remedy"] == "earmark index rebuild"


def test_health_is_told(client):
    assert get(client, "/healthz") == {"status": "ok", "episodes": 3}


def test_the_description_names_every_path_and_no_other(house, client):
    paths = get(client, "/api/v1/openapi.json")["paths"]
    served = {
        re.sub(r"<[^>]*?(\w+)>", r"{\1}", rule.rule)
        for rule in client.application.url_map.iter_rules()
        if rule.rule.startswith("/api/")
    }
    assert set(paths) == served


def test_every_answer_has_the_keys_that_the_description_promises(house, client):
    client.post("/api/v1/tray", json={"text": "Be kind."})
    for path, methods in get(client, "/api/v1/openapi.json")["paths"].items():
        if path == "/api/v1/status" or "get" not in methods:
            continue  # it asks the index, which the fake house has none of
        address = path.format(
            entry_id=1, takeaway_id=1, episode_id=house.ids["full"], issue_id=house.ids["issue"]
        )
        promised = methods["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        assert set(promised["required"]) <= set(get(client, address)), path
