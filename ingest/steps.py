"""The steps: what a worker does for each kind of job.

A step does its work, stores it, and returns what is to be queued once it is marked as done. It
may be run again at any time: what stands already is not done twice.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from corpus.catalogue.jobs import NewJob
from corpus.catalogue.passages import last_change
from corpus.holdings import Job
from ingest.drafting import step_draft
from ingest.episode_steps import step_audio, step_publisher, step_relisten, step_transcribe
from ingest.feed_steps import step_add, step_poll
from ingest.issue_steps import step_check, step_join
from ingest.plans import INDEX_JOB
from ingest.speaker_edits import step_speakers
from ingest.workshop import Progress, Workshop

Follow = Callable[[Connection], Sequence[NewJob]]
Step = Callable[[Workshop, Job, Progress], None]


def _step_index(shop: Workshop, job: Job, on_progress: Progress) -> Follow:
    applied = shop.get_indexer().update(on_progress)

    def follow(conn: Connection) -> list[NewJob]:
        # What was stored while the last changes were applied found this job still live.
        return [INDEX_JOB] if last_change(conn) > applied else []

    return follow


def _step_rebuild(shop: Workshop, job: Job, on_progress: Progress) -> None:
    shop.get_indexer().rebuild(on_progress)


def _then_nothing(step: Step) -> Callable[[Workshop, Job, Progress], Follow]:
    def run(shop: Workshop, job: Job, on_progress: Progress) -> Follow:
        step(shop, job, on_progress)
        return lambda conn: ()

    return run


STEPS: dict[str, Callable[[Workshop, Job, Progress], Follow]] = {
    "add": _then_nothing(step_add),
    "poll": _then_nothing(step_poll),
    "publisher": _then_nothing(step_publisher),
    "audio": _then_nothing(step_audio),
    "relisten": _then_nothing(step_relisten),
    "transcribe": _then_nothing(step_transcribe),
    "join": _then_nothing(step_join),
    "check": _then_nothing(step_check),
    "draft": _then_nothing(step_draft),
    "rephrase": _then_nothing(step_draft),
    "speakers": _then_nothing(step_speakers),
    "index": _step_index,
    "rebuild": _then_nothing(_step_rebuild),
}
