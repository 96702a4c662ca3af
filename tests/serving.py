"""A house that is served for as long as a test needs it."""

import contextlib
import threading
from collections.abc import Iterator

from waitress.channel import HTTPChannel

from web.app import create_app
from web.site_server import make_server


@contextlib.contextmanager
def served(house) -> Iterator[str]:
    """The address of a house on the production server.

    It is stopped in the thread that waits on its sockets: closed from any other, the
    sockets vanish under ``select``, which then fails. Each connection is closed by itself first:
    only so the file is closed that it was sending.
    """
    server = make_server(create_app(house), "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.task_dispatcher.shutdown()
        server.trigger.pull_trigger(lambda: _close(server))
        thread.join(timeout=10)


def _close(server) -> None:
    for connection in list(server._map.values()):
        if isinstance(connection, HTTPChannel):
            connection.handle_close()
    server.asyncore.close_all(server._map)
