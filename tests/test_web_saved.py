"""Facets and more like this on the search page; saved searches, their feed and their digest."""

import xml.etree.ElementTree as ET
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner

from corpus.catalogue import saved
from corpus.catalogue.facets import FacetRow, list_facet_rows
from corpus.holdings import SavedSearch
from ingest.speaker_edits import apply_names
from tests.page_audit import list_faults, list_links, parse
from tests.web_house import BEST, make_full_house, make_hit
from web.app import create_app
from web.cli import cli
from web.digests import DigestPart, find_new, format_digest_html, format_digest_text
from web.facets import Count, count_facets, make_bars

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def house(home, catalogue):
    made = make_full_house(home, catalogue)
    with catalogue.write() as conn:
        apply_names(conn, made.ids["full"])
    return made


@pytest.fixture
def client(house):
    return create_app(house).test_client()


def get(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    page = parse(answer)
    assert list_faults(page) == []
    return page


def row(show="A", kind="transcript", speakers=(), published=None):
    return FacetRow(show=show, kind=kind, speakers=tuple(speakers), published=published)


def test_passages_are_counted_by_what_they_can_be_filtered_by():
    rows = [
        row("B", speakers=("Ada", "Ben")),
        row("A", speakers=("Ben",)),
        row("A", "issue"),
        row(None, published="2024-05-31"),
    ]
    facets = count_facets(rows)
    assert facets.counted == 4
    assert facets.shows == (Count(value="A", count=2), Count(value="B", count=1))
    assert facets.speakers[0] == Count(value="Ben", count=2)
    assert facets.kinds == (Count(value="transcript", count=3), Count(value="issue", count=1))
    assert facets.bars == ()


@pytest.mark.parametrize(
    ("dates", "labels"),
    [
        ([], []),
        (["2024-05-01", None, "soon", "2024-13-01"], []),
        (["2023-12-31", "2024-02-01"], ["Dec 2023", "Jan 2024", "Feb 2024"]),
        (["2019-01-01", "2021-06-01"], ["2019", "2020", "2021"]),
    ],
)
def test_dates_are_counted_by_month_or_by_year(dates, labels):
    assert [bar.label for bar in make_bars(dates)] == labels


def test_a_wrong_date_makes_no_century_of_bars():
    assert len(make_bars(["0001-01-01", "2024-01-01", "2024-02-01"])) == 40


def test_a_bar_filters_by_what_it_counts():
    december, _ = make_bars(["2023-12-31", "2024-01-01"])
    assert (december.after, december.before, december.count) == ("2023-12-01", "2024-01-01", 1)


def test_what_is_counted_is_what_was_found(house, client):
    with house.catalogue.read() as conn:
        rows = list_facet_rows(conn, [*range(1, 600), 10_000])
    assert {r.show for r in rows} == {"The Long Table"}
    assert {r.published for r in rows} == {"2025-03-04T05:00:00Z"}
    page = get(client, "/?q=deadline&after=2024")
    told = page.select_one(".facets").get_text(" ", strip=True)
    assert "Of the 13 passages found" in told
    link = page.select_one(".facet a")
    asked = parse_qs(urlsplit(link["href"]).query)
    assert asked["q"] == ["deadline"]
    assert asked["after"] == ["2024"]
    assert page.select_one("#after")["value"] == "2024-01-01"


def test_more_like_a_hit_is_asked_by_its_passage(house, client):
    page = get(client, "/?q=deadline")
    links = [href for href, _ in list_links(page) if "like=" in href]
    assert "/?like=1" in links
    page = get(client, "/?like=1&speaker=Ben")
    assert page.h1.get_text() == "More like this"
    assert house.engine.requests[-1].like == 1
    assert page.select_one(".ask input[name=like]")["value"] == "1"
    following = parse_qs(urlsplit(page.select_one("a[rel=next]")["href"]).query)
    assert following == {"like": ["1"], "speaker": ["Ben"], "offset": ["10"]}
    assert client.get("/?like=999").status_code == 404
    assert client.get("/api/v1/search?like=2").get_json()["total"] == 13


# Saved searches


def save(house, name="Deadlines", **asked):
    with house.catalogue.write() as conn:
        return saved.save_search(conn, name, {"q": "deadline", **asked}, now_ms=1)[0]


def held(house):
    with house.catalogue.read() as conn:
        return saved.list_saved(conn)


def forget(house):
    """Let everything be new again."""
    with house.catalogue.write() as conn:
        newest = saved.newest_passage(conn)
        conn.exec_driver_sql("UPDATE saved_searches SET seen_passage_id = 0")
    return newest


def test_a_search_is_saved_with_its_filters_and_removed_with_undo(house, client):
    form = get(client, "/?q=deadline&speaker=Ben&mode=keyword&offset=10").select_one(
        ".save-search form"
    )
    data = {field["name"]: field.get("value", "") for field in form.select("input")}
    page = parse(client.post(form["action"], data=data, follow_redirects=True))
    assert "Saved" in page.select_one(".notice-good").get_text()
    (one,) = held(house)
    assert (one.name, one.asked) == (
        "deadline",
        {"q": "deadline", "mode": "keyword", "speaker": "Ben"},
    )
    assert get(client, "/").find("a", string="deadline")["href"].startswith("/?q=deadline")
    house.engine.hits = (make_hit(1, house.ids["full"]),)
    page = get(client, "/saved")
    assert "nothing new" in page.get_text()
    page = parse(client.post(page.select_one(".saved form")["action"], follow_redirects=True))
    assert held(house) == ()
    client.post(page.select_one("form.undo")["action"])
    assert held(house) == (one,)


def test_a_search_needs_a_name_and_a_question(house, client):
    for data in ({"q": "x", "name": " "}, {"name": "x"}):
        page = parse(client.post("/saved", data=data, follow_redirects=True))
        assert page.select_one(".notice-bad")
    assert held(house) == ()
    assert "None yet" in get(client, "/saved").get_text()


def test_what_came_in_later_is_new_until_it_is_seen(house, client):
    save(house)
    newest = forget(house)
    page = get(client, "/saved")
    assert page.select_one(".tag-on").get_text() == "13 new"
    assert len(page.select(".saved-hits li")) == 5
    form = page.select_one("form[action='/saved/seen']")
    assert form.input["value"] == str(newest)
    client.post(form["action"], data={"up_to": newest})
    (one,) = held(house)
    assert one.seen_passage_id == newest
    # A page that was left open takes nothing back.
    client.post(form["action"], data={"up_to": 0})
    assert held(house)[0].seen_passage_id == newest
    client.post(form["action"], data={"up_to": 10**9})
    assert held(house)[0].seen_passage_id == newest


def test_only_what_came_in_later_is_new(house):
    one = SavedSearch(id=1, name="x", asked={"q": "x"}, seen_passage_id=8, seen_ms=0, added_ms=0)
    new = find_new(house, one)
    assert [hit["passage_id"] for hit in new.hits] == [9, 10, 11, 12, 13]
    assert house.engine.requests[-1].k == 100


def test_a_saved_search_has_a_feed_of_its_newest_answers(house, client):
    saved_id = save(house, name="Deadlines & <more>\x0b")
    house.engine.hits = tuple(make_hit(rank, house.ids["full"]) for rank in (1, 2))
    answer = client.get(f"/saved/{saved_id}.atom")
    assert answer.mimetype == "application/atom+xml"
    feed = ET.fromstring(answer.data)
    assert feed.findtext(f"{ATOM}title") == "Deadlines & <more> – Earmark"
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 2
    first = entries[0]
    assert first.findtext(f"{ATOM}title") == BEST
    assert first.findtext(f"{ATOM}updated") == "2025-03-04T05:00:00Z"
    assert first.find(f"{ATOM}link").get("href").endswith("?t=20")
    assert client.get("/saved/99.atom").status_code == 404


def test_a_digest_is_told_as_text_and_as_html(house):
    part = find_new(
        house,
        SavedSearch(id=1, name="<b>", asked={"q": "x&y"}, seen_passage_id=6, seen_ms=0, added_ms=0),
    )
    text = format_digest_text([part], "https://e.example")
    assert text.startswith("<b>: 7 new\nhttps://e.example/?q=x%26y\n")
    assert f"“{BEST}”" in text
    assert "and 2 more" in text
    page = format_digest_html([part], "https://e.example")
    assert "&lt;b&gt;</a>: 7 new" in page
    assert "https://e.example/episodes/1?t=20" in page
    none = DigestPart(saved=part.saved, url="/", hits=())
    assert format_digest_text([none], "") == "Nothing is new.\n"
    assert "Nothing is new." in format_digest_html([none], "")


def test_programs_save_and_remove_searches(house, client):
    body = {"name": "Late", "asked": {"q": "late", "speaker": "Ben", "rubbish": "x"}}
    answer = client.post("/api/v1/saved", json=body)
    assert answer.status_code == 201
    told = answer.get_json()
    assert told["asked"] == {"q": "late", "speaker": "Ben"}
    assert client.get("/api/v1/saved").get_json()["saved"][0]["name"] == "Late"
    house.engine.hits = (make_hit(1, house.ids["full"]),)
    digest = client.get("/api/v1/digest").get_json()
    assert digest["searches"][0]["new"] == []
    client.delete(f"/api/v1/saved/{told['id']}")
    assert held(house) == ()
    for wrong in ({}, {"name": "x"}, {"name": 3, "asked": {"q": "x"}}, {"name": "x", "asked": {}}):
        assert client.post("/api/v1/saved", json=wrong).status_code == 400
    assert client.delete("/api/v1/saved/99").status_code == 404


def test_searches_are_saved_from_the_command_line(house):
    run = CliRunner()
    at = ["--home", str(house.home.path), "saved"]
    assert run.invoke(cli, [*at, "add", "Late", "why late?", "--speaker", "Ben"]).exit_code == 0
    assert "Late  q=why late? speaker=Ben" in run.invoke(cli, at).stdout
    assert '"name": "Late"' in run.invoke(cli, [*at, "--json"]).stdout
    assert run.invoke(cli, [*at, "remove", "1"]).exit_code == 0
    assert held(house) == ()
    assert run.invoke(cli, [*at, "undo"]).exit_code == 0
    assert held(house)[0].name == "Late"
    assert run.invoke(cli, [*at, "remove", "7"]).exit_code != 0
