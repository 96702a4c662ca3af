"""The two commands of the README, by really doing it: the samples in, killed, gone on, found."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from corpus.samples import sample_path, sample_sources
from search.hits import SearchRequest
from web.answers import answer_document
from web.wiring import House

pytestmark = pytest.mark.real_model

SOURCES = [str(path) for path in sample_sources()]


def earmark(home, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "web.cli", "--home", str(home), *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def kill_when_transcribing(home):
    """Add the samples and end the process at once when it has begun to transcribe."""
    process = subprocess.Popen(
        [sys.executable, "-m", "web.cli", "--home", str(home), "add", *SOURCES],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    for line in process.stderr:
        if line.startswith("transcribing"):
            break
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    process.stderr.close()


@pytest.fixture(scope="module")
def homes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("homes")
    earmark(folder / "whole", "add", *SOURCES)
    kill_when_transcribing(folder / "killed")
    earmark(folder / "killed", "add", *SOURCES)
    return folder


def test_killed_and_run_again_it_ends_the_same(homes, tmp_path):
    exported = []
    for name in ("whole", "killed"):
        file = tmp_path / f"{name}.jsonl"
        earmark(homes / name, "export", str(file))
        exported.append(file.read_text(encoding="utf-8"))
    assert exported[0] == exported[1]


def test_a_second_run_redoes_nothing_and_is_quick(homes):
    began = time.monotonic()
    added = json.loads(earmark(homes / "whole", "add", *SOURCES, "--json"))["added"]
    assert time.monotonic() - began < 10
    assert not any(row["changed"] for row in added)
    status = json.loads(earmark(homes / "whole", "status", "--json"))
    assert status["jobs"]["queued"] == status["jobs"]["failed"] == 0
    assert status["index"]["current"]


def test_takeaways_are_joined_and_the_one_wrong_time_is_found(homes):
    expected = json.loads(sample_path("expected.json").read_text(encoding="utf-8"))
    wanted = [
        (takeaway["text"], takeaway["start_ms"], takeaway["true_ms"])
        for issue in expected["issues"].values()
        for takeaway in issue["takeaways"]
    ]
    checked = json.loads(earmark(homes / "whole", "check", "--json"))["takeaways"]
    found = {row["text"]: row for row in checked}
    assert {text for text, _, _ in wanted} <= set(found)
    for text, stated_ms, true_ms in wanted:
        row = found[text]
        assert row["stated_ms"] == stated_ms
        assert row["verdict"] == ("confirmed" if abs(stated_ms - true_ms) < 10_000 else "moved"), (
            text
        )
        assert abs(row["found_ms"] - true_ms) < 8000, text


def test_a_search_loads_no_torch(homes):
    code = (
        "import sys\n"
        "sys.argv = ['earmark', 'search', 'who sets a deadline?']\n"
        "from web.cli import cli\n"
        "cli.main(standalone_mode=False)\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    environment = {**os.environ, "EARMARK_HOME": str(homes / "whole")}
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    *found, loaded = run.stdout.splitlines()
    assert found
    assert run.stderr == ""
    assert set(loaded.split()).isdisjoint({"torch", "transformers", "sentence_transformers"})
    assert "openvino" in loaded.split()


def test_questions_find_their_passages(homes):
    house = House(homes / "whole")
    lines = sample_path("questions.jsonl").read_text(encoding="utf-8").splitlines()
    right = 0
    for question in map(json.loads, lines):
        hits = answer_document(house, SearchRequest(text=question["query"]))["hits"]
        right += any(
            hit["episode"]
            and hit["episode"]["guid"] == question["episode_id"]
            and hit["start_ms"] is not None
            and question["start"] - 30 <= hit["start_ms"] / 1000 <= question["end"]
            for hit in hits
        )
    assert right >= 0.7 * len(lines)
