"""Wrong turns: an address that is none, a form that was filled in wrongly, a house with nothing."""

import io

import pytest

from tests.page_audit import parse
from tests.web_house import make_full_house, make_house
from web.app import create_app


@pytest.fixture
def house(home, catalogue):
    return make_full_house(home, catalogue)


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
