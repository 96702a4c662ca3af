import subprocess
import sys

from corpus.catalogue import jobs, transcripts
from corpus.homes import now_ms
from ingest.adding import iter_added
from ingest.worker import run_until_idle
from web.companions import MANY, accompanied, start_worker
from web.wiring import House

CUE = "WEBVTT\n\n00:00.000 --> 00:04.000\nThis is what episode {} says.\n"


def make_feed(folder, count):
    items = []
    for number in range(count):
        (folder / f"{number}.vtt").write_text(CUE.format(number))
        items.append(
            f"<item><title>Episode {number}</title><guid>many-{number}</guid>"
            f'<enclosure url="https://example.com/{number}.mp3" type="audio/mpeg" length="9"/>'
            f'<podcast:transcript url="{number}.vtt" type="text/vtt"/></item>'
        )
    head = '<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel>'
    feed = folder / "feed.xml"
    feed.write_text(f"{head}<title>Many</title>{''.join(items)}</channel></rss>")
    return str(feed)


def test_two_workers_share_many_transcripts(tmp_path):
    count = 3 * MANY
    house = House(tmp_path / "home")
    list(iter_added(house.workshop, [make_feed(tmp_path, count)]))
    with accompanied(house.workshop):
        tally = run_until_idle(house.workshop, lambda *_: None, ("add", "poll", "publisher"))
    assert tally.failed == 0
    with house.catalogue.read() as conn:
        assert transcripts.count_transcripts(conn) == count
        assert jobs.count_waiting(conn, ("publisher",)) == 0
        assert jobs.count_jobs(conn)["running"] == 0


def test_what_another_worker_fails_at_meanwhile_is_told(tmp_path):
    house = House(tmp_path / "home")
    list(iter_added(house.workshop, [make_feed(tmp_path, 2)]))

    def fail_the_other(job, progress, note):
        if note == "started":
            with house.catalogue.write() as conn:
                other = jobs.claim_job(conn, "elsewhere:1:1", now_ms=now_ms(), kinds=("publisher",))
                if other:
                    jobs.fail_job(conn, other, "it broke", again=False, now_ms=now_ms())

    assert run_until_idle(house.workshop, fail_the_other, ("poll", "publisher")).failed == 1


def test_a_worker_for_one_kind_leaves_other_jobs_and_ends_with_its_input(tmp_path):
    house = House(tmp_path / "home")
    list(iter_added(house.workshop, [make_feed(tmp_path, 2)]))
    worker = start_worker(house.home.path, ("transcribe",))
    worker.communicate()
    assert worker.returncode == 0
    with house.catalogue.read() as conn:
        assert jobs.count_waiting(conn, ("publisher",)) == 2


def test_a_worker_that_ends_with_its_parent_can_fork(tmp_path):
    code = (
        "import multiprocessing, time\n"
        "from web.companions import end_with_parent\n"
        "end_with_parent()\n"
        "forked = multiprocessing.get_context('fork').Process(target=int, daemon=True)\n"
        "forked.start()\n"
        "forked.join(20)\n"
        "print('forked', forked.exitcode, flush=True)\n"
        "forked.kill()\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout.readline() == "forked 0\n"
    parent.stdin.close()
    assert parent.wait(timeout=20) == 0
    parent.stdout.close()
