"""Progress on standard error: a line that is rewritten on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from corpus.holdings import Job
from web.companions import accompanied

if TYPE_CHECKING:
    from ingest.worker import Tally
    from ingest.workshop import Progress, Workshop

_QUIET_S = 10.0  # between two lines about one job where lines cannot be rewritten
_SHOWN_S = 0.2

_VERBS = {
    "add": "adding",
    "poll": "asking",
    "publisher": "publisher's transcript of",
    "audio": "audio of",
    "transcribe": "transcribing",
    "relisten": "listening again to",
    "join": "joining",
    "check": "checking",
    "draft": "drafting",
    "rephrase": "drafting and rewording",
    "index": "indexing",
    "rebuild": "building anew:",
}


class Reporter:
    """Shows what a worker does."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._last = 0.0
        self._job: int | None = None

    def __call__(self, job: Job, progress: float | None, note: str) -> None:
        """Show how a job gets on."""
        ended = note == "done" or note.startswith("failed")
        wait = _SHOWN_S if self._terminal else _QUIET_S
        now = time.monotonic()
        if not ended and self._job == job.id and now - self._last < wait:
            return
        if not ended and note == "started":
            return
        self._last, self._job = now, job.id
        share = "" if progress is None or ended else f" {progress:4.0%}"
        self._write(f"{_VERBS.get(job.kind, job.kind)} {job.title}:{share} {note}", ended)

    def _write(self, line: str, ended: bool) -> None:
        if self._terminal:
            sys.stderr.write(f"\r\x1b[K{line[:150]}" + ("\n" if ended else ""))
        else:
            sys.stderr.write(line + "\n")
        sys.stderr.flush()


@contextmanager
def show_progress(title: str) -> Iterator["Progress"]:
    """Hand out a function that shows how one piece of work gets on."""
    last = [0.0]
    wait = _SHOWN_S if sys.stderr.isatty() else _QUIET_S

    def on_progress(progress: float | None, note: str) -> None:
        now = time.monotonic()
        if now - last[0] >= wait:
            last[0] = now
            share = "" if progress is None else f" {progress:4.0%}"
            sys.stderr.write(f"{title}:{share} {note}\n")
            sys.stderr.flush()

    yield on_progress


def work_until_idle(shop: "Workshop", kinds: Sequence[str] | None = None) -> "Tally":
    """Work until nothing is ready, showing progress; with a second worker where there is much."""
    from ingest.worker import run_until_idle

    with accompanied(shop):
        return run_until_idle(shop, Reporter(), kinds)


def say_tally(tally: "Tally") -> bool:
    """Say how a stretch of work went; return whether all of it was done."""
    if tally.failed or tally.waiting:
        sys.stderr.write(
            f"{tally.done} jobs done, {tally.failed} not, {tally.waiting} to be tried again later;"
            " see: earmark jobs\n"
        )
    return not tally.failed and not tally.waiting
