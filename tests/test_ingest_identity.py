"""Episodes and shows stay what they are when feeds are renamed, moved and measured."""

import pytest

from corpus.catalogue import episodes, jobs, notes, shows
from corpus.formats.opml import parse_opml
from ingest.adding import iter_added
from ingest.door import Fetched
from ingest.exporting import export_subscriptions
from ingest.worker import queue_polls
from tests.fake_door import FakeDoor
from tests.spine import make_shop, work

OLD, NEW = "https://old.example/feed", "https://new.example/feed"


def item(guid, url, title="Quiet budgets"):
    return (
        f"<item><title>{title}</title><guid>{guid}</guid><description>On budgets.</description>"
        f'<enclosure url="{url}" type="audio/mpeg" length="99"/></item>'
    )


def feed(*items, title="The Ledger Room", more=""):
    spaces = (
        'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
        'xmlns:podcast="https://podcastindex.org/namespace/1.0"'
    )
    head = f'<rss version="2.0" {spaces}><channel><title>{title}</title>{more}'
    return f"{head}{''.join(items)}</channel></rss>".encode()


ONE = item("a", "https://cdn.example/one.mp3")


@pytest.fixture
def door():
    return FakeDoor({OLD: feed(ONE)})


@pytest.fixture
def shop(catalogue, home, door):
    made = make_shop(catalogue, home, door=door, transcribe="never")
    list(iter_added(made, [OLD]))
    work(made)
    return made


def poll(shop):
    queue_polls(shop, due_only=False)
    _, failures = work(shop)
    assert failures == []


def held(shop):
    with shop.catalogue.read() as conn:
        return [(e.guid, e.audio_url) for e in episodes.list_episodes(conn)]


def followed(shop):
    with shop.catalogue.read() as conn:
        return [(show.title, show.feed_url) for show in shows.list_shows(conn)]


class TestEpisodes:
    prefixed = "https://dts.podtrac.com/redirect.mp3/op3.dev/e/cdn.example/one.mp3"

    def test_a_changed_guid_is_no_new_episode(self, shop, door):
        door.pages[OLD] = feed(item("b", self.prefixed))
        poll(shop)
        assert held(shop) == [("b", self.prefixed)]

    def test_a_prefix_alone_is_no_news_but_is_fetched_from_then_on(self, shop, door):
        with shop.catalogue.read() as conn:
            before = len(jobs.list_jobs(conn))
        door.pages[OLD] = feed(item("a", self.prefixed))
        poll(shop)
        assert held(shop) == [("a", self.prefixed)]
        with shop.catalogue.read() as conn:
            assert {job.kind for job in jobs.list_jobs(conn)[: -before or None]} == {"poll"}

    @pytest.mark.parametrize(
        "other",
        [
            item("b", "https://cdn.example/two.mp3"),
            item("b", "https://cdn.example/one.mp3", title="Loud meetings"),
        ],
    )
    def test_other_audio_or_another_title_is_another_episode(self, shop, door, other):
        door.pages[OLD] = feed(other)
        poll(shop)
        assert len(held(shop)) == 2

    def test_two_items_of_one_feed_are_two_however_alike(self, shop, door):
        door.pages[OLD] = feed(ONE, item("b", self.prefixed))
        poll(shop)
        assert sorted(guid for guid, _ in held(shop)) == ["a", "b"]


class TestShows:
    def test_a_new_name_keeps_the_show(self, shop, door):
        door.pages[OLD] = feed(ONE, title="The Margin Room")
        poll(shop)
        assert followed(shop) == [("The Margin Room", OLD)]

    def test_a_stated_new_address_is_followed(self, shop, door):
        moved = f"<itunes:new-feed-url>{NEW}</itunes:new-feed-url>"
        door.pages[OLD] = feed(ONE, more=moved)
        door.pages[NEW] = feed(ONE, item("c", "https://cdn.example/c.mp3", "More"), more=moved)
        poll(shop)
        assert followed(shop) == [("The Ledger Room", NEW)]
        poll(shop)
        assert len(held(shop)) == 2
        door.asked.clear()
        poll(shop)
        assert door.asked == [NEW]

    def test_an_address_without_a_feed_is_told_and_tried_again(self, shop, door):
        door.pages[OLD] = feed(ONE, more=f"<itunes:new-feed-url>{NEW}</itunes:new-feed-url>")
        poll(shop)
        assert followed(shop) == [("The Ledger Room", OLD)]
        with shop.catalogue.read() as conn:
            assert "where there is no feed" in notes.list_problems(conn)[0][1]
        door.pages[NEW] = feed(ONE)
        poll(shop)
        assert followed(shop) == [("The Ledger Room", NEW)]

    def test_an_address_that_is_followed_already_is_told(self, shop, door):
        door.pages[NEW] = feed(ONE, title="Another")
        list(iter_added(shop, [NEW]))
        door.pages[OLD] = feed(ONE, more=f"<itunes:new-feed-url>{NEW}</itunes:new-feed-url>")
        poll(shop)
        assert len(followed(shop)) == 2
        with shop.catalogue.read() as conn:
            assert "followed as another show" in notes.list_problems(conn)[0][1]

    def test_a_podcast_guid_survives_every_move(self, shop, door):
        guid = "<podcast:guid>917393e3-1b1e-5cef-ace4-edaa54e1f810</podcast:guid>"
        door.pages[OLD] = feed(ONE, more=guid)
        poll(shop)
        door.pages[NEW] = feed(item("x", "https://cdn.example/one.mp3"), title="N", more=guid)
        list(iter_added(shop, [NEW]))
        assert followed(shop) == [("N", NEW)]
        assert held(shop) == [("x", "https://cdn.example/one.mp3")]

    def test_a_permanent_redirect_moves_the_show(self, shop, door):
        door.pages[OLD] = Fetched(url=NEW, status=200, body=feed(ONE), moved_to=NEW)
        poll(shop)
        assert followed(shop) == [("The Ledger Room", NEW)]


def test_subscriptions_go_out_and_come_back(shop, tmp_path):
    list(iter_added(shop, [OLD]))
    file = tmp_path / "shows.opml"
    assert export_subscriptions(shop.catalogue, file) == 1
    assert parse_opml(file.read_bytes()) == (("The Ledger Room", OLD),)
    (added,) = iter_added(shop, [str(file)])
    assert not added.changed
    assert followed(shop) == [("The Ledger Room", OLD)]
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []
