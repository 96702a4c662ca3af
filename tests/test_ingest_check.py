import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.records import ParsedTakeaway, Segment, Word
from ingest.check import check_takeaways
from ingest.sentences import split_sentences
from ingest.terms import split_words
from tests.fake_embedder import FakeEmbedder
from tests.made_up_episode import DURATION_MS, SEGMENTS, at_sentence

TRUE = (
    ("Keep one day in five empty, since emergencies fill every gap.", 4),
    ("Book an illustrator before the contract is signed and pay the deposit.", 9),
    ("Replace status meetings by a short note every morning.", 12),
    ("Tell a client the same afternoon, with a new date and less scope.", 15),
)
INVENTED = (
    "Juniors should rotate between departments during their apprenticeship.",
    "Biscuits, plants and sofas make remote onboarding warmer.",
)


@pytest.fixture(params=[FakeEmbedder(1024), None], ids=["with meaning", "by words"])
def embedder(request):
    return request.param


def check(rows, embedder):
    claims = [ParsedTakeaway(text=text, start_ms=stated) for text, stated in rows]
    return check_takeaways(claims, SEGMENTS, embedder, duration_ms=DURATION_MS)


def test_a_takeaway_at_its_stated_time_is_confirmed(embedder):
    rows = [(text, at_sentence(number) + 400) for text, number in TRUE]
    results = check(rows, embedder)
    assert [one.verdict for one in results] == ["confirmed"] * len(TRUE)
    assert [one.found_ms for one in results] == [at_sentence(number) for _, number in TRUE]
    assert {one.speaker for one in results} == {"Jonas"}
    assert results[0].sentence == SEGMENTS[4].text
    assert all(0.5 < one.confidence <= 1 for one in results)


def test_a_takeaway_that_is_said_elsewhere_is_moved_there(embedder):
    rows = [(text, at_sentence(number) + 28_000) for text, number in TRUE]
    results = check(rows, embedder)
    assert [one.verdict for one in results] == ["moved"] * len(TRUE)
    assert [one.found_ms for one in results] == [at_sentence(number) for _, number in TRUE]


def test_what_nobody_says_is_not_found(embedder):
    results = check([(text, 60_000) for text in INVENTED], embedder)
    assert [one.verdict for one in results] == ["not found"] * len(INVENTED)
    assert all(one.found_ms is None and one.sentence is None for one in results)


def test_a_takeaway_without_a_time_is_found_but_unchecked(embedder):
    (result,) = check([(TRUE[2][0], None)], embedder)
    assert (result.verdict, result.found_ms) == ("unchecked", at_sentence(12))


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("Keep one day empty.", ()),
        ("Keep one day empty.", (Segment(start_ms=0, end_ms=1_000, text=" "),)),
        ("", SEGMENTS),
        ("  \n", SEGMENTS),
    ],
)
def test_what_cannot_be_checked_is_unchecked(text, segments, embedder):
    claims = [ParsedTakeaway(text=text, start_ms=1_000)]
    (result,) = check_takeaways(claims, segments, embedder)
    assert (result.verdict, result.confidence) == ("unchecked", 0)


def test_no_takeaways_give_no_results(embedder):
    assert check_takeaways([], SEGMENTS, embedder) == ()


def test_another_takeaway_that_fits_a_place_better_takes_it(embedder):
    vague = "Clients are told about the scope."
    results = check([(TRUE[3][0], at_sentence(15)), (vague, at_sentence(3))], embedder)
    assert results[0].found_ms == at_sentence(15)
    assert results[0].confidence > results[1].confidence or results[1].verdict == "not found"


texts = st.text(max_size=60)
segments = st.lists(
    st.builds(
        Segment,
        start_ms=st.integers(-5_000, 400_000),
        end_ms=st.integers(-5_000, 400_000),
        text=texts,
        speaker=st.sampled_from([None, "A", "B"]),
    ),
    max_size=6,
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(texts, st.one_of(st.none(), st.integers(-1, 10**30))), max_size=4),
    segments,
    st.one_of(st.none(), st.integers(0, 300_000)),
)
def test_any_input_gives_one_result_each_within_the_episode(rows, segments, duration_ms):
    claims = [ParsedTakeaway(text=text, start_ms=stated) for text, stated in rows]
    for embedder in (None, FakeEmbedder(16)):
        results = check_takeaways(claims, segments, embedder, duration_ms=duration_ms)
        assert len(results) == len(claims)
        for result in results:
            assert 0 <= result.confidence <= 1
            if result.found_ms is not None:
                assert 0 <= result.found_ms <= result.found_end_ms
                assert result.found_ms <= max([400_000, duration_ms or 0])


def test_nothing_is_found_after_the_end_of_the_episode():
    claims = [ParsedTakeaway(text=SEGMENTS[-1].text, start_ms=at_sentence(17))]
    (result,) = check_takeaways(claims, SEGMENTS, None, duration_ms=at_sentence(17))
    assert result.found_ms is None or result.found_ms < at_sentence(17)


def test_a_duration_that_most_of_the_talk_lies_behind_is_not_believed():
    claims = [ParsedTakeaway(text=TRUE[2][0], start_ms=at_sentence(12))]
    (result,) = check_takeaways(claims, SEGMENTS, None, duration_ms=5_000)
    assert (result.verdict, result.found_ms) == ("confirmed", at_sentence(12))


def test_sentences_run_over_segment_borders_and_keep_their_times():
    segments = (
        Segment(start_ms=0, end_ms=2_000, text="We leave a gap", speaker="A"),
        Segment(start_ms=2_000, end_ms=4_000, text="in the plan. It fills", speaker="A"),
        Segment(start_ms=4_000, end_ms=5_000, text="by itself. Right?", speaker="A"),
        Segment(start_ms=5_000, end_ms=6_000, text="Right", speaker="B"),
    )
    said = split_sentences(segments)
    assert [one.text for one in said] == [
        "We leave a gap in the plan.",
        "It fills by itself.",
        "Right?",
        "Right",
    ]
    assert [one.start_ms for one in said] == [0, 3_238, 4_647, 5_000]
    assert said[0].end_ms < said[1].start_ms


def test_word_times_are_believed_where_they_are_known():
    words = (
        Word(start_ms=100, end_ms=300, text="Stop."),
        Word(start_ms=7_000, end_ms=7_200, text="Go"),
        Word(start_ms=7_300, end_ms=7_500, text="on."),
    )
    said = split_sentences([Segment(start_ms=0, end_ms=9_000, text="Stop. Go on.", words=words)])
    assert [(one.start_ms, one.end_ms, one.text) for one in said] == [
        (100, 300, "Stop."),
        (7_000, 7_500, "Go on."),
    ]


def test_a_title_or_an_initial_ends_no_sentence():
    text = "Dr. Osei and J. Plant agreed. Both left."
    said = split_sentences([Segment(start_ms=0, end_ms=4_000, text=text)])
    assert [one.text for one in said] == ["Dr. Osei and J. Plant agreed.", "Both left."]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Aim for seventy-five percent", ("aim", "for", "75", "percent")),
        ("75 %", ("75",)),
        ("thirty thousand pounds", ("30000", "pounds")),
        ("1,200 hours", ("1200", "hours")),
        ("one " + "hundred " * 3_000, ("1" + "00" * 7, *["hundred"] * 2_993)),
        ("one or two", ("1", "or", "2")),
        ("the client’s DON'T", ("the", "client", "dont")),
        ("", ()),
        ("💡", ()),
    ],
)
def test_words_are_compared_in_one_spelling(text, words):
    assert split_words(text) == words
