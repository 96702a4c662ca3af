"""The ladder of rooms, and what may be loaded when."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("corpus", "search", "ingest", "web")
HEAVY = (
    "torch",
    "sentence_transformers",
    "faster_whisper",
    "ctranslate2",
    "faiss",
    "av",
    "openvino",
)


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield name.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield (node.module or "").split(".")[0]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_itself_and_rooms_below(room):
    above = set(ROOMS[ROOMS.index(room) + 1 :])
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in (ROOT / room).rglob("*.py")
        for name in imports_of(path)
        if name in above
    ]
    assert wrong == []


@pytest.mark.parametrize("library", HEAVY)
def test_a_heavy_library_lives_in_one_adapter(library):
    homes = {
        str(path.relative_to(ROOT))
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if library in set(imports_of(path))
    }
    assert len(homes) <= 2, homes  # a type-only import beside the adapter is harmless


def loaded_after(code):
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return {name.split(".")[0] for name in done.stdout.split()}


def test_pages_load_no_whisper_and_no_torch_before_they_need_it():
    loaded = loaded_after("import web.app")
    assert loaded.isdisjoint({"faster_whisper", "ctranslate2", "av", "torch"})


def test_a_worker_loads_no_flask_and_no_model_before_it_needs_one():
    loaded = loaded_after("import ingest.worker")
    assert loaded.isdisjoint({"flask", "waitress", *HEAVY})


def test_help_loads_hardly_anything():
    loaded = loaded_after("import web.cli")
    assert loaded.isdisjoint({"flask", "sqlalchemy", "numpy", "bs4", "httpx", *HEAVY})


def test_every_package_is_listed_with_its_data():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = set(project["tool"]["setuptools"]["packages"])
    present = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for room in ROOMS
        for path in (ROOT / room).rglob("__init__.py")
    }
    assert present == listed
