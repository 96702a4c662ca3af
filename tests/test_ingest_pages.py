"""Web pages: what they are, what they lead to, and what their sites ask of robots."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.catalogue import episodes, issues, notes, shows
from corpus.errors import FetchError, FormatError, RefusedError
from ingest.adding import iter_added
from ingest.apple_links import find_lookup_url, parse_lookup
from ingest.door import Fetched
from ingest.newsletter.html_page import read_html
from ingest.page_adding import is_page_address
from ingest.page_kinds import judge_page
from ingest.robots import Robots
from ingest.worker import queue_polls
from tests.fake_door import FakeDoor
from tests.spine import make_shop, work

SITE = "https://letter.example"
PARAGRAPH = "<p>A budget that nobody reads is a wish, and every team has one of those.</p>"
ANNOUNCED = '<link rel="alternate" type="application/rss+xml" href="/feed">'


def rss(*items, title="The Ledger Room", more=""):
    atom = 'xmlns:atom="http://www.w3.org/2005/Atom"'
    itunes = 'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    podcast = 'xmlns:podcast="https://podcastindex.org/namespace/1.0"'
    head = f"<title>{title}</title>{more}"
    return (
        f'<rss version="2.0" {atom} {itunes} {podcast}><channel>{head}{"".join(items)}'
        "</channel></rss>"
    ).encode()


def heard(number, *, guid=None, url=None):
    url = url or f"https://cdn.example/{number}.mp3"
    return (
        f"<item><title>Episode {number}</title><guid>{guid or f'e{number}'}</guid>"
        f'<enclosure url="{url}" type="audio/mpeg" length="99"/></item>'
    )


def read(number):
    body = f"<p>Number {number}.</p>{PARAGRAPH * 10}"
    return (
        f"<item><title>Issue {number}</title><guid>{SITE}/p/{number}</guid>"
        f"<link>{SITE}/p/{number}</link><description><![CDATA[{body}]]></description></item>"
    )


def issue_page(number, head="", foot="", paragraphs=12):
    return (
        f"<html><head><title>Issue {number}</title>{head}</head><body><article>"
        f"<h1>Issue {number}</h1><p>This is number {number} {'of many ' * number}</p>"
        f"{PARAGRAPH * paragraphs}</article>{foot}</body></html>"
    ).encode()


def archive_page(numbers, head="", excerpt="Words about money."):
    cards = "".join(
        f'<div><h3><a href="/p/{n}">Issue number {n}</a></h3><p>{excerpt}</p></div>'
        for n in numbers
    )
    return f"<html><head><title>All</title>{head}</head><body>{cards}</body></html>".encode()


@pytest.fixture
def door():
    return FakeDoor()


@pytest.fixture
def shop(catalogue, home, door):
    return make_shop(catalogue, home, door=door, transcribe="never")


def add(shop, source):
    (added,) = iter_added(shop, [source])
    return added


def titles(shop):
    with shop.catalogue.read() as conn:
        return sorted(issue.title for issue in issues.list_issues(conn))


class TestJudging:
    related = "".join(f'<a href="/p/{n}">Another issue {n}</a><br>' for n in range(8))

    @pytest.mark.parametrize(
        ("page", "url", "is_issue"),
        [
            (issue_page(1), "/p/1", True),
            (issue_page(1, foot=related), "/p/1", True),
            (issue_page(1, foot=related, paragraphs=40), "/the-first-one", True),
            (archive_page(range(20)), "/archive", False),
            (archive_page(range(20), excerpt="Fifty words of it. " * 12), "/", False),
            (archive_page([1, 2]), "/archive", True),
            (b"<html><body><div id=app></div></body></html>", "/", False),
            (issue_page(1, head='<meta property="og:type" content="article">'), "/x", True),
        ],
    )
    def test_own_words_are_weighed_against_links(self, page, url, is_issue):
        issue = read_html(page, base_url=SITE + url)
        assert judge_page(page, SITE + url, issue).is_issue is is_issue

    def test_a_digest_of_other_sites_is_an_issue(self):
        links = "".join(
            f'<li><a href="https://code.example/tools/{n}">A good tool {n}</a></li>'
            for n in "12345"
        )
        page = f"<html><body><h1>Good tools</h1><ul>{links}</ul></body></html>".encode()
        issue = read_html(page, base_url=SITE)
        assert judge_page(page, SITE + "/p/1", issue).issue_links == ()

    @given(st.text(max_size=200))
    def test_any_page_is_judged(self, text):
        judge_page(f"<html>{text}".encode("utf-8", "replace"), SITE, None)


class TestPages:
    def test_a_podcasts_page_leads_to_its_feed(self, shop, door):
        door.pages = {f"{SITE}/show/7": issue_page(7, ANNOUNCED), f"{SITE}/feed": rss(heard(1))}
        added = add(shop, f"{SITE}/show/7")
        assert added.what.startswith('page that announces feed "The Ledger Room": 1 episode')
        with shop.catalogue.read() as conn:
            assert shows.list_shows(conn)[0].feed_url == f"{SITE}/feed"
            assert issues.count_issues(conn) == 0

    def test_an_issues_page_is_an_issue_though_it_announces_a_feed(self, shop, door):
        door.pages = {f"{SITE}/p/1": issue_page(1, ANNOUNCED), f"{SITE}/feed": rss(read(5))}
        assert add(shop, f"{SITE}/p/1").what.startswith('newsletter issue "Issue 1"')
        assert titles(shop) == ["Issue 1"]

    def test_an_archive_brings_all_its_issues(self, shop, door):
        door.pages = {f"{SITE}/p/{n}": issue_page(n) for n in range(1, 6)}
        door.pages[f"{SITE}/archive"] = archive_page(range(1, 6))
        assert add(shop, f"{SITE}/archive").what == "archive of 5 issues, 5 to read"
        assert work(shop)[1] == []
        assert titles(shop) == [f"Issue {n}" for n in range(1, 6)]
        assert add(shop, f"{SITE}/archive").what == "archive of 5 issues, 0 to read"

    @pytest.mark.parametrize(
        "further",
        [
            '<link rel="next" href="/archive?page={}">',
            '<a rel="next" href="/archive?page={}">→</a>',
            '<nav class="pagination"><a href="/archive?page={}">Older posts →</a></nav>',
            '<a href="/archive?page={}" aria-label="Next page"><svg></svg></a>',
        ],
    )
    def test_all_pages_of_an_archive_are_read(self, shop, door, further):
        door.pages = {f"{SITE}/p/{n}": issue_page(n) for n in range(1, 13)}
        first = f"{SITE}/archive"
        for number, address in enumerate([first, f"{first}?page=2", f"{first}?page=3"]):
            foot = further.format(number + 2)
            issues_here = range(number * 4 + 1, number * 4 + 5)
            door.pages[address] = archive_page(issues_here) + foot.encode()
        added = add(shop, first)
        assert added.what == "archive of 12 issues, 12 to read"
        assert "older pages are missing" in added.problem  # the fourth, which is not there
        assert work(shop)[1] == []
        assert titles(shop) == sorted(f"Issue {n}" for n in range(1, 13))

    def test_pages_of_an_archive_that_robots_may_not_read_are_left_and_told(self, shop, door):
        door.pages[f"{SITE}/archive"] = archive_page(range(4)) + b'<a rel=next href="/more/2">2</a>'
        door.pages[f"{SITE}/more/2"] = archive_page(range(4, 8))
        door.pages[f"{SITE}/robots.txt"] = b"User-agent: *\nDisallow: /more/"
        added = add(shop, f"{SITE}/archive")
        assert added.what.startswith("archive of 4 issues")
        assert "robots.txt" in added.problem
        assert f"{SITE}/more/2" not in door.asked

    def test_an_endless_archive_is_left_after_so_many_pages(self, shop, door):
        for page in range(1, 80):
            foot = f'<a rel=next href="/archive/{page + 1}">Next</a>'.encode()
            numbers = range(page * 3, page * 3 + 3)
            door.pages[f"{SITE}/archive/{page}"] = archive_page(numbers) + foot
        added = add(shop, f"{SITE}/archive/1")
        assert added.what == "archive of 150 issues, 150 to read"
        assert "more than 50 pages" in added.problem

    def test_an_archive_whose_last_page_leads_to_itself_ends(self, shop, door):
        foot = b'<a rel=next href="/archive?page=9">Next</a>'
        door.pages[f"{SITE}/archive"] = archive_page(range(4)) + foot
        door.pages[f"{SITE}/archive?page=9"] = archive_page(range(4)) + foot
        added = add(shop, f"{SITE}/archive")
        assert (added.what, added.problem) == ("archive of 4 issues, 4 to read", None)

    def test_a_newsletters_home_is_followed_and_its_older_issues_are_read(self, shop, door):
        door.pages = {f"{SITE}/p/{n}": issue_page(n) for n in range(1, 6)}
        door.pages[f"{SITE}/"] = archive_page(range(1, 6), ANNOUNCED)
        door.pages[f"{SITE}/feed"] = rss(read(4), read(5), title="The Letter")
        assert add(shop, f"{SITE}/").what.endswith("; 3 listed issues to read")
        assert work(shop)[1] == []
        assert titles(shop) == [f"Issue {n}" for n in range(1, 6)]
        assert f"{SITE}/p/4" not in door.asked
        with shop.catalogue.read() as conn:
            assert shows.list_shows(conn, "newsletter")[0].feed_url == f"{SITE}/feed"

    def test_where_a_page_was_moved_to_is_asked_for_its_rules_too(self, shop, door):
        moved = "https://moved.example/p/1"
        door.pages[f"{SITE}/p/1"] = Fetched(url=moved, status=200, body=issue_page(1))
        assert add(shop, f"{SITE}/p/1").source == f"{SITE}/p/1"
        door.pages["https://other.example/robots.txt"] = b"User-agent: *\nDisallow: /"
        door.pages[f"{SITE}/p/2"] = Fetched(
            url="https://other.example/p/2", status=200, body=issue_page(2)
        )
        assert "robots.txt" in add(shop, f"{SITE}/p/2").problem
        assert titles(shop) == ["Issue 1"]

    def test_a_page_with_nothing_to_read_says_so(self, shop, door):
        door.pages[f"{SITE}/"] = b"<html><body><div id=app></div></body></html>"
        assert "nothing to read" in add(shop, f"{SITE}/").problem

    def test_an_announced_feed_that_is_gone_is_told(self, shop, door):
        door.pages[f"{SITE}/"] = archive_page(range(5), ANNOUNCED)
        added = add(shop, f"{SITE}/")
        assert added.what == "archive of 5 issues, 5 to read"
        assert "announces a feed that cannot be read" in added.problem


class TestApple:
    lookup = "https://itunes.apple.com/lookup?id=1234567&entity=podcast"

    def test_a_link_of_the_directory_finds_the_feed(self, shop, door):
        found = {"resultCount": 1, "results": [{"kind": "podcast", "feedUrl": f"{SITE}/feed"}]}
        door.pages = {self.lookup: json.dumps(found).encode(), f"{SITE}/feed": rss(heard(1))}
        added = add(shop, "https://podcasts.apple.com/us/podcast/the-ledger-room/id1234567?i=99")
        assert (added.kind, added.problem) == ("feed", None)
        with shop.catalogue.read() as conn:
            assert shows.list_shows(conn)[0].feed_url == f"{SITE}/feed"

    @pytest.mark.parametrize(
        "answer",
        [b"", b"[]", b"{}", b'{"results": [7, {"feedUrl": 3}]}', b'{"results": 1}', b"\xff"],
    )
    def test_an_answer_without_a_feed_is_an_error(self, answer):
        with pytest.raises(FormatError):
            parse_lookup(answer)

    @pytest.mark.parametrize(
        "url",
        [SITE, "https://podcasts.apple.com/us/browse", "https://apple.com/id12345", "http://["],
    )
    def test_other_links_are_left_alone(self, url):
        assert find_lookup_url(url) is None


class TestRobots:
    rules = b"User-agent: *\nAllow: /p/\nDisallow: /\n\nUser-agent: Bad\nDisallow: /p/\n"

    def test_a_page_that_refuses_is_reported_and_not_read(self, shop, door):
        door.pages = {f"{SITE}/robots.txt": self.rules, f"{SITE}/x": issue_page(1)}
        added = add(shop, f"{SITE}/x")
        assert "asks robots not to read it" in added.problem
        assert door.asked == [f"{SITE}/robots.txt"]

    def test_the_longest_rule_holds_and_is_asked_for_once(self, shop, door):
        door.pages = {f"{SITE}/p/{n}": issue_page(n) for n in (1, 2)}
        door.pages[f"{SITE}/robots.txt"] = self.rules
        assert add(shop, f"{SITE}/p/1").problem is None
        assert add(shop, f"{SITE}/p/2").problem is None
        assert door.asked.count(f"{SITE}/robots.txt") == 1

    def test_an_issue_of_an_archive_that_refuses_fails_alone(self, shop, door):
        door.pages = {f"{SITE}/p/{n}": issue_page(n) for n in (1, 2, 3)}
        door.pages[f"{SITE}/archive"] = archive_page([1, 2, 3])
        door.pages[f"{SITE}/robots.txt"] = b"User-agent: Earmark\nDisallow: /p/2\n"
        add(shop, f"{SITE}/archive")
        tally, failures = work(shop)
        assert titles(shop) == ["Issue 1", "Issue 3"]
        assert (tally.failed, len(failures)) == (1, 1)
        assert "robots.txt" in failures[0]

    def test_a_feed_is_there_for_programs(self, shop, door):
        door.pages = {
            f"{SITE}/robots.txt": b"User-agent: *\nDisallow: /",
            f"{SITE}/feed": rss(heard(1)),
        }
        assert add(shop, f"{SITE}/feed").problem is None

    @pytest.mark.parametrize(
        ("url", "is_page"),
        [
            ("/p/one", True),
            ("/podcast/one", True),
            ("/feedback", True),
            ("/feed", False),
            ("/show.rss", False),
            ("/?feed=podcast", False),
            ("/a.vtt", False),
        ],
    )
    def test_addresses_of_feeds_and_files_are_known(self, url, is_page):
        assert is_page_address(SITE + url) is is_page
        assert not is_page_address("https://feeds.example.com/one")

    def test_rules_that_are_not_there_allow_and_such_as_cannot_be_had_forbid(self, door):
        robots = Robots(clock=lambda: 0)
        robots.check(door, f"{SITE}/p/1")
        door.pages["https://down.example/robots.txt"] = FetchError("x", "answers 503")
        with pytest.raises(FetchError) as caught:
            robots.check(door, "https://down.example/p/1")
        assert not isinstance(caught.value, RefusedError)

    def test_a_delay_is_kept_between_pages_of_one_host(self, door):
        door.pages[f"{SITE}/robots.txt"] = b"User-agent: *\nCrawl-delay: 3\n"
        slept = []
        robots = Robots(clock=lambda: 100.0, sleep=slept.append)
        for number in range(3):
            robots.check(door, f"{SITE}/p/{number}")
        assert slept == [3.0, 6.0]  # the clock stands still

    def test_rules_are_asked_again_after_a_day(self, door):
        now = [0.0]
        robots = Robots(clock=lambda: now[0])
        robots.check(door, f"{SITE}/p/1")
        now[0] = 90_000.0
        robots.check(door, f"{SITE}/p/1")
        assert len(door.asked) == 2


class TestPagedFeeds:
    def paged(self, number, following):
        more = f'<atom:link rel="next" href="{SITE}/feed?page={following}"/>' if following else ""
        return rss(heard(number), more=more)

    def test_older_pages_are_had_on_the_first_reading_only(self, shop, door):
        door.pages = {
            f"{SITE}/feed?page={n}": self.paged(n, n + 1 if n < 4 else 0) for n in (2, 3, 4)
        }
        door.pages[f"{SITE}/feed"] = self.paged(1, 2)
        assert "4 episodes" in add(shop, f"{SITE}/feed").what
        door.asked.clear()
        queue_polls(shop, due_only=False)
        work(shop)
        assert door.asked == [f"{SITE}/feed"]

    def test_a_circle_and_a_page_that_is_missing_are_told(self, shop, door):
        door.pages = {f"{SITE}/feed?page={n}": self.paged(n, 5 - n) for n in (2, 3)}
        door.pages[f"{SITE}/feed"] = self.paged(1, 2)
        door.pages["https://other.example/feed"] = self.paged(4, 9)
        add(shop, f"{SITE}/feed")
        add(shop, "https://other.example/feed")
        with shop.catalogue.read() as conn:
            told = " ".join(problem for _, problem in notes.list_problems(conn))
            assert episodes.count_episodes(conn) == 4
        assert "in a circle" in told
        assert "older pages are missing" in told

    def test_there_is_an_end_to_pages(self, shop, door):
        door.pages = {f"{SITE}/feed?page={n}": self.paged(n, n + 1) for n in range(2, 90)}
        door.pages[f"{SITE}/feed"] = self.paged(1, 2)
        add(shop, f"{SITE}/feed")
        with shop.catalogue.read() as conn:
            assert episodes.count_episodes(conn) == 50
            assert "more than 50 pages" in notes.list_problems(conn)[0][1]
