"""An issue that comes again, edited or corrected, keeps what was decided of it."""

from dataclasses import replace

import pytest

from corpus.catalogue import episodes, issues, jobs, shows, takeaways, tray
from corpus.records import Block, EpisodeMention, ParsedNewsletter, ParsedTakeaway
from ingest.adding import iter_added
from ingest.issue_steps import step_join
from ingest.picking import pick_takeaway
from ingest.storing import store_issue
from ingest.takeaway_edits import accept_takeaway
from tests.fake_door import FakeDoor
from tests.spine import make_shop, work
from tests.test_ingest_identity import OLD, feed, poll
from tests.web_house import make_full_house

LINES = (
    ParsedTakeaway(text="Promise less.", start_ms=20_000),
    ParsedTakeaway(text="Write it down.", start_ms=10_000),
    ParsedTakeaway(text="Ask them first.", start_ms=40_000),
)


def an_issue(*found, published="2025-06-05T05:00:00Z", more=""):
    text = " ".join(f"word{number} of the letter" for number in range(40)) + more
    blocks = [Block(kind="paragraph", text=text)]
    blocks += [Block(kind="item", text=one.text) for one in found]
    return ParsedNewsletter(
        title="On promises", published=published, blocks=tuple(blocks), takeaways=found
    )


@pytest.fixture
def shop(home, catalogue):
    make_full_house(home, catalogue)
    return make_shop(catalogue, home, transcribe="never")


def store(shop, parsed, source="a.eml"):
    return store_issue(shop, parsed, source=source)


def held(shop, issue_id):
    with shop.catalogue.read() as conn:
        return takeaways.list_takeaways(conn, issue_id=issue_id)


def accept_second(shop, issue_id):
    second = held(shop, issue_id)[1]
    with shop.catalogue.write() as conn:
        takeaways.set_found(conn, second.id, found_ms=41_500, found_end_ms=44_000, verdict="moved")
    accept_takeaway(shop.catalogue, second.id, now_ms=5)
    return second.id


def test_an_edit_keeps_what_was_accepted_and_what_the_tray_was_picked_from(shop):
    issue_id, _ = store(shop, an_issue(*LINES))
    accepted = accept_second(shop, issue_id)
    with shop.catalogue.write() as conn:
        entry_id, _ = tray.add_to_tray(conn, pick_takeaway(conn, accepted), now_ms=6)
    new = ParsedTakeaway(text="Be kind.", start_ms=5_000)
    again_id, changed = store(shop, an_issue(new, LINES[1], LINES[0]))
    assert (again_id, changed) == (issue_id, True)
    first, second, third = held(shop, issue_id)
    assert [first.text, second.text, third.text] == ["Be kind.", "Write it down.", "Promise less."]
    assert (second.id, second.stated_ms, second.written_ms) == (accepted, 41_500, 10_000)
    assert (second.verdict, second.position) == ("confirmed", 1)
    with shop.catalogue.read() as conn:
        assert tray.get_entry(conn, entry_id).takeaway_id == accepted


def test_a_time_that_the_author_writes_anew_counts_more_than_one_accepted_before(shop):
    issue_id, _ = store(shop, an_issue(*LINES))
    accepted = accept_second(shop, issue_id)
    store(shop, an_issue(LINES[0], replace(LINES[1], start_ms=42_000), LINES[2]))
    second = held(shop, issue_id)[1]
    assert (second.id, second.stated_ms, second.verdict) == (accepted, 42_000, "unchecked")
    assert second.found_ms is None


def test_two_of_one_text_stay_two(shop):
    twice = (LINES[0], replace(LINES[0], start_ms=50_000))
    issue_id, _ = store(shop, an_issue(*twice))
    before = held(shop, issue_id)
    store(shop, an_issue(*twice[::-1]))
    assert [item.id for item in held(shop, issue_id)] == [item.id for item in before][::-1]
    store(shop, an_issue(twice[1]))
    assert [item.id for item in held(shop, issue_id)] == [before[1].id]


def test_a_correction_sent_later_replaces_what_was_sent_and_never_the_other_way(shop):
    first = an_issue(*LINES)
    corrected = replace(
        an_issue(LINES[0], replace(LINES[1], text="Write it all down."), LINES[2]),
        published="2025-06-05T09:30:00Z",
    )
    issue_id, _ = store(shop, first)
    assert store(shop, corrected, "b.eml") == (issue_id, True)
    assert [item.text for item in held(shop, issue_id)][1] == "Write it all down."
    for source in ("a.eml-copy", "c.eml"):
        assert store(shop, first, source) == (issue_id, False)
    assert [item.text for item in held(shop, issue_id)][1] == "Write it all down."


def test_an_issue_that_uses_a_shows_former_name_is_joined(catalogue, home):
    guest = (
        "<item><title>With Ben Marsh</title><guid>a</guid><description>On budgets.</description>"
    )
    audio = '<enclosure url="https://cdn.example/one.mp3" type="audio/mpeg" length="9"/></item>'
    door = FakeDoor({OLD: feed(guest + audio, title="The Ledger Room")})
    shop = make_shop(catalogue, home, door=door, transcribe="never")
    list(iter_added(shop, [OLD]))
    work(shop)
    for title in ("Plain Figures", "Numbers Aloud"):
        door.pages[OLD] = feed(guest + audio, title=title)
        poll(shop)
    with catalogue.read() as conn:
        (show,) = shows.list_shows(conn, "podcast")
        assert (show.title, show.former_titles) == (
            "Numbers Aloud",
            ("The Ledger Room", "Plain Figures"),
        )
    mention = EpisodeMention(show="The Ledger Room", guests=("Ben Marsh",))
    issue_id, _ = store(shop, replace(an_issue(LINES[0]), mention=mention))
    with catalogue.read() as conn:
        job = next(j for j in jobs.list_jobs(conn) if j.kind == "join")
    step_join(shop, job, lambda progress, note: None)
    with catalogue.read() as conn:
        joined = issues.get_issue(conn, issue_id)
        assert episodes.get_episode(conn, joined.episode_id).title == "With Ben Marsh"
    assert "the issue speaks of the show The Ledger Room" in joined.proposals[0].reasons
