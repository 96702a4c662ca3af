"""A house for tests of the site: a real catalogue with a small corpus, and an engine of fixed hits.

The corpus: "The Long Table" with three episodes. The first has a transcript by two speakers,
chapters, takeaways, an issue that speaks of it and (where asked for) audio; of the others little is
known.
"""

import functools
from dataclasses import dataclass, field

from corpus.catalogue import (
    episodes,
    issues,
    jobs,
    notes,
    passages,
    shows,
    takeaways,
    transcripts,
)
from corpus.catalogue.jobs import NewJob
from corpus.catalogue.shows import ShowFacts
from corpus.holdings import Proposal
from corpus.records import (
    Block,
    Chapter,
    Enclosure,
    Link,
    ParsedEpisode,
    ParsedNewsletter,
    ParsedTakeaway,
    Passage,
    Person,
    Segment,
    Sentence,
)
from corpus.settings import Settings, resolve_settings
from search.hits import BestSentence, Hit, SearchAnswer
from search.index_status import IndexStatus
from search.manifest import Fingerprint
from web.known_owners import KnownOwners

AUDIO_MS = 60_000
SPOKEN = (
    ("Ada Quill", "Welcome to The Long Table. Today we talk about deadlines."),
    ("Ben Marsh", "A deadline is a promise. Nobody should make it for somebody else."),
    ("Ada Quill", "So who should make it?"),
    ("Ben Marsh", "Whoever does the work. Ask them first & write it <down>."),
)
SEGMENT_MS = 12_000
BEST = "Nobody should make it for somebody else."
BEST_MS = 20_000
BEST_END_MS = 24_000


def segments():
    return tuple(
        Segment(
            start_ms=place * SEGMENT_MS,
            end_ms=(place + 1) * SEGMENT_MS - 500,
            speaker=speaker,
            text=text,
        )
        for place, (speaker, text) in enumerate(SPOKEN)
    )


@dataclass
class FakeEngine:
    """Answers every question with the same hits, as many as are asked for, and remembers it."""

    hits: tuple[Hit, ...] = ()
    problems: tuple[str, ...] = ()
    suggestion: str | None = None
    drops: tuple = ()
    error: Exception | None = None
    requests: list = field(default_factory=list)

    def search(self, request):
        self.requests.append(request)
        if self.error:
            raise self.error
        page = self.hits[request.offset : request.offset + request.k]
        return SearchAnswer(
            hits=page,
            total=len(self.hits),
            mode=request.mode,
            took_ms=7,
            problems=self.problems,
            suggestion=self.suggestion,
            drops=self.drops,
            found=tuple(hit.passage_id for hit in self.hits),
        )


@dataclass
class FakeHouse:
    """What the site asks of a house."""

    home: object
    catalogue: object
    engine: FakeEngine = field(default_factory=FakeEngine)
    settings: Settings = field(default_factory=Settings)
    ids: dict = field(default_factory=dict)
    loads_for_s: float = 0.0

    def get_engine(self):
        return self.engine

    def is_loading(self, patience_s):
        return self.loads_for_s > patience_s

    def get_fingerprint(self):
        return Fingerprint(model="fake", dimension=64, chunker="1")

    @functools.cached_property
    def known_owners(self):
        return KnownOwners(self.catalogue)

    def open_word_counts(self):
        return None

    def read_index_status(self):
        return IndexStatus(model="fake", dimension=64, count=13, generation="g1", current=True)

    def load_settings(self):
        return resolve_settings({}, {})


def make_house(home, catalogue):
    """Return a house with nothing in it."""
    return FakeHouse(home=home, catalogue=catalogue)


def make_full_house(home, catalogue, *, audio_name=None):
    """Return a house with the corpus; its first episode's audio is ``audio_name`` in media/."""
    house = make_house(home, catalogue)
    with catalogue.write() as conn:
        show_id = shows.put_show(
            conn,
            ShowFacts(
                kind="podcast",
                title="The Long Table",
                feed_url="https://example.com/feed.xml",
                link="https://example.com/",
                author="Ada Quill",
            ),
            now_ms=1,
        )
        full = _put_full_episode(conn, show_id, audio_name)
        bare, _ = episodes.put_episode(
            conn,
            show_id,
            ParsedEpisode(
                guid="two",
                title="A Title <b>with</b> signs & a length that no phone can hold whole",
                enclosures=(Enclosure(url="https://example.com/two.mp3", type="audio/mpeg"),),
            ),
            now_ms=1,
        )
        silent, _ = episodes.put_episode(
            conn, show_id, ParsedEpisode(guid="three", title="Silent"), now_ms=1
        )
        newsletter = shows.put_show(
            conn, ShowFacts(kind="newsletter", title="The Side Table"), now_ms=1
        )
        issue_id = _put_issue(conn, newsletter, full)
        open_issue = _put_open_issue(conn, newsletter, full)
        notes.set_problems(conn, f"episode:{bare}", ["the feed gives no length"], now_ms=1)
        job_ids = _put_jobs(conn, bare)
    house.ids = {
        "show": show_id,
        "newsletter": newsletter,
        "full": full,
        "bare": bare,
        "silent": silent,
        "issue": issue_id,
        "open_issue": open_issue,
        **job_ids,
    }
    spoken = [make_hit(rank, full) for rank in range(1, 13)]
    house.engine.hits = (*spoken, make_issue_hit(13, issue_id))
    return house


def hold_hits(house):
    """Let the catalogue hold the passages of all hits, under the ids that they have."""
    spoken = [hit.passage for hit in house.engine.hits if hit.episode_id]
    written = [hit.passage for hit in house.engine.hits if hit.issue_id]
    with house.catalogue.write() as conn:
        for held, kind, owner in (
            (spoken, "transcript", {"episode_id": house.ids["full"]}),
            (written, "issue", {"issue_id": house.ids["issue"]}),
        ):
            passages.put_passages(conn, held, kinds=[kind], chunker="1", **owner)
    return house


def _put_full_episode(conn, show_id, audio_name):
    episode_id, _ = episodes.put_episode(
        conn,
        show_id,
        ParsedEpisode(
            guid="one",
            title="Whose Deadline Is It?",
            published="2025-03-04T05:00:00Z",
            link="https://example.com/one",
            enclosures=(Enclosure(url="https://example.com/one.mp3", type="audio/mpeg"),),
            duration_ms=AUDIO_MS,
            show_notes="Ben talks about promises.\nMore at https://example.com/promises.",
            persons=(Person(name="Ada Quill", role="host"), Person(name="Ben Marsh", role="guest")),
        ),
        language="en",
        now_ms=1,
    )
    transcripts.put_transcript(
        conn, episode_id, segments(), origin="publisher", format="vtt", language="en", now_ms=1
    )
    episodes.put_chapters(
        conn,
        episode_id,
        [
            Chapter(start_ms=0, title="Welcome"),
            Chapter(start_ms=12_000, title="A promise"),
            Chapter(start_ms=36_000, title="Who does the work"),
        ],
    )
    if audio_name:
        episodes.set_media(
            conn, episode_id, path=audio_name, media_hash="0" * 32, duration_ms=AUDIO_MS
        )
    return episode_id


def _put_issue(conn, newsletter, episode_id):
    parsed = ParsedNewsletter(
        title="Deadlines are promises",
        author="Ada Quill",
        published="2025-03-06",
        link="https://example.com/issues/9",
        blocks=(
            Block(kind="heading", text="Hello", level=1),
            Block(
                kind="paragraph",
                text="This week I listened to a good talk.",
                links=(
                    Link(text="good talk", href="https://example.com/one", start=26),
                    Link(text="listened", href="javascript:alert(1)", start=12),
                ),
            ),
            Block(kind="item", text="Promise less. (0:20)", level=1),
            Block(kind="item", text="Write it down. (0:10)", level=1),
            Block(kind="row", text="Monday 9", cells=("Monday", "9")),
            Block(kind="quote", text="A deadline is a promise."),
            Block(kind="code", text="<script>alert(1)</script>"),
        ),
        takeaways=(
            ParsedTakeaway(text="Promise less.", start_ms=20_000, section="Hello"),
            ParsedTakeaway(text="Write it down.", start_ms=10_000, section="Hello"),
            ParsedTakeaway(text="Be kind.", start_ms=None),
        ),
    )
    issue_id, _ = issues.put_issue(
        conn, parsed, show_id=newsletter, source="issue-9.html", now_ms=1
    )
    proposals = [Proposal(episode_id=episode_id, confidence=0.93, reasons=("names Ben Marsh",))]
    issues.set_join(
        conn, issue_id, episode_id=episode_id, by="earmark", confidence=0.93, proposals=proposals
    )
    takeaways.put_takeaways(
        conn, parsed.takeaways, origin="newsletter", episode_id=episode_id, issue_id=issue_id
    )
    first, second, third = takeaways.list_takeaways(conn, issue_id=issue_id)
    takeaways.set_found(
        conn,
        first.id,
        found_ms=BEST_MS,
        found_end_ms=BEST_END_MS,
        verdict="confirmed",
        confidence=0.9,
        sentence=BEST,
        speaker="Ben Marsh",
    )
    takeaways.set_found(
        conn,
        second.id,
        found_ms=40_000,
        found_end_ms=47_000,
        verdict="moved",
        confidence=0.8,
        sentence="Ask them first & write it <down>.",
        speaker="Ben Marsh",
    )
    takeaways.set_found(conn, third.id, verdict="not found")
    return issue_id


def _put_open_issue(conn, newsletter, episode_id):
    parsed = ParsedNewsletter(
        title=None, blocks=(Block(kind="paragraph", text="Who makes promises?"),)
    )
    issue_id, _ = issues.put_issue(conn, parsed, show_id=newsletter, source=None, now_ms=2)
    proposals = [Proposal(episode_id=episode_id, confidence=0.4, reasons=("speaks of promises",))]
    issues.set_join(
        conn, issue_id, episode_id=None, by="earmark", confidence=None, proposals=proposals
    )
    return issue_id


def _put_jobs(conn, episode_id):
    subject = f"episode:{episode_id}"
    wanted = [
        NewJob(kind="audio", subject=subject, title="A long one", priority=1),
        NewJob(kind="transcribe", subject=subject, title="A long one", priority=2),
        NewJob(kind="index", subject="corpus", title="Search index", priority=3),
    ]
    jobs.queue_jobs(conn, wanted, now_ms=1)
    failed = jobs.claim_job(conn, "here:1:0", now_ms=2)
    jobs.fail_job(conn, failed, "no answer from example.com", again=False, now_ms=3)
    running = jobs.claim_job(conn, "here:1:0", now_ms=4)
    jobs.renew_job(conn, running, progress=0.4, note="12:00 of 30:00", now_ms=5)
    return {"failed_job": failed.id, "running_job": running.id}


def make_hit(rank, episode_id):
    text = f"A deadline is a promise. {BEST}"
    start = text.index(BEST)
    spans = ((2, 10), (start + 7, start + 13))
    return Hit(
        rank=rank,
        score=1 / rank,
        why=("both", "words", "meaning")[rank % 3],
        passage_id=rank,
        passage=Passage(
            text=text,
            kind="transcript",
            start_ms=12_000,
            end_ms=BEST_END_MS,
            speaker="Ben Marsh",
            sentences=(
                Sentence(start=0, end=start - 1, start_ms=12_000, end_ms=BEST_MS),
                Sentence(start=start, end=len(text), start_ms=BEST_MS, end_ms=BEST_END_MS),
            ),
        ),
        spans=spans,
        best=BestSentence(
            text=BEST, start=start, end=len(text), start_ms=BEST_MS, end_ms=BEST_END_MS
        ),
        episode_id=episode_id,
        issue_id=None,
    )


def make_issue_hit(rank, issue_id):
    return Hit(
        rank=rank,
        score=0.01,
        why="words",
        passage_id=rank,
        passage=Passage(text="Hello from the issue.", kind="issue", start_ms=None, end_ms=None),
        spans=((0, 5),),
        best=None,
        episode_id=None,
        issue_id=issue_id,
    )
