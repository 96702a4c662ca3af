"""The timeline of an episode: a picture, a list, and sections over the API."""

import numpy as np
import pytest

from corpus.catalogue import episodes, passages, transcripts
from corpus.records import Chapter, Passage, Segment
from search.catalogue_source import CatalogueSource
from search.source import text_hash
from tests.audio_making import clicks, write_audio
from tests.browsing import is_near
from tests.page_audit import list_faults, parse
from tests.web_house import make_full_house
from web.app import create_app
from web.episode_pages import Mark

TALKS = (
    "The cheese from the dairy was ripe. Keep the cheese in a cellar.",
    "A kite needs the wind. Hold the kite by its string.",
    "My violin was made by Amati. The violin has four strings.",
    "The ferry crosses the lake. The ferry leaves from the harbour.",
)
EACH = 6
PASSAGE_MS = 20_000


@pytest.fixture
def house(home, catalogue):
    home.media.mkdir(parents=True)
    write_audio(home.media / "one.mp3", clicks(60))
    made = make_full_house(home, catalogue, audio_name="one.mp3")
    put_talk(made, made.ids["bare"])
    return made


@pytest.fixture
def client(house):
    return create_app(house).test_client()


def put_talk(house, episode_id, talks=TALKS):
    """Let an episode hold so many passages about each of the talks."""
    texts = [f"{text} Take {number}." for text in talks for number in range(EACH)]
    spoken = [
        Segment(
            start_ms=place * PASSAGE_MS,
            end_ms=(place + 1) * PASSAGE_MS,
            speaker=None,
            text=text,
        )
        for place, text in enumerate(texts)
    ]
    said = [
        Passage(text=one.text, kind="transcript", start_ms=one.start_ms, end_ms=one.end_ms)
        for one in spoken
    ]
    with house.catalogue.write() as conn:
        transcripts.put_transcript(conn, episode_id, spoken, origin="import", now_ms=1)
        passages.put_passages(
            conn, said, kinds=["transcript"], chunker="test", episode_id=episode_id
        )
    return [one.text for one in said]


def test_an_episode_without_chapters_shows_its_topics(house, client):
    page = parse(client.get(f"/episodes/{house.ids['bare']}"))
    assert list_faults(page) == []
    assert page.select_one("#chapters").get_text() == "Topics"
    listed = page.select("ol.chapters a")
    names = {int(link["data-seek"]): link.get_text() for link in listed}
    for word, start_ms in zip(("cheese", "kite", "ferry"), (0, 120_000, 360_000), strict=True):
        assert word in names[start_ms]
    drawn = page.select("svg.band .band-part")
    assert len(drawn) == len(listed)
    assert drawn[0]["x"] == "0.0%"
    # The picture is the list once more: nobody steps through both.
    assert page.select_one("svg.band")["aria-hidden"] == "true"
    assert {link["tabindex"] for link in page.select("svg.band a")} == {"-1"}


def test_chapters_go_before_topics(house, client):
    with house.catalogue.write() as conn:
        chapters = [Chapter(start_ms=0, title="Milk"), Chapter(start_ms=90_000, title="Air")]
        episodes.put_chapters(conn, house.ids["bare"], chapters)
    page = parse(client.get(f"/episodes/{house.ids['bare']}"))
    assert page.select_one("#chapters").get_text() == "Chapters"
    assert len(page.select("svg.band .band-part")) == 2


def test_the_takeaways_of_an_episode_are_dots_on_its_timeline(house, client):
    page = parse(client.get(f"/episodes/{house.ids['full']}"))
    dots = page.select("svg.band .band-dot")
    assert [dot["data-seek"] for dot in dots] == ["20000", "40000"]
    assert dots[0].circle["cx"] == "33.33%"
    assert "Promise less." in dots[0].get_text()


def test_vectors_that_were_kept_tell_where_the_talk_turns(house, client):
    texts = put_talk(house, house.ids["bare"], TALKS[:1] * 4)
    texts = [f"{text} {place}" for place, text in enumerate(texts)]
    said = [
        Passage(text=text, kind="transcript", start_ms=place * PASSAGE_MS, end_ms=None)
        for place, text in enumerate(texts)
    ]
    with house.catalogue.write() as conn:
        passages.put_passages(
            conn, said, kinds=["transcript"], chunker="test", episode_id=house.ids["bare"]
        )
    turns = (0, 5, 11, 18)
    rows = [np.eye(4, dtype=np.float32)[sum(at >= turn for turn in turns) - 1] for at in range(24)]
    CatalogueSource(house.catalogue).put_vectors(
        [text_hash(text) for text in texts], np.array(rows), house.settings.embedding_model
    )
    found = client.get(f"/api/v1/episodes/{house.ids['bare']}/topics").get_json()["topics"]
    assert {turn * PASSAGE_MS for turn in turns} <= {one["start_ms"] for one in found}


def test_topics_follow_a_changed_transcript(house, client):
    address = f"/api/v1/episodes/{house.ids['bare']}/topics"
    before = client.get(address).get_json()["topics"]
    assert client.get(address).get_json()["topics"] == before
    put_talk(house, house.ids["bare"], TALKS[::-1])
    after = client.get(address).get_json()["topics"]
    assert "ferry" in " ".join(after[0]["names"])
    assert "cheese" in " ".join(before[0]["names"])


def test_an_episode_of_which_nothing_is_written_down_has_no_topics(house, client):
    address = f"/api/v1/episodes/{house.ids['silent']}"
    assert client.get(f"{address}/topics").get_json()["topics"] == []
    assert client.get("/api/v1/episodes/999/topics").status_code == 404
    page = parse(client.get(f"/episodes/{house.ids['silent']}"))
    assert page.select("svg.band, #chapters") == []


@pytest.mark.parametrize(
    ("title", "width", "lines"),
    [
        ("Redis · Docker", 100, ("Redis", "Docker")),
        ("How to say no to a client you like", 140, ("How to say no to", "a client you like")),
        ("Counterrevolutionaries", 100, ("Counterrev…",)),
        ("a · b", 40, ()),
        ("", 500, ()),
    ],
)
def test_a_picture_has_as_many_words_as_fit(title, width, lines):
    mark = Mark(chapter=Chapter(start_ms=0, title=title), start=0, width=width)
    assert mark.lines == lines


@pytest.mark.browser
def test_a_section_of_the_picture_plays_from_its_start(page, house):
    page.goto(f"/episodes/{house.ids['full']}")
    page.locator(".band-part a").nth(2).click()
    is_near(page, 36)
    assert page.locator(".band-part a").nth(2).get_attribute("aria-current") == "true"
    page.locator(".band-dot").first.click()
    is_near(page, 20)
