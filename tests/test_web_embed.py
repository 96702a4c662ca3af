"""Moments on other sites: unfurled links, oEmbed, frames, and a browser's address bar."""

from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest

from corpus.catalogue import transcripts
from corpus.catalogue.shows import ShowFacts, put_show
from corpus.settings import Settings
from tests.page_audit import parse
from tests.web_house import BEST, make_full_house
from web.app import create_app

SITE = "https://earmark.example"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


@pytest.fixture
def house(home, catalogue):
    full = make_full_house(home, catalogue)
    full.settings = Settings(public_url=f"{SITE}/")
    return full


@pytest.fixture
def client(house):
    return create_app(house).test_client()


def meta(page):
    return {
        tag.get("property") or tag["name"]: tag["content"]
        for tag in page.select("meta[content]")
        if tag.get("property") or tag.get("name")
    }


def test_a_shared_moment_unfurls_with_its_sentence(house, client):
    with house.catalogue.write() as conn:
        put_show(
            conn,
            ShowFacts(
                kind="podcast",
                title="The Long Table",
                feed_url="https://example.com/feed.xml",
                image_url="https://example.com/cover.jpg",
            ),
            now_ms=2,
        )
    full = house.ids["full"]
    page = parse(client.get(f"/episodes/{full}?t=20"))
    told = meta(page)
    assert told["og:title"] == "Whose Deadline Is It? at 0:20 – The Long Table"
    assert told["og:description"] == f"“{BEST}”"
    assert told["og:url"] == f"{SITE}/episodes/{full}?t=20"
    assert told["og:image"] == "https://example.com/cover.jpg"
    assert told["article:published_time"] == "2025-03-04T05:00:00Z"
    assert told["twitter:card"] == "summary"
    address = page.select_one('link[type="application/json+oembed"]')["href"]
    assert parse_qs(urlsplit(address).query)["url"] == [f"{SITE}/episodes/{full}?t=20"]


def test_an_episode_without_a_moment_unfurls_too(house, client):
    told = meta(parse(client.get(f"/episodes/{house.ids['bare']}")))
    assert told["og:description"] == "The Long Table"
    assert "og:image" not in told


def test_the_frame_says_where_its_time_may_be_off(house, client):
    address = f"/embed/episodes/{house.ids['full']}?t=20"
    assert "may be off" not in client.get(address).text
    with house.catalogue.write() as conn:
        held = transcripts.find_transcript(conn, house.ids["full"])
        transcripts.set_transcript(conn, held.id, feed_duration_ms=155_000)
    assert "Times may be off" in client.get(address).text


def test_the_frame_shows_the_sentence_and_plays_exactly_it(house, client):
    full = house.ids["full"]
    page = parse(client.get(f"/embed/episodes/{full}?t=20"))
    assert page.select_one("strong").get_text() == BEST
    assert page.blockquote.p.get_text(" ", strip=True).startswith("A deadline is a promise.")
    assert "Ben Marsh, at 0:20" in page.get_text(" ", strip=True)
    start, _, end = page.audio["src"].partition("#t=")[2].partition(",")
    assert (start, 20 < float(end) <= 24) == ("20", True)
    assert page.select("script") == []
    assert {link["href"] for link in page.select("main a")} == {f"{SITE}/episodes/{full}?t=20"}


@pytest.mark.parametrize("name", ["bare", "silent"])
@pytest.mark.parametrize("moment", ["", "?t=20", "?t=soon", "?t=999999"])
def test_the_frame_shows_what_is_held(house, client, name, moment):
    answer = client.get(f"/embed/episodes/{house.ids[name]}{moment}")
    assert answer.status_code == 200
    assert bool(parse(answer).audio) == (name == "bare")


def test_only_the_frame_may_be_framed(house, client):
    framed = client.get(f"/embed/episodes/{house.ids['full']}?t=20").headers
    assert "frame-ancestors *" in framed["Content-Security-Policy"]
    assert "script-src 'none'" in framed["Content-Security-Policy"]
    for address in ("/", f"/episodes/{house.ids['full']}", "/oembed", "/embed/nowhere"):
        policy = client.get(address).headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy, address


def ask(client, url, **more):
    return client.get("/oembed", query_string={"url": url, **more})


def test_an_address_of_a_moment_is_answered_with_its_frame(house, client):
    full = house.ids["full"]
    document = ask(client, f"{SITE}/episodes/{full}?t=20", maxwidth=400).get_json()
    assert (document["version"], document["type"]) == ("1.0", "rich")
    assert (document["width"], document["height"]) == (400, 260)
    assert document["title"] == f"“{BEST}” Whose Deadline Is It? – The Long Table"
    frame = parse_html(document["html"]).iframe
    assert frame["src"] == f"{SITE}/embed/episodes/{full}?t=20"
    assert frame["width"] == "400"


def test_a_moments_page_holds_its_embed_code_to_copy_by_hand(house, client):
    full, bare = house.ids["full"], house.ids["bare"]
    page = parse(client.get(f"/episodes/{full}?t=20"))
    field = page.select_one("#share-embed")
    assert field.has_attr("readonly")
    frame = parse_html(field["value"]).iframe
    assert frame["src"] == f"{SITE}/embed/episodes/{full}?t=20"
    assert page.select_one("#share-link")["value"] == f"{SITE}/episodes/{full}?t=20"
    odd = parse_html(parse(client.get(f"/episodes/{bare}")).select_one("#share-embed")["value"])
    assert odd.iframe["title"].startswith("A Title <b>with</b> signs &")
    assert odd.select("b") == []


def test_each_hit_that_plays_offers_its_embed_code(house, client):
    hits = parse(client.get("/?q=deadline&offset=10")).select(".hit")
    codes = [hit.select_one("[data-copy-text]") for hit in hits]
    assert [code is not None for code in codes] == [True, True, False]
    frame = parse_html(codes[0]["data-copy-text"]).iframe
    assert frame["src"] == f"{SITE}/embed/episodes/{house.ids['full']}?t=20"
    assert frame["title"] == "Whose Deadline Is It? – The Long Table"
    # Nothing that only script can do is shown without it.
    assert codes[0].find_parent("li").has_attr("hidden")


def parse_html(text):
    from bs4 import BeautifulSoup

    return BeautifulSoup(text, "html.parser")


def test_a_title_with_signs_stays_inside_the_frame(house, client):
    bare = house.ids["bare"]
    document = ask(client, f"{SITE}/episodes/{bare}").get_json()
    assert "<b>" not in document["html"]
    assert parse_html(document["html"]).iframe["title"].startswith("A Title <b>with</b> signs &")


@pytest.mark.parametrize(
    ("url", "more", "status"),
    [
        ("", {}, 404),
        ("https://elsewhere.example/episodes/1", {}, 404),
        (f"{SITE}/library", {}, 404),
        (f"{SITE}/episodes/999", {}, 404),
        (f"{SITE}/episodes/99999999999999", {}, 404),
        ("https://[::1/episodes/1", {}, 404),
        (f"{SITE}/episodes/1", {"format": "xml"}, 501),
        (f"{SITE}/episodes/1", {"maxwidth": "wide", "maxheight": "0"}, 200),
        ("http://localhost/episodes/1?t=0:20", {"format": "json"}, 200),
    ],
)
def test_what_cannot_be_embedded_is_told_by_its_status(client, url, more, status):
    assert ask(client, url, **more).status_code == status


@pytest.mark.parametrize(("public_url", "site"), [("", "http://localhost"), (SITE, SITE)])
def test_a_browser_can_search_from_its_address_bar(house, client, public_url, site):
    house.settings = Settings(public_url=public_url)
    link = parse(client.get("/")).select_one("link[rel=search]")
    answer = client.get(link["href"])
    assert answer.mimetype == link["type"] == "application/opensearchdescription+xml"
    root = ElementTree.fromstring(answer.data)
    assert len(root.findtext(f"{OPENSEARCH}ShortName")) <= 16
    templates = {url.get("type"): url.get("template") for url in root.iter(f"{OPENSEARCH}Url")}
    for kind in ("text/html", "application/json"):
        assert templates[kind].startswith(f"{site}/")
        address = templates[kind].replace("{searchTerms}", "a+deadline")
        address = address.replace("{startIndex?}", "0").replace("{count?}", "")
        found = client.get(address.removeprefix(site))
        assert (found.status_code, found.mimetype) == (200, kind)
        assert house.engine.requests[-1].text == "a deadline"
