"""A worker: claims jobs, keeps their leases, runs their steps."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import OperationalError

from corpus.catalogue import jobs, notes, shows
from corpus.errors import EarmarkError, FetchError, GoneError, LaterError, RefusedError
from corpus.holdings import Job
from ingest.plans import poll_job, reread_job
from ingest.steps import STEPS
from ingest.workshop import Workshop

_BEAT_S = 20.0
_IDLE_S = 0.5

Report = Callable[[Job, float | None, str], None]
"""Told how each job gets on; the note is ``done``, ``failed: why`` or what is being done."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How a stretch of work went."""

    done: int
    failed: int
    waiting: int
    """Jobs that will be tried again later."""


def worker_name() -> str:
    """Return this process's name as a worker: ``host:pid:start``."""
    pid = os.getpid()
    return f"{socket.gethostname()}:{pid}:{_start_of(pid)}"


def _start_of(pid: int) -> str:
    """Return when a process started, so that a number used again is not taken for it."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "0"
    return stat.rpartition(")")[2].split()[19]


def _is_alive(worker: str) -> bool:
    _, pid, start = worker.rsplit(":", 2)
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _start_of(int(pid)) == start


def release_dead_workers(shop: Workshop) -> None:
    """Make claimable what killed workers of this machine were doing, without waiting."""
    host = socket.gethostname()
    with shop.catalogue.write() as conn:
        names = [name for name in jobs.list_workers(conn) if name.startswith(f"{host}:")]
        alive = [name for name in names if _is_alive(name)]
        if len(alive) < len(names):
            jobs.release_lost(conn, alive, host, now_ms=shop.now_ms())


def run_until_idle(shop: Workshop, report: Report, kinds: Sequence[str] | None = None) -> Tally:
    """Work until no job is ready and none runs elsewhere; jobs that wait for later are left.

    With ``kinds``, jobs of other kinds are left too. Jobs that another worker of this catalogue
    fails at meanwhile count as failed.
    """
    release_dead_workers(shop)
    name = worker_name()
    done = failed = 0
    with shop.catalogue.read() as conn:
        failed_before = jobs.count_jobs(conn)["failed"]
    while True:
        job = _claim(shop, name, kinds)
        if job is None:
            with shop.catalogue.read() as conn:
                counts = jobs.count_jobs(conn)
            if not counts["running"]:
                failed = max(failed, counts["failed"] - failed_before)
                return Tally(done, failed, counts["queued"])
            # Another worker has the rest in hand; what it finishes may queue more.
            time.sleep(_IDLE_S)
            continue
        if run_job(shop, job, report):
            done += 1
        else:
            failed += 1


def run_forever(
    shop: Workshop, report: Report, *, stop: threading.Event, kinds: Sequence[str] | None = None
) -> None:
    """Work as jobs come, until told to stop; the job in hand is finished first.

    With ``kinds``, jobs of other kinds and what is due are left to other workers.
    """
    name = worker_name()
    while not stop.is_set():
        release_dead_workers(shop)
        if kinds is None:
            queue_polls(shop)
            queue_rereads(shop)
        while not stop.is_set() and (job := _claim(shop, name, kinds)):
            run_job(shop, job, report)
        stop.wait(_IDLE_S)


def queue_polls(shop: Workshop, *, due_only: bool = True) -> int:
    """Queue a poll for each show with a feed, or for those that are due; return how many."""
    with shop.catalogue.read() as conn:
        if due_only:
            asked = shows.list_due_shows(conn, shop.now_ms())
        else:
            asked = tuple(
                show for show in shows.list_shows(conn) if show.feed_url and show.ended_ms is None
            )
    if asked:
        with shop.catalogue.write() as conn:
            jobs.queue_jobs(conn, [poll_job(show) for show in asked], now_ms=shop.now_ms())
    return len(asked)


def queue_rereads(shop: Workshop, *, due_only: bool = True) -> int:
    """Queue another look into each folder and mailbox that was added; return how many.

    Those are due that were not looked into for as long as feeds are not asked.
    """
    with shop.catalogue.read() as conn:
        watched = notes.list_sources(conn, ("folder", "maildir", "mailbox", "imap"))
    now_ms = shop.now_ms()
    before_ms = now_ms - shop.settings.poll_hours * 3_600_000
    due = [source for source, read_ms in watched if not due_only or read_ms <= before_ms]
    if due:
        with shop.catalogue.write() as conn:
            for source in due:
                notes.touch_source(conn, source, now_ms=now_ms)
            jobs.queue_jobs(conn, [reread_job(source) for source in due], now_ms=now_ms)
    return len(due)


def _claim(shop: Workshop, name: str, kinds: Sequence[str] | None) -> Job | None:
    with shop.catalogue.write() as conn:
        return jobs.claim_job(conn, name, now_ms=shop.now_ms(), kinds=kinds)


def run_job(shop: Workshop, job: Job, report: Report) -> bool:
    """Run one claimed job to its end; return whether it was done."""
    report(job, job.progress, "started")
    state: list[tuple[float | None, str]] = [(None, "started")]

    def on_progress(progress: float | None, note: str) -> None:
        state[0] = (progress, note)
        report(job, progress, note)

    try:
        with _heartbeat(shop, job, state):
            outcome = STEPS[job.kind](shop, job, on_progress)
    except EarmarkError as error:
        again = isinstance(error, FetchError) and not isinstance(error, RefusedError | GoneError)
        wait_ms = error.wait_ms if isinstance(error, LaterError) else 0
        _fail(shop, job, str(error), again=again, wait_ms=wait_ms)
        report(job, None, f"failed: {error}")
        return False
    except Exception as error:  # noqa: BLE001  a bug on one episode must not stop the others
        problem = f"{type(error).__name__}: {error}"
        _fail(shop, job, problem, again=isinstance(error, OperationalError))
        report(job, None, f"failed: {problem}")
        return False
    with shop.catalogue.write() as conn:
        finished = jobs.finish_job(conn, job, now_ms=shop.now_ms())
        if finished:
            jobs.queue_jobs(conn, outcome(conn), now_ms=shop.now_ms())
    report(job, 1.0, "done" if finished else "taken over by another worker")
    return finished


def _fail(shop: Workshop, job: Job, problem: str, *, again: bool, wait_ms: int = 0) -> None:
    with shop.catalogue.write() as conn:
        now_ms = shop.now_ms()
        jobs.fail_job(conn, job, problem, again=again, now_ms=now_ms, wait_ms=wait_ms)


@contextmanager
def _heartbeat(shop: Workshop, job: Job, state: list[tuple[float | None, str]]) -> Iterator[None]:
    """Renew the lease and show progress while a step runs, however long it is silent."""
    ended = threading.Event()

    def beat() -> None:
        written: tuple[float | None, str] | None = None
        waited = 0.0
        while not ended.wait(1.0):
            waited += 1.0
            if state[0] != written or waited >= _BEAT_S:
                written, waited = state[0], 0.0
                progress, note = written
                with shop.catalogue.write() as conn:
                    jobs.renew_job(conn, job, progress=progress, note=note, now_ms=shop.now_ms())

    thread = threading.Thread(target=beat, name=f"heartbeat of job {job.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
