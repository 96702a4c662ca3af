"""A corrected name is told by everything that is handed out, and comes back with all of it."""

import json

import pytest

from corpus.catalogue import open_catalogue, speakers, transcripts, tray
from corpus.homes import Home, now_ms
from corpus.settings import Settings
from ingest.adding import add_source
from ingest.exporting import export_all, iter_lines
from ingest.picking import pick_moment, pick_passage, pick_takeaway
from ingest.speaker_edits import apply_names, name_speaker
from ingest.workshop import Workshop
from tests.fake_door import FakeDoor
from tests.web_house import BEST_MS, make_full_house
from web.app import create_app

RAW = "Ben Marsh"
NAME = "Benedict Marshall"


@pytest.fixture
def house(home, catalogue):
    """A house whose tray holds a sentence, a passage and a takeaway of a speaker renamed since."""
    made = make_full_house(home, catalogue)
    episode_id = made.ids["full"]
    with catalogue.write() as conn:
        apply_names(conn, episode_id)
        tray.add_to_tray(conn, pick_moment(conn, episode_id, BEST_MS), now_ms=1)
        tray.add_to_tray(conn, pick_takeaway(conn, 2), now_ms=1)
        tray.add_to_tray(conn, pick_passage(conn, 1), now_ms=1)
    name_speaker(catalogue, episode_id, RAW, NAME, for_show=True, now_ms=2)
    return made


ADDRESSES = (
    "/api/v1/episodes/{full}",
    "/api/v1/episodes/{full}/transcript",
    "/api/v1/episodes/{full}/transcript?words=true",
    "/api/v1/episodes/{full}/transcript.vtt",
    "/api/v1/issues/{issue}",
    "/api/v1/takeaways",
    "/api/v1/takeaways/block?of=issue:{issue}&format=soundbites",
    "/api/v1/takeaways/block?of=issue:{issue}&format=csv",
    "/api/v1/takeaways/block?of=issue:{issue}&format=html",
    "/api/v1/takeaways/block?of=issue:{issue}&format=vtt",
    "/api/v1/tray",
    "/api/v1/tray/block?format=json",
    "/api/v1/tray/block?format=csv",
    "/api/v1/tray/block?format=md",
    "/takeaways.atom",
    "/takeaways.json",
    "/takeaways.html?of=issue:{issue}",
    "/embed/episodes/{full}?t=20",
    "/episodes/{full}?t=20",
    "/tray",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_corrected_name_stands_in_all_that_is_handed_out(house, address):
    answer = create_app(house).test_client().get(address.format(**house.ids))
    assert answer.status_code == 200, answer.text
    # Feeds give people's names as their publisher does; the page says what a label was before.
    said = answer.text.replace(f"“{RAW}” in the transcript", "")
    said = said.replace(f"<span>{RAW} <span", "").replace(f'value="{RAW}"', "")
    said = said.replace(f"names {RAW}", "")
    said = said.replace(json.dumps({"name": RAW, "role": "guest"}, separators=(",", ":")), "")
    assert RAW not in said.replace("\n", " ")


def test_picks_follow_a_correction_and_its_taking_back(house):
    def who():
        with house.catalogue.read() as conn:
            return [entry.speaker for entry in tray.list_tray(conn)]

    assert who() == [NAME, NAME, None]
    name_speaker(house.catalogue, house.ids["full"], RAW, "", for_show=True, now_ms=3)
    assert who() == [RAW, RAW, None]


def test_the_interchange_file_tells_both_the_name_and_the_label(house):
    lines = [json.loads(line) for line in iter_lines(house.catalogue)]
    (episode,) = [line for line in lines if line.get("episode_id") == "one" and "podcast" in line]
    spoken = [(row["speaker"], row.get("label")) for row in episode["segments"]]
    assert spoken == [("Ada Quill", None), (NAME, RAW)] * 2
    assert episode["speaker_names"] == [{"label": RAW, "name": NAME, "for_show": True}]
    (held,) = [line for line in lines if line.get("kind") == "tray"]
    assert {pick["speaker"] for pick in held["picks"]} == {NAME, None}


def make_shop(catalogue, home):
    return Workshop(
        catalogue=catalogue,
        home=home,
        settings=Settings(transcribe="never"),
        door=FakeDoor({}),
        get_transcriber=lambda: None,
        get_embedder=lambda: None,
        get_indexer=lambda: None,
        now_ms=now_ms,
    )


def test_names_and_labels_come_back_with_what_was_exported(house, tmp_path):
    path = tmp_path / "all.jsonl"
    export_all(house.catalogue, path)
    other = Home(tmp_path / "other")
    catalogue = open_catalogue(other.path)
    shop = make_shop(catalogue, other)
    assert add_source(shop, str(path)).problem is None
    assert not add_source(shop, str(path)).changed
    with catalogue.read() as conn:
        (episode_id,) = [
            row[0] for row in conn.exec_driver_sql("SELECT id FROM episodes WHERE guid = 'one'")
        ]
        assert {one.speaker for one in transcripts.list_segments(conn, episode_id)} == {
            "Ada Quill",
            NAME,
        }
        assert {one.speaker for one in transcripts.iter_segments(conn, episode_id)} == {
            "Ada Quill",
            RAW,
        }
        (held,) = speakers.list_names(conn)
        assert (held.label, held.name, held.episode_id) == (RAW, NAME, None)
    assert next(iter_lines(catalogue)) == next(iter_lines(house.catalogue))
    catalogue.close()
