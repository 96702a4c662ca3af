"""Questions answered by words alone for now: while the model loads, and in a crowd."""

import threading

import pytest

from tests.page_audit import list_faults, parse
from tests.web_house import hold_hits, make_full_house
from web.app import create_app
from web.haste import CROWDED, LOADING, MOST_AHEAD, RESTS, Crowd, watch_queue

ASKED = "/api/v1/search?q=deadlines"


@pytest.fixture
def house(home, catalogue):
    return hold_hits(make_full_house(home, catalogue))


@pytest.fixture
def app(house):
    return create_app(house)


@pytest.fixture
def client(app):
    return app.test_client()


def modes(house):
    return [request.mode for request in house.engine.requests]


def test_while_the_model_loads_for_long_words_answer(house, client):
    house.loads_for_s = 60
    first = client.get(ASKED)
    told = first.get_json()
    assert (told["mode"], told["provisional"]) == ("keyword", LOADING)
    assert "ask again" in told["problems"][0]
    house.loads_for_s = 0
    final = client.get(ASKED).get_json()
    assert (final["mode"], final["provisional"], final["problems"]) == ("hybrid", None, [])
    assert modes(house) == ["keyword", "hybrid"]


def test_a_model_that_is_there_in_a_moment_is_waited_for(house, client):
    house.loads_for_s = 1
    assert client.get(ASKED).get_json()["mode"] == "hybrid"
    assert modes(house) == ["hybrid"]


def test_no_browser_keeps_an_answer_that_is_not_final(house, client):
    house.loads_for_s = 60
    answer = client.get(ASKED)
    assert "ETag" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    house.loads_for_s = 0
    assert "ETag" in client.get(ASKED).headers


def test_the_page_says_so_and_leads_to_the_same_question(house, client):
    house.loads_for_s = 60
    page = parse(client.get("/?q=deadlines&show=The+Long+Table"))
    assert list_faults(page) == []
    notice = page.select_one("#answer .notice")
    assert "since the model is still being loaded" in notice.get_text()
    assert notice.a["href"] == "/?q=deadlines&show=The+Long+Table"
    assert len(page.select("#answer .notice")) == 1
    assert "by words only" in page.select_one(".count").get_text()


@pytest.mark.parametrize("more", ["&mode=semantic", "&mode=keyword", "&like=1"])
def test_what_cannot_be_answered_by_words_or_is_anyway_is_answered_as_asked(house, client, more):
    house.loads_for_s = 60
    assert client.get(ASKED + more).get_json()["provisional"] is None


def test_in_a_crowd_words_answer_and_who_asks_again_gets_the_meaning(house, app, client):
    queued, now = [MOST_AHEAD], [0.0]
    app.extensions["earmark_crowd"] = Crowd(clock=lambda: now[0])
    watch_queue(app, lambda: queued[0])
    assert client.get(ASKED).get_json()["mode"] == "hybrid"
    queued[0] += 1
    other = ASKED.replace("deadlines", "promises")
    assert client.get(ASKED).get_json()["mode"] == "hybrid", "what is known already is told"
    assert client.get(other).get_json()["provisional"] == CROWDED
    assert client.get(other).get_json()["provisional"] is None
    assert modes(house) == ["hybrid", "keyword", "hybrid"]


def test_in_a_crowd_no_second_question_goes_to_the_model(house, app, client):
    watch_queue(app, lambda: MOST_AHEAD + 1)
    with app.extensions["earmark_crowd"].enter("hybrid"):
        answers = [client.get(ASKED).get_json()["provisional"] for _ in range(3)]
    assert answers == [CROWDED] * 3
    assert modes(house) == ["keyword"], "by words it is answered once"


def test_who_is_alone_is_answered_by_meaning_however_quickly_she_types(house, client):
    arrived, done = threading.Barrier(3), threading.Event()
    answered = house.engine.search

    def answer_slowly(request):
        arrived.wait(10)
        done.wait(10)
        return answered(request)

    house.engine.search = answer_slowly
    told = []

    def ask(text):
        address = f"/api/v1/search?q={text}"
        told.append(create_client(client).get(address).get_json()["mode"])

    typing = [threading.Thread(target=ask, args=(text,)) for text in ("dea", "deadl", "deadline")]
    for each in typing:
        each.start()
    done.set()
    for each in typing:
        each.join()
    assert told == ["hybrid"] * 3


def create_client(client):
    return client.application.test_client()


def test_a_crowd_is_counted_also_where_an_answer_fails():
    now = [0.0]
    crowd = Crowd(clock=lambda: now[0])
    with pytest.raises(ValueError, match="no"), crowd.enter("hybrid"):
        assert not crowd.has_room
        raise ValueError("no")
    assert crowd.has_room
    assert not crowd.is_dense


def test_in_a_crowd_the_model_is_used_a_part_of_the_time():
    now = [10.0]
    crowd = Crowd(clock=lambda: now[0])
    with crowd.enter("hybrid"):
        now[0] += 1
    with crowd.enter("keyword"):
        now[0] += RESTS - 1
        assert not crowd.has_room
        now[0] += 1
    assert crowd.has_room


def test_what_somebody_types_does_not_pass_for_a_part_of_the_answer(house, client):
    house.loads_for_s = 60
    asked = '"provisional":null,"problems":["took_ms":5'
    for _ in range(2):
        told = client.get("/api/v1/search", query_string={"q": asked}).get_json()
        assert (told["query"], told["provisional"]) == (asked, LOADING)
        assert len(told["problems"]) == 1


def test_an_answer_by_words_keeps_its_own_problems(house, client):
    house.loads_for_s, house.engine.problems = 60, ("nothing passes kind:x",)
    problems = client.get(ASKED).get_json()["problems"]
    assert problems[1:] == ["nothing passes kind:x"]
    page = parse(client.get("/?q=deadlines"))
    assert "Nothing passes kind:x" in page.select_one("#answer").get_text()
