"""``earmark mcp``: the knowledge base for an assistant."""

import re
import threading
from pathlib import Path

import click

from corpus.errors import UsageError
from web.cli import say
from web.wiring import House

_LISTEN = re.compile(r"(?:(\[[0-9a-fA-F:.]+\]|[^\s:\[\]]+):)?(\d{1,5})", re.ASCII)
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@click.command(name="mcp")
@click.option(
    "--http",
    metavar="[HOST:]PORT",
    help="Serve over HTTP at /mcp instead of standard input and output (host: 127.0.0.1).",
)
@click.pass_obj
def command(home: Path | None, http: str | None) -> None:
    """Offer search, episodes, passages and takeaways to an assistant, over the Model Context
    Protocol.

    An assistant's program starts it with its standard input and output; --http serves any number of
    them. Its tools only read.

    Example: earmark mcp --http 8322
    """
    listen = parse_listen(http) if http is not None else None
    from web.mcp_server import make_server

    house = House(home)
    server = make_server(house)
    threading.Thread(target=house.warm, name="warm", daemon=True).start()
    if listen is None:
        server.run("stdio")
        return
    host, port = listen
    say(f"Earmark's tools are at http://{http_host(host)}:{port}/mcp (stop with Ctrl+C)")
    if host not in LOOPBACK:
        say("Whoever reaches this address can read all that is held: no password is asked for.")
    # Each call stands alone, so a session would only have to be kept and forgotten.
    server.run("streamable-http", host=host, port=port, stateless_http=True, json_response=True)


def parse_listen(text: str) -> tuple[str, int]:
    """Return the host and port that ``[HOST:]PORT`` names.

    >>> parse_listen("8322"), parse_listen("[::1]:80")
    (('127.0.0.1', 8322), ('::1', 80))

    Raises:
        UsageError: If it names none.
    """
    match = _LISTEN.fullmatch(text.strip())
    if match is None or not 0 < int(match[2]) < 65_536:
        raise UsageError(text[:60], "is no address to listen on", "write 8322 or 127.0.0.1:8322")
    return (match[1] or "127.0.0.1").strip("[]"), int(match[2])


def http_host(host: str) -> str:
    """Return a host as an address writes it.

    >>> http_host("::1"), http_host("localhost")
    ('[::1]', 'localhost')
    """
    return f"[{host}]" if ":" in host else host
