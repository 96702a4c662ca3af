"""Where an episode plays elsewhere: named once, and every link to a moment leads there too."""

import json

import pytest
from click.testing import CliRunner

from corpus.catalogue import takeaways
from corpus.records import Enclosure, ParsedEpisode
from corpus.settings import Settings
from tests.page_audit import list_faults, parse
from tests.web_house import make_full_house
from web.app import create_app
from web.blocks import takeaway_block
from web.cli import cli
from web.episode_links import make_links

YOUTUBE = "https://youtu.be/dQw4w9WgXcQ"
APPLE = "https://podcasts.apple.com/us/podcast/a-show/id809264944?i=1000394367287"


@pytest.fixture
def house(home, catalogue):
    return make_full_house(home, catalogue)


@pytest.fixture
def client(house):
    return create_app(house).test_client()


def test_an_address_named_on_the_page_is_in_every_link_and_can_be_taken_back(house, client):
    address = f"/episodes/{house.ids['full']}"
    page = parse(client.post(f"{address}/players", data={"url": YOUTUBE}, follow_redirects=True))
    assert list_faults(page) == []
    assert "YouTube" in page.select_one("section[aria-labelledby=players]").get_text()
    links = client.get("/api/v1/search?q=x").json["hits"][0]["links"]
    assert {"label": "YouTube", "href": f"{YOUTUBE}?t=20", "exact": True} in links
    client.post(page.select_one("form.undo")["action"])
    assert client.get(f"/api/v1{address}/players").json["players"] == []


def test_a_page_that_only_opens_the_episode_says_so(house, client):
    document = client.post(
        f"/api/v1/episodes/{house.ids['full']}/players", json={"url": APPLE}
    ).json
    assert [(row["player"], row["exact"]) for row in document["players"]] == [("apple", False)]
    found = parse(client.get("/?q=x")).select_one(".elsewhere").get_text(" ", strip=True)
    assert "Apple Podcasts opens the episode" in found


def test_naming_another_address_replaces_the_first_and_undo_brings_it_back(house, client):
    address = f"/api/v1/episodes/{house.ids['full']}/players"
    client.post(address, json={"url": YOUTUBE})
    second = client.post(address, json={"url": "https://youtu.be/aaaaaaaaaaa"}).json
    assert [row["url"] for row in second["players"]] == ["https://youtu.be/aaaaaaaaaaa"]
    client.post(f"/api/v1/undos/{second['undo_id']}")
    assert [row["url"] for row in client.get(address).json["players"]] == [YOUTUBE]
    gone = client.delete(f"{address}/youtube").json
    assert gone["players"] == []
    client.post(f"/api/v1/undos/{gone['undo_id']}")
    assert [row["url"] for row in client.get(address).json["players"]] == [YOUTUBE]


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("", 400),
        ("soon", 400),
        ("javascript:alert(1)", 400),
        ("https://www.youtube.com/@x", 409),
    ],
)
def test_what_is_no_address_is_refused_with_a_reason(house, client, url, status):
    address = f"/episodes/{house.ids['full']}/players"
    assert client.post(f"/api/v1{address}", json={"url": url}).status_code == status
    page = parse(client.post(address, data={"url": url}, follow_redirects=True))
    assert page.select_one(".notice-bad")
    assert client.post(f"/api/v1{address}", json=[]).status_code == 400
    assert client.delete(f"/api/v1{address}/youtube").status_code == 404


def test_what_the_feed_says_is_known_without_being_named(house, client):
    from corpus.catalogue import episodes

    with house.catalogue.write() as conn:
        parsed = ParsedEpisode(
            guid="one",
            title="Whose Deadline Is It?",
            link="https://open.spotify.com/episode/512ojhOuo1",
            enclosures=(
                Enclosure(url="https://example.com/one.mp3"),
                Enclosure(url="https://example.com/one.opus"),
                Enclosure(url=YOUTUBE),
            ),
        )
        episodes.put_episode(conn, house.ids["show"], parsed, now_ms=3)
    rows = client.get(f"/api/v1/episodes/{house.ids['full']}/players").json["players"]
    assert [(row["player"], row["named_by"]) for row in rows] == [
        ("spotify", "feed"),
        ("youtube", "feed"),
    ]


@pytest.mark.parametrize(
    ("player", "href"),
    [
        ("earmark", "https://earmark.example/episodes/{id}?t=20"),
        ("youtube", f"{YOUTUBE}?t=20"),
        ("audio", "https://example.com/one.mp3#t=20"),
        ("spotify", "https://earmark.example/episodes/{id}?t=20"),
    ],
)
def test_links_of_a_block_lead_to_the_player_chosen(house, client, player, href):
    episode_id = house.ids["full"]
    client.post(f"/api/v1/episodes/{episode_id}/players", json={"url": YOUTUBE})
    settings = Settings(public_url="https://earmark.example/", player=player)
    with house.catalogue.read() as conn:
        found = takeaways.list_takeaways(conn, issue_id=house.ids["issue"])[:1]
        links = make_links(conn, settings, [episode_id])
    block = takeaway_block(found, "md", links)
    assert block == f"- Promise less. ([0:20](<{href.format(id=episode_id)}>))"


def test_the_tray_lets_one_choose_where_links_lead(house, client):
    client.post(f"/api/v1/episodes/{house.ids['full']}/players", json={"url": YOUTUBE})
    client.post("/api/v1/tray", json={"episode_id": house.ids["full"], "at_ms": 21_000})
    page = parse(client.get("/tray?player=youtube"))
    assert list_faults(page) == []
    assert f"{YOUTUBE}?t=16" in page.select_one("#block-md").get_text()
    assert page.select_one("#player option[selected]")["value"] == "youtube"
    assert f"{YOUTUBE}?t=16" in client.get("/tray/export?format=html&player=youtube").text
    assert client.get("/tray?player=nothing").status_code == 200


def test_the_command_line_names_shows_and_forgets(house, home):
    def run(*arguments):
        return CliRunner().invoke(cli, ["--home", str(home.path), "player", "one", *arguments])

    assert run(YOUTUBE).exit_code == 0
    assert "youtube" in run().output
    assert json.loads(run("--json").stdout)["players"][0]["url"] == YOUTUBE
    assert run("--remove", "youtube").output == ""
    assert "youtube" in run("--undo").output
    assert isinstance(run(YOUTUBE, "--undo").exception, Exception)


def test_coverage_is_told_of_each_show(house, home, client):
    counts = {"episodes": 3, "with_transcript": 1, "with_takeaways": 1}
    show = next(row for row in client.get("/api/v1/shows").json["shows"] if row["episodes"])
    assert counts.items() <= show.items()
    assert "1 of 3 episodes have takeaways" in client.get("/library").text
    result = CliRunner().invoke(cli, ["--home", str(home.path), "list", "shows"])
    assert "1 of 3 episodes have takeaways, 1 a transcript" in result.output
