"""An episode's page in a real browser: words, parts, chapters' bar, keys, finding, quoting."""

import pytest

from corpus.catalogue import transcripts
from corpus.records import Segment, Word
from tests.audio_making import clicks, write_audio
from tests.browsing import SECONDS, is_near, wait_for
from tests.web_house import BEST, SEGMENT_MS, SPOKEN, make_full_house

pytestmark = pytest.mark.browser

WORD = "Array.from(CSS.highlights.get('word') ?? [], String).join('|')"
FOUND = "Array.from(CSS.highlights.get('found') ?? [], String)"


def spoken_word_by_word(rounds=1):
    """The house's talk, so many times over, each word 400 ms after the one before it."""
    found = []
    for place in range(rounds * len(SPOKEN)):
        speaker, text = SPOKEN[place % len(SPOKEN)]
        start_ms = place * SEGMENT_MS
        words = tuple(
            Word(start_ms=start_ms + 400 * at, end_ms=start_ms + 400 * at + 350, text=word)
            for at, word in enumerate(text.split())
        )
        found.append(
            Segment(
                start_ms=start_ms,
                end_ms=start_ms + SEGMENT_MS - 500,
                speaker=speaker,
                text=text,
                words=words,
            )
        )
    return tuple(found)


@pytest.fixture
def house(home, catalogue):
    home.media.mkdir(parents=True)
    write_audio(home.media / "one.mp3", clicks(60))
    made = make_full_house(home, catalogue, audio_name="one.mp3")
    put_talk(made, spoken_word_by_word())
    return made


def put_talk(house, spoken):
    with house.catalogue.write() as conn:
        transcripts.put_transcript(
            conn, house.ids["full"], spoken, origin="whisper", language="en", now_ms=2
        )


def address(house, asked=""):
    return f"/episodes/{house.ids['full']}{asked}"


def test_each_word_is_lit_as_it_is_said(page, house):
    page.goto(address(house, "?t=12"))
    page.keyboard.press(" ")
    said = []
    for _ in range(400):
        word = page.evaluate(WORD)
        if word and word not in said[-1:]:
            said.append(word)
        if len(said) > 4:
            break
        page.wait_for_timeout(30)
    page.keyboard.press(" ")
    # However many a slow machine has not looked at: each is a later word of the sentence.
    places = [SPOKEN[1][1].split().index(word) for word in said]
    assert len(places) > 2
    assert places == sorted(set(places))
    # The page itself is as it was: what is selected stays selected.
    assert page.evaluate("document.querySelectorAll('.sentence > *').length") == 0


def test_selected_words_stay_selected_while_it_plays(page, house):
    page.goto(address(house, "?t=12"))
    page.keyboard.press(" ")
    wait_for(page, f"({WORD}) !== ''")
    page.evaluate("getSelection().selectAllChildren(document.querySelector('.sentence.is-now'))")
    before = page.evaluate("String(getSelection())")
    word = page.evaluate(WORD)
    wait_for(page, f"({WORD}) !== '{word}'")
    assert page.evaluate("String(getSelection())") == before


def test_another_part_is_shown_when_it_is_reached(page, house):
    put_talk(house, spoken_word_by_word(300))
    page.goto(address(house))
    assert page.locator("#spoken").get_attribute("data-part") == "1"
    links = page.locator("#reading nav.parts >> nth=0").locator("a")
    assert links.count() > 1
    page.evaluate("document.querySelector('audio').currentTime = 20")
    page.wait_for_selector(".sentence.is-now")
    links.nth(1).click()
    page.wait_for_selector("#spoken[data-part='2']")
    page.evaluate("location.hash = '#t=20'")
    page.wait_for_selector("#spoken[data-part='1'] .sentence.is-now")
    assert page.locator(".sentence.is-now").inner_text() == BEST


def test_a_chapter_is_opened_by_the_bar_with_the_mouse_and_by_keys(page, house):
    page.goto(address(house))
    wait_for(page, "document.querySelector('audio').duration > 50")
    page.locator("#marks a >> nth=2").click()
    wait_for(page, f"{SECONDS} >= 36")
    assert page.locator("#marks a >> nth=2").get_attribute("aria-current") == "true"
    page.keyboard.press(" ")
    page.locator("#marks a >> nth=1").focus()
    page.keyboard.press("Enter")
    wait_for(page, f"{SECONDS} >= 12 && {SECONDS} < 20")
    wait_for(page, "Math.abs(document.querySelector('#mark-now').getAttribute('x') - 200) < 60")


def test_the_keys_are_shown_and_closed_by_keys(page, house):
    page.goto(address(house))
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("k")
    assert page.evaluate(SECONDS) == 0
    page.keyboard.press("Escape")
    assert page.locator("#keys").is_hidden()
    page.keyboard.press("f")
    assert page.evaluate("document.activeElement.id") == "find"


def test_what_is_looked_for_is_marked_as_one_types(page, house):
    page.goto(address(house))
    page.locator("#find").fill("PROMISE")
    wait_for(page, f"{FOUND}.length === 1")
    assert page.evaluate(FOUND) == ["promise"]
    wait_for(page, "document.querySelector('#find-here').textContent === '1 sentence below'")
    page.locator("#find").fill("make it")
    wait_for(page, f"{FOUND}.length === 2")
    page.keyboard.press("Enter")
    page.wait_for_selector("#found-h >> text=2 sentences with “make it”")
    page.locator(".found-list a >> nth=1").click()
    page.wait_for_selector(".sentence.is-now >> text=So who should make it?")
    is_near(page, 24)


def test_a_selection_is_copied_as_a_quotation(page, house, site):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
    page.goto(address(house))
    assert page.locator("#quote").is_hidden()
    page.evaluate(
        """() => {
          const [, , first, second, third] = document.querySelectorAll('.sentence');
          getSelection().setBaseAndExtent(first.firstChild, 2, third.firstChild, 6);
        }"""
    )
    page.locator("#quote").click()
    page.wait_for_selector("#quote >> text=Copied")
    assert page.evaluate("navigator.clipboard.readText()") == (
        "Ben Marsh: “deadline is a promise. Nobody should make it for somebody else.”\n"
        "Ada Quill: “So who”\n"
        "— Whose Deadline Is It? (The Long Table), 0:12\n"
        f"{site}{address(house, '?t=12')}"
    )
    page.evaluate("getSelection().removeAllRanges()")
    page.goto(address(house, "?t=20"))
    page.wait_for_selector(".sentence.is-now")
    page.keyboard.press("q")
    page.wait_for_selector("#quote >> text=Copied")
    quoted = page.evaluate("navigator.clipboard.readText()")
    assert quoted.startswith(f"“{BEST}”\n— Ben Marsh, Whose Deadline Is It? (The Long Table), 0:")


def test_an_episode_without_audio_is_read_and_found_in(page, house):
    with house.catalogue.write() as conn:
        transcripts.put_transcript(
            conn, house.ids["silent"], spoken_word_by_word(), origin="import", now_ms=2
        )
    page.goto(f"/episodes/{house.ids['silent']}")
    page.locator("#find").fill("deadline")
    wait_for(page, f"{FOUND}.length === 2")
    page.locator("h1").click()
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()


def test_a_name_is_corrected_and_found_without_script(browser, site):
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto("/episodes/1")
    page.locator("#speakers summary").click()
    page.get_by_label("Ben Marsh").fill("Benjamin Marsh")
    page.get_by_role("button", name="Save name of Ben Marsh").click()
    assert page.locator(".said-who >> text=Benjamin Marsh").count() == 2
    page.get_by_role("button", name="Undo").click()
    assert page.locator(".said-who >> text=Ben Marsh").count() == 2
    context.close()


@pytest.mark.parametrize("width", [360, 1200])
def test_a_time_behind_the_first_hour_stands_on_one_line(page, house, width):
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(f"/episodes/{house.ids['full']}")
    heights = page.locator(".para-at").first.evaluate(
        """(at) => [at.offsetHeight, (at.lastChild.textContent = "1:30:07", at.offsetHeight)]"""
    )
    assert heights[0] == heights[1]


def test_the_bar_is_one_stop_of_the_tab_key_and_arrows_go_along_it(page, house):
    page.goto(address(house))
    wait_for(page, "document.querySelector('audio').readyState >= 1")
    stops = "document.querySelectorAll('#marks a:not([tabindex=\"-1\"])').length"
    focused = "document.activeElement.getAttribute('aria-label')"
    assert page.evaluate(stops) == 1
    page.locator("#marks a >> nth=0").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate(focused) == "0:12 A promise"
    assert page.evaluate(SECONDS) == 0, "the arrow moves along the bar, not in the sound"
    page.keyboard.press("End")
    assert page.evaluate(focused) == "0:36 Who does the work"
    assert page.evaluate(stops) == 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "back"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(focused) == "0:36 Who does the work"
    page.keyboard.press("Enter")
    is_near(page, 36)
    assert page.evaluate(stops) == 1
