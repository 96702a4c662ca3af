"""Mailboxes and folders that grow: only what is new in them is work."""

import itertools
from dataclasses import replace

import pytest

from corpus.catalogue import issues, jobs, notes
from ingest.adding import iter_added, order_sources
from ingest.mailboxes import is_maildir, is_mbox
from ingest.worker import queue_rereads
from tests.spine import make_shop, work


def mail(number, body="A budget that nobody reads is a wish."):
    words = " ".join(f"word{number}x{at}" for at in range(30))
    return (
        f"From: Ida Berg <ida@letter.example>\nSubject: Issue {number}\n"
        f"Date: Thu, 05 Mar 2026 0{number}:00:00 +0000\nMessage-ID: <{number}@letter.example>\n"
        f"\n{f'Number {number}. {body} {words}' if body else ''}\n"
    )


@pytest.fixture
def shop(catalogue, home):
    return make_shop(catalogue, home, transcribe="never")


@pytest.fixture
def maildir(tmp_path):
    folder = tmp_path / "mail" / "letters"
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    (folder / "cur" / "100.a.host:2,S").write_text(mail(1))
    (folder / "cur" / "101.b.host:2,ST").write_text(mail(2))
    (folder / "new" / "102.c.host").write_text(mail(3))
    (folder / "tmp" / "103.d.host").write_text(mail(4))
    (folder / "dovecot.index").write_bytes(b"\1\2\3")
    return folder


def titles(shop):
    with shop.catalogue.read() as conn:
        return sorted(issue.title for issue in issues.list_issues(conn))


def add(shop, *sources):
    return list(iter_added(shop, [str(source) for source in sources]))


class TestMaildirs:
    def test_what_was_delivered_is_read_but_not_drafts_nor_what_was_thrown_away(
        self, shop, maildir
    ):
        (added,) = add(shop, maildir)
        assert added.what == "mailbox of 2 messages, 2 not read before"
        assert titles(shop) == ["Issue 1", "Issue 3"]

    def test_looking_again_reads_only_what_is_new(self, shop, maildir):
        add(shop, maildir)
        work(shop)
        (maildir / "new" / "102.c.host").rename(maildir / "cur" / "102.c.host:2,RS")
        (maildir / "new" / "104.e.host").write_text(mail(5))
        assert queue_rereads(shop, due_only=False) == 1
        tally, failures = work(shop)
        assert (failures, titles(shop)) == ([], ["Issue 1", "Issue 3", "Issue 5"])
        with shop.catalogue.read() as conn:
            joins = [job for job in jobs.list_jobs(conn) if job.kind == "join"]
        assert len(joins) == 3
        assert add(shop, maildir)[0].what == "mailbox of 3 messages, 0 not read before"
        assert tally.failed == 0

    def test_a_message_without_text_stops_no_other_and_is_told(self, shop, maildir):
        (maildir / "cur" / "099.z.host:2,").write_text(mail(9, body=""))
        (added,) = add(shop, maildir)
        assert added.problem is None
        assert added.what.endswith("1 of them without anything to read")
        assert titles(shop) == ["Issue 1", "Issue 3"]
        with shop.catalogue.read() as conn:
            assert notes.list_problems(conn)[0][1].startswith("099.z.host: ")

    def test_one_inside_a_folder_is_one_source(self, maildir):
        (maildir.parent / "note.txt").write_text("A note\n\nOf some words.")
        assert sorted(order_sources([str(maildir.parent)])) == [
            str(maildir),
            str(maildir.parent / "note.txt"),
        ]
        assert is_maildir(maildir)
        assert not is_maildir(maildir.parent)


class TestMboxes:
    def mbox(self, path, numbers):
        path.write_text(
            "".join(f"From ida Thu Mar  5 0{n}:00:00 2026\n{mail(n)}\n" for n in numbers)
        )
        return path

    def test_only_new_messages_of_a_grown_file_are_read(self, shop, tmp_path):
        path = self.mbox(tmp_path / "letters.mbox", [1, 2])
        assert add(shop, path)[0].what == "mailbox of 2 messages, 2 not read before"
        assert add(shop, path)[0].what == "newsletter, unchanged"
        self.mbox(path, [1, 2, 3])
        assert queue_rereads(shop, due_only=False) == 1
        assert work(shop)[1] == []
        assert titles(shop) == ["Issue 1", "Issue 2", "Issue 3"]
        assert add(shop, self.mbox(path, [2, 3, 4]))[0].what.endswith("1 not read before")

    @pytest.mark.parametrize(
        ("data", "holds"),
        [
            (b"From a b\nFrom: a\nSubject: b\n\nx", True),
            (mail(1).encode(), False),
            (b"From me", False),
        ],
    )
    def test_mailboxes_are_known_by_their_beginning(self, data, holds):
        assert is_mbox(data) is holds


class TestFolders:
    def test_new_files_of_a_folder_are_found(self, shop, tmp_path):
        folder = tmp_path / "letters"
        folder.mkdir()
        (folder / "one.eml").write_text(mail(1))
        add(shop, folder)
        (folder / "two.eml").write_text(mail(2))
        assert queue_rereads(shop, due_only=False) == 1
        assert work(shop)[1] == []
        assert titles(shop) == ["Issue 1", "Issue 2"]

    def test_a_broken_file_is_told_once_until_it_changes(self, shop, tmp_path):
        folder = tmp_path / "letters"
        folder.mkdir()
        (folder / "one.eml").write_text(mail(1))
        broken = folder / "two.eml"
        broken.write_bytes(b"\x00\x01\x02" * 50)
        assert [bool(added.problem) for added in add(shop, folder)].count(True) == 1
        for _ in range(2):
            queue_rereads(shop, due_only=False)
            assert work(shop)[1] == []
        broken.write_bytes(b"\x00\x01\x02\x03" * 50)
        queue_rereads(shop, due_only=False)
        assert len(work(shop)[1]) == 1
        (again,) = add(shop, broken)
        assert again.problem  # who names it is told again
        broken.write_text(mail(2))
        queue_rereads(shop, due_only=False)
        assert work(shop)[1] == []
        assert titles(shop) == ["Issue 1", "Issue 2"]

    def test_a_folder_that_is_gone_is_told(self, shop, tmp_path):
        folder = tmp_path / "letters"
        folder.mkdir()
        (folder / "one.eml").write_text(mail(1))
        add(shop, folder)
        (folder / "one.eml").unlink()
        folder.rmdir()
        queue_rereads(shop, due_only=False)
        ((failure),) = work(shop)[1]
        assert "no file, folder or address" in failure

    def test_folders_are_looked_into_as_often_as_feeds_are_asked(self, shop, tmp_path):
        folder = tmp_path / "letters"
        folder.mkdir()
        add(shop, folder)
        assert queue_rereads(shop) == 0
        later = replace(shop, now_ms=lambda: 1_000_000 + 7 * 3_600_000)
        assert [queue_rereads(later), queue_rereads(later)] == [1, 0]

    @pytest.mark.parametrize(("ahead_ms", "reads"), [(60_000, False), (-60_000, True)])
    def test_a_file_is_read_again_only_if_it_was_touched(self, shop, tmp_path, ahead_ms, reads):
        file = tmp_path / "one.eml"
        file.write_text(mail(1))
        clock = itertools.count(int(file.stat().st_ctime * 1000) + ahead_ms)
        shop = replace(shop, now_ms=lambda: next(clock))
        add(shop, file)
        file.write_text(mail(2))
        assert add(shop, file)[0].changed is reads
