import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from corpus.catalogue import issues, jobs, takeaways
from corpus.errors import IndexMismatchError
from corpus.records import Block
from tests.page_audit import list_faults, list_links, parse
from tests.web_house import BEST, hold_hits, make_full_house, make_house, make_issue_hit
from web.app import create_app
from web.blocks import group_blocks
from web.highlighting import cut_passage

STATIC = Path(__file__).parent.parent / "web" / "static"


@pytest.fixture
def house(home, catalogue):
    return hold_hits(make_full_house(home, catalogue))


@pytest.fixture
def client(house):
    return create_app(house).test_client()


@pytest.fixture
def empty_client(home, catalogue):
    return create_app(make_house(home, catalogue)).test_client()


def get(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status, address
    return parse(answer)


PAGES = (
    "/",
    "/?q=deadline",
    "/?q=deadline&offset=10",
    "/?q=deadline&show=The+Long+Table&after=2024-01-01&mode=keyword",
    "/episodes",
    "/episodes/{full}",
    "/episodes/{full}?t=0:21",
    "/episodes/{full}?t=soon",
    "/episodes/{bare}",
    "/episodes/{silent}",
    "/issues",
    "/issues/{issue}",
    "/issues/{open_issue}",
    "/?like=1",
    "/saved",
    "/episodes/{full}?find=deadline",
    "/tray",
    "/trust",
    "/vocabulary",
    "/checkup",
    "/library",
    "/shows/{show}",
    "/shows/{newsletter}",
)


@pytest.mark.parametrize("address", PAGES)
def test_every_page_is_sound_and_its_links_lead_somewhere(house, client, address):
    page = get(client, address.format(**house.ids))
    assert list_faults(page) == []
    for path, fragment in list_links(page):
        answer = client.get(path, buffered=True) if path else None
        assert answer is None or answer.status_code in (200, 302), path
        if fragment and not fragment.startswith("t="):
            target = page if answer is None else parse(answer)
            assert target.find(id=fragment), f"{path}#{fragment}"


@pytest.mark.parametrize("address", ["/", "/library", "/episodes", "/issues", "/?q=anything"])
def test_every_page_of_an_empty_house_is_sound(empty_client, address):
    page = get(empty_client, address)
    assert list_faults(page) == []
    assert "/library" in {path for path, _ in list_links(page)}


@pytest.mark.parametrize(
    "address", ["/nowhere", "/episodes/999", "/issues/999", "/shows/" + "9" * 30]
)
def test_what_is_not_there_is_told_on_a_sound_page(client, address):
    assert list_faults(get(client, address, 404)) == []


def test_all_pages_are_reached_from_each_other(house, client):
    wanted = {
        "/",
        "/library",
        *(f"/episodes/{house.ids[name]}" for name in ("full", "bare", "silent")),
        *(f"/issues/{house.ids[name]}" for name in ("issue", "open_issue")),
        *(f"/shows/{house.ids[name]}" for name in ("show", "newsletter")),
    }
    for start in wanted:
        seen, waiting = set(), [start]
        while waiting:
            path = waiting.pop()
            is_page = not path.endswith(("/audio", ".atom", ".xml"))
            if path in seen or path.startswith(("/static", "/api/")) or not is_page:
                continue
            seen.add(path)
            page = get(client, path)
            waiting += [urlsplit(link).path or path for link, _ in list_links(page)]
        assert wanted <= seen, start


def test_a_search_shows_ten_hits_with_all_that_a_reader_needs(client):
    page = get(client, "/?q=deadline")
    hits = page.select(".hit")
    assert len(hits) == 10
    first = hits[0]
    said = first.get_text(" ", strip=True)
    for fact in ("Ben Marsh", "Whose Deadline Is It?", "The Long Table", "4 Mar 2025", "0:20"):
        assert fact in said
    assert "".join(best.get_text() for best in first.select(".best")) == BEST
    assert [mark.get_text() for mark in first.select("mark")] == ["deadline", "should"]
    play = first.select_one("[data-play]")
    assert play["href"].endswith("?t=20&play=1#now")
    assert (play["data-start"], play["data-end"]) == ("20000", "24000")
    assert first.select_one("[data-copy]")["data-copy"].endswith("?t=20")
    elsewhere = first.select(".elsewhere li:not([hidden])")
    labels = [link.get_text(" ", strip=True) for link in elsewhere]
    assert labels == ["audio exact", "episode page opens the episode"]
    assert "matched by" in said


def test_why_a_hit_was_found_is_said_in_words(client):
    page = get(client, "/?q=deadline")
    whys = {hit.select_one(".why").get_text() for hit in page.select(".hit")}
    assert whys == {
        "matched by words",
        "matched by meaning",
        "matched by words and meaning",
    }


def test_the_next_page_keeps_the_question_and_its_filters(house, client):
    page = get(client, "/?q=deadline&speaker=Ben&mode=keyword")
    following = page.select_one("a[rel=next]")["href"]
    assert parse_qs(urlsplit(following).query) == {
        "q": ["deadline"],
        "speaker": ["Ben"],
        "mode": ["keyword"],
        "offset": ["10"],
    }
    page = get(client, following)
    assert [hit["id"] for hit in page.select(".hit")] == ["hit-11", "hit-12", "hit-13"]
    assert page.select_one("ol.hits")["start"] == "11"
    assert page.select_one("a[rel=next]") is None
    assert page.select_one("a[rel=prev]")
    assert house.engine.requests[-1].speaker == "Ben"


def test_a_hit_of_an_issue_leads_to_the_issue(house, client):
    house.engine.hits = (make_issue_hit(1, house.ids["issue"]),)
    page = get(client, "/?q=hello")
    assert page.select_one(".hit-acts a.button")["href"] == f"/issues/{house.ids['issue']}"
    assert page.select_one("[data-play]") is None


def test_what_has_no_audio_is_opened_not_played(house, client):
    house.engine.hits = (replace(house.engine.hits[0], episode_id=house.ids["silent"]),)
    page = get(client, "/?q=hello")
    assert page.select_one("[data-play]") is None
    opened = page.select_one(".hit-acts a.button")
    assert opened.get_text(" ", strip=True) == "Open at 0:20"
    assert f"/episodes/{house.ids['silent']}?t=20" in opened["href"]


def test_the_title_and_the_field_show_the_question(client):
    page = get(client, "/?q=who+said+%3Cb%3E%3F")
    assert page.title.get_text() == "who said <b>? – Earmark"
    assert page.select_one("#q")["value"] == "who said <b>?"


@pytest.mark.parametrize(
    "query",
    ["%00", "%F0%9F%8E%A7", '"', "((((", "a%20" * 900, "%ED%A0%80", "<script>", "after:2024-99"],
)
def test_nothing_that_can_be_typed_is_an_error(client, query):
    assert list_faults(get(client, f"/?q={query}&offset=-4&k=x&kind=song&after=soon")) == []


def test_problems_and_the_mode_that_ran_are_told(house, client):
    house.engine.problems = ("searched by words alone: the model is missing",)
    page = get(client, "/?q=x&mode=keyword")
    assert "the model is missing" in page.select_one(".notice").get_text()
    assert "by words only" in page.select_one(".count").get_text()


def test_an_index_that_does_not_fit_is_told_with_its_remedy(house, client):
    house.engine.error = IndexMismatchError("index", "is of another model", "earmark index rebuild")
    page = get(client, "/?q=x")
    assert "earmark index rebuild" in page.select_one(".notice").get_text()
    assert list_faults(page) == []


def test_without_hits_the_page_says_what_to_try(house, client):
    house.engine.hits = ()
    page = get(client, "/?q=x&speaker=Nobody")
    assert "Nothing found" in page.select_one(".count").get_text()
    assert page.find("a", string="Ask again without filters")["href"] == "/?q=x"


@pytest.mark.parametrize("asked", ["0:21", "21", "21.5", "21s", "0m21s", "00:21"])
def test_an_episode_opens_at_every_form_of_a_moment(house, client, asked):
    page = get(client, f"/episodes/{house.ids['full']}?t={asked}")
    assert page.select_one("#now").get_text() == BEST
    assert "#t=21" in page.select_one("audio")["src"]
    assert BEST in page.select_one(".opened").get_text()


@pytest.mark.parametrize("asked", ["soon", "-5", "28:99", "1e9", "999999999999"])
def test_what_is_no_moment_is_passed_over_with_a_note(house, client, asked):
    page = get(client, f"/episodes/{house.ids['full']}?t={asked}")
    assert page.select_one("#now") is None
    assert asked in page.select_one(".notice").get_text()
    assert "#t=" not in page.select_one("audio")["src"]


def test_an_episode_shows_its_transcript_by_speaker(house, client):
    page = get(client, f"/episodes/{house.ids['full']}")
    assert [tag.get_text() for tag in page.select(".said-who")] == [
        "Ada Quill",
        "Ben Marsh",
        "Ada Quill",
        "Ben Marsh",
    ]
    sentences = page.select(".sentence")
    assert sentences[-1].get_text() == "Ask them first & write it <down>."
    starts = [int(tag["data-start"]) for tag in sentences]
    assert starts == sorted(starts)
    assert [tag["data-seek"] for tag in page.select(".chapters a")] == ["0", "12000", "36000"]


def test_an_episode_names_the_issues_that_speak_of_it(house, client):
    page = get(client, f"/episodes/{house.ids['full']}")
    assert page.find("a", href=f"/issues/{house.ids['issue']}")


def test_an_episode_tells_its_problems_and_its_work(house, client):
    said = get(client, f"/episodes/{house.ids['bare']}").get_text(" ", strip=True)
    for told in ("the feed gives no length", "no answer from example.com", "12:00 of 30:00"):
        assert told in said


def test_audio_that_is_not_held_is_played_from_its_publisher(house, client):
    page = get(client, f"/episodes/{house.ids['bare']}?t=90")
    assert page.select_one("audio")["src"] == "https://example.com/two.mp3#t=90"
    assert get(client, f"/episodes/{house.ids['silent']}").select_one("audio") is None


def test_an_issue_shows_each_takeaway_with_its_verdict_and_both_times(house, client):
    page = get(client, f"/issues/{house.ids['issue']}")
    confirmed, moved, missing = page.select(".takeaway")
    assert "confirmed" in confirmed.get_text()
    assert "said at 0:40, not 0:10" in moved.get_text()
    links = {tag["data-seek"] for tag in moved.select("a[data-seek]")}
    assert links == {"10000", "40000"}
    assert "Ask them first & write it <down>." in moved.get_text()
    assert "not found" in missing.get_text()


def test_an_issue_offers_its_takeaways_as_a_block_in_the_authors_form(house, client):
    page = get(client, f"/issues/{house.ids['issue']}")
    block = page.select_one("#block-1")
    assert block.has_attr("readonly")
    assert block.get_text().strip() == "Promise less. (0:20)\nWrite it down. (0:40)\nBe kind."


def test_an_issue_keeps_its_form_and_no_link_that_runs(house, client):
    page = get(client, f"/issues/{house.ids['issue']}")
    prose = page.select_one(".prose")
    assert prose.h3.get_text() == "Hello"
    assert next(item.get_text() for item in prose.select("li")) == "Promise less. (0:20)"
    assert [cell.get_text() for cell in prose.select("td")] == ["Monday", "9"]
    assert [tag["href"] for tag in prose.select("p a")] == ["https://example.com/one"]
    assert prose.code.get_text() == "<script>alert(1)</script>"


def test_an_issue_says_how_sure_its_episode_is_and_why(house, client):
    card = get(client, f"/issues/{house.ids['issue']}").select_one(".card").get_text()
    assert "93 % sure" in card
    assert "names Ben Marsh" in card


def test_a_proposed_episode_is_picked_by_its_button(house, client):
    issue_id = house.ids["open_issue"]
    form = get(client, f"/issues/{issue_id}").select_one("form.pick")
    wanted = form.select_one("[name=episode]")["value"]
    answer = client.post(form["action"], data={"episode": wanted}, follow_redirects=True)
    assert "is now joined to" in parse(answer).select_one(".notice").get_text()
    with house.catalogue.read() as conn:
        issue = issues.get_issue(conn, issue_id)
        queued = {job.kind for job in jobs.list_jobs(conn, state="queued")}
    assert (issue.episode_id, issue.joined_by) == (house.ids["full"], "author")
    assert {"check", "index"} <= queued


def test_an_issue_can_be_parted_from_its_episode(house, client):
    issue_id = house.ids["issue"]
    client.post(f"/issues/{issue_id}/episode", data={"episode": "none"})
    with house.catalogue.read() as conn:
        assert issues.get_issue(conn, issue_id).episode_id is None
        found = takeaways.list_takeaways(conn, issue_id=issue_id)
    assert {takeaway.verdict for takeaway in found} == {"unchecked"}
    page = get(client, f"/issues/{issue_id}")
    assert "so somebody decided" in page.select_one(".card").get_text()


@pytest.mark.parametrize("wanted", ["", "no such episode", "9" * 600, "i"])
def test_an_episode_that_cannot_be_picked_is_told(house, client, wanted):
    path = f"/issues/{house.ids['issue']}/episode"
    page = parse(client.post(path, data={"episode": wanted}, follow_redirects=True))
    assert page.select_one(".notice-bad")
    with house.catalogue.read() as conn:
        assert issues.get_issue(conn, house.ids["issue"]).episode_id == house.ids["full"]


def test_the_library_counts_what_is_held_and_shows_the_work(client):
    page = get(client, "/library")
    shows = page.select_one("#shows").get_text(" ", strip=True)
    assert "1 of 3 episodes have takeaways 1 has a transcript" in shows
    states = [row["data-state"] for row in page.select("#jobs .job")]
    assert states == ["running", "queued", "failed"]
    running = page.select_one('.job[data-state="running"]')
    assert running.progress["value"] == "0.4"
    assert "12:00 of 30:00" in running.get_text()
    assert "the feed gives no length" in page.select_one("#problems").get_text()


def test_a_failed_job_is_tried_again_by_its_button(house, client):
    form = get(client, "/library").select_one('.job[data-state="failed"] form')
    client.post(form["action"])
    with house.catalogue.read() as conn:
        assert not jobs.list_jobs(conn, state="failed")


def test_an_address_is_queued_by_the_form(house, client):
    form = get(client, "/library").select_one("#add form")
    client.post(form["action"], data={"source": " https://example.com/new.xml "})
    with house.catalogue.read() as conn:
        (job,) = [job for job in jobs.list_jobs(conn) if job.kind == "add"]
    assert (job.subject, job.priority) == ("add:https://example.com/new.xml", 5)


def test_files_are_kept_in_the_inbox_and_queued(house, client, tmp_path):
    names = ("../Issue: 3.eml", "Issue 4.eml")
    for name in names:
        path = tmp_path / "sent"
        path.write_text(name)
        with path.open("rb") as file:
            data = {"file": (file, name)}
            client.post("/library/sources", data=data, content_type="multipart/form-data")
    with house.catalogue.read() as conn:
        added = [job.subject[len("add:") :] for job in jobs.list_jobs(conn) if job.kind == "add"]
    assert {Path(path).read_text() for path in added} == set(names)
    assert {Path(path).name for path in added} == {"Issue_ 3.eml", "Issue 4.eml"}
    inbox = house.home.path / "inbox"
    assert all(Path(path).is_relative_to(inbox) for path in added)
    assert not list(inbox.glob(".part-*"))


@pytest.mark.parametrize(
    "source", ["", "/etc/passwd", "file:///etc/passwd", "ftp://x/y", "https://"]
)
def test_the_form_takes_nothing_but_addresses_of_the_web(house, client, source):
    answer = client.post("/library/sources", data={"source": source}, follow_redirects=True)
    form = parse(answer).select_one("#add")
    assert form.select_one(".notice-bad")
    assert form.select_one("#source")["value"] == source
    with house.catalogue.read() as conn:
        assert not [job for job in jobs.list_jobs(conn) if job.kind == "add"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "http://localhost"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"}, 403),
        ({"Origin": "https://elsewhere.example.com"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_a_form_on_another_site_changes_nothing(client, headers, status):
    data = {"source": "https://example.com/a"}
    assert client.post("/library/sources", data=data, headers=headers).status_code == status


@pytest.mark.parametrize("address", ["/", "/nowhere", "/api/v1/jobs", "/static/site.css"])
def test_every_answer_forbids_what_is_not_ours(client, address):
    headers = client.get(address, buffered=True).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_no_page_asks_anything_of_other_sites_by_itself(house, client):
    for address in PAGES:
        page = get(client, address.format(**house.ids))
        loaded = [tag["src"] for tag in page.select("script[src], img[src], iframe[src]")]
        loaded += [
            tag["href"] for tag in page.select("link[href]:not([rel=alternate], [rel=search])")
        ]
        assert all(source.startswith("/static/") for source in loaded)


def test_a_page_that_breaks_says_so_and_nothing_of_its_insides(house, client):
    house.engine.error = ZeroDivisionError("secret")
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    page = get(client, "/?q=x", 500)
    assert list_faults(page) == []
    assert "secret" not in page.get_text()


def colours(css, dark):
    block = css.partition("prefers-color-scheme: dark")[2] if dark else css
    found = re.findall(r"--([a-z-]+): #([0-9a-f]{6})", block.partition("}")[0])
    return {
        name: tuple(int(value[at : at + 2], 16) / 255 for at in (0, 2, 4)) for name, value in found
    }


def luminance(colour):
    # https://www.w3.org/TR/WCAG21/#dfn-relative-luminance
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(
    ("front", "back", "least"),
    [
        ("ink", "paper", 7),
        ("soft", "paper", 4.5),
        ("soft", "sheet", 4.5),
        ("soft", "sunk", 4.5),
        ("accent", "paper", 4.5),
        ("accent", "accent-wash", 4.5),
        ("accent-ink", "accent", 4.5),
        ("mark-ink", "mark", 4.5),
        ("good", "good-wash", 4.5),
        ("warn", "warn-wash", 4.5),
        ("bad", "bad-wash", 4.5),
        ("bad", "paper", 4.5),
        ("edge", "paper", 3),
    ],
)
def test_colours_can_be_told_apart(dark, front, back, least):
    found = colours((STATIC / "site.css").read_text(encoding="utf-8"), dark)
    light, deep = sorted((luminance(found[front]), luminance(found[back])), reverse=True)
    assert (light + 0.05) / (deep + 0.05) >= least


def test_a_long_passage_is_cut_around_its_best_sentence():
    before, after = "Long ago it was so. " * 60, " And so it went on." * 60
    text = f"{before}This is it.{after}"
    at = len(before)
    pieces = cut_passage(text, [(at, at + 4), (0, 4), (9_000, 9_001), (5, 2)], "This is it.")
    shown = "".join(piece.text for piece in pieces)
    assert len(shown) < 520
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert "".join(piece.text for piece in pieces if piece.is_best) == "This is it."
    assert [piece.text for piece in pieces if piece.is_marked] == ["This"]


def test_no_heading_of_an_issue_skips_a_level():
    levels = [2, 4, 1, 3, 6]
    blocks = [Block(kind="heading", text=str(level), level=level) for level in levels]
    assert [group.lines[0].level for group in group_blocks(blocks)] == [1, 2, 1, 2, 3]
