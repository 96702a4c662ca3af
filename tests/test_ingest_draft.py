import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.records import Segment
from ingest.draft import clean_fillers, draft_takeaways
from tests.fake_embedder import FakeEmbedder
from tests.made_up_episode import DURATION_MS, SEGMENTS

EMBEDDERS = pytest.mark.parametrize("embedder", [FakeEmbedder(256), None], ids=["meaning", "words"])


@EMBEDDERS
def test_drafts_are_sentences_of_the_episode_with_their_seconds(embedder):
    drafts = draft_takeaways(SEGMENTS, embedder, 4, duration_ms=DURATION_MS)
    said = {segment.text: segment for segment in SEGMENTS}
    assert len(drafts) == 4
    assert len({draft.sentence for draft in drafts}) == 4
    for draft in drafts:
        segment = said[draft.sentence]
        assert (draft.start_ms, draft.speaker) == (segment.start_ms, segment.speaker)
        assert draft.reason
    assert [draft.start_ms for draft in drafts] == sorted(draft.start_ms for draft in drafts)


@EMBEDDERS
def test_greetings_questions_and_advertising_are_left_out_where_there_is_better(embedder):
    drafts = draft_takeaways(SEGMENTS, embedder, 4, duration_ms=DURATION_MS)
    for draft in drafts:
        assert "Welcome" not in draft.sentence
        assert not draft.sentence.endswith("?")


@EMBEDDERS
def test_drafts_are_spread_over_the_episode(embedder):
    drafts = draft_takeaways(SEGMENTS, embedder, 4, duration_ms=DURATION_MS)
    assert drafts[-1].start_ms - drafts[0].start_ms > DURATION_MS / 3


@pytest.mark.parametrize(
    ("said", "draft"),
    [
        ("So, um, a brief fits on one page.", "A brief fits on one page."),
        ("Cash is, you know, a fact.", "Cash is, a fact."),
        ("And so we stopped.", "We stopped."),
        ("Sort the files.", "Sort the files."),
        ("It it it might help, the, the, the team.", "It might help, the team."),
        (
            "You're, you're late, and we used to, we used to wait.",
            "You're late, and we used to wait.",
        ),
        (
            "It is very, very good, so so much more, more.",
            "It is very, very good, so so much more, more.",
        ),
        ("They had had a plan that works.", "They had had a plan that works."),
        ("The other, others say, is over.", "The other, others say, is over."),
        ("So.", "So."),
        ("", ""),
    ],
)
def test_fillers_are_cleaned_lightly(said, draft):
    assert clean_fillers(said) == draft


@pytest.mark.parametrize(
    ("segments", "n"),
    [((), 9), (SEGMENTS, 0), (SEGMENTS, -1), ((Segment(start_ms=0, end_ms=9, text="Hm."),), 9)],
)
def test_nothing_to_draft_from_gives_no_drafts(segments, n):
    assert draft_takeaways(segments, FakeEmbedder(), n) == ()


odd_segments = st.lists(
    st.builds(
        Segment,
        start_ms=st.integers(-10, 10**10),
        end_ms=st.integers(-10, 10**10),
        text=st.text(alphabet="ab .?um", max_size=80),
    ),
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@given(odd_segments, st.integers(0, 12))
def test_any_input_gives_at_most_as_many_drafts_as_asked_for(segments, n):
    for embedder in (None, FakeEmbedder(16)):
        drafts = draft_takeaways(segments, embedder, n)
        assert len(drafts) <= n
        assert all(draft.start_ms <= draft.end_ms for draft in drafts)


@EMBEDDERS
def test_no_two_drafts_say_the_same(embedder):
    later = tuple(
        Segment(
            start_ms=one.start_ms + DURATION_MS,
            end_ms=one.end_ms + DURATION_MS,
            text=one.text,
            speaker=one.speaker,
        )
        for one in SEGMENTS
    )
    drafts = draft_takeaways(SEGMENTS + later, embedder, 12)
    assert len(drafts) > 4
    assert len({draft.text for draft in drafts}) == len(drafts)


@EMBEDDERS
def test_a_reason_tells_from_where_on_it_is_spoken_of(embedder):
    drafts = draft_takeaways(SEGMENTS, embedder, 4, title="Paying freelancers")
    assert all(re.match(r"states what is spoken of from \d+:\d\d on", d.reason) for d in drafts)
