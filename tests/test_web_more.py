"""All pages are reached from every page: by its head and its foot, by keyboard and by touch."""

import pytest

from corpus.catalogue import jobs, saved
from corpus.homes import now_ms
from tests.page_audit import list_faults, list_links, parse
from tests.web_house import make_full_house
from web.app import create_app

NO_PAGES = {
    "api.healthz": "for whoever watches the process",
    "embed.oembed": "named in the head of an episode's page",
    "embed.opensearch": "named in the head of every page",
    "reading.file": "offered where an episode or an issue has takeaways",
    "reading.json_feed": "named in the head of every page",
    "tray.export": "offered on the tray where it holds something",
}
"""Addresses without parameters that no page need link to, and why."""


@pytest.fixture
def house(home, catalogue):
    made = make_full_house(home, catalogue)
    with catalogue.write() as conn:
        saved.save_search(conn, "Deadlines", {"q": "deadline"}, now_ms=now_ms())
    return made


@pytest.fixture
def client(house):
    return create_app(house).test_client()


def list_addresses(client):
    """The addresses of all pages that need nothing but their path; the API is for programs."""
    app = client.application
    return {
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and not rule.arguments
        and not rule.rule.startswith("/api/")
        and rule.endpoint not in NO_PAGES
    }


@pytest.mark.parametrize("start", ["/", "/tray", "/episodes/{full}", "/nowhere"])
def test_every_page_is_one_step_from_every_page(house, client, start):
    page = parse(client.get(start.format(**house.ids)))
    linked = {path for path, _ in list_links(page)}
    assert list_addresses(client) - linked == set()


def test_the_foot_says_which_page_this_is(client):
    for path in ("/trust", "/vocabulary", "/saved", "/checkup"):
        (here,) = parse(client.get(path)).select(".foot [aria-current=page]")
        assert here["href"] == path


def test_the_checkup_tells_no_path_of_this_machine(house, client):
    page = parse(client.get("/checkup"))
    assert list_faults(page) == []
    said = page.main.get_text(" ", strip=True)
    assert "GB free" in said
    assert str(house.home.path) not in said


def test_the_checkup_says_what_is_to_be_mended(house, client):
    assert "1 failed" in parse(client.get("/checkup")).select_one(".checkup").get_text()
    with house.catalogue.write() as conn:
        jobs.retry_job(conn, house.ids["failed_job"], now_ms=now_ms())
    assert "1 failed" not in parse(client.get("/checkup")).select_one(".checkup").get_text()


@pytest.fixture
def phone(browser, site):
    context = browser.new_context(
        base_url=site, viewport={"width": 360, "height": 780}, has_touch=True
    )
    opened = context.new_page()
    opened.set_default_timeout(10_000)
    yield opened
    context.close()


@pytest.mark.browser
def test_on_a_phone_all_pages_are_reached_by_touch(house, phone):
    phone.goto(f"/episodes/{house.ids['full']}")
    for link, heading in (("Checkup", "to mend"), ("What means the same", "What means the same")):
        phone.get_by_role("navigation", name="Main").get_by_role("link", name="More").tap()
        phone.get_by_role("navigation", name="More").get_by_role("link", name=link).tap()
        phone.get_by_role("heading", level=1, name=heading).wait_for()


@pytest.mark.browser
def test_on_a_phone_all_pages_are_reached_by_keyboard(house, phone):
    phone.goto(f"/episodes/{house.ids['full']}")
    phone.get_by_role("navigation", name="Main").get_by_role("link", name="More").focus()
    phone.keyboard.press("Enter")
    reached = []
    for _ in range(30):
        phone.keyboard.press("Tab")
        focused = "document.activeElement.closest('.foot a')?.getAttribute('href') ?? ''"
        reached.append(phone.evaluate(focused))
    assert {"/trust", "/vocabulary", "/saved", "/checkup"} <= set(reached)
    # The first key press after "More" lands on the first link of the foot.
    assert reached[0] == "/saved"
