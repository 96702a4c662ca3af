"""The search page in a real browser: answers as one types."""

import pytest

from tests.audio_making import clicks, write_audio
from tests.browsing import SECONDS, wait_for
from tests.web_house import BEST_MS, make_full_house

pytestmark = pytest.mark.browser


@pytest.fixture
def house(home, catalogue):
    home.media.mkdir(parents=True)
    write_audio(home.media / "one.mp3", clicks(60))
    return make_full_house(home, catalogue, audio_name="one.mp3")


def test_answers_come_as_one_types_and_can_be_used(page, house):
    page.goto("/")
    page.keyboard.type("whose deadline")
    page.wait_for_selector(".hit")
    assert page.url.endswith("/?q=whose+deadline")
    assert page.locator("h1").inner_text() == "Results for “whose deadline”"
    assert page.evaluate("document.activeElement.id") == "q"
    wait_for(page, "document.title.startsWith('whose deadline')")
    assert page.locator("[data-copy]").first.is_visible()
    page.locator("[data-play]").first.click()
    wait_for(page, f"{SECONDS} >= {BEST_MS / 1000}")
    page.reload()
    assert page.locator(".hit").count() == 10


def test_a_filter_answers_at_once_and_stays_in_the_address(page, house):
    page.goto("/?q=deadline")
    page.locator(".filters summary").click()
    page.get_by_label("Show").select_option("The Long Table")
    wait_for(page, "location.search === '?q=deadline&show=The+Long+Table'")
    assert house.engine.requests[-1].show == "The Long Table"


def test_where_the_site_is_away_nobody_takes_old_answers_for_new_ones(page, house):
    page.goto("/?q=deadline")
    page.evaluate("() => { had = fetch; fetch = () => Promise.reject(new TypeError()); }")
    page.locator("#q").fill("whose budget")
    page.get_by_role("alert").wait_for()
    assert "does not answer" in page.get_by_role("alert").inner_text()
    assert page.locator("#answer.is-old").count() == 1
    page.evaluate("() => { fetch = had; }")
    page.locator("#q").fill("whose budget is it")
    wait_for(page, "!document.querySelector('#unanswered, .is-old')")
    assert page.locator("h1").inner_text() == "Results for “whose budget is it”"


def test_the_way_back_leads_to_what_stood_there_before_one_typed(page, house):
    page.goto("/?q=deadline")
    page.locator("#q").fill("whose budget")
    wait_for(page, "location.search === '?q=whose+budget'")
    page.locator("#q").fill("whose budget is it")
    wait_for(page, "location.search === '?q=whose+budget+is+it'")
    page.go_back()
    page.locator("h1", has_text="Results for “deadline”").wait_for(state="attached")
    assert page.locator("#q").input_value() == "deadline"


def test_an_emptied_field_has_no_answers_under_it(page, house):
    page.goto("/?q=deadline")
    page.locator("#q").fill("")
    wait_for(page, "!document.querySelector('.hit')")
    assert page.get_by_role("heading", name="Ways to ask").is_visible()


def test_what_is_seldom_wanted_of_a_hit_is_folded_and_opens_by_keyboard(page, house):
    page.goto("/?q=deadline")
    embed = page.get_by_role("button", name="Copy embed code").first
    assert not embed.is_visible()
    page.locator(".hit-more summary").first.press("Enter")
    assert embed.is_visible()
