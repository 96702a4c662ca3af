from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.records import EpisodeMention, ParsedTakeaway
from ingest.join import EpisodeFacts, IssueFacts, Proposal, decide, propose_episode
from tests.made_up_episode import DURATION_MS, SAID

SHOW = "Studio Ledger: Money and Time for Agencies"
RIGHT = EpisodeFacts(
    episode_id=7,
    show=SHOW,
    title="Plan for the Emergency",
    published="2026-02-03T05:00:00Z",
    number=31,
    duration_ms=DURATION_MS,
    show_notes="Scheduler Jonas Weidel on gaps in the calendar, freelancers and status meetings.",
    persons=("Priya Nair", "Jonas Weidel"),
    links=("https://studioledger.example/31", "https://cdn.example/31.mp3"),
)
OTHERS = (
    EpisodeFacts(
        episode_id=8,
        show=SHOW,
        title="Pricing Without Tears",
        published="2026-01-20T05:00:00Z",
        number=30,
        duration_ms=3_000_000,
        show_notes="Ama Boateng on rate cards and discounts.",
        persons=("Priya Nair", "Ama Boateng"),
        links=("https://studioledger.example/30",),
    ),
    EpisodeFacts(
        episode_id=9,
        show=SHOW,
        title="The Quiet Kick-off",
        published="2026-02-17T05:00:00Z",
        number=32,
        duration_ms=3_000_000,
        show_notes="Teun de Wit on first meetings.",
        persons=("Priya Nair", "Teun de Wit"),
    ),
    EpisodeFacts(episode_id=10, show="Garden Hour", title="Slugs", published="2026-02-03"),
)
CANDIDATES = (*OTHERS[:1], RIGHT, *OTHERS[1:])
PROSE = "This fortnight I thought about calendars. Book a deposit, hold a gap, skip meetings."


def propose(text=PROSE, *, mention=None, candidates=CANDIDATES, **facts):
    issue = IssueFacts(text=text, **facts)
    return propose_episode(mention or EpisodeMention(), issue, candidates)


@pytest.mark.parametrize(
    ("mention", "text", "facts"),
    [
        (EpisodeMention(show=SHOW, guests=("Jonas Weidel",)), PROSE, {}),
        (EpisodeMention(show="Studio Ledger", guests=("Jonas Weidel",)), PROSE, {}),
        (EpisodeMention(show="The Studio Ledger podcast", guests=("Jonas Wiedel",)), PROSE, {}),
        (EpisodeMention(title="Plan for the emergency"), PROSE, {}),
        (EpisodeMention(), f"{PROSE} Hear it: Plan for the Emergency!", {}),
        (EpisodeMention(), f"On Studio Ledger, Jonas Weidel told me why. {PROSE}", {}),
        (EpisodeMention(), PROSE, {"links": ("http://www.studioledger.example/31/?utm=x",)}),
        (EpisodeMention(show="Studio Ledger"), f"Episode 31. {PROSE}", {"published": "2026-02-05"}),
    ],
    ids=[
        "show and guest",
        "subtitle dropped",
        "guest misspelt",
        "title mentioned",
        "title in prose",
        "person in prose",
        "link",
        "number and date",
    ],
)
def test_the_episode_that_an_issue_speaks_of_is_joined(mention, text, facts):
    proposals = propose(text, mention=mention, **facts)
    best = decide(proposals)
    assert best is not None, proposals
    assert best.episode_id == 7
    assert best.reasons


def test_a_renamed_show_is_known_by_its_former_name():
    renamed = replace(RIGHT, show="Hours and Money", former_shows=("Studio Ledger",))
    mention = EpisodeMention(show="Studio Ledger", guests=("Jonas Weidel",))
    best = decide(propose(mention=mention, candidates=[renamed]))
    assert best is not None
    assert any("Studio Ledger" in reason for reason in best.reasons)


@pytest.mark.parametrize(
    "mention",
    [
        EpisodeMention(),
        EpisodeMention(show="Studio Ledger"),
        EpisodeMention(show="Kitchen Science", guests=("Nobody Known",)),
    ],
)
def test_a_vague_or_foreign_issue_is_asked_about(mention):
    assert decide(propose("Hello from the office.", mention=mention)) is None


def test_two_alike_episodes_are_asked_about():
    twin = replace(RIGHT, episode_id=70)
    mention = EpisodeMention(show=SHOW, guests=("Jonas Weidel",))
    proposals = propose(mention=mention, candidates=[RIGHT, twin])
    assert proposals[0].confidence == proposals[1].confidence
    assert decide(proposals) is None


def test_the_date_tells_episodes_with_one_guest_apart():
    sequel = replace(RIGHT, episode_id=70, published="2025-02-03T05:00:00Z", links=())
    mention = EpisodeMention(show=SHOW, guests=("Jonas Weidel",))
    best = propose(mention=mention, candidates=[sequel, RIGHT], published="2026-02-05")[0]
    assert best.episode_id == 7


def test_a_transcript_in_which_the_takeaways_are_said_speaks_for_its_episode():
    said = replace(RIGHT, title="A", show_notes="", persons=(), transcript=words_said())
    unsaid = replace(said, episode_id=70, transcript="We speak of bread and butter. " * 20)
    takeaways = (
        ParsedTakeaway(text="Leave one day empty, emergencies fill the gap.", start_ms=36_000),
        ParsedTakeaway(text="Ban status meetings, write a short note every morning."),
    )
    best, other = propose(candidates=[unsaid, said], takeaways=takeaways)
    assert best.episode_id == 7
    assert best.confidence > 2 * other.confidence


def test_times_after_the_end_of_an_episode_speak_against_it():
    short = replace(RIGHT, duration_ms=30_000)
    takeaways = tuple(ParsedTakeaway(text="x", start_ms=ms) for ms in (40_000, 50_000))
    (proposal,) = propose(candidates=[short], takeaways=takeaways)
    assert "2 of 2 times lie after its end" in proposal.reasons


def test_a_host_who_is_in_every_episode_tells_nothing():
    proposals = propose("A note by Priya Nair.")
    assert not any("Priya" in reason for one in proposals for reason in one.reasons)


def test_nothing_comes_of_nothing():
    assert propose(candidates=[]) == ()
    assert decide(()) is None


def test_deciding_wants_a_margin():
    sure = Proposal(episode_id=1, confidence=0.9, reasons=())
    assert decide([sure]) == sure
    assert decide([replace(sure, confidence=0.5)]) is None


def words_said():
    return " ".join(text for _, text in SAID)


words = st.one_of(st.just(""), st.text(max_size=30), st.sampled_from(["Episode 31", "# 3", "a:b"]))
optional = st.one_of(st.none(), words)
episodes = st.builds(
    EpisodeFacts,
    episode_id=st.integers(),
    show=optional,
    title=optional,
    published=optional,
    number=st.one_of(st.none(), st.integers()),
    duration_ms=st.one_of(st.none(), st.integers()),
    show_notes=words,
    persons=st.lists(words, max_size=2).map(tuple),
    links=st.lists(words, max_size=2).map(tuple),
    transcript=words,
)


@settings(max_examples=60, deadline=None)
@given(words, optional, st.lists(words, max_size=2), st.lists(episodes, max_size=4))
def test_any_input_gives_ranked_confidences(text, title, guests, candidates):
    mention = EpisodeMention(show=text, title=title, guests=tuple(guests))
    issue = IssueFacts(
        text=text,
        published=title,
        takeaways=(ParsedTakeaway(text=text, start_ms=5),),
        links=tuple(guests),
    )
    proposals = propose_episode(mention, issue, candidates)
    shares = [proposal.confidence for proposal in proposals]
    assert len(proposals) == len(candidates)
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) <= 1.001
