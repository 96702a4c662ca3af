"""What the built wheel holds: a package without its templates or samples would start and fail."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("corpus", "search", "ingest", "web")


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "source"
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    for name in tracked:
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    command += ["--no-build-isolation", "--wheel-dir", str(folder), str(copy)]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def test_every_module_is_in_the_wheel(names):
    modules = {
        str(path.relative_to(ROOT)) for room in ROOMS for path in (ROOT / room).rglob("*.py")
    }
    assert modules <= names


@pytest.mark.parametrize(
    "folder", ["web/templates", "web/static", "corpus/samples"], ids=lambda name: name
)
def test_the_data_of_a_room_is_in_the_wheel(names, folder):
    held = {
        str(path.relative_to(ROOT))
        for path in (ROOT / folder).iterdir()
        if path.is_file() and path.name != "__init__.py"
    }
    assert held
    assert held <= names


def test_nothing_else_is_in_the_wheel(names):
    tops = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == set(ROOMS)
