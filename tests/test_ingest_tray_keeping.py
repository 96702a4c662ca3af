"""The tray goes out with everything else, and comes back as it was."""

import json

import pytest

from corpus.catalogue import open_catalogue, tray
from corpus.formats.interchange import iter_interchange
from corpus.formats.interchange_tray import InterchangeTray, format_tray
from corpus.homes import Home
from ingest.adding import add_source
from ingest.exporting import export_all
from ingest.tray_keeping import read_tray
from tests.spine import make_shop
from tests.web_house import make_full_house


@pytest.fixture
def filled(home, catalogue):
    house = make_full_house(home, catalogue)
    from corpus.holdings import Pick
    from ingest.picking import pick_moment

    with catalogue.write() as conn:
        first, _ = tray.add_to_tray(conn, pick_moment(conn, house.ids["full"], 21_000), now_ms=1)
        second, _ = tray.add_to_tray(conn, Pick(text="By hand – “so”."), now_ms=2)
        tray.edit_entry(conn, first, "Reworded", now_ms=3)
        tray.mark_used(conn, "Issue 12", "2026-06-01", now_ms=4)
        tray.move_entry(conn, second, 0, now_ms=1)
    return catalogue


def test_the_tray_comes_back_as_it_was_and_only_once(filled, tmp_path):
    file = tmp_path / "all.jsonl.gz"
    export_all(filled, file)
    home = Home(tmp_path / "other")
    with_it = open_catalogue(home.path)
    try:
        shop = make_shop(with_it, home)
        assert add_source(shop, str(file)).changed
        with filled.read() as conn:
            before = read_tray(conn)
        with with_it.read() as conn:
            assert read_tray(conn) == before
            said = tray.list_said(conn)
        assert [pick.text for pick in before.picks] == ["By hand – “so”.", "Reworded"]
        assert [each.label for each in said][-2:] == ["Issue 12", "Issue 12"]
        again = tmp_path / "again.jsonl"
        export_all(with_it, again)
        assert not add_source(shop, str(again)).changed
    finally:
        with_it.close()


def test_an_empty_tray_has_no_line(catalogue, tmp_path):
    assert export_all(catalogue, tmp_path / "none.jsonl") == 0


def test_the_line_is_read_as_it_is_written(filled):
    with filled.read() as conn:
        held = read_tray(conn)
    assert list(iter_interchange(format_tray(held).encode())) == [held]
    assert list(iter_interchange(b'{"kind": "tray"}')) == [InterchangeTray()]


@pytest.mark.parametrize(
    "value",
    [
        {"picks": [{"text": ""}]},
        {"picks": [{}]},
        {"picks": 7},
        {"picks": ["x"]},
        {"picks": [{"text": "a", "start": "soon"}]},
        {"uses": [{"text": "a", "issue": "b"}]},
    ],
)
def test_a_line_that_cannot_be_read_is_named(value):
    (found,) = iter_interchange(json.dumps({"kind": "tray", **value}).encode())
    assert "line 1" in str(found)
