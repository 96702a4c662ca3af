"""What an engine answers: one contract for every implementation."""

import numpy as np
import pytest

from corpus.errors import IndexMismatchError, ModelError
from corpus.records import ParsedTakeaway, Passage, Segment
from ingest.chunker import chunk_segments, chunk_takeaways
from search.engine import EmbeddedEngine
from search.hits import SearchRequest
from search.index_reader import IndexReader
from search.index_store import IndexStore
from search.manifest import Fingerprint
from tests.fake_embedder import FakeEmbedder
from tests.memory_source import MemorySource

FINGERPRINT = Fingerprint(model="fake-words", dimension=64, chunker="1")

KILN = [
    "We fired the kiln at dawn. The glaze cracked at once, and nobody knew why.",
    "Our clay comes from a river two hours north. It is full of iron, so it turns red.",
    "Pricing a bowl is hard. I charge by the hour, and then I add the firing.",
    "A customer in the P&L meeting asked for C++ on a mug. We made the e-mail address fit.",
    "My grandmother taught me to throw. She never used a wheel with a motor.",
    "The guild meets on Mondays. Anyone may bring a broken pot and a question.",
]
BEES = [
    "A swarm left the hive in May. We caught it in an old straw basket.",
    "Honey prices fell again. I stopped selling by the jar and charge by the crate.",
    "Wax moths ruin a weak colony. Freeze the frames for two days.",
    "猫が蜂を追いかける。Then the cat sneezed.",
]
TAKEAWAY = "Charge by the hour, then add the firing."


def _talk(lines, speaker):
    segments = [
        Segment(start_ms=60_000 * at, end_ms=60_000 * at + 28_000, text=line, speaker=speaker)
        for at, line in enumerate(lines)
    ]
    return chunk_segments(segments)


@pytest.fixture
def source():
    source = MemorySource()
    source.put(
        _talk(KILN, "Mara Quill"),
        episode=1,
        title="Glaze and grief",
        show="Kiln Talk",
        published="2024-05-31T08:00:00Z",
    )
    source.put(
        _talk(BEES, "Tomas Reed"),
        episode=2,
        title="Swarm season",
        show="Hive Minds",
        published="2025-02-01T08:00:00Z",
    )
    source.put(
        chunk_takeaways([ParsedTakeaway(text=TAKEAWAY)]),
        issue=1,
        title="Issue 9",
        show="The Potter's Post",
    )
    return source


@pytest.fixture
def home(tmp_path, source):
    IndexStore(tmp_path, FINGERPRINT).update(source, FakeEmbedder())
    return tmp_path


@pytest.fixture
def engine(home, source):
    return EmbeddedEngine(source, IndexReader(home, FINGERPRINT), FakeEmbedder())


def _texts(answer):
    return [hit.passage.text for hit in answer.hits]


@pytest.mark.parametrize("mode", ["hybrid", "keyword", "semantic"])
def test_every_mode_finds_the_passage_that_says_it(engine, mode):
    answer = engine.search(SearchRequest(text="the glaze cracked", mode=mode))
    assert answer.mode == mode
    assert answer.problems == ()
    assert answer.hits[0].passage.text == KILN[0]
    assert answer.hits[0].episode_id == 1
    assert answer.hits[0].rank == 1


def test_a_hit_tells_its_words_its_sentence_and_why(engine):
    hit = engine.search(SearchRequest(text="cracking glazes")).hits[0]
    assert [hit.passage.text[start:end] for start, end in hit.spans] == ["glaze", "cracked"]
    assert hit.best.text == "The glaze cracked at once, and nobody knew why."
    assert hit.best.start_ms > hit.passage.start_ms
    assert hit.why == "both"
    assert 0 < hit.score <= 1


def test_passages_before_the_one_that_says_it_come_after_it(engine):
    assert _texts(engine.search(SearchRequest(text="grandmother wheel")))[0] == KILN[4]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"charge by the hour"', {KILN[2], TAKEAWAY}),
        ('"by the hour" OR "by the jar"', {KILN[2], BEES[1], TAKEAWAY}),
        ('"hour the by"', set()),
        ('"e-mail address"', {KILN[3]}),
        ('"email address"', {KILN[3]}),
        ('"P&L" "C++"', {KILN[3]}),
        ("charge kind:takeaway", {TAKEAWAY}),
    ],
)
def test_quotes_and_minus_are_exact(engine, text, expected):
    answer = engine.search(SearchRequest(text=text, mode="keyword"))
    assert set(_texts(answer)) == expected
    hybrid = engine.search(SearchRequest(text=text, k=100))
    assert expected <= set(_texts(hybrid))
    assert len(hybrid.hits) == hybrid.total


@pytest.mark.parametrize("mode", ["hybrid", "keyword", "semantic"])
@pytest.mark.parametrize(
    ("text", "never"),
    [("charge -firing", "firing"), ('charge -"the hour"', "the hour"), ("by the -wax -", "Wax")],
)
def test_what_is_excluded_is_in_no_hit(engine, text, never, mode):
    found = _texts(engine.search(SearchRequest(text=text, mode=mode, k=100)))
    assert found
    assert not any(never in passage for passage in found)


@pytest.mark.parametrize(
    ("request_", "episodes"),
    [
        (SearchRequest(text="by the hour show:hive"), {2}),
        (SearchRequest(text="by the hour", show="kiln talk"), {1}),
        (SearchRequest(text="by the hour show:hive", show="Kiln"), {1}),
        (SearchRequest(text="by the hour speaker:mara"), {1}),
        (SearchRequest(text="by the hour after:2025"), {2}),
        (SearchRequest(text="by the hour", after="2024-06-01"), {2}),
        (SearchRequest(text="by the hour before:2024-06"), {1}),
        (SearchRequest(text="by the hour kind:issue"), set()),
        (SearchRequest(text="by the hour show:nobody"), set()),
    ],
)
def test_filters_are_exact_in_every_mode(engine, request_, episodes):
    for mode in ("hybrid", "keyword", "semantic"):
        answer = engine.search(
            SearchRequest(
                text=request_.text,
                show=request_.show,
                after=request_.after,
                mode=mode,
                k=100,
            )
        )
        assert {hit.episode_id for hit in answer.hits} == episodes


ODD = [
    "",
    " ",
    "?",
    '"',
    '""',
    "-",
    '-"',
    "- - -",
    "-charge",
    "OR",
    "OR OR",
    '"a" OR',
    "show:",
    "show: kiln",
    "kind:nothing",
    "after:yesterday",
    "before:2024-13-01",
    "the",
    "to be or not to be",
    "C++",
    "P&L",
    "🎉",
    "👩🏽‍🚀 launch",
    "猫",
    "猫が好き",
    "пчёлы",
    "\x00\x01",
    "\ud800",
    "a" * 10_000,
    "bee " * 2_500,
    "({[<*^~:\\/+!|&>]})",
    "body:clay AND NOT title:x^3",
    "'; DROP TABLE passages; --",
    "٣ ٤",
    "\u202eevil",
]


@pytest.mark.parametrize("mode", ["hybrid", "keyword", "semantic"])
@pytest.mark.parametrize("text", ODD, ids=lambda text: repr(text[:12]))
def test_whatever_is_typed_gets_an_answer(engine, text, mode):
    answer = engine.search(SearchRequest(text=text, mode=mode))
    assert answer.total >= len(answer.hits)
    assert answer.hits or answer.problems or mode == "keyword" or '"' in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [("the", 1), ("C++", 1), ("P&L", 1), ("猫", 1), ("猫が", 1), ("to be or not to be", 1)],
)
def test_short_and_common_words_are_found_too(engine, text, expected):
    assert len(engine.search(SearchRequest(text=text, mode="keyword")).hits) >= expected


@pytest.mark.parametrize(
    ("k", "offset"), [(0, 0), (-3, 0), (5, 999), (3, -7), (10**9, 0), (5, 10**9)]
)
def test_odd_pages_are_answered(engine, k, offset):
    answer = engine.search(SearchRequest(text="the hour", k=k, offset=offset))
    assert len(answer.hits) <= max(0, k)


def test_pages_follow_each_other(engine):
    whole = engine.search(SearchRequest(text="by the hour", k=6))
    pages = [engine.search(SearchRequest(text="by the hour", k=2, offset=at)) for at in (0, 2, 4)]
    assert [hit.passage_id for page in pages for hit in page.hits] == [
        hit.passage_id for hit in whole.hits
    ]
    assert [hit.rank for page in pages for hit in page.hits] == [1, 2, 3, 4, 5, 6]
    assert {page.total for page in pages} == {whole.total}


def test_one_minute_is_one_hit(tmp_path):
    source = MemorySource()
    lines = ["The glaze cracked."] * 4
    passages = [
        Passage(text=line, kind="transcript", start_ms=20_000 * at, end_ms=20_000 * at + 9_000)
        for at, line in enumerate(lines)
    ]
    source.put(passages, episode=1)
    IndexStore(tmp_path, FINGERPRINT).update(source, FakeEmbedder())
    engine = EmbeddedEngine(source, IndexReader(tmp_path, FINGERPRINT), FakeEmbedder())
    answer = engine.search(SearchRequest(text="glaze"))
    starts = [hit.passage.start_ms for hit in answer.hits]
    assert len(starts) == len(set(starts)) < 4
    assert all(abs(a - b) > 45_000 for a in starts for b in starts if a != b)


def test_reranking_knows_how_near_the_words_of_each_candidate_are(home, source):
    known = []

    def keep(fused, places, evidence):
        known.append(evidence.said)
        return list(fused)

    engine = EmbeddedEngine(source, IndexReader(home, FINGERPRINT), FakeEmbedder(), reranker=keep)
    engine.search(SearchRequest(text="the glaze cracked"))
    (said,) = known
    (nearest,) = source.get_passages([max(said, key=said.get)])
    assert nearest.passage.text == KILN[0]
    assert max(said.values()) == pytest.approx(1, abs=0.08)


class _NoWeights(FakeEmbedder):
    def read_query(self, text):
        raise ModelError("all-MiniLM-L6-v2", "its weights are not installed", "pip install x")


@pytest.mark.parametrize("embedder", [None, _NoWeights()], ids=["none", "no weights"])
@pytest.mark.parametrize("mode", ["hybrid", "semantic"])
def test_without_a_model_words_answer_and_the_answer_says_so(home, source, embedder, mode):
    engine = EmbeddedEngine(source, IndexReader(home, FINGERPRINT), embedder)
    answer = engine.search(SearchRequest(text="the glaze cracked", mode=mode))
    assert answer.mode == "keyword"
    assert answer.hits[0].passage.text == KILN[0]
    assert "words alone" in answer.problems[0]


def test_before_the_first_index_the_answer_says_so(tmp_path, source):
    engine = EmbeddedEngine(source, IndexReader(tmp_path, FINGERPRINT), FakeEmbedder())
    answer = engine.search(SearchRequest(text="glaze"))
    assert answer.hits == ()
    assert answer.problems == ("nothing is indexed yet",)


def test_an_index_of_another_model_is_refused_with_both_sides_and_the_remedy(home, source):
    other = Fingerprint(model="other", dimension=64, chunker="1")
    engine = EmbeddedEngine(source, IndexReader(home, other), FakeEmbedder())
    with pytest.raises(IndexMismatchError) as caught:
        engine.search(SearchRequest(text="glaze"))
    said = str(caught.value)
    assert "'fake-words'" in said
    assert "'other'" in said
    assert "earmark index rebuild" in said


def test_a_passage_that_was_added_is_found_at_once_by_an_open_engine(engine, home, source):
    assert engine.search(SearchRequest(text="wombat", mode="keyword")).hits == ()
    source.put(_talk(["A wombat slept in the kiln."], "Mara Quill"), episode=3)
    IndexStore(home, FINGERPRINT).update(source, FakeEmbedder())
    for mode in ("hybrid", "keyword", "semantic"):
        hit = engine.search(SearchRequest(text="wombat", mode=mode)).hits[0]
        assert hit.episode_id == 3


def test_a_passage_that_was_dropped_is_found_no_longer(engine, home, source):
    source.drop([1])
    assert KILN[0] not in _texts(engine.search(SearchRequest(text="glaze cracked", k=50)))
    IndexStore(home, FINGERPRINT).update(source, FakeEmbedder())
    assert KILN[0] not in _texts(engine.search(SearchRequest(text="glaze cracked", k=50)))


def test_vectors_of_a_filter_are_compared_exactly(engine, source):
    only = engine.search(SearchRequest(text="honey crate", mode="semantic", show="Kiln", k=50))
    assert len(only.hits) == len(KILN)
    assert np.all(np.diff([hit.score for hit in only.hits]) <= 0)


def test_quotes_that_nothing_holds_are_told_and_left_out(engine):
    answer = engine.search(SearchRequest(text='the "purple glaze budget" of the kiln'))
    assert answer.hits
    assert "answered without the quotes" in " ".join(answer.problems)


def test_a_whole_sentence_in_quotes_is_answered_as_it_was_meant(engine):
    answer = engine.search(SearchRequest(text='"the purple glaze has cracked in the kiln"'))
    assert answer.hits
    assert "answered without the quotes" in " ".join(answer.problems)


def test_a_term_in_quotes_stays_exact(engine):
    answer = engine.search(SearchRequest(text='"purple glaze cracked"'))
    assert answer.hits == ()


def test_filters_that_let_nothing_through_are_named(engine):
    answer = engine.search(SearchRequest(text="kiln show:nowhere -glaze"))
    assert answer.hits == ()
    assert "show:nowhere -glaze" in " ".join(answer.problems)


def test_only_a_hybrid_answer_is_put_into_another_order(home, source):
    asked = []

    def backwards(fused, places, evidence):
        asked.append(evidence)
        assert places.keys() >= {one.id for one in fused}
        return list(reversed(fused))

    reader = IndexReader(home, FINGERPRINT)
    engine = EmbeddedEngine(source, reader, FakeEmbedder(), reranker=backwards)
    for mode in ("keyword", "semantic"):
        assert _texts(engine.search(SearchRequest(text="glaze cracked", mode=mode)))[0] == KILN[0]
    assert asked == []
    answer = engine.search(SearchRequest(text="glaze cracked", k=50))
    assert _texts(answer)[-1] == KILN[0]
    assert max(asked[0].words.values()) <= 1.5
    assert 0 <= asked[0].own_words <= 1


def test_more_like_a_passage_are_of_other_places(engine, source):
    first = source.get_passages([3])[0]
    answer = engine.search(SearchRequest(text="", like=3))
    assert answer.mode == "semantic"
    assert answer.hits
    assert 3 not in answer.found
    assert len(answer.found) == answer.total
    # The one that says the same elsewhere comes first.
    assert "by the crate" in answer.hits[0].passage.text or answer.hits[0].issue_id == 1
    assert all(hit.spans == () for hit in answer.hits)
    only = engine.search(SearchRequest(text="", like=3, show="Hive"))
    assert {hit.episode_id for hit in only.hits} == {2}
    assert first.episode_id == 1


def test_more_like_what_is_gone_is_told(engine):
    answer = engine.search(SearchRequest(text="", like=999))
    assert (answer.hits, answer.problems) == ((), ("passage 999 is no longer held",))


def test_all_that_was_found_is_told_beside_the_page(engine):
    answer = engine.search(SearchRequest(text="charge by the hour", k=1))
    assert answer.found[0] == answer.hits[0].passage_id
    assert len(answer.found) == answer.total > 1


def test_a_hit_points_to_where_its_subject_is_brought_up(tmp_path):
    lines = ["Well. Now the kiln glaze budget.", "The kiln glaze budget grew last May.", "Yes."]
    source = MemorySource()
    source.put(_talk([" ".join(lines)], None), episode=1)
    IndexStore(tmp_path, FINGERPRINT).update(source, FakeEmbedder())
    engine = EmbeddedEngine(source, IndexReader(tmp_path, FINGERPRINT), FakeEmbedder())
    hit = engine.search(SearchRequest(text="when did the kiln glaze budget grow?")).hits[0]
    assert hit.best.text == "Now the kiln glaze budget."
    quoted = engine.search(SearchRequest(text='"budget grew last"')).hits[0]
    assert quoted.best.text == lines[1]
