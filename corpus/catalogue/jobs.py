"""Jobs: long work as rows, leased by workers, readable by a person.

A job is queued, then running under a lease that its worker renews, then done or failed. A lease
that runs out (the worker was killed) makes the job claimable again. One live job at most stands
for a kind and subject.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, delete, func, or_, select, update

from corpus.catalogue.rows import put_new
from corpus.catalogue.schema import jobs
from corpus.holdings import Job, JobState

LEASE_MS = 120_000
MAX_ATTEMPTS = 5
_BACKOFF_MS = 15_000
_LIVE = ("queued", "running")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """Work to be queued."""

    kind: str
    subject: str
    title: str
    priority: int = 100
    """Lower goes first."""


def queue_jobs(conn: Connection, wanted: Sequence[NewJob], *, now_ms: int) -> None:
    """Queue work; where a live job of the kind and subject stands, nothing happens."""
    rows = [
        {
            "kind": job.kind,
            "subject": job.subject,
            "title": job.title,
            "priority": job.priority,
            "state": "queued",
            "attempts": 0,
            "not_before_ms": now_ms,
            "created_ms": now_ms,
        }
        for job in wanted
    ]
    put_new(conn, jobs, rows)


def claim_job(
    conn: Connection, worker: str, *, now_ms: int, kinds: Sequence[str] | None = None
) -> Job | None:
    """Take the next job that is ready, under a lease of LEASE_MS."""
    ready = or_(
        and_(jobs.c.state == "queued", jobs.c.not_before_ms <= now_ms),
        and_(jobs.c.state == "running", jobs.c.lease_until_ms < now_ms),
    )
    statement = select(jobs).where(ready).order_by(jobs.c.priority, jobs.c.id).limit(1)
    if kinds is not None:
        statement = statement.where(jobs.c.kind.in_(kinds))
    row = conn.execute(statement.with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    values = {
        "state": "running",
        "worker": worker,
        "attempts": row.attempts + 1,
        "lease_until_ms": now_ms + LEASE_MS,
        "started_ms": now_ms,
        "finished_ms": None,
    }
    conn.execute(update(jobs).where(jobs.c.id == row.id).values(values))
    return Job(**{**row._mapping, **values})


def renew_job(
    conn: Connection, job: Job, *, progress: float | None, note: str | None, now_ms: int
) -> bool:
    """Say how far a job is and keep its lease; False where another worker has taken it."""
    values = {"progress": progress, "note": note, "lease_until_ms": now_ms + LEASE_MS}
    return bool(conn.execute(update(jobs).where(_mine(job)).values(values)).rowcount)


def finish_job(conn: Connection, job: Job, *, now_ms: int) -> bool:
    """Mark a job as done; False where another worker has taken it."""
    values = {"state": "done", "progress": 1.0, "note": None, "problem": None}
    return _end(conn, job, values, now_ms)


def fail_job(
    conn: Connection, job: Job, problem: str, *, again: bool, now_ms: int, wait_ms: int = 0
) -> None:
    """Record why a job failed; queue it again, later each time, where that may help.

    ``wait_ms`` is how long to wait at least.
    """
    if again and job.attempts < MAX_ATTEMPTS:
        later = now_ms + max(wait_ms, _BACKOFF_MS * 4 ** (job.attempts - 1))
        values = {"state": "queued", "not_before_ms": later, "problem": problem, "worker": None}
        conn.execute(update(jobs).where(_mine(job)).values({**values, "lease_until_ms": None}))
    else:
        _end(conn, job, {"state": "failed", "problem": problem}, now_ms)


def retry_job(conn: Connection, job_id: int, *, now_ms: int) -> bool:
    """Queue a failed job again at once; False where it is none or is live already."""
    row = conn.execute(select(jobs).where(jobs.c.id == job_id)).first()
    if row is None or row.state != "failed":
        return False
    live = select(jobs.c.id).where(
        jobs.c.kind == row.kind, jobs.c.subject == row.subject, jobs.c.state.in_(_LIVE)
    )
    if conn.execute(live).first():
        return False
    values = {"state": "queued", "attempts": 0, "not_before_ms": now_ms, "finished_ms": None}
    conn.execute(update(jobs).where(jobs.c.id == job_id).values(values))
    return True


def release_lost(conn: Connection, alive: Sequence[str], host: str, *, now_ms: int) -> None:
    """Make jobs of this host's dead workers claimable at once, without waiting for the lease.

    A worker's name is ``host:pid:start``; ``alive`` are those of this host that still run.
    """
    lost = and_(
        jobs.c.state == "running",
        jobs.c.worker.startswith(f"{host}:", autoescape=True),
        jobs.c.worker.not_in(alive),
    )
    conn.execute(update(jobs).where(lost).values({"lease_until_ms": now_ms - 1}))


def list_workers(conn: Connection) -> tuple[str, ...]:
    """Return the names of the workers that hold a job."""
    statement = select(jobs.c.worker).where(jobs.c.state == "running").distinct()
    return tuple(name for name in conn.execute(statement).scalars() if name)


def list_jobs(
    conn: Connection, *, state: JobState | None = None, subject: str | None = None, limit: int = 100
) -> tuple[Job, ...]:
    """Return jobs: running, queued, failed, then done, newest first."""
    statement = select(jobs)
    if state:
        statement = statement.where(jobs.c.state == state)
    if subject:
        statement = statement.where(jobs.c.subject == subject)
    order = {"running": 0, "queued": 1, "failed": 2, "done": 3}
    rows = conn.execute(statement.order_by(jobs.c.id.desc()).limit(max(limit, 1) * 4)).all()
    rows = sorted(rows, key=lambda row: (order[row.state], -row.id))[:limit]
    return tuple(Job(**row._mapping) for row in rows)


def count_jobs(conn: Connection) -> dict[str, int]:
    """Return how many jobs are in each state."""
    statement = select(jobs.c.state, func.count()).group_by(jobs.c.state)
    found = {row[0]: int(row[1]) for row in conn.execute(statement)}
    return {state: found.get(state, 0) for state in ("queued", "running", "done", "failed")}


def count_waiting(conn: Connection, kinds: Sequence[str]) -> int:
    """Return how many jobs of some kinds are queued."""
    waiting = and_(jobs.c.state == "queued", jobs.c.kind.in_(kinds))
    return int(conn.execute(select(func.count()).where(waiting)).scalar_one())


def next_ready_ms(conn: Connection) -> int | None:
    """Return when the next queued or abandoned job can be claimed; None where none lives."""
    queued = select(func.min(jobs.c.not_before_ms)).where(jobs.c.state == "queued")
    running = select(func.min(jobs.c.lease_until_ms)).where(jobs.c.state == "running")
    times = [conn.execute(queued).scalar(), conn.execute(running).scalar()]
    return min((int(time) for time in times if time is not None), default=None)


def drop_old_jobs(conn: Connection, *, before_ms: int) -> None:
    """Forget jobs that were done before a time."""
    old = and_(jobs.c.state == "done", jobs.c.finished_ms < before_ms)
    conn.execute(delete(jobs).where(old))


def _mine(job: Job) -> Any:
    return and_(jobs.c.id == job.id, jobs.c.worker == job.worker, jobs.c.state == "running")


def _end(conn: Connection, job: Job, values: dict[str, Any], now_ms: int) -> bool:
    values = {**values, "finished_ms": now_ms, "lease_until_ms": None}
    return bool(conn.execute(update(jobs).where(_mine(job)).values(values)).rowcount)


def list_last_polls(conn: Connection) -> dict[int, int]:
    """Return when the feed of each show was last asked, in milliseconds, by the show's id."""
    statement = (
        select(jobs.c.subject, func.max(jobs.c.finished_ms))
        .where(jobs.c.kind == "poll", jobs.c.finished_ms.is_not(None))
        .group_by(jobs.c.subject)
    )
    return {
        int(subject.partition(":")[2]): int(finished_ms)
        for subject, finished_ms in conn.execute(statement)
    }
