"""One contract for every embedder."""

import subprocess
import sys

import numpy as np
import pytest

from corpus.errors import ModelError
from search.openvino_embedder import OpenvinoEmbedder
from search.said_words import WORD_DIMENSION
from search.sentence_embedder import SentenceEmbedder
from tests.fake_embedder import FakeEmbedder

SMALL = "all-MiniLM-L6-v2"
MAKERS = {
    "fake": FakeEmbedder,
    "sentence-transformers": lambda: SentenceEmbedder(SMALL, threads=1),
    "openvino": lambda: OpenvinoEmbedder(SMALL, threads=1),
}


@pytest.fixture(
    scope="module",
    params=["fake", *(pytest.param(n, marks=pytest.mark.real_model) for n in list(MAKERS)[1:])],
)
def embedder(request):
    return MAKERS[request.param]()


TEXTS = ["The glaze cracked in the kiln.", "Honey prices fell again.", "The glaze in the kiln."]


def test_each_text_has_a_unit_vector_in_order(embedder):
    vectors = embedder.embed_passages(TEXTS)
    assert vectors.shape == (3, embedder.dimension)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)
    one_by_one = np.concatenate([embedder.embed_passages([text]) for text in TEXTS])
    assert np.abs(vectors - one_by_one).max() < 1e-5


def test_what_means_the_same_is_near(embedder):
    passages = embedder.embed_passages(TEXTS)
    query, _ = embedder.read_query("glaze kiln")
    scores = passages @ query
    assert scores[1] < min(scores[0], scores[2])


def test_no_texts_have_no_vectors(embedder):
    assert embedder.embed_passages([]).shape == (0, embedder.dimension)
    vectors, words = embedder.read_passages([])
    assert vectors.shape == (0, embedder.dimension)
    assert words == []


@pytest.mark.parametrize("text", ["", " ", "🎉", "猫", "\x00", "\ud800 x", "word " * 20_000])
def test_odd_texts_have_vectors_too(embedder, text):
    (passage, *_), (words, *_) = embedder.read_passages([text])
    question, asked = embedder.read_query(text)
    for vector in (*embedder.embed_passages([text]), passage, question):
        assert np.isfinite(vector).all()
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-4)
    for said in (words, asked):
        assert said.vectors.shape == (len(said.terms), WORD_DIMENSION)
        assert np.isfinite(said.vectors).all()


def test_a_question_asked_again_has_the_same_vector(embedder):
    first = [embedder.read_query(text)[0] for text in ("clay", "wax", "clay")]
    assert np.array_equal(first[0], first[2])
    assert np.array_equal(first[1], embedder.read_query("wax")[0])


def test_reading_a_passage_gives_the_vector_that_embedding_it_does(embedder):
    vectors, _ = embedder.read_passages(TEXTS)
    assert np.abs(vectors - embedder.embed_passages(TEXTS)).max() < 1e-5


def test_each_stem_that_says_something_has_one_vector(embedder):
    _, (said, *_) = embedder.read_passages(["The kilns, and then the kiln's glaze. And of the"])
    if isinstance(embedder, SentenceEmbedder):
        assert said.terms == ()
    else:
        assert said.terms[0] == "kiln"
        assert {*said.terms} >= {"kiln", "glaze"} > {*said.terms} & {"the", "and", "of"}
        assert len({*said.terms}) == len(said.terms)
        assert np.linalg.norm(said.vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_words_that_mean_much_the_same_are_near_each_other(embedder):
    _, (first, second, _) = embedder.read_passages(
        ["The kiln was too hot.", "They fired the kiln at night.", ""]
    )
    _, asked = embedder.read_query("kiln")
    for said in (first, second):
        if said.terms:
            assert said.terms[(said.vectors @ asked.vectors[0]).argmax()] == "kiln"


def test_it_has_a_name(embedder):
    assert embedder.model


def test_weights_that_cannot_be_had_are_a_model_error(tmp_path):
    with pytest.raises(ModelError):
        SentenceEmbedder(str(tmp_path / "nowhere")).embed_passages(["text"])
    with pytest.raises(ModelError):
        OpenvinoEmbedder(str(tmp_path / "nowhere")).embed_passages(["text"])
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError):
        SentenceEmbedder(str(tmp_path)).embed_passages(["text"])


def test_nothing_heavy_is_loaded_before_the_first_text():
    code = (
        "import sys, search.engine, search.index_store\n"
        "from search.openvino_embedder import OpenvinoEmbedder\n"
        "assert OpenvinoEmbedder('all-mpnet-base-v2').dimension == 768\n"
        "print([name for name in ('torch', 'faiss', 'sentence_transformers', 'openvino') "
        "if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
