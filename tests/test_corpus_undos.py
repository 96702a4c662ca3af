"""Undo takes back what was done, and nothing that was done since."""

import pytest

from corpus.catalogue import saved, takeaways, tray, undos, vocabulary
from corpus.catalogue.schema import saved_searches
from corpus.catalogue.schema import takeaways as takeaways_table
from corpus.errors import NotHeldError
from corpus.holdings import Pick


def take_back(catalogue, undo_id):
    with catalogue.write() as conn:
        return undos.take_back(conn, undo_id, now_ms=9)


def test_what_stands_in_the_place_of_what_was_removed_stays(catalogue):
    with catalogue.write() as conn:
        vocabulary.set_term(conn, "AM", ["account manager"], now_ms=1)
        undo_id = vocabulary.reset_terms(conn, now_ms=2)
        vocabulary.set_term(conn, "AM", ["air mail"], now_ms=3)
    with pytest.raises(NotHeldError, match="something else stands in its place"):
        take_back(catalogue, undo_id)
    with catalogue.read() as conn:
        assert vocabulary.list_changes(conn) == (("AM", ("air mail",)),)


def test_a_search_that_was_looked_at_since_can_be_unsaved(catalogue):
    with catalogue.write() as conn:
        saved_id, undo_id = saved.save_search(conn, "Budgets", {"q": "budget"}, now_ms=1)
        seen = {"seen_passage_id": 7, "seen_ms": 2}
        conn.execute(saved_searches.update().values(seen).where(saved_searches.c.id == saved_id))
    take_back(catalogue, undo_id)
    with catalogue.read() as conn:
        assert saved.list_saved(conn) == ()


def test_an_undo_says_what_it_did_and_is_undone_and_done_again(catalogue):
    with catalogue.write() as conn:
        entry_id, undo_id = tray.add_to_tray(conn, Pick(text="One."), now_ms=1)
    told, there = [], []
    for _ in range(4):
        done = take_back(catalogue, undo_id)
        undo_id = done.undo_id
        told.append(done.told)
        with catalogue.read() as conn:
            there.append([entry.id for entry in tray.list_tray(conn)])
    assert told == ["Taken back: added to the tray", "Done again: added to the tray"] * 2
    assert there == [[], [entry_id]] * 2
    with pytest.raises(NotHeldError, match="no longer be undone"):
        take_back(catalogue, undo_id - 1)


def test_what_a_check_found_since_is_kept_when_a_decision_is_taken_back(catalogue):
    with catalogue.write() as conn:
        row = {"origin": "author", "position": 0, "text": "One.", "verdict": "moved"}
        takeaways.add_takeaways(conn, [{**row, "stated_ms": 1_000, "found_ms": 5_000}])
        before = undos.read_before(conn, takeaways_table, [1])
        takeaways.change_takeaway(conn, 1, stated_ms=5_000, verdict="confirmed")
        undo_id = undos.remember(conn, before, subject="takeaway:1", said="x", now_ms=1)
        takeaways.set_found(conn, 1, found_ms=6_000, sentence="One was said.")
    done = take_back(catalogue, undo_id)
    with catalogue.read() as conn:
        held = takeaways.get_takeaway(conn, 1)
    assert (held.stated_ms, held.found_ms, held.sentence) == (1_000, 6_000, "One was said.")
    assert not done.is_stale
