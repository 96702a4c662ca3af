import pytest

from corpus.catalogue import episodes
from tests.web_house import make_full_house
from web.known_owners import KnownOwners


@pytest.fixture
def house(home, catalogue):
    return make_full_house(home, catalogue)


def titles(catalogue, known, *ids, issue_ids=()):
    found = known.get(ids, issue_ids)
    return {id_: found.episodes[id_].title for id_ in ids if id_ in found.episodes}


def test_what_is_asked_for_twice_is_read_once(house, catalogue):
    known, id_ = KnownOwners(catalogue), house.ids["full"]
    first = known.get([id_], []).episodes[id_]
    again = known.get([id_], []).episodes[id_]
    assert again is first


def test_what_was_written_since_is_read_anew(house, catalogue):
    known, id_ = KnownOwners(catalogue), house.ids["full"]
    before = titles(catalogue, known, id_)
    with catalogue.write() as conn:
        conn.execute(
            episodes.episodes.update().where(episodes.episodes.c.id == id_).values(title="New")
        )
    assert before != titles(catalogue, known, id_) == {id_: "New"}


def test_an_id_that_is_not_held_is_absent(house, catalogue):
    known = KnownOwners(catalogue)
    assert titles(catalogue, known, 999, issue_ids=[999]) == {}


def test_issues_are_known_too(house, catalogue):
    found = KnownOwners(catalogue).get([], [house.ids["issue"]])
    assert list(found.issues) == [house.ids["issue"]]


def test_no_more_are_kept_than_said(house, catalogue):
    known, id_ = KnownOwners(catalogue, most=0), house.ids["full"]
    first = known.get([id_], []).episodes[id_]
    again = known.get([id_], []).episodes[id_]
    assert again == first
    assert again is not first
