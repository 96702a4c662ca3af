import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from corpus.errors import ModelError
from search.model_embedder import ModelEmbedder
from search.said_words import WORD_DIMENSION, SaidWords


class Model:
    """Counts what it is asked, and answers when it may."""

    dimension = 2

    def __init__(self):
        self.seen = []
        self.began = threading.Semaphore(0)
        self.may_end = threading.Event()
        self.broken = False

    def read(self, texts, *, asked):
        del asked
        self.seen.append(list(texts))
        self.began.release()
        assert self.may_end.wait(10)
        if self.broken:
            raise ModelError("a model", "broke", "mend it")
        rows = np.array([[len(text), 1.0] for text in texts], np.float32)
        return rows, [SaidWords((text,), np.ones((1, WORD_DIMENSION))) for text in texts]


def ask_while_another_does(model):
    """Ask a question, and once more while it is being read."""
    embedder = ModelEmbedder("a model", lambda: model)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(embedder.read_query, "bees")
        model.began.acquire()
        second = pool.submit(embedder.read_query, "bees")
        other = pool.submit(embedder.read_query, "wax")
        model.may_end.set()
    return embedder, first, second, other


def test_a_question_that_two_ask_at_a_time_is_read_once():
    model = Model()
    embedder, first, second, other = ask_while_another_does(model)
    assert first.result() is second.result()
    assert first.result()[1].terms == ("bees",)
    assert other.result()[1].terms == ("wax",)
    assert model.seen == [["bees"], ["wax"]]
    embedder.read_query("wax")
    assert len(model.seen) == 2


def test_what_breaks_breaks_for_all_who_wait_and_is_tried_again():
    model = Model()
    model.broken = True
    embedder, *all_asked = ask_while_another_does(model)
    for asked in all_asked:
        with pytest.raises(ModelError):
            asked.result()
    model.broken = False
    assert embedder.read_query("bees")[0].shape == (2,)
