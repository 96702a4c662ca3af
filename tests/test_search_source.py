"""One contract for every source of passages."""

import numpy as np
import pytest

from corpus.records import Passage, Sentence
from search.query import Filters
from search.said_words import PACKED_BYTES
from search.source import text_hash
from tests.memory_source import MemorySource
from tests.seeded_source import SeededSource


def _talk(*texts, speaker=None):
    return [
        Passage(
            text=text,
            kind="transcript",
            start_ms=at * 1000,
            end_ms=at * 1000 + 900,
            speaker=speaker,
        )
        for at, text in enumerate(texts)
    ]


@pytest.fixture(params=[MemorySource, SeededSource], ids=lambda cls: cls.__name__)
def source(request, catalogue):
    source = MemorySource() if request.param is MemorySource else SeededSource(catalogue)
    source.put(
        _talk("a", "b", "c", "d", speaker="Mara Quill"),
        episode=1,
        title="First",
        show="Kiln Talk",
        published="2024-05-31T08:00:00Z",
    )
    source.put(_talk("e", "f"), episode=2, show="Hive Minds", published="2025-01-01T00:00:00Z")
    notes = [Passage(text="n", kind="notes", start_ms=None, end_ms=None)]
    source.put(notes, episode=1, title="First", show="Kiln Talk", published="2024-05-31T08:00:00Z")
    source.put([Passage(text="i", kind="issue", start_ms=None, end_ms=None)], issue=1)
    return source


def test_passages_come_in_the_order_asked_for(source):
    assert [one.passage.text for one in source.get_passages([3, 1, 99])] == ["c", "a"]
    first = source.get_passages([1])[0]
    assert (first.title, first.show, first.episode_id, first.issue_id) == (
        "First",
        "Kiln Talk",
        1,
        None,
    )


def test_texts_come_with_the_names_of_what_they_are_of(source):
    first, last = source.get_texts([8, 99, 1])[::-1]
    assert (first.id, first.kind, first.text) == (1, "transcript", "a")
    assert (first.title, first.show) == ("First", "Kiln Talk")
    assert (last.kind, last.text) == ("issue", "i")


def test_texts_tell_everybody_who_speaks_in_them(source):
    sentences = (
        Sentence(start=0, end=5, start_ms=0, end_ms=9, speaker="Ben Marsh"),
        Sentence(start=6, end=9, start_ms=9, end_ms=19, speaker="Speaker 2"),
    )
    both = Passage(text="So it. Is.", kind="transcript", start_ms=0, end_ms=19, sentences=sentences)
    source.put([both], episode=3)
    told = [one.speakers for one in source.get_texts([1, 5, 8, 9])]
    assert told == [("Mara Quill",), (), (), ("Ben Marsh", "Speaker 2")]


def test_neighbours_are_of_the_same_text(source):
    around = source.find_neighbours([1, 3, 4, 5, 7, 99], 1)
    assert dict(around) == {1: (1, 2), 3: (2, 3, 4), 4: (3, 4), 5: (5, 6), 7: (7,)}


def test_places_tell_what_belongs_together(source):
    places = source.get_places([1, 2, 5, 7, 99])
    assert places.keys() == {1, 2, 5, 7}
    assert places[1].source == places[2].source
    assert len({places[1].source, places[5].source}) == 2
    assert (places[2].start_ms, places[7].start_ms) == (1000, None)


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        (Filters(show="KILN"), [1, 2, 3, 4, 7]),
        (Filters(speaker="quill"), [1, 2, 3, 4]),
        (Filters(kind="notes"), [7]),
        (Filters(after="2025"), [5, 6]),
        (Filters(after="2024-05-31", before="2024-06"), [1, 2, 3, 4, 7]),
        (Filters(before="2024"), []),
        (Filters(show="kiln", kind="transcript"), [1, 2, 3, 4]),
        (Filters(), [1, 2, 3, 4, 5, 6, 7, 8]),
    ],
)
def test_filters_let_through_what_they_say(source, filters, ids):
    found = source.find_ids(filters)
    assert found.dtype == np.int64
    assert found.tolist() == ids


def test_ids_are_listed_in_bounded_batches(source):
    assert source.list_ids(0, 3) == [1, 2, 3]
    assert source.list_ids(6, 3) == [7, 8]
    assert source.list_ids(8, 3) == []


def test_changes_are_listed_in_order(source):
    source.drop([2])
    changes = source.list_changes(7, 10)
    told = [(one.passage_id, one.action) for one in changes]
    assert told[0] == (8, "put")
    assert (2, "drop") in told
    # Those behind a dropped one may be put again: their place in the text has changed.
    assert set(told[1:]) <= {(2, "drop"), (3, "put"), (4, "put")}
    assert [one.seq for one in changes] == list(range(8, source.last_change() + 1))
    assert source.list_changes(source.last_change(), 10) == []
    assert source.get_passages([2]) == []


def test_vectors_are_kept_by_text_and_model(source):
    hashes = [text_hash("a"), text_hash("b")]
    vectors = np.eye(2, dtype=np.float32)
    source.put_vectors(hashes, vectors, "one")
    source.put_vectors(hashes[:1], vectors[1:], "one")
    kept = source.get_vectors([*hashes, text_hash("z")], "one")
    assert kept.keys() == set(hashes)
    assert np.array_equal(kept[hashes[0]], vectors[0])
    assert source.get_vectors(hashes, "other") == {}


def test_words_are_kept_by_text_and_model(source):
    hashes = [text_hash("a"), text_hash("b"), text_hash("c")]
    made = np.random.default_rng(1).integers(0, 256, (5, PACKED_BYTES)).astype(np.uint8)
    words = [made[:3], made[:0], made[3:]]
    source.put_words(hashes, words, "one")
    source.put_words(hashes[:1], words[2:], "one")
    kept = source.get_words([*hashes, text_hash("z")], "one")
    assert kept.keys() == set(hashes)
    assert all(np.array_equal(kept[hash_], row) for hash_, row in zip(hashes, words, strict=True))
    assert kept[hashes[1]].shape == (0, PACKED_BYTES)
    assert source.get_words(hashes, "other") == {}
    assert source.get_vectors(hashes, "one") == {}


def test_places_are_the_same_whether_filters_were_asked_before_or_not(source):
    ids = source.list_ids(0, 100)
    asked = [*ids, ids[0], 10**9]
    before = source.get_places(asked)
    source.find_ids(Filters(kind="transcript"))
    assert source.get_places(asked) == before
    source.put(_talk("new"), episode=9, show="Kiln Talk")
    (new,) = set(source.list_ids(0, 100)) - set(ids)
    assert new in source.find_ids(Filters(show="kiln"))
    assert new in source.get_places([new])
    source.drop(ids[:1])
    assert ids[0] not in source.get_places(asked)
    assert ids[0] not in source.find_ids(Filters(kind="transcript"))


def test_names_are_filtered_whatever_their_accents_capitals_and_apostrophes(source):
    source.put(_talk("x", speaker="Zoë  O’Hara-Núñez"), episode=9, show="L’Été à Łódź")
    for said in ("zoe o'hara", "O’HARA", "ohara-nunez", "Zoe\u0308 O‘Hara"):
        assert len(source.find_ids(Filters(speaker=said))) == 1
    for said in ("l'ete", "ÉTÉ A LODZ", "L‘Été"):
        assert len(source.find_ids(Filters(show=said))) == 1
    assert len(source.find_ids(Filters(speaker="hara zoe"))) == 0
