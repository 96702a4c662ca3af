"""A copy of everything that cannot be had again, and back."""

import json
import sqlite3
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from corpus.catalogue import notes, open_catalogue, shows
from corpus.catalogue.shows import ShowFacts
from corpus.errors import FormatError, UsageError
from corpus.homes import Home
from ingest.backups import restore_backup, write_backup
from tests.web_house import make_full_house
from web.cli import cli

ROOT = Path(__file__).parent.parent


@pytest.fixture
def full(home, catalogue):
    """A house whose silent episode has a recording that no address leads to."""
    house = make_full_house(home, catalogue)
    home.media.mkdir(exist_ok=True)
    (home.media / "lone.mp3").write_bytes(b"sound" * 1000)
    (home.media / "fetched.mp3").write_bytes(b"again")
    with catalogue.write() as conn:
        for name, path in (("silent", "lone.mp3"), ("bare", "fetched.mp3")):
            conn.exec_driver_sql(
                "UPDATE episodes SET media_path = ? WHERE id = ?", (path, house.ids[name])
            )
    return house


def dump(home):
    held = sqlite3.connect(home.path / "corpus.sqlite")
    try:
        return list(held.iterdump())
    finally:
        held.close()


def test_a_backup_restores_everything_into_another_home(full, home, tmp_path):
    path = tmp_path / "deep" / "backup.zip"
    assert write_backup(home, path) == path.stat().st_size
    other = Home(tmp_path / "other")
    done = restore_backup(other, path)
    assert (done.media, done.kept) == (1, None)
    assert dump(other) == dump(home)
    assert [file.name for file in other.media.iterdir()] == ["lone.mp3"]
    assert (other.media / "lone.mp3").read_bytes() == b"sound" * 1000
    assert sorted(file.name for file in other.path.iterdir()) == ["corpus.sqlite", "media"]
    opened = open_catalogue(other.path)
    with opened.read() as conn:
        assert shows.list_shows(conn)
    opened.close()


def test_a_home_that_holds_something_is_kept_first_and_only_replaced_by_force(full, home, tmp_path):
    path, other = tmp_path / "backup.zip", Home(tmp_path / "other")
    write_backup(home, path)
    held = open_catalogue(other.path)
    with held.write() as conn:
        notes.put_setting(conn, "poll_hours", 77)
    other.index.mkdir()
    (other.index / "current").write_text("g000001")
    before = dump(other)
    with pytest.raises(UsageError, match="--force"):
        restore_backup(other, path)
    assert dump(other) == before
    assert (other.index / "current").exists()
    done = restore_backup(other, path, force=True)
    assert dump(other) == dump(home)
    assert not other.index.exists()
    # A process that had it open sees the new one.
    with held.read() as conn:
        assert notes.list_settings(conn) == {}
    held.close()
    back = Home(tmp_path / "back")
    restore_backup(back, done.kept)
    assert dump(back) == before


def test_a_backup_is_of_one_moment_while_others_write(full, home, catalogue, tmp_path):
    stop = threading.Event()

    def write():
        number = 0
        while not stop.is_set():
            number += 1
            with catalogue.write() as conn:
                notes.put_setting(conn, "poll_hours", number)
                facts = ShowFacts(kind="podcast", title=f"Show {number}")
                shows.put_show(conn, facts, now_ms=number)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            path = tmp_path / f"{number}.zip"
            write_backup(home, path)
            other = Home(tmp_path / str(number))
            restore_backup(other, path)
            opened = open_catalogue(other.path)
            with opened.read() as conn:
                count = notes.list_settings(conn).get("poll_hours", 0)
                added = sum(one.title.startswith("Show ") for one in shows.list_shows(conn))
            opened.close()
            assert added == count
    finally:
        stop.set()
        writer.join()


KILLED = """
import os, sys
from pathlib import Path
from corpus.homes import Home
from ingest.backups import restore_backup, write_backup

def die(left):
    os._exit(9)

home, path = Home(Path(sys.argv[2])), Path(sys.argv[3])
if sys.argv[1] == "restore":
    restore_backup(home, path, force=True, progress=die)
else:
    write_backup(home, path, progress=die)
"""


def killed(what, home, path):
    command = [sys.executable, "-c", KILLED, what, str(home.path), str(path)]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def test_a_backup_killed_half_way_leaves_the_one_before(full, home, tmp_path):
    path = tmp_path / "backup.zip"
    write_backup(home, path)
    before = path.read_bytes()
    assert killed("backup", home, path) == 9
    assert path.read_bytes() == before
    write_backup(home, path)
    restore_backup(Home(tmp_path / "other"), path)


def test_a_restore_killed_half_way_leaves_the_old_catalogue_whole(full, home, catalogue, tmp_path):
    # More pages than one step copies, so that the kill comes between two.
    with catalogue.write() as conn:
        notes.put_setting(conn, "public_url", "x" * 20_000_000)
    path, other = tmp_path / "backup.zip", Home(tmp_path / "other")
    write_backup(home, path)
    held = open_catalogue(other.path)
    with held.write() as conn:
        notes.put_setting(conn, "poll_hours", 77)
    held.close()
    before = dump(other)
    assert killed("restore", other, path) == 9
    assert dump(other) == before
    assert len(list(other.backups.glob("before-restore-*.zip"))) == 1
    restore_backup(other, path, force=True)
    assert dump(other) == dump(home)


def rewrite(path, change):
    """Write a backup anew with its manifest and files changed."""
    with zipfile.ZipFile(path) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    change(files)
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)


def say(**changed):
    def change(files):
        files["backup.json"] = json.dumps(json.loads(files["backup.json"]) | changed).encode()

    return change


def spoil(files):
    files["corpus.sqlite"] = files["corpus.sqlite"][:-5] + b"spoil"


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (say(format=2), "no backup that this version knows"),
        (say(format="x"), "no backup of Earmark"),
        (say(files=[]), "no backup of Earmark"),
        (say(files={}), "no backup that this version knows"),
        (say(files={"corpus.sqlite": "0" * 64}), "is damaged"),
        (say(files={"corpus.sqlite": "x", "media/../../evil": "x"}), "is damaged|none of a backup"),
        (say(files={"../evil": "x", "corpus.sqlite": "x"}), "none of a backup"),
        (spoil, "is damaged"),
        (lambda files: files.pop("corpus.sqlite"), "no whole backup"),
        (lambda files: files.pop("backup.json"), "no whole backup"),
        (lambda files: files.update({"backup.json": b"[" * 100_000}), "no backup of Earmark"),
    ],
)
def test_what_is_no_whole_backup_is_refused_and_changes_nothing(home, tmp_path, change, told):
    path = tmp_path / "backup.zip"
    write_backup(home, path)
    rewrite(path, change)
    before = dump(home)
    with pytest.raises(FormatError, match=told):
        restore_backup(home, path, force=True)
    assert dump(home) == before
    assert not (tmp_path / "evil").exists()
    assert not list(home.path.glob("restoring-*"))


@pytest.mark.parametrize("cut", [0, 10, 500, -30])
def test_a_cut_off_backup_is_refused(full, home, tmp_path, cut):
    path = tmp_path / "backup.zip"
    write_backup(home, path)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(FormatError):
        restore_backup(Home(tmp_path / "other"), path)


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize(
    ("pragma", "told"),
    [("application_id = 5", "no catalogue of Earmark"), ("user_version = 999", "newer Earmark")],
)
def test_another_programs_or_a_newer_catalogue_is_refused(home, tmp_path, pragma, told):
    held = sqlite3.connect(home.path / "corpus.sqlite")
    held.execute(f"PRAGMA {pragma}")
    held.close()
    path = tmp_path / "backup.zip"
    write_backup(home, path)
    with pytest.raises(FormatError, match=told):
        restore_backup(Home(tmp_path / "other"), path)


def test_nothing_to_back_up_is_told(tmp_path):
    with pytest.raises(UsageError, match="no catalogue"):
        write_backup(Home(tmp_path / "none"), tmp_path / "backup.zip")
    assert not (tmp_path / "backup.zip").exists()


def test_the_command_line_backs_up_and_restores(full, home, tmp_path):
    path, other = str(tmp_path / "backup.zip"), str(tmp_path / "other")
    for words in (["--home", str(home.path), "backup", path], ["--home", other, "restore", path]):
        result = CliRunner().invoke(cli, words)
        assert result.exception is None, result.output
    again = CliRunner().invoke(cli, ["--home", other, "restore", path])
    assert isinstance(again.exception, UsageError)
    forced = CliRunner().invoke(cli, ["--home", other, "restore", "--force", path])
    assert "is kept in" in forced.stderr
