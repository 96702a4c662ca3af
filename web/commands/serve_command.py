"""``earmark serve``: the site, on a production WSGI server."""

import gc
import threading
from pathlib import Path

import click

from web.cli import say
from web.companions import start_worker
from web.site_server import THREADS, make_server
from web.wiring import House

_COLLECTING = (20_000, 20, 20)


@click.command(name="serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8321, show_default=True, help="Port to listen on.")
@click.option("--threads", default=THREADS, show_default=True, help="Requests answered at a time.")
@click.option("--no-work", is_flag=True, help="Do not run a worker beside the site.")
@click.pass_obj
def command(home: Path | None, host: str, port: int, threads: int, no_work: bool) -> None:
    """Serve the site, with a worker beside it that does what its pages ask for.

    Example: earmark serve --port 8321
    """
    from web.app import create_app

    house = House(home)
    server = make_server(create_app(house), host, port, threads=threads)
    threading.Thread(target=_warm, args=(house,), name="warm", daemon=True).start()
    worker = None if no_work else start_worker(house.home.path)
    say(f"Earmark is at http://{host}:{port}/ (stop with Ctrl+C)")
    try:
        server.run()
    finally:
        server.close()
        if worker:
            worker.terminate()
            worker.wait()


def _warm(house: House) -> None:
    """Load what the first question would wait for, and let no search for garbage walk through it.

    What is loaded stays; each answer makes some thousand records that hold no cycles.
    """
    house.warm()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTING)
