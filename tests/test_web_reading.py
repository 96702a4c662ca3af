"""What is handed on: the reading page and the JSON Feed."""

import json
import re

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner

from corpus.catalogue import notes, takeaways
from corpus.errors import UsageError
from ingest.takeaway_blocks import TakeawayLine
from ingest.takeaway_page import PageEpisode, format_page
from tests.web_house import make_full_house
from web.app import create_app
from web.cli import cli


@pytest.fixture
def house(home, catalogue):
    return make_full_house(home, catalogue)


@pytest.fixture
def client(house):
    return create_app(house).test_client()


def test_the_page_of_an_issue_plays_each_takeaway_from_the_publishers_audio(house, client):
    answer = client.get(f"/takeaways.html?of=issue:{house.ids['issue']}")
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.h1.get_text() == "Deadlines are promises"
    assert page.audio["src"] == "https://example.com/one.mp3"
    assert page.audio["preload"] == "none"
    hrefs = [link["href"] for link in page.select("a.at")]
    assert hrefs == [f"https://example.com/one.mp3#t={at}" for at in ("20", "40")]
    assert "Ben Marsh" in page.get_text()
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_the_page_needs_nothing_but_the_audio(client):
    page = BeautifulSoup(client.get("/takeaways.html").text, "html.parser")
    assert not page.select("link, img, iframe, script[src], [style], [onclick]")
    sources = {tag["src"] for tag in page.select("[src]")}
    assert sources == {"https://example.com/one.mp3"}


def test_nothing_in_a_takeaway_runs_on_the_page():
    line = TakeawayLine(
        text="<script>alert(1)</script>",
        start_ms=1_000,
        speaker='<b onclick="x">',
        sentence="</blockquote><img src=x>",
        url="javascript:alert(1)",
    )
    bad = PageEpisode(title="<h1>", lines=(line,), audio_url='https://e.com/"><script>.mp3')
    page = BeautifulSoup(format_page("</title><script>", [bad]), "html.parser")
    assert len(page.select("script")) == 1
    assert not page.select("img, [onclick], a[href^=javascript]")
    assert len(page.select("audio")) == 1


def test_a_page_without_takeaways_is_not_found(house, client):
    assert client.get(f"/takeaways.html?of=episode:{house.ids['silent']}").status_code == 404


def test_the_command_line_prints_the_same_page(house, home, client):
    run = ["--home", str(home.path), "takeaways", f"issue:{house.ids['issue']}", "--format", "page"]
    result = CliRunner().invoke(cli, run)
    assert result.exit_code == 0, result.output
    assert result.output == client.get(f"/takeaways.html?of=issue:{house.ids['issue']}").text


def test_drafts_are_on_no_page(house, client):
    with house.catalogue.write() as conn:
        takeaways.add_takeaways(
            conn,
            [
                {
                    "episode_id": house.ids["full"],
                    "origin": "drafted",
                    "position": 0,
                    "text": "Nobody accepted this.",
                    "verdict": "confirmed",
                }
            ],
        )
    assert "Nobody accepted" not in client.get("/takeaways.html").text
    assert "Nobody accepted" not in client.get("/takeaways.json").text


def test_the_json_feed_is_one(client):
    answer = client.get("/takeaways.json")
    assert answer.content_type.startswith("application/feed+json")
    feed = json.loads(answer.text)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"] and feed["feed_url"].endswith("/takeaways.json")
    ids = [item["id"] for item in feed["items"]]
    assert len(ids) == len(set(ids)) == 3
    for item in feed["items"]:
        assert isinstance(item["id"], str) and item["content_text"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", item["date_published"])
    assert feed["items"][0]["url"].startswith("http://localhost/episodes/")
    atom = client.get("/takeaways.atom").text
    assert all(id_ in atom for id_ in ids)
    assert 'type="application/feed+json"' in client.get("/library").text


@pytest.mark.parametrize(
    ("style", "name", "begins"),
    [
        ("text", "takeaways.txt", "Promise less. (0:20)"),
        ("md", "takeaways.md", "- Promise less."),
        ("html", "takeaways-mail.html", "<p style="),
        ("csv", "takeaways.csv", "\ufeffmoment,text"),
        ("soundbites", "soundbites.xml", "<podcast:soundbite startTime="),
        ("chapters", "chapters.json", "{"),
        ("vtt", "takeaways.vtt", "WEBVTT"),
    ],
)
def test_every_form_is_a_file_that_the_pages_lead_to(house, style, name, begins):
    client = create_app(house).test_client()
    for page in (f"/issues/{house.ids['issue']}", f"/episodes/{house.ids['full']}"):
        links = BeautifulSoup(client.get(page).text, "html.parser").select("a[href]")
        href = next(a["href"] for a in links if a["href"].endswith(f"format={style}"))
        answer = client.get(href)
        assert name in answer.headers["Content-Disposition"]
        assert answer.data.decode("utf-8").startswith(begins)
    assert client.get("/takeaways/file?of=issue:999").status_code == 404


def test_the_command_line_prints_the_feeds(house, home):
    def run(*arguments):
        return CliRunner().invoke(cli, ["--home", str(home.path), "takeaways", *arguments])

    assert isinstance(run("--format", "atom").exception, UsageError)
    with house.catalogue.write() as conn:
        notes.put_setting(conn, "public_url", "https://earmark.example")
    assert "<feed " in run("--format", "atom").stdout
    document = json.loads(run("--format", "jsonfeed").stdout)
    assert document["feed_url"] == "https://earmark.example/takeaways.json"
    assert isinstance(run("1", "--format", "atom").exception, UsageError)
