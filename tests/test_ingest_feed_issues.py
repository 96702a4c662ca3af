"""Newsletter feeds: which items are issues, and that an issue is one whichever way it comes."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.addresses import media_key, page_key
from corpus.catalogue import episodes, issues, jobs, shows
from corpus.catalogue.same_issue import are_one_issue
from corpus.errors import FormatError
from corpus.records import Enclosure, ParsedEpisode, ParsedFeed
from ingest.adding import iter_added
from ingest.door import Fetched
from ingest.feed_issues import divide_feed, is_podcast, read_issue_item
from ingest.worker import queue_polls
from tests.fake_door import FakeDoor
from tests.spine import make_shop, work

FEED = "https://letter.example/feed"
WORDS = " ".join(f"budget{n} matters{n}" for n in range(80))


def body(number):
    paragraphs = [f"<p>Paragraph {at} of issue {number}: {WORDS} {at}.</p>" for at in (1, 2)]
    return (
        f"<h2>What number {number} is about</h2><p>In The Ledger Room we spoke of it.</p>"
        + "".join(paragraphs).replace("budget", f"b{number}x")
        + "<ul><li>Show the margin to everybody (0:07)</li></ul>"
    )


def item(number, *, html=None, extra=""):
    html = body(number) if html is None else html
    return (
        f"<item><title>Issue {number}</title><guid>n{number}</guid>{extra}"
        f"<link>https://letter.example/p/{number}?utm_source=rss</link>"
        f"<pubDate>Thu, 0{number} Mar 2026 06:00:00 +0000</pubDate>"
        f"<content:encoded><![CDATA[{html}]]></content:encoded></item>"
    )


def feed(*items, title="The Ledger Letter"):
    return (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{title}</title><link>https://letter.example/</link>{''.join(items)}</channel></rss>"
    ).encode()


AUDIO = '<enclosure url="https://cdn.example/1.mp3" type="audio/mpeg" length="99"/>'


@pytest.fixture
def door():
    return FakeDoor({FEED: Fetched(url=FEED, status=200, body=feed(item(1), item(2)), etag="a")})


@pytest.fixture
def shop(catalogue, home, door):
    return make_shop(catalogue, home, door=door, transcribe="never")


def add(shop, *sources):
    return list(iter_added(shop, [str(source) for source in sources]))


def held(shop):
    with shop.catalogue.read() as conn:
        return issues.list_issues(conn)


class TestDividing:
    long = ParsedEpisode(guid="a", title="A", show_notes=WORDS, link="https://l.example/a")
    short = ParsedEpisode(guid="b", title="B", show_notes="Few words.", link="https://l.example/b")
    teaser = replace(short, guid="c", show_notes="It begins here […]")
    heard = replace(short, guid="d", enclosures=(Enclosure(url="https://l.example/d.mp3"),))

    @pytest.mark.parametrize(
        ("items", "played", "read", "teased"),
        [
            ([long, short], "", "ab", 0),
            ([long, heard], "d", "a", 0),
            ([short, heard], "bd", "", 0),
            ([teaser, long], "", "a", 1),
            ([replace(short, show_notes="Thanks for reading.")], "", "b", 0),
            ([replace(long, duration_ms=9)], "a", "", 0),
            ([replace(short, show_notes="")], "b", "", 0),
            ([replace(long, link="https://www.youtube.com/watch?v=x")], "a", "", 0),
            ([], "", "", 0),
        ],
    )
    def test_items_are_told_apart(self, items, played, read, teased):
        divided = divide_feed(ParsedFeed(title="T", episodes=tuple(items)))
        assert "".join(item.guid for item in divided.episodes) == played
        assert "".join(item.guid for item in divided.issues) == read
        assert len(divided.teasers) == teased

    def test_a_podcast_is_a_feed_whose_items_mostly_are_heard(self):
        assert is_podcast(ParsedFeed(title="T", episodes=(self.heard, self.heard, self.long)))
        assert not is_podcast(ParsedFeed(title="T", episodes=(self.heard, self.long)))

    def test_an_item_without_block_tags_is_read_as_html(self):
        wanted = replace(self.long, show_notes_html="One <b>bold</b> word &amp; more<br>and a line")
        read = read_issue_item(wanted, ParsedFeed(title="T", author="Ida Berg"))
        assert read.text == "One bold word & more\nand a line"
        assert (read.title, read.newsletter, read.author) == ("A", "T", "Ida Berg")

    def test_an_item_with_nothing_to_read_is_told(self):
        empty = replace(self.long, show_notes="", show_notes_html="<style>p {}</style>")
        with pytest.raises(FormatError, match="A: has no text"):
            read_issue_item(empty, ParsedFeed(title="T"))


class TestFeeds:
    def test_a_newsletter_feed_becomes_issues_with_takeaways(self, shop):
        (added,) = add(shop, FEED)
        assert added.what == 'feed "The Ledger Letter": 2 issues, 2 new or changed'
        assert {(i.title, i.show, i.link) for i in held(shop)} == {
            ("Issue 1", "The Ledger Letter", "https://letter.example/p/1"),
            ("Issue 2", "The Ledger Letter", "https://letter.example/p/2"),
        }
        with shop.catalogue.read() as conn:
            (show,) = shows.list_shows(conn)
            assert (show.kind, show.feed_url) == ("newsletter", FEED)
            assert episodes.count_episodes(conn) == 0

    def test_polling_brings_new_issues_only(self, shop, door):
        add(shop, FEED)
        work(shop)
        door.pages[FEED] = feed(item(1), item(2), item(3))
        queue_polls(shop, due_only=False)
        _, failures = work(shop)
        assert failures == []
        assert sorted(i.title for i in held(shop)) == ["Issue 1", "Issue 2", "Issue 3"]
        done = [job for job in jobs_of(shop, "join") if job.state == "done"]
        assert len(done) == 3

    def test_a_mixed_feed_has_a_show_for_what_is_heard_and_one_for_what_is_read(self, shop, door):
        door.pages[FEED] = feed(item(1, html="<p>Ida on money.</p>", extra=AUDIO), item(2))
        (added,) = add(shop, FEED)
        assert "1 episode, 1 issue" in added.what
        with shop.catalogue.read() as conn:
            assert {(s.kind, s.feed_url) for s in shows.list_shows(conn)} == {
                ("podcast", FEED),
                ("newsletter", None),
            }

    def test_a_newsletter_that_begins_to_be_heard_is_still_one_feed(self, shop, door):
        add(shop, FEED)
        door.pages[FEED] = feed(item(1), item(2), item(3, html="<p>Hear it.</p>", extra=AUDIO))
        queue_polls(shop, due_only=False)
        assert work(shop)[1] == []
        with shop.catalogue.read() as conn:
            assert {(s.kind, s.feed_url) for s in shows.list_shows(conn)} == {
                ("podcast", None),
                ("newsletter", FEED),
            }

    def test_a_subscription_list_learns_what_its_feed_offers(self, shop, tmp_path):
        opml = f'<opml version="2.0"><body><outline text="L" xmlUrl="{FEED}"/></body></opml>'
        (tmp_path / "list.opml").write_text(opml)
        add(shop, tmp_path / "list.opml")
        assert work(shop)[1] == []
        with shop.catalogue.read() as conn:
            (show,) = shows.list_shows(conn)
        assert (show.kind, show.title) == ("newsletter", "The Ledger Letter")

    def test_summaries_lead_to_the_pages_of_their_issues(self, shop, door):
        door.pages[FEED] = feed(item(1, html="<p>It begins […]</p>"), item(2))
        page = f"<html><head><title>Issue 1</title></head><body>{body(1)}</body></html>"
        door.pages["https://letter.example/p/1"] = page.encode()
        add(shop, FEED)
        assert work(shop)[1] == []
        assert {i.link for i in held(shop)} == {
            "https://letter.example/p/1",
            "https://letter.example/p/2",
        }

    def test_a_page_that_refuses_robots_is_asked_for_once(self, shop, door):
        teaser = "<p>It begins […]</p>"
        door.pages[FEED] = feed(item(1, html=teaser), item(2))
        door.pages["https://letter.example/robots.txt"] = b"User-agent: *\nDisallow: /p/1"
        add(shop, FEED)
        assert len(work(shop)[1]) == 1
        door.pages[FEED] = feed(item(1, html=teaser), item(2), item(3))
        queue_polls(shop, due_only=False)
        assert work(shop)[1] == []
        assert sorted(issue.title for issue in held(shop)) == ["Issue 2", "Issue 3"]

    def test_items_without_links_are_issues_of_their_own(self, shop, door):
        door.pages[FEED] = re.sub(rb"<link>.*?</link>", b"", feed(item(1), item(2)))
        add(shop, FEED)
        assert len(held(shop)) == 2


class TestOneIssue:
    page = "https://letter.example/p/1"

    def mail(self, number, html):
        return (
            f"From: Ida Berg <ida@letter.example>\nSubject: Issue {number}\n"
            f"Date: Thu, 0{number} Mar 2026 07:10:00 +0100\nMIME-Version: 1.0\n"
            f"Content-Type: text/html; charset=utf-8\n\n<html><body>"
            f"<p>Hello reader, this is what is new today.</p>{html}"
            "<p>You get this mail because you asked for it.</p></body></html>"
        )

    def test_by_feed_by_page_and_by_mail(self, shop, door, tmp_path):
        (tmp_path / "one.eml").write_text(self.mail(1, body(1)))
        page = (
            f'<html><head><link rel="canonical" href="{self.page}/"><title>Issue 1</title></head>'
            f"<body><article><h1>Issue 1</h1>{body(1)}</article></body></html>"
        )
        door.pages[self.page + "?utm_campaign=x"] = page.encode()
        add(shop, tmp_path / "one.eml", FEED, self.page + "?utm_campaign=x")
        assert sorted(issue.title for issue in held(shop)) == ["Issue 1", "Issue 2"]
        assert {issue.link for issue in held(shop)} >= {self.page}
        again = add(shop, tmp_path / "one.eml", FEED, self.page + "?utm_campaign=x")
        assert not any(item.changed for item in again)

    def test_another_issue_of_the_day_is_another(self, shop, tmp_path):
        (tmp_path / "one.eml").write_text(self.mail(1, body(1)))
        (tmp_path / "two.eml").write_text(self.mail(1, body(2)))
        add(shop, tmp_path / "one.eml", tmp_path / "two.eml")
        assert len(held(shop)) == 2

    @pytest.mark.parametrize(
        ("one", "other", "same"),
        [
            ((WORDS, None), (WORDS + " and a foot", None), True),
            ((WORDS, None), (WORDS * 9, None), True),
            ((WORDS, None), (WORDS.replace("budget", "wish"), None), False),
            ((WORDS, "https://a.example/1"), (WORDS, "https://a.example/2"), False),
            ((WORDS, "https://a.example/1"), (WORDS, "http://www.a.example/1/#x"), True),
            ((WORDS, "https://a.example/1"), (WORDS, "https://b.example/2"), True),
            (("few words", None), ("few words", None), False),
        ],
    )
    def test_texts_are_compared_by_their_runs_of_words(self, one, other, same):
        assert are_one_issue(one, other) is same


class TestAddresses:
    @pytest.mark.parametrize(
        "url",
        [
            "https://cdn.example/shows/one.mp3",
            "http://cdn.example/shows/one.mp3?token=8#t=3",
            "https://dts.podtrac.com/redirect.mp3/cdn.example/shows/one.mp3",
            "https://www.podtrac.com/pts/redirect.ogg/pdst.fm/e/cdn.example/shows/one.mp3",
            "https://chtbl.com/track/9A1B/op3.dev/e,pg=77/cdn.example/shows/one.mp3?x=1",
            "https://op3.dev/e/https://cdn.example/shows/one.mp3",
            "https://host.example/play/8/https%3A%2F%2Fcdn.example%2Fshows%2Fone.mp3",
        ],
    )
    def test_measuring_prefixes_are_no_part_of_a_file(self, url):
        assert media_key(url) == "cdn.example/shows/one.mp3"

    @pytest.mark.parametrize(
        ("url", "key"),
        [
            ("https://a.example/play?id=7", "a.example/play?id=7"),
            ("https://a.example/talk.final", "a.example/talk.final"),
            ("file:///home/one.mp3", "file:///home/one.mp3"),
            ("", ""),
            ("http://[broken", "http://[broken"),
        ],
    )
    def test_other_addresses_stay(self, url, key):
        assert media_key(url) == key

    @given(st.text(max_size=80))
    def test_any_address_has_a_key(self, text):
        for url in (text, f"https://{text}", f"https://a.example/{text}?{text}"):
            assert media_key(f" {url}\n") == media_key(url)
            assert page_key(f" {url}\n") == page_key(url)

    def test_pages_are_compared_without_what_does_not_matter(self):
        assert page_key("https://www.A.example/p/?id=2#x") == page_key("http://a.example/p?id=2")


def jobs_of(shop, kind):
    with shop.catalogue.read() as conn:
        return [job for job in jobs.list_jobs(conn) if job.kind == kind]
