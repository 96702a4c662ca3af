import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from corpus.errors import ModelError
from search.model_embedder import ModelEmbedder


class Model:
    """Counts what it is asked, and answers when it may."""

    dimension = 2

    def __init__(self):
        self.seen = []
        self.began = threading.Semaphore(0)
        self.may_end = threading.Event()
        self.broken = False

    def encode(self, texts, *, asked):
        del asked
        self.seen.append(list(texts))
        self.began.release()
        assert self.may_end.wait(10)
        if self.broken:
            raise ModelError("a model", "broke", "mend it")
        return np.array([[len(text), 1.0] for text in texts], np.float32)


def ask_while_another_does(model):
    """Ask a question, and once more while its vector is being made."""
    embedder = ModelEmbedder("a model", lambda: model)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(embedder.embed_queries, ["bees"])
        model.began.acquire()
        second = pool.submit(embedder.embed_queries, ["bees", "wax"])
        model.began.acquire()
        model.may_end.set()
    return embedder, first, second


def test_a_question_that_two_ask_at_a_time_is_embedded_once():
    model = Model()
    embedder, first, second = ask_while_another_does(model)
    assert np.array_equal(first.result()[0], second.result()[0])
    assert model.seen == [["bees"], ["wax"]]
    embedder.embed_queries(["wax", "bees"])
    assert len(model.seen) == 2


def test_what_breaks_breaks_for_all_who_wait_and_is_tried_again():
    model = Model()
    model.broken = True
    embedder, first, second = ask_while_another_does(model)
    for asked in (first, second):
        with pytest.raises(ModelError):
            asked.result()
    model.broken = False
    assert embedder.embed_queries(["bees"]).shape == (1, 2)
