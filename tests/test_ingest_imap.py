"""Mail folders on a server, against a small server on this machine."""

import re
import socketserver
import threading

import pytest

from corpus.catalogue import issues, notes
from corpus.errors import EarmarkError, FetchError, RefusedError, UsageError
from ingest.adding import add_source, iter_added
from ingest.imap import PASSWORD, encode_folder, parse_imap_address, public_source
from ingest.worker import queue_rereads
from tests.spine import make_shop, work


def mail(number, body="Budgets are wishes that nobody reads."):
    words = " ".join(f"word{number}x{at}" for at in range(30))
    return (
        f"From: Ida Berg <ida@letter.example>\r\nSubject: Issue {number}\r\n"
        f"Date: Thu, 05 Mar 2026 0{number}:00:00 +0000\r\nMessage-ID: <{number}@letter.example>\r\n"
        f"\r\n{f'Number {number}. {body} {words}' if body else ''}\r\n"
    ).encode()


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        self.say(b"* OK ready")
        for line in self.rfile:
            tag, command, rest = (*line.decode().strip().split(" ", 2), "")[:3]
            self.server.seen.append(f"{command} {rest}")
            ended = self.answer(command.upper(), rest)
            self.say(f"{tag} {ended}".encode())

    def answer(self, command, rest):
        server = self.server
        if command == "CAPABILITY":
            self.say(b"* CAPABILITY IMAP4rev1")
        elif command == "LOGIN" and rest != '"ida@letter.example" "open sesame"':
            return f"NO {rest} is wrong"
        elif command == "EXAMINE":
            if rest != '"News/Brief&AOk-"':
                return "NO no such folder"
            self.say(f"* {len(server.messages)} EXISTS".encode())
            self.say(f"* OK [UIDVALIDITY {server.validity}] valid".encode())
        elif command == "UID" and rest.startswith("SEARCH"):
            first = int(re.search(r"UID (\d+):\*", rest)[1])
            found = [uid for uid in server.messages if uid >= first] or list(server.messages)[-1:]
            self.say(f"* SEARCH {' '.join(map(str, found))}".encode())
        elif command == "UID":
            self.fetch(rest)
        elif command == "LOGOUT":
            self.say(b"* BYE")
        return "OK done"

    def fetch(self, rest):
        server = self.server
        if "RFC822.SIZE" in rest:
            for uid, body in server.messages.items():
                size = server.sizes.get(uid, len(body))
                self.say(b"* %d FETCH (UID %d RFC822.SIZE %d)" % (uid, uid, size))
            return
        uid = int(rest.split()[1])
        body = server.messages[uid]
        if "HEADER" in rest:
            body = body.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        size = server.told_size or len(body)
        self.say(b"* %d FETCH (UID %d BODY[] {%d}\r\n%s)" % (uid, uid, size, body))

    def say(self, line):
        self.wfile.write(line + b"\r\n")


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Clients that leave early are what is tested here."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.messages = {3: mail(1), 7: mail(2)}
        self.validity, self.told_size, self.seen = 11, None, []
        self.sizes = {}
        self.place = f"ida%40letter.example@127.0.0.1:{self.server_address[1]}/News/Brief%C3%A9"
        self.url = f"imap://{self.place}"


@pytest.fixture
def server():
    with Server() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def shop(catalogue, home, monkeypatch):
    monkeypatch.setenv(PASSWORD, "open sesame")
    return make_shop(catalogue, home, transcribe="never", allow_private_addresses=True)


def titles(shop):
    with shop.catalogue.read() as conn:
        return sorted(issue.title for issue in issues.list_issues(conn))


def test_only_new_messages_are_read_when_it_is_looked_into_again(shop, server):
    added = add_source(shop, server.url)
    assert added.what == "mail folder, 2 messages not read before"
    assert titles(shop) == ["Issue 1", "Issue 2"]
    assert add_source(shop, server.url).what == "mail folder, 0 messages not read before"
    server.messages[9] = mail(3)
    assert queue_rereads(shop, due_only=False) == 1
    assert work(shop)[1] == []
    assert titles(shop) == ["Issue 1", "Issue 2", "Issue 3"]
    assert sum("BODY" in line for line in server.seen) == 3


def test_a_folder_that_was_made_anew_is_read_again_but_an_issue_stays_one(shop, server):
    add_source(shop, server.url)
    server.validity, server.messages = 12, {1: mail(2), 2: mail(4)}
    assert add_source(shop, server.url).what == "mail folder, 2 messages not read before"
    assert titles(shop) == ["Issue 1", "Issue 2", "Issue 4"]


def test_a_message_without_text_stops_no_other_and_is_told(shop, server):
    server.messages[5] = mail(9, body="")
    assert add_source(shop, server.url).what.endswith("1 of them without anything to read")
    assert titles(shop) == ["Issue 1", "Issue 2"]
    with shop.catalogue.read() as conn:
        assert notes.list_problems(conn)[0][1].startswith("message 5: ")


def test_a_message_that_is_too_large_is_told_once_by_its_subject_and_the_others_come(shop, server):
    server.messages = {3: mail(1), 5: mail(5), 7: mail(2)}
    server.sizes[5] = 40 * 2**20
    add_source(shop, server.url)
    assert titles(shop) == ["Issue 1", "Issue 2"]
    with shop.catalogue.read() as conn:
        ((_, problem),) = notes.list_problems(conn)
    assert problem == 'message 5 "Issue 5": is of 40 MB, over the 32 MB that are read'
    asked = len(server.seen)
    assert add_source(shop, server.url).what == "mail folder, 0 messages not read before"
    assert not any("BODY" in line for line in server.seen[asked:])


def test_nothing_is_changed_on_the_server(shop, server):
    add_source(shop, server.url)
    commands = {line.split()[0] for line in server.seen}
    assert commands == {"CAPABILITY", "LOGIN", "EXAMINE", "UID", "LOGOUT"}
    assert all("PEEK" in line for line in server.seen if "BODY" in line)


def test_a_password_is_neither_shown_nor_kept(shop, server):
    secret = server.url.replace("@", ":open%20sesame@", 1)
    (added,) = iter_added(shop, [secret])
    assert (added.problem, added.source) == (None, server.url)
    wrong = server.url.replace("@", ":hushhush@", 1)
    (failed,) = iter_added(shop, [wrong])
    assert failed.problem.startswith(f"{server.url}: refuses the name and password")
    with shop.catalogue.read() as conn:
        kept = str(notes.list_sources(conn, ("imap",))) + str(notes.list_problems(conn))
    assert not re.search("sesame|hushhush", f"{added}{failed}{kept}")


def test_a_private_address_is_refused_unless_it_is_allowed(catalogue, home, server, monkeypatch):
    monkeypatch.setenv(PASSWORD, "open sesame")
    careful = make_shop(catalogue, home)
    with pytest.raises(RefusedError, match="private address 127"):
        add_source(careful, server.url)
    assert server.seen == []


def test_a_public_server_gets_no_password_in_the_clear(shop):
    with pytest.raises(RefusedError, match="use imaps://"):
        add_source(shop, "imap://ida@192.88.99.77/News")


def test_what_cannot_be_had_says_why(shop, server, monkeypatch):
    with pytest.raises(FetchError, match="cannot be opened"):
        add_source(shop, server.url + "x")
    with pytest.raises(FetchError, match="cannot be had"):
        add_source(shop, f"imaps://{server.place}")  # no TLS there
    server.told_size = 2**40
    with pytest.raises(FetchError, match="a message of 1048576 MB"):
        add_source(shop, server.url)
    monkeypatch.delenv(PASSWORD)
    with pytest.raises(UsageError, match=PASSWORD):
        add_source(shop, server.url)


@pytest.mark.parametrize(
    "source", ["imaps://", "imaps://host/x", "imaps://a:secret@[/x", "imaps://a:b%0d@host/x"]
)
def test_what_is_no_address_is_told_without_its_password(source):
    with pytest.raises(EarmarkError) as told:
        parse_imap_address(source)
    assert "secret" not in str(told.value)
    assert public_source(source) == "the IMAP address"


def test_an_address_says_where_the_folder_is():
    found, password = parse_imap_address("IMAPS://ida%40a.example:s%3Ax@Mail.example/News/One")
    assert (found.host, found.port, found.user) == ("mail.example", 993, "ida@a.example")
    assert (found.folder, password) == ("News/One", "s:x")
    assert found.name == "imaps://ida%40a.example@mail.example/News/One"
    assert parse_imap_address("imap://a@h")[0].folder == "INBOX"


def test_names_of_folders_beyond_ascii_are_encoded():
    assert encode_folder("台北 & Entwürfe") == "&U,BTFw- &- Entw&APw-rfe"
