"""What the command line looks after a house with, over HTTP: inspect, doctor, index."""

from dataclasses import asdict

from flask import Blueprint, request

from corpus.catalogue import jobs
from corpus.catalogue.pages import find_live_job
from corpus.homes import now_ms
from ingest.plans import REBUILD_JOB
from web.api_operations import Operation, asked, serve
from web.api_schemas import (
    COUNT,
    MAYBE_ID,
    MAYBE_TEXT,
    TEXT,
    TRUTH,
    Schema,
    many,
    record,
    ref,
)
from web.checkup import check_for_visitors
from web.current import current_house
from web.documents import Document, parsed_document
from web.held_documents import job_document

blueprint = Blueprint("upkeep_api", __name__)

MOST_BYTES = 32_000_000
"""Of a file that is read while somebody waits; a larger one is added instead."""

_NAME = {"type": "string", "maxLength": 300, "description": "The file's own name: issue.eml."}
KINDS: Schema = {"enum": ["feed", "transcript", "newsletter", "audio", "interchange", "opml"]}
"""Those of ingest.reading, whose readers load only when they read."""
_READ = {
    **record(kind=TEXT),
    "description": "As inspect prints it: a feed, a transcript or an issue; of others the kind.",
}
_INDEX = record(
    model=MAYBE_TEXT, dimension=MAYBE_ID, count=COUNT, generation=MAYBE_TEXT, current=TRUTH
)


@serve(
    blueprint,
    Operation(
        method="POST",
        path="/api/v1/inspect",
        summary="What Earmark reads in a file that is handed over; nothing is stored or fetched",
        gives=record(documents=many(_READ)),
        asked={"name": _NAME, "as": KINDS},
        takes="application/octet-stream",
    ),
)
def inspect() -> Document:
    """Answer the documents of ``earmark inspect --json``: a mailbox holds several issues."""
    from ingest.reading import read_document

    request.max_content_length = MOST_BYTES
    name = asked().get("name", "upload")
    found, documents = read_document(request.get_data(), name, kind=asked().get("as"))
    return {"documents": [parsed_document(one) for one in documents] or [{"kind": found}]}


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/doctor",
        summary="What is wrong here, and how to mend it",
        gives=record(good=TRUTH, findings=many(record(check=TEXT, good=TRUTH, detail=TEXT))),
    ),
)
def doctor() -> Document:
    """Answer the document of ``earmark doctor --json``, without where anything lies."""
    findings = check_for_visitors(current_house())
    return {
        "good": all(one.good for one in findings),
        "findings": [asdict(one) for one in findings],
    }


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/index",
        summary="What the search index was made by, and whether it is up to date",
        gives=_INDEX,
    ),
)
def show_index() -> Document:
    """Answer how the index stands."""
    return asdict(current_house().read_index_status())


@serve(
    blueprint,
    Operation(
        method="POST",
        path="/api/v1/index/rebuild",
        summary="Build the search index anew, beside the one that serves meanwhile",
        gives=ref("Job"),
        status=202,
    ),
)
def rebuild_index() -> tuple[Document, int]:
    """Queue what ``earmark index rebuild`` does; answer its job."""
    with current_house().catalogue.write() as conn:
        jobs.queue_jobs(conn, [REBUILD_JOB], now_ms=now_ms())
        queued = find_live_job(conn, REBUILD_JOB.kind, REBUILD_JOB.subject)
    assert queued is not None  # it was queued, or stood there already
    return job_document(queued), 202
