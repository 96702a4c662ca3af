"""Drafts in other words: nothing is taken that was not said, whatever the server answers."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from corpus.errors import FetchError, RefusedError
from ingest.draft import Drafted
from ingest.rephrasing import OpenAiRephraser, find_fault, rephrase_drafts

SAID = "So what Anna did was raise the price by 20 percent and not tell anybody for three weeks."
GOOD = "Anna raised the price by 20 percent and did not tell anybody for three weeks."


class OneMeaning:
    """Everything means the same."""

    model, dimension = "one", 2

    def embed_passages(self, texts):
        return np.tile(np.array([1.0, 0.0], dtype=np.float32), (len(texts), 1))

    embed_queries = embed_passages


class TwoMeanings(OneMeaning):
    """No two texts mean the same."""

    def embed_passages(self, texts):
        return np.eye(len(texts), dtype=np.float32)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (GOOD, None),
        ("Anna told nobody for 3 weeks that she had raised the price by 20 %.", None),
        ("", "leaves too much out"),
        ("Tell.", "leaves too much out"),
        (GOOD.replace("20", "25"), "it says 25"),
        (GOOD.replace(" by 20 percent", ""), "it leaves out"),
        (GOOD.replace("three", "four"), "it says 4"),
        (GOOD.replace("anybody", "Peter"), "it names Peter"),
        (GOOD.replace("did not tell", "did tell"), "denies"),
        (GOOD + " " + GOOD, "longer"),
    ],
)
def test_a_rephrasing_is_held_against_what_was_said(words, why):
    found = find_fault(SAID, words, OneMeaning())
    assert found is None if why is None else why in found


def test_one_that_means_something_else_is_refused():
    assert find_fault(SAID, GOOD, TwoMeanings()) == "it means something else"
    assert find_fault(SAID, GOOD, None) is None


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        asked = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.path, dict(self.headers), json.loads(asked)))
        status, body = self.server.answer
        if body is None:
            self.server.stopped.wait(20)
            return
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Tests are quiet."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Clients that leave early are what is tested here."""


@contextmanager
def serving(status, body):
    server = Server(("127.0.0.1", 0), Handler)
    server.answer, server.seen, server.stopped = (status, body), [], threading.Event()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join(10)


def ask(server, **more):
    asked = {"allow_private": True, "total_s": 5.0, **more}
    url = f"http://127.0.0.1:{server.server_port}/v1/"
    return OpenAiRephraser(url, "tiny", **asked)


def answer_of(words):
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": words}}]}).encode()


DRAFTS = [Drafted(text=SAID, start_ms=1_000, end_ms=2_000, sentence=SAID, speaker="Anna")] * 3


def test_a_server_that_answers_well_words_drafts_anew():
    with serving(200, answer_of(f"“{GOOD}”\n")) as server:
        found = rephrase_drafts(DRAFTS, ask(server, key="secret"), OneMeaning())
    assert [each.draft.text for each in found] == [GOOD] * 3
    assert all(each.draft.sentence == SAID and each.why_not is None for each in found)
    path, headers, asked = server.seen[0]
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == "Bearer secret"
    assert asked["model"] == "tiny"
    assert asked["messages"][-1]["content"] == SAID


def test_one_that_drifts_changes_nothing_and_says_why():
    with serving(200, answer_of(GOOD.replace("three", "nine"))) as server:
        found = rephrase_drafts(DRAFTS, ask(server), OneMeaning())
    assert [each.draft for each in found] == DRAFTS
    assert found[0].why_not == "it says 9, which was not said"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"oh no"),
        (401, b"{}"),
        (200, b"not json"),
        (200, b"[]"),
        (200, b'{"choices": []}'),
        (200, b'{"choices": [{"message": {"content": 7}}]}'),
        (200, b"[" * 100_000),
        (200, b" " * 1_100_000),
    ],
)
def test_one_that_is_broken_is_asked_once_and_never_shows_the_key(status, body):
    with serving(status, body) as server:
        found = rephrase_drafts(DRAFTS, ask(server, key="secret"), OneMeaning())
    assert [each.draft for each in found] == DRAFTS
    assert all(each.why_not and "secret" not in each.why_not for each in found)
    assert len(server.seen) == 1


def test_one_that_is_slow_is_given_up():
    with serving(200, None) as server, pytest.raises(FetchError):
        ask(server, total_s=0.3).rephrase(SAID)


def test_a_private_server_is_asked_only_where_the_setting_allows_it():
    with serving(200, answer_of(GOOD)) as server, pytest.raises(RefusedError):
        ask(server, allow_private=False).rephrase(SAID)
    assert server.seen == []


def test_a_server_that_is_not_there_is_an_error():
    with serving(200, b"") as server:
        rephraser = ask(server)
    with pytest.raises(FetchError):
        rephraser.rephrase(SAID)
