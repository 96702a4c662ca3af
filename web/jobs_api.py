"""Long work over HTTP: bringing sources in, asking feeds, and how far all of it is."""

from urllib.parse import urlsplit

from flask import Blueprint, request
from sqlalchemy import Connection

from corpus.catalogue import jobs
from corpus.catalogue.jobs import NewJob
from corpus.catalogue.pages import find_job, find_live_job, page_jobs
from corpus.errors import NotHeldError, UsageError
from corpus.holdings import Job, JobState
from corpus.homes import now_ms
from web.api_operations import Operation, asked, sent, serve
from web.api_schemas import COUNT, one_of, page_of, record, ref
from web.current import current_house
from web.documents import Document
from web.held_documents import job_document
from web.inbox import keep_upload
from web.paging import LIMIT, by_numbers, cut, limit_asked, number_key

blueprint = Blueprint("jobs_api", __name__)

_LIMIT = 100
_ADDRESS = {
    "type": "string",
    # What a browser calls an address; a path would open files of this machine.
    "pattern": "^https?://[A-Za-z0-9]",
    "maxLength": 2000,
}
_NAME = {"type": "string", "maxLength": 300, "description": "The file's own name: issue.eml."}


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/jobs",
        summary="Long work: what runs, what failed and why",
        gives=page_of("jobs", "Job", counts=ref("JobCounts")),
        asked={
            "state": one_of(JobState),
            "cursor": by_numbers(2),
            "limit": {**LIMIT, "default": _LIMIT},
        },
        revalidates=True,
    ),
)
def list_jobs() -> Document:
    """Answer the document of ``earmark jobs --json``, with how many jobs are in each state."""
    limit = limit_asked(_LIMIT)
    key = number_key()
    after = (key[0], key[1]) if key else None
    with current_house().catalogue.read() as conn:
        found, following = cut(page_jobs(conn, after, limit + 1, asked().get("state")), limit)
        counts = jobs.count_jobs(conn)
    return {"jobs": [job_document(job) for job in found], "next": following, "counts": counts}


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/jobs/{job_id}",
        summary="A job: how far it is, or why it failed",
        gives=ref("Job"),
        revalidates=True,
    ),
)
def get_job(job_id: int) -> Document:
    """Answer a job."""
    with current_house().catalogue.read() as conn:
        return job_document(_get_job(conn, job_id))


@serve(
    blueprint,
    Operation(
        method="POST",
        path="/api/v1/jobs/{job_id}/retry",
        summary="Queue a failed job again",
        gives=ref("Job"),
    ),
)
def retry_job(job_id: int) -> Document:
    """Queue a failed job again; answer it as it is now."""
    with current_house().catalogue.write() as conn:
        held = _get_job(conn, job_id)
        if not jobs.retry_job(conn, job_id, now_ms=now_ms()):
            problem = f"is {held.state}" if held.state != "failed" else "is being done again"
            raise UsageError(f"job {job_id}", problem, "only a failed job can be retried")
        return job_document(_get_job(conn, job_id))


@serve(
    blueprint,
    Operation(
        method="POST",
        path="/api/v1/sync",
        summary="Ask the feeds that are due what is new, or all of them",
        gives=record(polled=COUNT, reread=COUNT),
        status=202,
        sent={"type": "object", "properties": {"all": {"type": "boolean", "default": False}}},
    ),
)
def sync() -> tuple[Document, int]:
    """Queue what ``earmark sync`` does; a worker does it."""
    from ingest.worker import queue_polls, queue_rereads

    shop = current_house().workshop
    polled = queue_polls(shop, due_only=not sent().get("all", False))
    return {"polled": polled, "reread": queue_rereads(shop, due_only=False)}, 202


@serve(
    blueprint,
    Operation(
        method="POST",
        path="/api/v1/sources",
        summary="Add a feed, a page, an issue or audio by its address",
        gives=ref("Job"),
        status=202,
        sent=record(source=_ADDRESS),
    ),
)
def add_source() -> tuple[Document, int]:
    """Queue what ``earmark add ADDRESS`` does; answer its job."""
    address = sent()["source"]
    try:
        is_whole = bool(urlsplit(address).hostname)
    except ValueError:
        is_whole = False
    if not is_whole:
        raise UsageError(address[:200], "is no address", "write it as https://example.com/feed.xml")
    return _queue_add(address, address), 202


@serve(
    blueprint,
    Operation(
        method="POST",
        path="/api/v1/files",
        summary="Add a file of any kind that Earmark reads",
        gives=ref("Job"),
        status=202,
        asked={"name": _NAME},
        takes="application/octet-stream",
    ),
)
def add_file() -> tuple[Document, int]:
    """Keep a file that is handed over, and queue what ``earmark add FILE`` does with it."""
    inbox = current_house().home.path / "inbox"
    path = keep_upload(inbox, request.stream, asked().get("name", "upload"))
    return _queue_add(str(path), path.name), 202


def _queue_add(source: str, title: str) -> Document:
    wanted = NewJob(kind="add", subject=f"add:{source}", title=title[:200], priority=5)
    with current_house().catalogue.write() as conn:
        jobs.queue_jobs(conn, [wanted], now_ms=now_ms())
        queued = find_live_job(conn, wanted.kind, wanted.subject)
    assert queued is not None  # it was queued, or stood there already
    return job_document(queued)


def _get_job(conn: Connection, job_id: int) -> Job:
    held = find_job(conn, job_id)
    if held is None:
        raise NotHeldError(f"job {job_id}", "is not held", "see /api/v1/jobs")
    return held
