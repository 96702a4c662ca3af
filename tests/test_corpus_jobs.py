import pytest

from corpus.catalogue import jobs
from corpus.catalogue.jobs import LEASE_MS, MAX_ATTEMPTS, NewJob


def new(kind="transcribe", subject="episode:1", **facts):
    return NewJob(kind=kind, subject=subject, title="An episode", **facts)


@pytest.fixture
def conn(catalogue):
    with catalogue.write() as opened:
        yield opened


def claim(conn, worker="here:1:0", now_ms=100):
    return jobs.claim_job(conn, worker, now_ms=now_ms)


def test_one_live_job_at_most_stands_for_a_kind_and_subject(conn):
    jobs.queue_jobs(conn, [new(), new(), new(subject="episode:2")], now_ms=1)
    jobs.queue_jobs(conn, [new()], now_ms=2)
    assert jobs.count_jobs(conn)["queued"] == 2
    claim(conn)
    jobs.queue_jobs(conn, [new()], now_ms=3)
    assert sum(jobs.count_jobs(conn).values()) == 2


def test_a_job_can_be_queued_again_once_it_is_done(conn):
    jobs.queue_jobs(conn, [new()], now_ms=1)
    assert jobs.finish_job(conn, claim(conn), now_ms=101)
    jobs.queue_jobs(conn, [new()], now_ms=102)
    assert jobs.count_jobs(conn) == {"queued": 1, "running": 0, "done": 1, "failed": 0}


def test_the_most_urgent_goes_first(conn):
    jobs.queue_jobs(conn, [new(priority=9), new("poll", "show:1", priority=1)], now_ms=1)
    assert claim(conn).kind == "poll"


def test_a_running_job_is_not_claimed_until_its_lease_runs_out(conn):
    jobs.queue_jobs(conn, [new()], now_ms=1)
    first = claim(conn)
    assert claim(conn, "there:2:0") is None
    later = 100 + LEASE_MS + 1
    second = jobs.claim_job(conn, "there:2:0", now_ms=later)
    assert (second.id, second.attempts) == (first.id, 2)
    assert not jobs.finish_job(conn, first, now_ms=later)
    assert jobs.finish_job(conn, second, now_ms=later)


def test_a_renewed_lease_holds(conn):
    jobs.queue_jobs(conn, [new()], now_ms=1)
    job = claim(conn)
    assert jobs.renew_job(conn, job, progress=0.5, note="half", now_ms=100 + LEASE_MS)
    assert claim(conn, "there:2:0", now_ms=150 + LEASE_MS) is None
    assert jobs.list_jobs(conn)[0].note == "half"


def test_a_failure_that_may_pass_is_tried_again_later_each_time(conn):
    jobs.queue_jobs(conn, [new()], now_ms=1)
    now_ms, waits = 100, []
    for _ in range(MAX_ATTEMPTS):
        jobs.fail_job(conn, claim(conn, now_ms=now_ms), "no answer", again=True, now_ms=now_ms)
        ready_ms = jobs.next_ready_ms(conn)
        if ready_ms is None:
            break
        assert claim(conn, now_ms=ready_ms - 1) is None
        waits.append(ready_ms - now_ms)
        now_ms = ready_ms
    assert waits == sorted(set(waits))
    assert len(waits) == MAX_ATTEMPTS - 1
    assert jobs.list_jobs(conn)[0].state == "failed"
    assert jobs.list_jobs(conn)[0].problem == "no answer"


def test_a_failed_job_is_retried_by_hand(conn):
    jobs.queue_jobs(conn, [new()], now_ms=1)
    job = claim(conn)
    assert not jobs.retry_job(conn, job.id, now_ms=101)
    jobs.fail_job(conn, job, "no sound in it", again=False, now_ms=101)
    assert jobs.retry_job(conn, job.id, now_ms=102)
    assert claim(conn, now_ms=103).attempts == 1


def test_a_dead_worker_of_this_machine_is_not_waited_for(conn):
    jobs.queue_jobs(conn, [new(), new(subject="episode:2"), new(subject="episode:3")], now_ms=1)
    for worker in ("here:1:0", "here:2:0", "there:1:0"):
        claim(conn, worker)
    jobs.release_lost(conn, ["here:2:0"], "here", now_ms=100)
    assert claim(conn, "here:3:0").subject == "episode:1"
    assert claim(conn, "here:3:0") is None
