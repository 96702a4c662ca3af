"""The comparison of embedding engines runs and says what it should."""

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.real_model
def test_all_engines_are_compared_in_one_run():
    command = [sys.executable, "-m", "bench.embed_speed", "--model", "all-MiniLM-L6-v2"]
    command += ["--passages", "16", "--questions", "9", "--rounds", "1", "--json"]
    done = subprocess.run(
        command,
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    report = json.loads(done.stdout)
    names = [row["engine"] for row in report["engines"]]
    assert names[0] == "earmark"
    assert "sentence-transformers f32" in names
    assert "raw OpenVINO, f32, batches of 16" in names
    assert max(row["of_best"] for row in report["engines"]) == 1
    assert all(row["passages_per_s"] > 0 for row in report["engines"])
    assert report["engines"][0]["question_p50_ms"] > 0
