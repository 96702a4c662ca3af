"""The benchmark of speed runs, at a size that takes seconds."""

import sys

import numpy as np
import pytest

from bench import search_speed
from bench.made_up_talk import MadeUpEmbedder, iter_texts


def test_the_benchmark_prints_a_table(tmp_path, capsys, monkeypatch):
    words = ["search_speed", "--folder", str(tmp_path), "--sizes", "300", "--questions", "3"]
    monkeypatch.setattr(sys, "argv", words)
    search_speed.main()
    told = capsys.readouterr().out
    assert "300 passages" in told
    for name in ("earmark", "flat + bm25s", "fts5", "a passage added is found after"):
        assert name in told


def test_made_up_text_is_as_zipf_has_it():
    texts = list(iter_texts(300))
    assert len(texts) == 300
    assert texts == list(iter_texts(300))
    counts = {}
    for text in texts:
        for word in text.split():
            counts[word] = counts.get(word, 0) + 1
    ordered = sorted(counts.values(), reverse=True)
    assert ordered[0] == pytest.approx(2.2 * ordered[1], rel=0.3)
    assert sum(count == 1 for count in ordered) > len(ordered) / 3


def test_made_up_vectors_are_the_same_for_the_same_text():
    embedder = MadeUpEmbedder()
    one, other = embedder.embed_passages(["a b", "a b"])
    assert (one == other).all()
    assert one @ one == pytest.approx(1)


def test_made_up_words_are_the_same_for_the_same_text_and_of_length_1():
    embedder = MadeUpEmbedder()
    _, (one, other, third) = embedder.read_passages(["a b", "a b", "c"])
    assert (one.vectors == other.vectors).all()
    assert len(one.terms) == len(one.vectors) == len(third.vectors)
    assert np.linalg.norm(one.vectors, axis=1) == pytest.approx(1)
    vector, asked = embedder.read_query("anvil cedar anvil")
    assert asked.terms == ("anvil", "cedar")
    assert asked.vectors.shape == (2, one.vectors.shape[1])
    assert (vector == embedder.read_query("anvil cedar anvil")[0]).all()
