"""Workers in processes of their own, which end with the process that started them."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.catalogue import jobs

if TYPE_CHECKING:
    from ingest.workshop import Workshop

LIGHT = ("publisher",)
"""Kinds of jobs that need a processor each, little memory and no model."""
MANY = 24
"""So many of them are worth the half second in which a process starts."""
_LOOK_S = 0.25


def start_worker(home: Path, kinds: Sequence[str] = ()) -> "subprocess.Popen[bytes]":
    """Start a worker for jobs of some kinds, or of all; close its standard input to stop it."""
    only = [part for kind in kinds for part in ("--only", kind)]
    command = [sys.executable, "-m", "web.cli", "--home", str(home), "work", "--with-parent", *only]
    # Its standard input ends when this process does, however that comes about.
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)


def end_with_parent() -> None:
    """End this process when its standard input does: whoever started it may have been killed."""

    def wait() -> None:
        # Not by sys.stdin: its lock would be held all the time, and a process forked meanwhile
        # waits for that for ever.
        while os.read(0, 1024):
            pass
        os._exit(0)

    threading.Thread(target=wait, name="parent", daemon=True).start()


@contextmanager
def accompanied(shop: "Workshop") -> Iterator[None]:
    """Have a second worker beside this one, from when many light jobs wait until the work ends."""
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(_LOOK_S):
            if _count_waiting(shop) >= MANY:
                worker = start_worker(shop.home.path, LIGHT)
                ended.wait()
                worker.communicate()
                return

    watcher = threading.Thread(target=watch, name="companion", daemon=True)
    if (os.cpu_count() or 1) > 1:
        watcher.start()
    try:
        yield
    finally:
        ended.set()
        if watcher.ident:
            watcher.join()


def _count_waiting(shop: "Workshop") -> int:
    with shop.catalogue.read() as conn:
        return jobs.count_waiting(conn, LIGHT)
