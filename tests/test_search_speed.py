"""The benchmark of speed runs, at a size that takes seconds."""

import sys

import pytest

from bench import search_speed


def test_the_benchmark_prints_a_table(tmp_path, capsys, monkeypatch):
    words = ["search_speed", "--folder", str(tmp_path), "--sizes", "300", "--questions", "3"]
    monkeypatch.setattr(sys, "argv", words)
    search_speed.main()
    told = capsys.readouterr().out
    assert "300 passages" in told
    for name in ("earmark", "flat + bm25s", "fts5", "a passage added is found after"):
        assert name in told


def test_made_up_text_is_as_zipf_has_it():
    texts = list(search_speed.iter_texts(300))
    assert len(texts) == 300
    assert texts == list(search_speed.iter_texts(300))
    counts = {}
    for text in texts:
        for word in text.split():
            counts[word] = counts.get(word, 0) + 1
    ordered = sorted(counts.values(), reverse=True)
    assert ordered[0] == pytest.approx(2.2 * ordered[1], rel=0.3)
    assert sum(count == 1 for count in ordered) > len(ordered) / 3


def test_made_up_vectors_are_the_same_for_the_same_text():
    embedder = search_speed.MadeUpEmbedder()
    one, other = embedder.embed_passages(["a b", "a b"])
    assert (one == other).all()
    assert one @ one == pytest.approx(1)
