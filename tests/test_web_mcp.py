"""The tools for an assistant, asked by the SDK's own client."""

import asyncio
import os
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from mcp import Client, StdioServerParameters

from corpus.catalogue import passages, transcripts
from corpus.errors import UsageError
from corpus.records import Passage
from corpus.settings import Settings
from tests.web_house import BEST, SEGMENT_MS, SPOKEN, make_full_house
from web.cli import cli
from web.commands.mcp_command import parse_listen
from web.mcp_server import make_server

ROOT = Path(__file__).parent.parent
SITE = "https://earmark.example"
TOOLS = ["search", "get_episode", "get_passage_with_context", "list_takeaways"]


@pytest.fixture
def house(home, catalogue):
    full = make_full_house(home, catalogue)
    full.settings = Settings(public_url=f"{SITE}/")
    return full


def call(server, tool, protocol="auto", **arguments):
    async def ask():
        async with Client(server, mode=protocol, read_timeout_seconds=60) as client:
            return await client.call_tool(tool, arguments)

    return asyncio.run(ask())


def ask(house, tool, **arguments):
    result = call(make_server(house), tool, **arguments)
    assert not result.is_error, result.content
    return result.structured_content


def refusal(house, tool, **arguments):
    result = call(make_server(house), tool, **arguments)
    assert result.is_error
    return result.content[0].text


def test_the_tools_say_what_they_do_what_they_take_and_what_they_give(house):
    async def list_tools():
        async with Client(make_server(house)) as client:
            return (await client.list_tools()).tools

    tools = asyncio.run(list_tools())
    assert [tool.name for tool in tools] == TOOLS
    for tool in tools:
        assert tool.description
        assert tool.annotations.read_only_hint
        assert "citation" in str(tool.output_schema) or "Citation" in str(tool.output_schema)
    assert tools[0].input_schema["required"] == ["question"]


def test_a_passage_is_found_with_a_citation_to_the_second(house):
    found = ask(house, "search", question="deadline", limit=2)
    assert (found["total"], len(found["passages"])) == (13, 2)
    first = found["passages"][0]
    assert (first["sentence"], first["passage_id"], first["kind"]) == (BEST, 1, "transcript")
    episode = house.ids["full"]
    assert first["citation"] == {
        "label": "Ben Marsh in “Whose Deadline Is It?” (The Long Table, 2025-03-04) at 0:20",
        "show": "The Long Table",
        "episode": "Whose Deadline Is It?",
        "episode_id": episode,
        "issue": None,
        "issue_id": None,
        "published": "2025-03-04T05:00:00Z",
        "speaker": "Ben Marsh",
        "start_ms": 20_000,
        "end_ms": 24_000,
        "moment": "0:20",
        "link": f"{SITE}/episodes/{episode}?t=20",
        "audio": "https://example.com/one.mp3#t=20",
        "problem": None,
    }


def test_citations_say_where_times_may_be_off(house):
    with house.catalogue.write() as conn:
        held = transcripts.find_transcript(conn, house.ids["full"])
        transcripts.set_transcript(conn, held.id, feed_duration_ms=155_000)
    cited = [
        ask(house, "search", question="deadline")["passages"][0],
        ask(house, "get_episode", episode="one")["chapters"][0],
        ask(house, "get_passage_with_context", episode="one", moment="0:13"),
        ask(house, "list_takeaways", of="one")["takeaways"][0],
    ]
    for each in cited:
        assert "may be off" in each["citation"]["problem"]
    assert ask(house, "get_episode", episode="one")["citation"]["problem"] is None


def test_what_a_newsletter_says_is_cited_as_its_issue(house):
    house.engine.hits = house.engine.hits[-1:]
    (found,) = ask(house, "search", question="hello")["passages"]
    issue = house.ids["issue"]
    assert found["citation"]["label"] == "“Deadlines are promises” (The Side Table, 2025-03-06)"
    assert found["citation"]["link"] == f"{SITE}/issues/{issue}"
    assert found["citation"]["start_ms"] is None


def test_filters_reach_the_engine(house):
    ask(house, "search", question="x", speaker="Ben", kind="takeaway", after="2024", mode="keyword")
    asked = house.engine.requests[-1]
    assert (asked.speaker, asked.kind, asked.after) == ("Ben", "takeaway", "2024")
    assert (asked.mode, asked.k) == ("keyword", 8)


def test_links_are_paths_where_nobody_said_under_which_address_the_site_is(house):
    house.settings = Settings()
    found = ask(house, "search", question="deadline", limit=1)["passages"][0]
    assert found["citation"]["link"] == f"/episodes/{house.ids['full']}?t=20"


@pytest.mark.parametrize("named", ["{full}", "one", "whose deadline"])
def test_an_episode_comes_whole_and_its_transcript_where_asked_for(house, named):
    named = named.format(**house.ids)
    held = ask(house, "get_episode", episode=named)
    assert held["citation"]["label"] == "“Whose Deadline Is It?” (The Long Table, 2025-03-04)"
    assert held["persons"][1] == {"name": "Ben Marsh", "role": "guest"}
    assert [chapter["citation"]["moment"] for chapter in held["chapters"]] == [
        "0:00",
        "0:12",
        "0:36",
    ]
    assert len(held["takeaways"]) == 3
    assert (held["has_transcript"], held["transcript"]) == (True, [])
    held = ask(house, "get_episode", episode=named, with_transcript=True)
    assert [line["text"] for line in held["transcript"]] == [text for _, text in SPOKEN]


def test_what_is_said_at_a_moment_comes_with_what_is_said_around_it(house):
    held = ask(
        house,
        "get_passage_with_context",
        episode=str(house.ids["full"]),
        moment="0:13",
        seconds=1,
    )
    assert held["text"] == SPOKEN[1][1]
    assert (held["citation"]["moment"], held["citation"]["speaker"]) == ("0:13", "Ben Marsh")
    assert [(line["moment"], line["is_cited"]) for line in held["lines"]] == [
        ("0:00", False),
        ("0:12", True),
        ("0:24", False),
    ]


def put_passages(house, kind, texts, **owner):
    wanted = [
        Passage(text=text, kind=kind, start_ms=start_ms, end_ms=end_ms)
        for text, start_ms, end_ms in texts
    ]
    with house.catalogue.write() as conn:
        passages.put_passages(conn, wanted, kinds=[kind], chunker="test", **owner)
        return [each.id for each in passages.list_passages(conn, kind=kind, **owner)]


def test_a_passage_comes_with_the_speech_around_it(house):
    (passage_id,) = put_passages(
        house,
        "transcript",
        [("Nobody should make it.", SEGMENT_MS, 2 * SEGMENT_MS - 500)],
        episode_id=house.ids["full"],
    )
    held = ask(house, "get_passage_with_context", passage_id=passage_id, seconds=0)
    assert held["text"] == "Nobody should make it."
    assert [line["text"] for line in held["lines"]] == [SPOKEN[1][1]]
    held = ask(house, "get_passage_with_context", passage_id=passage_id)
    assert [line["is_cited"] for line in held["lines"]] == [False, True, False, False]


def test_a_passage_of_an_issue_comes_with_its_neighbours(house):
    texts = [(f"Paragraph {number}.", None, None) for number in range(7)]
    ids = put_passages(house, "issue", texts, issue_id=house.ids["issue"])
    held = ask(house, "get_passage_with_context", passage_id=ids[3])
    assert [line["text"] for line in held["lines"]] == [f"Paragraph {n}." for n in range(1, 6)]
    assert held["citation"]["link"].endswith(f"/issues/{house.ids['issue']}")


def test_takeaways_come_at_the_second_where_they_are_said(house):
    held = ask(house, "list_takeaways")
    assert (held["total"], len(held["takeaways"])) == (3, 3)
    moved = held["takeaways"][1]
    assert (moved["verdict"], moved["citation"]["moment"]) == ("moved", "0:40")
    assert moved["citation"]["episode"] == "Whose Deadline Is It?"
    assert moved["citation"]["issue"] == "Deadlines are promises"
    assert len(ask(house, "list_takeaways", of=f"issue:{house.ids['issue']}")["takeaways"]) == 3
    assert ask(house, "list_takeaways", of=f"{house.ids['bare']}")["takeaways"] == []
    assert len(ask(house, "list_takeaways", limit=1)["takeaways"]) == 1


@pytest.mark.parametrize(
    ("tool", "arguments", "told"),
    [
        ("get_episode", {"episode": "nothing like it"}, "is no held episode"),
        ("get_passage_with_context", {}, "give passage_id, or episode and moment"),
        ("get_passage_with_context", {"passage_id": 99}, "is not held"),
        ("get_passage_with_context", {"episode": "one", "moment": "soon"}, "is no moment"),
        ("get_passage_with_context", {"episode": "one", "moment": "59:00"}, "no transcript at"),
        ("get_passage_with_context", {"episode": "two", "moment": "0:01"}, "no transcript at"),
        ("list_takeaways", {"of": "issue:99"}, "is not held"),
        ("search", {"question": "x", "limit": 9999}, "limit"),
    ],
)
def test_what_cannot_be_answered_is_told_to_the_assistant(house, tool, arguments, told):
    assert told in refusal(house, tool, **arguments)


@contextmanager
def serving(server):
    """Serve over HTTP on a free port of this machine, in this process."""
    import uvicorn

    app = server.streamable_http_app(stateless_http=True, json_response=True)
    running = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=running.run, args=([listening],))
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/mcp"
    finally:
        running.should_exit = True
        thread.join()
        listening.close()


@pytest.mark.parametrize("protocol", ["auto", "legacy"])
def test_the_tools_answer_over_http(house, protocol):
    with serving(make_server(house)) as address:
        found = call(address, "search", protocol=protocol, question="deadline", limit=1)
    assert found.structured_content["passages"][0]["citation"]["moment"] == "0:20"


@pytest.mark.parametrize("protocol", ["auto", "legacy"])
def test_the_command_answers_over_standard_input_and_output(house, protocol):
    started = StdioServerParameters(
        command=sys.executable,
        args=["-m", "web.cli", "--home", str(house.home.path), "mcp"],
        env={**os.environ, "EARMARK_PUBLIC_URL": SITE},
        cwd=ROOT,
    )
    found = call(started, "list_takeaways", protocol=protocol, of="issue:1").structured_content
    assert found["takeaways"][0]["citation"]["link"] == f"{SITE}/episodes/{house.ids['full']}?t=20"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("8322", ("127.0.0.1", 8322)),
        ("0.0.0.0:80", ("0.0.0.0", 80)),
        ("[::1]:8322", ("::1", 8322)),
        ("box.example:1", ("box.example", 1)),
    ],
)
def test_an_address_to_listen_on_is_read(text, read):
    assert parse_listen(text) == read


@pytest.mark.parametrize(
    "text", ["", "0", "65536", "host:", ":80", "::1:80", "a b:80", "http://x:1"]
)
def test_what_is_no_address_to_listen_on_is_refused(text):
    with pytest.raises(UsageError):
        parse_listen(text)


def test_a_wrong_address_is_told_before_anything_is_loaded():
    result = CliRunner().invoke(cli, ["mcp", "--http", "everywhere"])
    assert isinstance(result.exception, UsageError)


def test_nothing_but_the_command_loads_the_protocol():
    code = "import web.cli, web.commands.search_command, web.app; import sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert {"mcp", "pydantic", "starlette"}.isdisjoint(done.stdout.split())


def test_an_answer_keeps_to_what_the_engine_gave(house):
    house.engine.hits = tuple(replace(hit, best=None) for hit in house.engine.hits[:1])
    (found,) = ask(house, "search", question="deadline")["passages"]
    assert found["sentence"] == found["text"]
    assert found["citation"]["start_ms"] == SEGMENT_MS
