"""Where a show's people usually note something, learnt from its other episodes."""

import numpy as np
import pytest

from corpus.catalogue import episodes
from corpus.records import Chapter, ParsedEpisode
from ingest.draft import draft_takeaways
from ingest.drafting import draft_episode
from ingest.show_habits import habit_at, learn_habits
from tests.fake_embedder import FakeEmbedder
from tests.made_up_talk import DURATION_MS, TALK
from tests.web_house import make_full_house

HOUR_MS = 3_600_000
FIRST_HALF = ([minute * 60_000 for minute in range(1, 30, 3)], HOUR_MS)


def test_a_part_that_is_never_noted_counts_less():
    habits = learn_habits([FIRST_HALF] * 6)
    early, late = habit_at(habits, np.array([0.25, 0.8]))
    assert early > 0 > late
    assert np.isfinite(habits).all()
    assert abs(habits.mean()) < 1e-9


def test_few_episodes_tell_less_than_many():
    parts = np.array([0.25, 0.8])
    few = habit_at(learn_habits([FIRST_HALF]), parts)
    many = habit_at(learn_habits([FIRST_HALF] * 20), parts)
    assert 0 < few[0] - few[1] < many[0] - many[1]


@pytest.mark.parametrize(
    "others",
    [[], [([], HOUR_MS)], [([1, 2, 3, 4], HOUR_MS)], [(FIRST_HALF[0], 0)]],
    ids=["none", "without notes", "few notes", "no length"],
)
def test_without_notes_nothing_is_learnt(others):
    assert learn_habits(others) is None
    assert habit_at(None, np.array([0.0, 1.0])).tolist() == [0, 0]


def test_drafts_keep_to_the_parts_that_a_show_notes():
    def share_early(habits):
        drafts = draft_takeaways(TALK, FakeEmbedder(256), 3, habits=habits)
        return sum(one.start_ms < DURATION_MS / 2 for one in drafts) / len(drafts)

    assert share_early(learn_habits([FIRST_HALF] * 12)) >= share_early(None)
    late = [HOUR_MS - start for start in FIRST_HALF[0]]
    assert share_early(learn_habits([(late, HOUR_MS)] * 12)) <= share_early(None)


@pytest.mark.parametrize("recurs", [False, True])
def test_an_episode_is_drafted_with_what_the_others_of_its_show_tell(home, catalogue, recurs):
    house = make_full_house(home, catalogue)
    before = draft_episode(catalogue, FakeEmbedder(), house.ids["full"], 2)
    with catalogue.write() as conn:
        for number in range(12):
            other, _ = episodes.put_episode(
                conn,
                house.ids["show"],
                ParsedEpisode(guid=f"o{number}", title=f"Other {number}", duration_ms=HOUR_MS),
                now_ms=1,
            )
            found = [
                Chapter(start_ms=ms, title=f"{ms}" if recurs else f"{ms} {number}")
                for ms in FIRST_HALF[0]
            ]
            episodes.put_chapters(conn, other, found)
    after = draft_episode(catalogue, FakeEmbedder(), house.ids["full"], 2)
    assert not any("the show often has notes" in one.reason for one in before)
    # What bears one title in all of them is a recurring part, and tells nothing.
    assert any("the show often has notes" in one.reason for one in after) is not recurs
