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
    assert page.locator(".hello").is_hidden()
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
