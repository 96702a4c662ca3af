"""The knowledge base for an assistant: a server of the Model Context Protocol.

https://modelcontextprotocol.io, through its official SDK, which is loaded with this module only.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import Field

from corpus.errors import EarmarkError
from corpus.records import PassageKind
from search.hits import Mode, SearchRequest
from web.mcp_records import Found, InContext, TakeawayList, WholeEpisode
from web.mcp_tools import (
    find_passages,
    need_one,
    read_episode,
    read_moment,
    read_passage,
    read_takeaways,
)
from web.version import software_version

if TYPE_CHECKING:
    from web.wiring import House

_INSTRUCTIONS = """\
Earmark holds the transcripts, show notes and newsletter issues that its owner follows. Ask `search`
first; each passage comes with a citation. Quote `sentence` and `text` verbatim, and cite what you
use with its label and link, which opens the very second. What is not in a passage was not said."""

_READS = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)

_Few = Annotated[int, Field(ge=1, le=50, description="How many passages at most.")]
_Many = Annotated[int, Field(ge=1, le=500, description="How many takeaways at most.")]
_Part = Annotated[str | None, Field(description="Only this one: its name, or part of it.")]
_Day = Annotated[str | None, Field(description="A date, or its year or month: 2024, 2024-05.")]
_Named = Annotated[str, Field(description="An episode's id, guid, or (part of its) title.")]
_Seconds = Annotated[int, Field(ge=0, le=600, description="How much before and after, in seconds.")]


def make_server(house: "House") -> MCPServer:
    """Return the server over a house; its tools only read."""
    server = MCPServer(
        "earmark",
        title="Earmark",
        instructions=_INSTRUCTIONS,
        version=software_version(),
        log_level="WARNING",
    )

    @server.tool(title="Search", annotations=_READS)
    def search(  # noqa: PLR0917  each parameter is one of the tool's own
        question: Annotated[
            str, Field(description='Plain words, "an exact phrase", -word, speaker:name.')
        ],
        limit: _Few = 8,
        show: _Part = None,
        speaker: _Part = None,
        kind: Annotated[PassageKind | None, Field(description="Only this kind.")] = None,
        after: _Day = None,
        before: _Day = None,
        mode: Mode = "hybrid",
    ) -> Found:
        """Find the passages of podcasts and newsletters that answer a question, each with its
        speaker, its second and a link that opens there."""
        asked = SearchRequest(
            text=question,
            k=limit,
            mode=mode,
            show=show,
            speaker=speaker,
            kind=kind,
            after=after,
            before=before,
        )
        with _telling():
            return find_passages(house, asked)

    @server.tool(title="Get an episode", annotations=_READS)
    def get_episode(
        episode: _Named,
        with_transcript: Annotated[bool, Field(description="A long text: ask if needed.")] = False,
    ) -> WholeEpisode:
        """Return what is held of an episode: persons, show notes, chapters and takeaways with
        their seconds, and its transcript where asked for."""
        with _telling():
            return read_episode(house, episode, with_transcript=with_transcript)

    @server.tool(title="Get a passage with context", annotations=_READS)
    def get_passage_with_context(
        passage_id: Annotated[int | None, Field(description="As search gave it.")] = None,
        episode: _Named | None = None,
        moment: Annotated[str | None, Field(description="Clock text, 28:10, or seconds.")] = None,
        seconds: _Seconds = 60,
    ) -> InContext:
        """Return a passage, or what is said at a moment of an episode, with what is said before
        and after it. Name passage_id, or episode and moment."""
        with _telling():
            need_one(passage_id, episode, moment)
            if passage_id is not None:
                return read_passage(house, passage_id, seconds * 1000)
            return read_moment(house, episode or "", moment or "", seconds * 1000)

    @server.tool(title="List takeaways", annotations=_READS)
    def list_takeaways(
        of: Annotated[
            str | None, Field(description="An episode's id, guid or title, or issue:3; else all.")
        ] = None,
        limit: _Many = 100,
        with_drafts: Annotated[bool, Field(description="Also what nobody has accepted.")] = False,
    ) -> TakeawayList:
        """Return the takeaways that authors wrote of episodes, each with the second at which it
        is said and whether a check confirmed that."""
        with _telling():
            return read_takeaways(house, of, limit=limit, with_drafts=with_drafts)

    return server


@contextmanager
def _telling() -> Iterator[None]:
    """Let the assistant read what is wrong and what to do about it."""
    try:
        yield
    except EarmarkError as error:
        raise ToolError(str(error)) from error
