"""Wrong turns: an address that is none, a form that was filled in wrongly, a house with nothing."""

import io

import pytest

from tests.page_audit import list_faults, parse
from tests.web_house import hold_hits, make_full_house, make_house
from web.app import create_app


@pytest.fixture
def house(home, catalogue):
    return hold_hits(make_full_house(home, catalogue))


@pytest.fixture
def client(house):
    return create_app(house).test_client()


@pytest.fixture
def empty_client(home, catalogue):
    return create_app(make_house(home, catalogue)).test_client()


def get(client, address):
    return parse(client.get(address))


def test_files_beside_an_odd_address_are_taken_and_the_address_is_asked_for_again(house, client):
    data = {"source": "issue.html", "file": (io.BytesIO(b"An issue"), "issue.txt")}
    answer = client.post("/library/sources", data=data, follow_redirects=True)
    page = parse(answer)
    assert page.select_one(".notice-good").get_text() == "Taken in: issue.txt"
    assert "is no address" in page.select_one("#add .notice-bad").get_text()


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/no", "No page has this address."),
        ("/saved/seen", "only takes what a form sends"),
        ("/episodes/999", "Episode 999 is not held."),
    ],
)
def test_errors_are_told_to_people_in_their_own_words(house, client, address, told):
    said = parse(client.get(address)).select_one("main").get_text()
    assert told in said
    assert "earmark " not in said


def test_a_moment_behind_the_end_is_told(house, client):
    page = get(client, f"/episodes/{house.ids['full']}?t=99:00")
    assert "1:39:00 is behind its end" in page.select_one("header.episode-head").get_text()
    page = get(client, f"/episodes/{house.ids['full']}?t=0:20")
    assert "behind its end" not in page.select_one("header.episode-head").get_text()


def test_a_question_to_an_empty_house_leads_to_where_things_are_added(empty_client):
    page = get(empty_client, "/?q=anything")
    assert page.select_one('.nothing a[href="/library#add"]')
    assert "What to try" not in page.get_text()


def test_an_empty_house_counts_nothing_and_names_no_missing_thing(empty_client):
    assert "of None" not in get(empty_client, "/checkup").select_one("main").get_text()
    for address in ("/episodes", "/issues"):
        assert "0 " not in get(empty_client, address).select_one("main").get_text()


def test_a_page_behind_the_last_leads_back_to_the_newest(client):
    for address in ("/episodes", "/issues"):
        page = get(client, f"{address}?page=99")
        assert "None here yet" not in page.get_text()
        assert page.select_one(f'main p a[href="{address}"]')


@pytest.mark.parametrize(
    "case",
    [
        ("/?like=nope", 404, "“nope” names no passage", "/episodes"),
        ("/?like=-3", 404, "“-3” names no passage", "/episodes"),
        ("/?like=999", 404, "The passage that others were to be like is gone", "/episodes"),
        ("/?like=999&show=The+Long+Table", 404, "is gone", "/episodes"),
        ("/?q=deadlines&offset=990", 404, "These were all: 13 passages", "/?q=deadlines"),
        ("/?q=deadlines&offset=soon", 200, "“soon” is no place in the answers", None),
        ("/?q=deadlines&mode=magic", 200, "“magic” is no way to search", None),
        ("/episodes?page=99", 404, "There are no more.", "/episodes"),
        ("/episodes?page=soon", 404, "“soon” is no page of this list", "/episodes"),
        ("/issues?page=0", 404, "“0” is no page of this list", "/issues"),
        ("/shows/{show}?page=99", 404, "There are no more.", "/shows/{show}"),
        ("/episodes/{full}?part=99", 200, "It has no part “99”", None),
        ("/episodes/{full}?part=x", 200, "It has no part “x”", None),
        ("/episodes/999?t=0:20", 404, "It may have been removed", "/episodes"),
        ("/takeaways/file?format=pdf", 400, "is no form of takeaways", "/library"),
        ("/tray?player=walkman", 200, "“walkman” is no player", None),
    ],
)
def test_an_address_that_is_old_or_odd_is_told_with_a_way_on(house, client, case):
    address, status, told, way_on = case
    answer = client.get(address.format(**house.ids))
    assert answer.status_code == status
    page = parse(answer)
    assert list_faults(page) == []
    assert told in page.select_one("main").get_text()
    if way_on:
        assert page.select_one(f'main a[href="{way_on.format(**house.ids)}"]')


def test_a_list_behind_its_last_page_leads_to_the_last_page(client):
    page = parse(client.get("/episodes?page=99"))
    assert page.select_one("a[rel=prev]") is None


def test_words_typed_beside_a_passage_are_a_question_of_their_own(house, client):
    page = get(client, "/?like=1&q=deadlines")
    assert house.engine.requests[-1].like is None
    assert not page.select_one("input[name=like]")
    get(client, "/?like=1&q=speaker:Ben")
    assert house.engine.requests[-1].like == 1


def test_a_passage_that_is_gone_does_not_stand_in_the_way_of_the_next_question(client):
    page = parse(client.get("/?like=999"))
    assert not page.select_one("input[name=like]")
    assert page.select_one("#answer"), "what is typed next is shown in its place"


def test_a_frame_whose_moment_is_gone_says_so_in_the_frame(client):
    answer = client.get("/embed/episodes/999?t=10")
    assert answer.status_code == 404
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
    page = parse(answer)
    assert "is not held any more" in page.select_one("main").get_text()
    assert page.select_one('main a[target="_blank"]')
    assert not page.select_one("header")


@pytest.mark.parametrize(
    ("query", "status", "told"),
    [
        ("url=https://example.com/x", 404, "no address of an episode on this site"),
        ("", 404, "no address of an episode on this site"),
        ("url=http://localhost/episodes/999", 404, "is not held"),
        ("url=http://localhost/episodes/1&format=xml", 501, "Only JSON is spoken here"),
    ],
)
def test_programs_are_told_in_json_why_nothing_can_be_embedded(client, query, status, told):
    answer = client.get(f"/oembed?{query}")
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert told in answer.get_json()["detail"]
