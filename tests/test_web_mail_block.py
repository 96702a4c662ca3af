"""What is pasted or handed on, in a real renderer: the HTML block and the reading page."""

import pytest

from ingest.takeaway_blocks import TakeawayLine, format_takeaways
from ingest.takeaway_page import PageEpisode, format_page
from tests.audio_making import clicks, write_audio
from tests.serving import served
from tests.web_house import make_full_house

pytestmark = pytest.mark.browser

LINES = [
    TakeawayLine(
        text="Price the outcome & not the hours <that> it takes, whatever anybody says of it.",
        start_ms=1_690_000,
        url="https://youtu.be/dQw4w9WgXcQ?t=1690",
    ),
    TakeawayLine(text="Ask" + "very" * 40 + "long.", start_ms=3_723_000),
    TakeawayLine(text="Übermut tut selten gut – said nobody."),
]
COPIED = """
() => {
  const range = document.createRange();
  range.selectNodeContents(document.body);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  return getSelection().toString();
}
"""


def show(browser, html, width):
    """Return a page of this width with this HTML in it, and the addresses it asked for."""
    page = browser.new_page(viewport={"width": width, "height": 800})
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(html, wait_until="load")
    return page, asked


@pytest.mark.parametrize("width", [600, 360])
def test_the_block_for_mails_stands_in_a_mail_of_this_width(browser, width):
    block = format_takeaways(LINES, "html")
    # As mail tools do: a table of a fixed width at most, no style sheet, no script.
    mail = f'<body style="margin:0"><table style="width:100%;max-width:600px"><tr><td>{block}'
    page, asked = show(browser, f"{mail}</td></tr></table></body>", width)
    assert asked == []
    assert (
        page.evaluate("document.querySelectorAll('style, link, script, [class], img').length") == 0
    )
    rows = page.evaluate(
        "[...document.querySelectorAll('p')].map(p => [p.getBoundingClientRect().width,"
        " getComputedStyle(p).fontSize, getComputedStyle(p).marginBottom])"
    )
    assert len(rows) == len(LINES)
    assert all(row[1:] == ["16px", "12px"] and row[0] <= width for row in rows)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    link = page.locator("a")
    assert link.get_attribute("href") == LINES[0].url
    assert link.evaluate("a => getComputedStyle(a).color") == "rgb(11, 87, 208)"
    page.close()


def test_text_copied_out_of_the_block_keeps_its_lines_and_times(browser):
    page, _ = show(browser, format_takeaways(LINES, "html"), 600)
    copied = [line for line in page.evaluate(COPIED).splitlines() if line.strip()]
    assert copied == format_takeaways(LINES, "text").splitlines()
    page.close()


@pytest.mark.parametrize("width", [1440, 360])
def test_the_reading_page_asks_for_nothing_until_it_is_played(browser, width):
    part = PageEpisode(title="One", lines=tuple(LINES), audio_url="https://audio.example/one.mp3")
    page, asked = show(browser, format_page("Takeaways", [part]), width)
    assert asked == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("li").count() == len(LINES)
    assert page.evaluate("getComputedStyle(document.querySelector('li')).display") == "grid"
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.querySelector('audio')).display") == "none"
    page.close()


def test_a_time_on_the_reading_page_plays_from_there(browser, home, catalogue):
    home.media.mkdir(parents=True)
    write_audio(home.media / "one.mp3", clicks(60))
    house = make_full_house(home, catalogue, audio_name="one.mp3")
    with served(house) as address:
        audio = f"{address}/episodes/{house.ids['full']}/audio"
        line = TakeawayLine(text="Promise less.", start_ms=20_000)
        part = PageEpisode(title="One", lines=(line,), audio_url=audio)
        page, asked = show(browser, format_page("Takeaways", [part]), 600)
        page.get_by_label("Play at 0:20").click()
        seconds = "document.querySelector('audio').currentTime"
        for _ in range(200):
            if page.evaluate(f"{seconds} > 20.05"):
                break
            page.wait_for_timeout(50)
        assert 20 <= page.evaluate(seconds) < 25
        assert page.locator("li.now").count() == 1
        assert set(asked) == {audio}
        page.close()
