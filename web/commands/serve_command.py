"""``earmark serve``: the site, on a production WSGI server."""

import gc
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from web.cli import say
from web.companions import start_worker
from web.site_server import THREADS, make_server
from web.wiring import House

if TYPE_CHECKING:
    from flask import Flask

_COLLECTING = (20_000, 20, 20)
_FIRST_ANSWER_S = 1.0
"""Who asks while all is loaded has the interpreter for so long before pages are made ready."""


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
    app = create_app(house)
    server = make_server(app, host, port, threads=threads)
    threading.Thread(target=_warm, args=(house, app), name="warm", daemon=True).start()
    worker = None if no_work else start_worker(house.home.path)
    say(f"Earmark is at http://{host}:{port}/ (stop with Ctrl+C)")
    try:
        server.run()
    finally:
        server.close()
        if worker:
            worker.terminate()
            worker.wait()


def _warm(house: House, app: "Flask") -> None:
    """Load what first questions and pages would wait for; let no search for garbage go through it.

    What is loaded stays; each answer makes some thousand records that hold no cycles.
    """
    house.warm()
    time.sleep(_FIRST_ANSWER_S)
    for name in app.jinja_env.list_templates(extensions=["html"]):
        app.jinja_env.get_template(name)  # the largest one takes a seventh of a second
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTING)
