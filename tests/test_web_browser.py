"""The site in a real browser: what only script, sound and layout can show."""

import pytest

from corpus.catalogue import jobs, tray
from corpus.holdings import Pick
from tests.audio_making import clicks, write_audio
from tests.browsing import NEAR_S, SECONDS, is_near, wait_for
from tests.web_house import BEST, BEST_END_MS, BEST_MS, make_full_house

pytestmark = pytest.mark.browser


@pytest.fixture
def house(home, catalogue):
    home.media.mkdir(parents=True)
    write_audio(home.media / "one.mp3", clicks(60))
    return make_full_house(home, catalogue, audio_name="one.mp3")


def test_a_question_is_typed_and_its_hit_plays_at_its_second(page):
    page.goto("/")
    page.keyboard.type("whose deadline is it")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=whose+deadline+is+it")
    page.locator("[data-play]").first.click()
    wait_for(page, f"!document.querySelector('audio').paused && {SECONDS} > 0")
    heard = page.evaluate(SECONDS)
    assert abs(heard - BEST_MS / 1000) < NEAR_S
    assert page.locator("#mini").is_visible()
    assert page.locator("#mini-said").inner_text() == BEST


def test_a_hit_stops_at_the_end_of_its_sentence_and_goes_back(page):
    page.goto("/?q=x")
    page.locator("[data-play]").first.click()
    wait_for(page, f"!document.querySelector('audio').paused && {SECONDS} > 20")
    page.evaluate("document.querySelector('audio').currentTime = 23.6")
    wait_for(page, "document.querySelector('audio').paused")
    is_near(page, BEST_END_MS / 1000)
    page.locator("#mini-back").click()
    is_near(page, BEST_END_MS / 1000 - 15)
    page.keyboard.press("Escape")
    assert page.locator("#mini").is_hidden()
    assert page.evaluate("document.activeElement.matches('[data-play]')")


def test_a_hit_opens_its_episode_without_script_too(browser, site):
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto("/?q=x")
    page.locator("[data-play]").first.click()
    assert page.locator("#now").inner_text() == BEST
    assert page.locator("#now").is_visible()
    assert page.locator("audio").get_attribute("src").endswith("#t=20")
    assert page.locator("[data-copy]").count() == 0
    context.close()


@pytest.mark.parametrize("asked", ["?t=0:21", "?t=21", "?t=21.0", "#t=21", "#t=0:21", "?t=5#t=21"])
def test_an_episode_opens_at_every_form_of_a_moment(page, house, asked):
    page.goto(f"/episodes/{house.ids['full']}{asked}")
    is_near(page, 21)
    assert page.evaluate("document.querySelector('audio').paused")
    page.wait_for_selector(f".sentence.is-now:has-text('{BEST}')")


def test_the_fragment_of_an_open_page_seeks(page, house):
    page.goto(f"/episodes/{house.ids['full']}")
    page.evaluate("location.hash = '#t=40'")
    is_near(page, 40)


def test_everything_that_names_a_moment_seeks(page, house):
    page.goto(f"/episodes/{house.ids['full']}")
    for selector, seconds in (
        (".chapters a >> nth=2", 36),
        (".takeaway .moment >> nth=1", 40),
        (".sentence >> nth=1", None),
        (".para-at >> nth=3", 36),
    ):
        target = page.locator(selector)
        wanted = seconds if seconds is not None else int(target.get_attribute("data-start")) / 1000
        target.click()
        wait_for(page, f"{SECONDS} >= {wanted} && {SECONDS} < {wanted} + 2")
        assert f"t={wanted:g}" in page.url


def test_the_transcript_follows_until_one_scrolls_away(page, house):
    page.set_viewport_size({"width": 400, "height": 400})
    page.goto(f"/episodes/{house.ids['full']}")
    page.locator(".sentence").first.click()
    page.evaluate("document.querySelector('audio').currentTime = 37")
    page.wait_for_selector(".sentence.is-now >> text=Whoever does the work.")
    assert page.locator("#follow").is_hidden()
    page.mouse.move(200, 100)
    page.mouse.wheel(0, -600)
    page.wait_for_selector("#follow:visible")
    before = page.evaluate("scrollY")
    page.evaluate("document.querySelector('audio').currentTime = 1")
    page.wait_for_selector(".sentence.is-now >> text=Welcome to The Long Table.")
    assert abs(page.evaluate("scrollY") - before) < 50
    page.locator("#follow").click()
    assert page.locator("#follow").is_hidden()


def test_an_episode_is_played_by_keys(page, house):
    page.goto(f"/episodes/{house.ids['full']}?t=20")
    is_near(page, 20)
    began = int(page.locator(".sentence.is-now").get_attribute("data-start")) / 1000
    for key, seconds in (("ArrowRight", 25), ("ArrowLeft", 20), ("k", 24), ("j", began)):
        page.keyboard.press(key)
        is_near(page, seconds)
    page.keyboard.press(" ")
    wait_for(page, "!document.querySelector('audio').paused")
    page.keyboard.press(" ")
    wait_for(page, "document.querySelector('audio').paused")
    page.keyboard.press("/")
    page.keyboard.type(" jk")
    assert page.locator("#q").input_value() == " jk"
    assert page.evaluate("document.querySelector('audio').paused")


def test_the_first_key_press_reaches_the_content(page):
    page.goto("/library")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    wait_for(page, "document.activeElement.id === 'main'")


def test_a_link_and_a_block_are_copied(page, house, site):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    page.goto("/?q=x")
    page.locator("[data-copy]").first.click()
    page.wait_for_selector("text=Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{site}/episodes/{house.ids['full']}?t=20"
    page.goto(f"/issues/{house.ids['issue']}")
    page.locator("[data-copy-from=block-1]").click()
    page.wait_for_selector("text=Copied")
    assert "Write it down. (0:40)" in page.evaluate("navigator.clipboard.readText()")


def test_the_library_shows_how_far_the_work_is(page, house):
    page.goto("/library")
    page.wait_for_selector('.job[data-state="running"]')
    with house.catalogue.write() as conn:
        (job,) = jobs.list_jobs(conn, state="running")
        jobs.renew_job(conn, job, progress=0.7, note="21:00 of 30:00", now_ms=6)
    page.wait_for_selector("text=21:00 of 30:00")
    with house.catalogue.write() as conn:
        jobs.finish_job(conn, job, now_ms=7)
        index = jobs.claim_job(conn, "here:1:0", now_ms=8)
        jobs.fail_job(conn, index, "no room on the disk", again=False, now_ms=9)
    page.wait_for_selector("text=no room on the disk")
    assert page.locator('.job[data-state="failed"] .job-retry:visible').count() == 2


@pytest.mark.parametrize("width", [320, 768])
def test_no_page_is_wider_than_the_screen(page, house, width):
    page.set_viewport_size({"width": width, "height": 700})
    ids = house.ids
    for path in (
        "/",
        "/?q=x&show=The+Long+Table",
        f"/episodes/{ids['full']}",
        f"/episodes/{ids['silent']}",
        f"/issues/{ids['issue']}",
        "/library",
        "/episodes",
    ):
        page.goto(path, wait_until="domcontentloaded")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def texts_in_tray(house):
    with house.catalogue.read() as conn:
        return [entry.text for entry in tray.list_tray(conn)]


def test_a_key_puts_the_sentence_that_is_lit_into_the_tray(page, house):
    page.goto(f"/episodes/{house.ids['full']}?t=20")
    wait_for(page, "document.querySelector('.sentence.is-now') !== null")
    page.keyboard.press("t")
    wait_for(page, "document.querySelector('#to-tray span').textContent === 'In the tray'")
    assert texts_in_tray(house) == [BEST]


def test_a_takeaway_is_picked_without_leaving_its_page(page, house):
    page.goto(f"/issues/{house.ids['issue']}")
    page.locator(".to-tray button").first.click()
    wait_for(page, "document.querySelector('.to-tray span').textContent === 'In the tray'")
    wait_for(page, "document.getElementById('said').textContent.startsWith('In the tray: Promise')")
    assert page.url.endswith(f"/issues/{house.ids['issue']}")
    assert texts_in_tray(house) == ["Promise less."]


def test_picks_are_moved_by_keys_and_keep_the_focus(page, house):
    with house.catalogue.write() as conn:
        for text in ("One.", "Two.", "Three."):
            tray.add_to_tray(conn, Pick(text=text), now_ms=1)
    page.goto("/tray")
    page.locator("#text-1").focus()
    for wanted in (["Two.", "One.", "Three."], ["Two.", "Three.", "One."]):
        with page.expect_navigation():
            page.keyboard.press("Alt+ArrowDown")
        wait_for(page, "document.activeElement.id === 'entry-1'")
        assert texts_in_tray(house) == wanted
    with page.expect_navigation():
        page.keyboard.press("Alt+ArrowUp")
    assert texts_in_tray(house) == ["Two.", "One.", "Three."]


@pytest.mark.parametrize("address", ["/tray", "/episodes/1", "/issues/1", "/?q=x"])
def test_long_picks_and_titles_are_no_wider_than_a_phone(page, house, address):
    with house.catalogue.write() as conn:
        tray.add_to_tray(conn, Pick(text="One. " * 60, episode="E" * 80), now_ms=1)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_hits_embed_code_is_copied_and_shows_its_sentence(page, house, site):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/?q=x")
    page.locator(".hit-more summary").first.click()
    page.get_by_role("button", name="Copy embed code").first.click()
    page.get_by_text("Copied", exact=True).first.wait_for()
    code = page.evaluate("navigator.clipboard.readText()")
    assert code.startswith(f'<iframe src="{site}/embed/episodes/{house.ids["full"]}?t=20"')
    page.goto(code.split('"')[1])
    assert page.locator("strong").inner_text() == BEST


@pytest.mark.parametrize("asked", ["", "#t=0:40"])
def test_what_is_handed_on_begins_where_the_player_was_sent(page, house, site, asked):
    page.goto(f"/episodes/{house.ids['full']}{asked}")
    if not asked:
        page.locator(".takeaway .moment >> nth=1").click()
    page.locator("#share summary").click()
    wait_for(page, "document.getElementById('share-at').textContent === 'From 0:40'")
    assert page.locator("#share-link").input_value() == f"{site}/episodes/{house.ids['full']}?t=40"
    shown = f'src="{site}/embed/episodes/{house.ids["full"]}?t=40"'
    assert shown in page.locator("#share-embed").input_value()


def test_what_is_typed_into_a_pick_is_not_lost_when_another_is_moved(page, house):
    with house.catalogue.write() as conn:
        for text in ("One.", "Two.", "Three."):
            tray.add_to_tray(conn, Pick(text=text), now_ms=1)
    page.goto("/tray")
    page.locator("textarea[name=text] >> nth=0").fill("One, reworded.")
    page.locator("[data-move=down] >> nth=1").click()
    page.wait_for_url("**/tray#entry-*")
    assert texts_in_tray(house) == ["One, reworded.", "Three.", "Two."]


def test_what_is_copied_has_the_wordings_as_they_are_typed(page, house, site):
    with house.catalogue.write() as conn:
        for text in ("One.", "Two."):
            tray.add_to_tray(conn, Pick(text=text), now_ms=1)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    page.goto("/tray")
    page.locator("textarea[name=text]").first.fill("One, reworded.")
    page.locator("[data-copy-from=block-text]").click()
    page.wait_for_selector("text=Copied")
    assert "One, reworded." in page.evaluate("navigator.clipboard.readText()")
    assert texts_in_tray(house) == ["One, reworded.", "Two."]
    assert "As picked: “One.”" in page.locator(".tray-entry").first.inner_text()


def test_a_block_follows_a_wording_that_was_left(page, house):
    with house.catalogue.write() as conn:
        tray.add_to_tray(conn, Pick(text="One."), now_ms=1)
    page.goto("/tray")
    field = page.locator("textarea[name=text]").first
    field.fill("One, reworded.")
    field.blur()
    wait_for(page, "document.getElementById('block-text').value.includes('One, reworded.')")
    assert texts_in_tray(house) == ["One, reworded."]


def test_a_form_that_is_refused_has_the_cursor_in_the_field_that_is_wrong(browser, site, house):
    for is_scripted in (True, False):
        context = browser.new_context(base_url=site, java_script_enabled=is_scripted)
        page = context.new_page()
        page.goto(f"/episodes/{house.ids['full']}#players")
        page.locator("#player-url").fill("my show")
        page.locator("#player-url").press("Enter")
        page.wait_for_selector("#player-url[aria-invalid=true]:focus")
        assert page.locator("#player-url").input_value() == "my show"
        told = page.locator("#player-url-wrong").inner_text()
        assert told.startswith("“my show” is no address")
        context.close()
