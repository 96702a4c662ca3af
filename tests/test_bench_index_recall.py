import json
import subprocess
import sys
from pathlib import Path

import numpy as np

from corpus.catalogue.schema import vectors
from tests.fake_embedder import FakeEmbedder

WORDS = ["anvil", "beech", "cedar", "dowel", "elm", "file", "gouge", "hammer"]


def test_each_layout_is_compared_with_an_exact_search(catalogue, home, tmp_path):
    texts = [f"{one} {other} {third}" for one in WORDS for other in WORDS for third in WORDS]
    made = FakeEmbedder().embed_passages(texts)
    rows = [
        {"content_hash": text, "model": FakeEmbedder().model, "vector": row.tobytes()}
        for text, row in zip(texts, made.astype(np.float32), strict=True)
    ]
    with catalogue.write() as conn:
        conn.execute(vectors.insert(), rows)
    questions = tmp_path / "questions.jsonl"
    questions.write_text("\n".join(json.dumps({"query": word}) for word in WORDS))
    command = [sys.executable, "-m", "bench.index_recall", str(home.path), "--questions", questions]
    done = subprocess.run(
        [*command, "--embedder", "tests.fake_embedder:FakeEmbedder"],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    figures = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert [one["layout"] for one in figures] == ["half", "ivf"]
    assert figures[0]["recall_200"] > 0.8  # many are equally near
    assert all(0 < one["recall_10"] <= 1 and one["vectors"] == len(texts) for one in figures)
