"""Drafts in other words: nothing is taken that was not said, whatever the server answers."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from corpus.errors import FetchError, RefusedError
from ingest.draft import Drafted
from ingest.rephrasing import OpenAiRephraser, find_fault, rephrase_drafts, take_sentence
from search.openvino_embedder import OpenvinoEmbedder

SAID = "So what Anna did was raise the price by 20 percent and not tell anybody for three weeks."
GOOD = "Anna raised the price by 20 percent and did not tell anybody for three weeks."


class OneMeaning:
    """Everything means the same."""

    model, dimension = "one", 2

    def embed_passages(self, texts):
        return np.tile(np.array([1.0, 0.0], dtype=np.float32), (len(texts), 1))


class TwoMeanings(OneMeaning):
    """No two texts mean the same."""

    def embed_passages(self, texts):
        return np.eye(len(texts), dtype=np.float32)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (GOOD, None),
        ("Anna told nobody for 3 weeks that she had raised the price by 20 %.", None),
        ("", "says nothing"),
        ("Tell.", "leaves too much out"),
        (GOOD.replace("20", "25"), "it says 25"),
        (GOOD.replace(" by 20 percent", ""), "it leaves out"),
        (GOOD.replace("three", "four"), "it says 4"),
        (GOOD.replace("anybody", "Peter"), "it names Peter"),
        (GOOD.replace("Anna", "A colleague"), "it leaves out Anna"),
        (GOOD.replace("Anna", "Hannah"), "it leaves out Anna"),
        (f"{GOOD[:-1]}, rephrased for you.", "it speaks of itself"),
        (GOOD.replace("did not tell", "did tell"), "denies"),
        (GOOD + " " + GOOD, "longer"),
    ],
)
def test_a_rephrasing_is_held_against_what_was_said(words, why):
    found = find_fault(SAID, words, OneMeaning())
    assert found is None if why is None else why in found


@pytest.mark.parametrize(
    ("said", "words", "why"),
    [
        ("We gave away forty-two hours.", "We gave away fifty-two hours.", "it says 52"),
        ("We gave away forty-two hours.", "We gave away 42 hours.", None),
        ("The second revision is free.", "The third revision is free.", "it says third"),
        ("It went from eighteen percent to fifty-one.", "It went from 18 % to 51.", None),
        ("Jenny says to charge by the day.", "Petra says to charge by the day.", "begins with"),
        ("You should charge by the day.", "Charge by the day.", None),
        ("Raise your price every year.", "Lower your price every year.", "begins with lower"),
        ("Ask before you send the bill.", "Ask after you send the bill.", "it says after where"),
        ("Studios that publish prices win.", "Win by publishing your prices.", None),
    ],
)
def test_small_words_that_turn_a_sentence_round_are_noticed(said, words, why):
    found = find_fault(said, words, OneMeaning())
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
        (200, b'{"choices": [{}]}'),
        (200, b'{"error": {"message": "overloaded"}}'),
        # A stream that nobody asked for.
        (200, b'data: {"choices": [{"delta": {"content": "Anna"}}]}\n\ndata: [DONE]\n\n'),
        (200, "Anna \ud800".encode("utf-8", "surrogatepass")),
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


def test_one_that_has_no_answer_for_a_sentence_is_asked_for_the_next():
    with serving(200, b'{"choices": [{"message": {"content": null}}]}') as server:
        found = rephrase_drafts(DRAFTS, ask(server), OneMeaning())
    assert [each.draft for each in found] == DRAFTS
    assert {each.why_not for each in found} == {"the model says nothing"}
    assert len(server.seen) == len(DRAFTS)


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


def test_no_stream_is_asked_for():
    with serving(200, answer_of(GOOD)) as server:
        ask(server).rephrase(SAID)
    assert server.seen[0][2]["stream"] is False


@pytest.mark.parametrize(
    "answer",
    [
        GOOD,
        f"“{GOOD}”",
        f'Takeaway: "{GOOD}"',
        f"Sure! Here's the rephrased sentence: {GOOD}",
        f"Certainly.\n\n**{GOOD}**",
        f"Here is the takeaway:\n\n> {GOOD}\n\nNote: I kept the number.",
        f"<think>Anna, 20 percent, so: {GOOD}? No.</think>\n{GOOD}",
        f"- {GOOD}\n(Note that nothing was added.)",
    ],
)
def test_what_a_model_says_around_its_sentence_is_left_out(answer):
    assert take_sentence(answer) == GOOD
    with serving(200, answer_of(answer)) as server:
        (found,) = rephrase_drafts(DRAFTS[:1], ask(server), OneMeaning())
    assert (found.draft.text, found.why_not) == (GOOD, None)


@pytest.mark.parametrize("answer", ["", "\n\n", "Sure:", "<think>hm</think>", "**", "I cannot."])
def test_an_answer_without_a_sentence_keeps_the_speakers_words(answer):
    with serving(200, answer_of(answer)) as server:
        (found,) = rephrase_drafts(DRAFTS[:1], ask(server), OneMeaning())
    assert found.draft.text == SAID
    assert found.why_not


@pytest.fixture(scope="module")
def mpnet():
    return OpenvinoEmbedder(threads=1)


@pytest.mark.real_model
@pytest.mark.parametrize(
    ("said", "words"),
    [
        (SAID, GOOD),
        (
            "I think you should talk to the client the same afternoon, with a new date and all.",
            "Talk to the client the same afternoon and bring a new date.",
        ),
        (
            "Well, the thing is that a calendar without any holes in it is a promise you'll break.",
            "A calendar with no gaps is a promise that you will break.",
        ),
        (
            "We found that people who are happy in a spreadsheet avoid calls about money.",
            "People happy in a spreadsheet avoid money calls.",
        ),
    ],
)
def test_the_real_embedder_knows_the_same_in_other_words(mpnet, said, words):
    assert find_fault(said, words, mpnet) is None


@pytest.mark.real_model
@pytest.mark.parametrize(
    ("said", "words"),
    [
        (SAID, "Anna liked the price of 20 percent of the weeks, and three dogs did not bark."),
        (
            "I think you should talk to the client the same afternoon, with a new date and all.",
            "Good freelancers should be paid within a week of their invoice.",
        ),
        (
            "Well, the thing is that a calendar without any holes in it is a promise you'll break.",
            "A team that never eats lunch together writes worse proposals.",
        ),
        (
            "We found that people who are happy in a spreadsheet avoid calls about money.",
            "Avoid planning the whole week before it begins.",
        ),
    ],
)
def test_the_real_embedder_refuses_another_statement(mpnet, said, words):
    assert find_fault(said, words, mpnet) == "it means something else"
