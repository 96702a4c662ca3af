"""The site on a production WSGI server."""

import logging
from typing import Any

from flask import Flask

from web.haste import watch_queue

THREADS = 4

# A connection is looked at while its request is answered: without that, the server's own thread
# turns round and round beside the others and takes half of the interpreter (`bench.load`).
_LOOKAHEAD = 1


def make_server(app: Flask, host: str, port: int, *, threads: int = THREADS) -> Any:
    """Return a server of an application, to be run; it listens already.

    Raises:
        OSError: If it cannot listen there.
    """
    import waitress

    # That requests wait for a thread is no news for each of them, and telling it costs time.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = waitress.create_server(
        app,
        host=host,
        port=port,
        threads=threads,
        ident=None,
        channel_request_lookahead=_LOOKAHEAD,
    )
    watch_queue(app, lambda: len(server.task_dispatcher.queue))
    return server
