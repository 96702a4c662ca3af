"""Takeaways without a time: a statement is where it is said, a subject where its talk begins."""

import pytest

from corpus.records import ParsedTakeaway
from ingest.align import align_notes
from ingest.check import check_takeaways
from ingest.placing import names_subject, place_takeaways
from tests.fake_embedder import FakeEmbedder
from tests.made_up_episode import SEGMENTS, at_sentence
from tests.made_up_talk import SUBJECT_MS, SUBJECTS, TALK


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pricing", True),
        ("“Pricing the first project”", True),
        ("When do you hire?", True),
        ("How long should a brief be for a client that has never worked with an agency?", True),
        ("Price by the day.", False),
        ("Price by the day!", False),
        ("A brief that fits on one page is read by everybody who has to work with it", False),
        ("", True),
    ],
)
def test_a_subject_is_told_from_a_statement_by_its_form(text, expected):
    assert names_subject(text) is expected


def test_subjects_are_placed_where_their_talk_begins():
    found = place_takeaways([ParsedTakeaway(text=t) for t in SUBJECTS], TALK, FakeEmbedder(256))
    assert [one.verdict for one in found] == ["unchecked"] * len(SUBJECTS)
    for number, one in enumerate(found):
        assert abs(one.found_ms - number * SUBJECT_MS) <= 30_000
        assert one.confidence >= 0.5
        assert one.sentence


def test_a_statement_without_a_time_is_placed_where_it_is_said():
    claims = [ParsedTakeaway(text="Banning status meetings for short notes every morning.")]
    (one,) = place_takeaways(claims, SEGMENTS, FakeEmbedder(256))
    assert (one.verdict, one.found_ms) == ("unchecked", at_sentence(12))


@pytest.mark.parametrize("text", ["Submarine cables", "Nobody ever bought a submarine here."])
def test_what_nobody_says_gets_no_time_rather_than_a_wrong_one(text):
    (one,) = place_takeaways([ParsedTakeaway(text=text)], TALK, FakeEmbedder(256))
    assert (one.verdict, one.found_ms) == ("not found", None)
    assert one.confidence > 0.5


def test_what_an_author_timed_is_checked_and_never_moved_by_the_alignment():
    claims = [ParsedTakeaway(text=title, start_ms=5_000) for title in SUBJECTS]
    embedder = FakeEmbedder(256)
    assert place_takeaways(claims, TALK, embedder) == check_takeaways(claims, TALK, embedder)


def test_only_subjects_share_a_list():
    titles = list(SUBJECTS)[::-1]
    claims = [ParsedTakeaway(text=title) for title in titles]
    claims.insert(2, ParsedTakeaway(text="Nobody ever bought a submarine in this town."))
    found = place_takeaways(claims, TALK, FakeEmbedder(256))
    alone = align_notes(titles, TALK, FakeEmbedder(256))
    kept = [one.found_ms for at, one in enumerate(found) if at != 2]
    assert kept == [one.start_ms if one.confidence >= 0.5 else None for one in alone]
    assert found[2].verdict == "not found"


def test_without_words_or_takeaways_nothing_is_placed():
    assert place_takeaways([], TALK, FakeEmbedder(256)) == ()
    (one,) = place_takeaways([ParsedTakeaway(text="Pricing")], (), FakeEmbedder(256))
    assert (one.verdict, one.found_ms) == ("unchecked", None)
