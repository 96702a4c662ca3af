"""Sections of an episode: cut where the talk turns, named by what stands out."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.holdings import HeldPassage
from ingest.topic_names import MOST_NAMES, name_sections
from ingest.topics import MOST, count_sections, cut_sections, find_topics

PASSAGE_MS = 30_000
TALKS = (
    "The cheese from the dairy was ripe. We keep the cheese in a cellar near Sion.",
    "A kite needs the wind. Hold the kite by its string and let the wind lift it.",
    "My violin has four strings. The violin was made by Amati in the town of Cremona.",
    "The ferry crosses the lake. The harbour of the ferry lies below the tower.",
    "Bees make honey. The hive of the bees stood behind the barn all winter.",
    "The glacier moved the stone. Under the glacier the ice is blue.",
)


def talk_of(subjects, each=6):
    """Passages of half a minute, so many about each subject."""
    texts = [f"{TALKS[place]} Take {number}." for place in subjects for number in range(each)]
    return [
        HeldPassage(
            id=place + 1,
            episode_id=1,
            issue_id=None,
            kind="transcript",
            position=place,
            start_ms=place * PASSAGE_MS,
            end_ms=(place + 1) * PASSAGE_MS - 100,
            speaker=None,
            text=text,
            sentences=(),
        )
        for place, text in enumerate(texts)
    ]


def test_an_episode_is_cut_where_its_subject_changes():
    topics = find_topics(talk_of(range(6)), {})
    assert [topic.start_ms for topic in topics] == [place * 6 * PASSAGE_MS for place in range(6)]
    assert [topic.end_ms for topic in topics[:-1]] == [topic.start_ms for topic in topics[1:]]


def test_kept_vectors_tell_where_the_talk_turns():
    said = talk_of([0] * 6)
    # Words tell nothing here: only the vectors turn.
    said = [
        HeldPassage(**{name: getattr(one, name) for name in one.__slots__} | {"text": f"{n}"})
        for n, one in enumerate(said)
    ]
    turns = (0, 4, 11, 17, 22, 30)
    vectors = {
        f"{n}": np.eye(6, dtype=np.float32)[sum(n >= turn for turn in turns) - 1]
        for n in range(len(said))
    }
    topics = find_topics(said, vectors)
    assert [topic.start_ms // PASSAGE_MS for topic in topics] == list(turns)


def test_sections_are_named_by_what_stands_out_in_them():
    names = [topic.names for topic in find_topics(talk_of(range(6)), {})]
    for wanted, found in zip(
        ("cheese", "kite", "Amati", "ferry", "bees", "glacier"), names, strict=True
    ):
        assert wanted in {word for name in found for word in name.split()}, found
        assert len(found) <= MOST_NAMES


def test_names_keep_their_capitals_and_common_words_have_none():
    names = name_sections([[TALKS[2]] * 3, [TALKS[0]] * 3])
    assert any("Amati" in name or "Cremona" in name for name in names[0])
    assert not any("Violin" in name or "The" in name.split() for name in names[0])


@pytest.mark.parametrize("subjects", [(), (0,), (0, 1)])
def test_what_is_too_short_has_no_sections(subjects):
    assert find_topics(talk_of(subjects, each=2), {}) == ()


def test_passages_without_a_time_are_left_out():
    said = talk_of(range(6))
    timeless = [
        HeldPassage(**{name: getattr(one, name) for name in one.__slots__} | {"start_ms": None})
        for one in said
    ]
    assert find_topics(timeless, {}) == ()
    assert len(find_topics([*said, *timeless], {})) == 6


class CountedWords:
    """An index in which some words are common and others rare."""

    def __init__(self, counts):
        self.counts = counts

    def __len__(self):
        return 10_000

    def count_word(self, word):
        return self.counts.get(word.lower(), 1)

    def count_pair(self, left, right):
        return 0


def test_a_word_that_is_common_in_the_corpus_names_nothing():
    said = [["the harbour and the client", "the client at the harbour"], ["nothing of it here"]]
    rare = name_sections(said, CountedWords({"client": 9_999}))[0]
    assert rare == ("harbour",)


def test_who_speaks_is_no_subject_and_neither_is_a_day():
    said = [
        ["So Nadia asked about the kiln.", "On Monday the kiln of Nadia was cold."],
        ["Every Monday there is bread.", "Bread again on Monday."],
    ]
    assert name_sections(said, speakers=["Nadia Quist"]) == (("kiln",), ("bread",))
    # A label that is no name takes nothing away.
    kept = name_sections([["The kiln, the kiln."], ["bread"]], speakers=["Kiln 1"])[0]
    assert kept == ("kiln",)


def test_a_name_of_two_words_is_told_whole():
    said = [
        ["They made Paper Otter.", "A bird is in it: Paper Otter.", "I like that Paper Otter."],
        ["nothing of it here"],
    ]
    assert name_sections(said, CountedWords({"paper": 3_000}))[0][0] == "Paper Otter"


def test_a_first_name_alone_tells_nothing_and_a_whole_name_does():
    said = [
        ["So Sarah saw the kiln, and Sarah left.", "Then Sarah Quist met Sarah Quist."],
        ["The kiln was Sarah's, and Sarah sold it."],
        ["We host it with Netlify.", "So Netlify it is, and Ruby, and more Ruby."],
    ]
    first, second, third = name_sections(said)
    assert "Sarah Quist" in first
    assert "Sarah" not in (*first, *second)
    assert {"Netlify", "Ruby"} <= set(third), "a program's name is a subject"


@given(st.integers(1, 10_000_000_000), st.integers(1, 100_000))
def test_there_are_never_more_sections_than_fit(length_ms, passages):
    count = count_sections(length_ms, passages)
    assert 0 <= count <= MOST
    assert count * 60_000 <= length_ms
    assert count * 3 <= passages


@given(
    st.lists(st.integers(0, 60_000), min_size=2, max_size=80),
    st.integers(1, MOST),
    st.integers(0, 2**32 - 1),
)
def test_cuts_ascend_from_the_first_passage_and_are_apart(gaps, count, seed):
    starts = np.cumsum(np.array(gaps, np.int64))
    rows = np.random.default_rng(seed).normal(size=(len(starts), 3))
    end_ms = int(starts[-1]) + 30_000
    cuts = cut_sections(starts, rows, count, end_ms=end_ms)
    assert cuts[0] == 0
    assert list(cuts) == sorted(set(cuts))
    assert len(cuts) <= count
    least_ms = (end_ms - starts[0]) / count / 2.5
    moments = [*starts[list(cuts)], end_ms]
    assert all(after - before >= least_ms - 1 for before, after in pairwise(moments))


def test_a_very_long_episode_is_cut_in_bounded_time():
    starts = np.arange(50_000, dtype=np.int64) * PASSAGE_MS
    rows = np.repeat(np.eye(10), 5_000, axis=0)
    end_ms = int(starts[-1]) + PASSAGE_MS
    cuts = cut_sections(starts, rows, 10, end_ms=end_ms)
    assert [round(cut / 5_000) for cut in cuts] == list(range(10))


@given(st.lists(st.lists(st.text(max_size=80), max_size=6), max_size=6))
def test_any_text_can_be_named(sections):
    names = name_sections(sections, CountedWords({}))
    assert len(names) == len(sections)
    assert all(len(found) <= MOST_NAMES and all(found) for found in names)


def test_a_hostile_text_takes_no_long():
    name_sections([["a'" * 50_000, "A-" * 50_000, " -" * 50_000, "x.y" * 50_000]])
