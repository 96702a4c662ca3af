import os
import threading

import numpy as np
import pytest

from search.running_together import MOST_TOGETHER, Together


class Model:
    """Runs a batch when it is told to; a row is the sum of its tokens."""

    def __init__(self):
        self.batches = []
        self.running = threading.Semaphore(0)
        self.go_on = threading.Semaphore(0)
        self.broken = 0

    def run(self, texts):
        self.batches.append(texts)
        self.running.release()
        self.go_on.acquire()
        if self.broken:
            self.broken -= 1
            raise RuntimeError("broken")
        return np.array([[sum(tokens)] for tokens in texts], np.float32)


class Asker(threading.Thread):
    def __init__(self, together, tokens):
        super().__init__(daemon=True)
        self.together, self.tokens, self.got = together, tokens, None
        self.start()

    def run(self):
        try:
            self.got = self.together.run_one(self.tokens).tolist()
        except RuntimeError as error:
            self.got = str(error)


def ask_while_one_runs(model, texts):
    """Ask one text, and others while it runs; return all askers when all have their rows."""
    together = Together(model.run)
    askers = [Asker(together, texts[0])]
    model.running.acquire()
    for number, tokens in enumerate(texts[1:], 2):
        askers.append(Asker(together, tokens))
        while together.waiting < number - 1:
            os.sched_yield()
    for _ in texts:
        model.go_on.release()
    for asker in askers:
        asker.join(timeout=10)
    return askers


def test_what_waits_is_run_together_and_everyone_gets_her_own_row():
    model = Model()
    askers = ask_while_one_runs(model, [[1, 2], [3, 4], [5, 6], [7, 8]])
    assert [asker.got for asker in askers] == [[3], [7], [11], [15]]
    assert sorted(map(len, model.batches)) == [1, 3]


def test_a_long_text_is_not_run_with_short_ones():
    model = Model()
    askers = ask_while_one_runs(model, [[1], [2], [1] * 100, [3]])
    assert [asker.got for asker in askers] == [[1], [2], [100], [3]]
    assert [[1] * 100] in model.batches


def test_no_batch_is_too_large():
    model = Model()
    askers = ask_while_one_runs(model, [[number] for number in range(MOST_TOGETHER + 4)])
    assert [asker.got for asker in askers] == [[number] for number in range(MOST_TOGETHER + 4)]
    assert max(map(len, model.batches)) == MOST_TOGETHER


def test_an_error_reaches_one_and_the_others_are_run_again():
    model = Model()
    model.broken = 2
    askers = ask_while_one_runs(model, [[1], [2], [3]])
    assert askers[0].got == "broken"
    assert sorted(str(asker.got) for asker in askers[1:])[1] == "broken"
    assert {str(asker.got) for asker in askers[1:]} & {"[2.0]", "[3.0]"}


@pytest.mark.parametrize("texts", [[[1, 2]], [[1], [2], [3]]])
def test_a_batch_is_run_as_it_is(texts):
    model = Model()
    model.go_on.release()
    rows = Together(model.run).run(texts)
    assert rows.tolist() == [[sum(tokens)] for tokens in texts]
