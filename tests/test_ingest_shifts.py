"""Times move with the words when audio changes its length, and only then."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.records import Segment, Word
from ingest.shifts import Shift, Shifts, find_shifts, move_segments

COMMON = [f"{a}{b}" for a in "bdfgklmnprst" for b in ("a", "e", "i", "o", "u", "ay", "oo")]
RARE = [first + second for first in COMMON for second in COMMON]
NEAR_MS = 1_000


def pick_word(rng):
    return rng.choice(COMMON if rng.random() < 0.4 else RARE)


def talk(seed, count, *, start_ms=0):
    """Return words of a made-up talk, some 170 a minute, with pauses between sentences."""
    rng = random.Random(seed)
    words, now = [], start_ms
    for _ in range(count):
        length = rng.randint(120, 420)
        words.append(Word(start_ms=now, end_ms=now + length, text=pick_word(rng)))
        now += length + (rng.randint(300, 1_500) if rng.random() < 0.1 else rng.randint(0, 60))
    return words


def segments_of(words):
    """Return words as segments of twelve."""
    return [
        Segment(
            start_ms=run[0].start_ms,
            end_ms=run[-1].end_ms,
            text=" ".join(word.text for word in run),
            words=tuple(run),
        )
        for run in (words[at : at + 12] for at in range(0, len(words), 12))
    ]


def insert(words, adverts, rng):
    """Return words heard anew with adverts put in, and where each is then; None for one misheard.

    ``adverts`` are the seed and the count of words of each, by the word before which it stands.
    """
    heard, moved, by_ms = [], [], 0
    for place, word in enumerate(words):
        if place in adverts:
            spoken = talk(*adverts[place], start_ms=word.start_ms + by_ms)
            heard += spoken
            by_ms = spoken[-1].end_ms + 400 - word.start_ms
        is_misheard = rng.random() < 0.03
        moved.append(None if is_misheard else word.start_ms + by_ms)
        start = max(word.start_ms + by_ms + rng.randint(-150, 150), 0)
        text = pick_word(rng) if is_misheard else word.text
        end = start + word.end_ms - word.start_ms
        heard.append(Word(start_ms=start, end_ms=end, text=text))
    return heard, moved


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    count=st.integers(150, 900),
    places=st.lists(st.floats(0, 1), min_size=1, max_size=4),
    lengths=st.lists(st.integers(25, 250), min_size=4, max_size=4),
)
def test_adverts_at_any_places_are_undone_within_a_second(seed, count, places, lengths):
    words = talk(seed, count)
    ordered = sorted({int(place * (count - 13)) for place in places})
    far = [at for n, at in enumerate(ordered) if at - (ordered[n - 1] if n else 0) > 12 or at == 0]
    adverts = {at: (seed + n + 1, lengths[n]) for n, at in enumerate(far)}
    heard, moved = insert(words, adverts, random.Random(seed))
    found = find_shifts(segments_of(words), segments_of(heard))
    assert found.is_usable
    assert all(
        abs(found.move(word.start_ms) - true) <= NEAR_MS
        for word, true in zip(words, moved, strict=True)
        if true is not None
    )


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(30, 600))
def test_nothing_moves_where_nothing_changed(seed, count):
    words = talk(seed, count)
    heard, _ = insert(words, {}, random.Random(seed))
    found = find_shifts(segments_of(words), segments_of(heard))
    assert found.steps == (Shift(0, 0),)
    assert move_segments(segments_of(words), found) == tuple(segments_of(words))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), place=st.integers(20, 380), length=st.integers(25, 200))
def test_an_advert_taken_out_is_undone_too(seed, place, length):
    words = talk(seed, 400)
    with_advert, moved = insert(words, {place: (seed + 1, length)}, random.Random(seed))
    found = find_shifts(segments_of(with_advert), segments_of(words))
    assert all(
        abs(found.move(true) - word.start_ms) <= NEAR_MS
        for word, true in zip(words, moved, strict=True)
        if true is not None
    )


def test_what_was_cut_out_is_put_where_the_cut_is():
    found = Shifts(steps=(Shift(0, 0), Shift(130_000, -30_000)), matched=1.0)
    assert [found.move(ms) for ms in (99_000, 115_000, 131_000)] == [99_000, 100_000, 101_000]


def test_another_talk_is_not_believed():
    found = find_shifts(segments_of(talk(1, 400)), segments_of(talk(2, 400)))
    assert not found.is_usable


@pytest.mark.parametrize(("old", "new"), [((), ()), (talk(1, 50), ()), ((), talk(1, 50))])
def test_silence_has_nothing_in_common(old, new):
    found = find_shifts(segments_of(list(old)), segments_of(list(new)))
    assert not found.is_usable
    assert found.move(5_000) == 5_000


def test_segments_without_words_are_moved_by_their_letters():
    words = talk(7, 300)
    heard, _ = insert(words, {150: (9, 100)}, random.Random(7))
    cues = [
        Segment(start_ms=one.start_ms, end_ms=one.end_ms, text=one.text)
        for one in segments_of(words)
    ]
    found = find_shifts(cues, segments_of(heard))
    assert found.is_usable
    assert len(found.steps) == 2
    moved = move_segments(cues, found)
    assert moved[0].start_ms == cues[0].start_ms
    assert moved[-1].start_ms - cues[-1].start_ms == pytest.approx(found.most_ms, abs=1)
    assert [one.text for one in moved] == [one.text for one in cues]


def test_a_long_episode_takes_seconds():
    words = talk(3, 12_000)
    heard, _ = insert(words, {4_000: (5, 200), 9_000: (6, 300)}, random.Random(3))
    found = find_shifts(segments_of(words), segments_of(heard))
    assert len(found.steps) == 3
