"""The door to the network, against a real server on this machine that does all that servers do."""

import gzip
import json
import socket
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpcore
import pytest

from corpus.errors import FetchError, GoneError, LaterError, RefusedError
from ingest.door import Fetched, HttpDoor, Limits, public_url
from ingest.door_network import SystemNetwork, is_public
from tests.fake_door import FakeDoor

SOUND = bytes(range(256)) * 4096  # 1 MB
MEDIA = {"Content-Type": "audio/mpeg", "ETag": '"v1"'}


class Server(ThreadingHTTPServer):
    """Gives each path to a function of the request; ``seen`` lists the requests."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.pages, self.seen, self.stopped = {}, [], threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address):
        """Clients that leave early are what is tested here."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = self.path.partition("?")[0]
        self.server.seen.append((path, dict(self.headers)))
        self.close_connection = True
        self.server.pages[path](self)

    def log_message(self, *args):
        """Tests are quiet."""

    def answer(self, body=b"", status=200, length=None, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def cut(self):
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def server():
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.stopped.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def slept():
    return []


@pytest.fixture
def door(slept):
    return HttpDoor(allow_private=True, sleep=slept.append, now=lambda: 1_780_290_000.0)


def page(body=b"", status=200, **headers):
    return lambda request: request.answer(body, status, **headers)


def test_an_answer_comes_with_what_tells_its_next_reader_that_nothing_changed(server, door):
    server.pages["/feed"] = page(
        gzip.compress(b"<rss/>"), ETag='"v1"', Content_Type="application/rss+xml",
        Content_Encoding="gzip", Last_Modified="Mon, 01 Jun 2026 05:00:00 GMT",
    )  # fmt: skip
    assert door.get(f"{server.url}/feed") == Fetched(
        url=f"{server.url}/feed",
        status=200,
        etag='"v1"',
        last_modified="Mon, 01 Jun 2026 05:00:00 GMT",
        content_type="application/rss+xml",
        body=b"<rss/>",
    )
    assert "Earmark" in server.seen[0][1]["User-Agent"]


def test_an_unchanged_feed_is_told_without_a_body(server, door):
    server.pages["/feed"] = page(status=304, ETag='"v1"')
    fetched = door.get(f"{server.url}/feed", etag='"v1"', last_modified="yesterday")
    assert (fetched.not_modified, fetched.body) == (True, b"")
    assert server.seen[0][1]["If-None-Match"] == '"v1"'
    assert server.seen[0][1]["If-Modified-Since"] == "yesterday"


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [((301, 308), "/new"), ((308, 302), "/between"), ((302, 301), None), ((307, 303), None)],
)
def test_a_feed_has_moved_as_far_as_redirects_are_permanent(server, door, statuses, moved):
    server.pages["/old"] = page(status=statuses[0], Location="/between")
    server.pages["/between"] = page(status=statuses[1], Location=f"{server.url}/new#top")
    server.pages["/new"] = page(b"here")
    fetched = door.get(f"{server.url}/old")
    assert (fetched.body, fetched.url) == (b"here", f"{server.url}/new")
    assert fetched.moved_to == (moved and server.url + moved)


def test_redirects_in_a_circle_are_told(server, door):
    server.pages["/a"] = page(status=302, Location="/b")
    server.pages["/b"] = page(status=302, Location="/a")
    with pytest.raises(FetchError, match="circle"):
        door.get(f"{server.url}/a")
    assert len(server.seen) == 2


def test_endless_redirects_are_given_up(server, door):
    for n in range(30):
        server.pages[f"/{n}"] = page(status=302, Location=f"/{n + 1}")
    with pytest.raises(FetchError, match="redirects over 10 times"):
        door.get(f"{server.url}/0")
    assert len(server.seen) == 11


@pytest.mark.parametrize("location", ["", "ftp://a.example/x", "file:///etc/passwd", "http://[x/"])
def test_redirects_to_what_is_no_web_address_are_refused(server, door, location):
    server.pages["/a"] = page(status=302, Location=location)
    with pytest.raises(FetchError):
        door.get(f"{server.url}/a")


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
        *("0.0.0.0", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1"),
        *("fe80::1%eth0", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"),
        *("2001:db8::1", "ff02::1", "junk", ""),
    ],
)
def test_private_and_reserved_addresses_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:8.8.8.8"])
def test_addresses_of_the_internet_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1"])
def test_this_machine_is_refused_under_every_name(server, slept, host):
    door = HttpDoor(sleep=slept.append)
    with pytest.raises(RefusedError) as caught:
        door.get(f"http://{host}:{server.server_port}/feed")
    assert caught.value.remedy == "allow it with: earmark settings set allow_private_addresses true"
    assert (server.seen, slept) == ([], [])


class FakeNetwork(SystemNetwork):
    """Names as told, one answer after another; public addresses lead to the test's own server."""

    def __init__(self, names):
        self.names, self.connected = names, []

    def resolve(self, host, port):
        answers = self.names[host]
        return [answers.pop(0) if len(answers) > 1 else answers[0]]

    def connect(self, address, port, timeout):
        self.connected.append(address)
        return super().connect("127.0.0.1", port, timeout)


def test_a_redirect_to_a_private_address_is_refused(server):
    network = FakeNetwork({"site.example": ["93.184.216.34"], "inside.example": ["10.0.0.7"]})
    port = server.server_port
    server.pages["/a"] = page(status=302, Location=f"http://inside.example:{port}/secret")
    server.pages["/secret"] = page(b"secret")
    with pytest.raises(
        RefusedError, match=r"inside\.example: is at the private address 10\.0\.0\.7"
    ):
        HttpDoor(network=network).get(f"http://site.example:{port}/a")
    assert network.connected == ["93.184.216.34"]


class NamelessNetwork(SystemNetwork):
    """Knows no name."""

    def resolve(self, host, port):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def test_a_name_that_nobody_knows_is_told_in_words(slept):
    door = HttpDoor(network=NamelessNetwork(), sleep=slept.append)
    with pytest.raises(FetchError, match="cannot be resolved: Name or service not known") as caught:
        door.get("https://typo.example/feed")
    assert "Errno" not in str(caught.value)


def test_the_address_that_was_checked_is_the_one_connected_to(server):
    network = FakeNetwork({"rebind.example": ["93.184.216.34", "127.0.0.1"]})
    server.pages["/a"] = page(b"fine")
    door = HttpDoor(network=network)
    url = f"http://rebind.example:{server.server_port}/a"
    assert door.get(url).body == b"fine"
    assert server.seen[0][1]["Host"] == f"rebind.example:{server.server_port}"
    with pytest.raises(RefusedError):
        door.get(url)
    assert network.connected == ["93.184.216.34"]


@pytest.mark.parametrize(
    "url", ["ftp://a.example/x", "file:///etc/passwd", "gopher://a", "feed", ""]
)
def test_only_web_addresses_are_opened(door, url):
    with pytest.raises(RefusedError, match="no web address"):
        door.get(url)


@pytest.mark.parametrize(
    "url", ["http://", "http://[::1", "http://a b/", "http://a.example:99999/"]
)
def test_a_broken_address_is_told(door, url):
    with pytest.raises(FetchError):
        door.get(url)


def test_a_password_goes_to_the_server_and_into_no_error(server, door):
    server.pages["/feed"] = page(status=403)
    with pytest.raises(FetchError) as caught:
        door.get(server.url.replace("//", "//anna:secret@") + "/feed")
    assert server.seen[0][1]["Authorization"].startswith("Basic ")
    assert "secret" not in str(caught.value) + repr(caught.value.args)
    assert public_url("see http://a:b@c/d and //e@f") == "see http://c/d and //f"


def test_a_server_that_asks_for_patience_gets_it(server, door, slept):
    waits = iter(["7", "Mon, 01 Jun 2026 05:00:09 GMT", "60"])

    def busy(request):
        if wait := next(waits, None):
            return request.answer(status=429, Retry_After=wait)
        return request.answer(b"now")

    server.pages["/feed"] = busy
    assert door.get(f"{server.url}/feed").body == b"now"
    assert slept == [7, 9, 60]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("asked", "wait_ms"), [("3600", 3_600_000), ("9" * 30, 604_800_000)])
def test_a_server_that_asks_for_hours_is_left_alone(server, door, slept, status, asked, wait_ms):  # noqa: PLR0917
    server.pages["/feed"] = page(status=status, Retry_After=asked)
    with pytest.raises(LaterError, match=f"answers {status}") as caught:
        door.get(f"{server.url}/feed")
    assert (len(server.seen), slept, caught.value.wait_ms) == (1, [], wait_ms)


def test_what_is_gone_for_good_is_told_apart_and_asked_for_once(server, door, slept):
    server.pages["/feed"] = page(status=410)
    with pytest.raises(GoneError, match="410"):
        door.get(f"{server.url}/feed")
    assert (len(server.seen), slept) == (1, [])


def test_a_broken_server_is_asked_four_times_and_then_told(server, door, slept):
    server.pages["/feed"] = page(status=503)
    with pytest.raises(FetchError, match="answers 503"):
        door.get(f"{server.url}/feed")
    assert (len(server.seen), slept) == (4, [1, 2, 4])


def test_a_missing_page_is_asked_for_once(server, door, slept):
    server.pages["/feed"] = page(status=404)
    with pytest.raises(FetchError, match="404 Not Found"):
        door.get(f"{server.url}/feed")
    assert (len(server.seen), slept) == (1, [])


def test_a_host_that_is_not_there_is_told(door, slept):
    with closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(FetchError, match="cannot be had"):
        door.get(f"http://127.0.0.1:{port}/")
    assert len(slept) == 3


def test_a_bomb_is_stopped_by_what_it_unpacks_to(server, door):
    bomb = gzip.compress(b"\0" * 50_000_000)
    server.pages["/feed"] = page(bomb, Content_Encoding="gzip")
    with pytest.raises(RefusedError, match="larger than 1 MB"):
        door.get(f"{server.url}/feed", max_bytes=2**20)


@pytest.mark.parametrize("coding", ["gzip, gzip", "br", "zstd"])
def test_packing_that_was_not_offered_is_refused(server, door, coding):
    server.pages["/feed"] = page(b"x", Content_Encoding=coding)
    with pytest.raises(RefusedError, match="packed"):
        door.get(f"{server.url}/feed")


def test_an_endless_body_is_stopped_at_the_limit(server, door):
    def endless(request):
        request.send_response(200)
        request.end_headers()
        while not server.stopped.is_set():
            request.wfile.write(b"<item/>" * 10_000)

    server.pages["/feed"] = endless
    with pytest.raises(RefusedError, match="larger than"):
        door.get(f"{server.url}/feed", max_bytes=2**20)


def drip_body(request):
    request.send_response(200)
    request.end_headers()
    while not request.server.stopped.wait(0.02):
        request.wfile.write(b".")


def drip_headers(request):
    while not request.server.stopped.wait(0.02):
        request.wfile.write(b"H")


@pytest.mark.parametrize("drip", [drip_body, drip_headers])
def test_a_server_that_drips_is_left_when_the_time_is_up(server, slept, drip):
    server.pages["/feed"] = drip
    limits = Limits(total_s=0.3, read_s=0.2)
    door = HttpDoor(allow_private=True, limits=limits, sleep=slept.append)
    with pytest.raises(FetchError, match=r"took longer than 0\.3 seconds"):
        door.get(f"{server.url}/feed")
    assert slept == []


def test_no_more_than_two_connections_to_a_host_are_open_at_once(server, door):
    lock, now, most = threading.Lock(), [0], [0]
    two = threading.Barrier(2, timeout=5)

    def count(request):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        two.wait()
        with lock:
            now[0] -= 1
        request.answer(b"x")

    server.pages["/x"] = count
    threads = [threading.Thread(target=door.get, args=(f"{server.url}/x",)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(server.seen), most[0]) == (6, 2)


def media(cuts=0, headers=MEDIA, body=SOUND):
    """Serve ranges of a recording, and cut the first answers off after a quarter of it."""
    left = [cuts]

    def serve(request):
        wanted, start = request.headers.get("Range"), 0
        if wanted and request.headers.get("If-Range") in headers.values():
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
        if start >= len(body):
            return request.answer(status=416, Content_Range=f"bytes */{len(body)}")
        request.send_response(206 if start else 200)
        for name, value in headers.items():
            request.send_header(name, value)
        if start:
            request.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        request.send_header("Content-Length", str(len(body) - start))
        request.end_headers()
        end = len(body)
        if left[0]:
            left[0] -= 1
            end = start + len(body) // 4
        request.wfile.write(body[start:end])
        return request.cut() if end < len(body) else None

    return serve


def test_a_download_that_is_cut_three_times_goes_on_where_it_was(server, door, slept, tmp_path):
    server.pages["/1.mp3"] = media(cuts=3)
    told = []
    path = tmp_path / "show" / "1.mp3"
    done = door.download(f"{server.url}/1.mp3", path, on_progress=lambda *args: told.append(args))
    assert path.read_bytes() == SOUND
    assert (done.bytes, done.content_type, done.etag) == (len(SOUND), "audio/mpeg", '"v1"')
    starts = [headers.get("Range") for _, headers in server.seen]
    assert len(starts) == 4
    assert starts[0] is None
    assert all(starts[1:])
    assert told[-1] == (len(SOUND), len(SOUND))
    assert slept == [1, 1, 1]
    assert list(path.parent.iterdir()) == [path]


def test_a_download_whose_process_was_killed_goes_on(server, door, tmp_path):
    path = tmp_path / "1.mp3"
    path.with_suffix(".part").write_bytes(SOUND[:1000])
    mark = {"url": f"{server.url}/1.mp3", "etag": '"v1"', "length": len(SOUND)}
    path.with_suffix(".part.json").write_text(json.dumps(mark))
    server.pages["/1.mp3"] = media()
    door.download(f"{server.url}/1.mp3", path)
    assert server.seen[0][1]["Range"] == "bytes=1000-"
    assert path.read_bytes() == SOUND


@pytest.mark.parametrize(
    "part",
    [
        ({"etag": '"v0"', "length": 99}, b"old"),
        ({"etag": 'W/"v1"', "length": len(SOUND)}, SOUND[:9]),
        ({"etag": '"v1"', "length": 5}, SOUND[:9]),
        ({"etag": '"v1"', "length": len(SOUND)}, SOUND + b"more"),
        ({"nonsense": 1}, SOUND[:9]),
        (None, SOUND[:9]),
    ],
)
def test_a_part_that_cannot_be_trusted_is_fetched_anew(server, door, tmp_path, part):
    side, held = part
    path = tmp_path / "1.mp3"
    path.with_suffix(".part").write_bytes(held)
    if side:
        side = {"url": f"{server.url}/1.mp3", **side}
        path.with_suffix(".part.json").write_text(json.dumps(side))
    server.pages["/1.mp3"] = media()
    door.download(f"{server.url}/1.mp3", path)
    assert path.read_bytes() == SOUND


def test_a_part_that_was_whole_when_we_were_killed_is_taken(server, door, tmp_path):
    path = tmp_path / "1.mp3"
    path.with_suffix(".part").write_bytes(SOUND)
    mark = {"url": f"{server.url}/1.mp3", "etag": '"v1"', "length": len(SOUND)}
    path.with_suffix(".part.json").write_text(json.dumps(mark))
    server.pages["/1.mp3"] = media()
    assert door.download(f"{server.url}/1.mp3", path).bytes == len(SOUND)
    assert path.read_bytes() == SOUND
    assert len(server.seen) == 1


def test_a_recording_without_a_mark_is_fetched_from_the_start_after_a_cut(server, door, tmp_path):
    server.pages["/1.mp3"] = media(cuts=2, headers={"Content-Type": "audio/mpeg"})
    door.download(f"{server.url}/1.mp3", tmp_path / "1.mp3")
    assert (tmp_path / "1.mp3").read_bytes() == SOUND
    assert [headers.get("Range") for _, headers in server.seen] == [None] * 3


def test_a_wrong_length_is_never_taken_for_the_whole(server, door, tmp_path):
    server.pages["/1.mp3"] = lambda request: request.answer(b"ID3" * 9, length=99, Accept="x")
    with pytest.raises(FetchError, match="cannot be had"):
        door.download(f"{server.url}/1.mp3", tmp_path / "1.mp3")
    assert not (tmp_path / "1.mp3").exists()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<!DOCTYPE html><p>Log in", "audio/mpeg"),
        (b'  {"error": 1}', "application/octet-stream"),
        (b"#EXTM3U\nlow.m3u8", "application/vnd.apple.mpegurl"),
        ("Zugang gesperrt für Sie".encode(), "text/html; charset=utf-8"),
        (b"\x89PNG", "image/png"),
    ],
)
def test_a_page_is_no_recording(server, door, tmp_path, body, kind):  # noqa: PLR0917
    server.pages["/1.mp3"] = page(body, Content_Type=kind)
    with pytest.raises(RefusedError, match="with a page"):
        door.download(f"{server.url}/1.mp3", tmp_path / "1.mp3")
    assert list(tmp_path.iterdir()) == []


def test_a_recording_sent_as_text_is_taken(server, door, tmp_path):
    server.pages["/1.mp3"] = page(b"ID3\x04\x00" + SOUND, Content_Type="text/plain")
    assert door.download(f"{server.url}/1.mp3", tmp_path / "1.mp3").bytes == len(SOUND) + 5


def test_an_empty_recording_is_told(server, door, tmp_path):
    server.pages["/1.mp3"] = page(b"", Content_Type="audio/mpeg")
    with pytest.raises(FetchError, match="is empty"):
        door.download(f"{server.url}/1.mp3", tmp_path / "1.mp3")


def test_a_recording_over_the_limit_is_refused(server, slept, tmp_path):
    server.pages["/1.mp3"] = media()
    limits = Limits(max_download_bytes=1000)
    door = HttpDoor(allow_private=True, limits=limits, sleep=slept.append)
    with pytest.raises(RefusedError, match="larger than"):
        door.download(f"{server.url}/1.mp3", tmp_path / "1.mp3")
    assert list(tmp_path.iterdir()) == []


def test_a_packed_recording_is_unpacked(server, door, tmp_path):
    server.pages["/1.mp3"] = page(gzip.compress(SOUND), Content_Encoding="gzip", ETag='"v1"')
    assert door.download(f"{server.url}/1.mp3", tmp_path / "1.mp3").bytes == len(SOUND)
    assert (tmp_path / "1.mp3").read_bytes() == SOUND


def test_a_folder_that_cannot_be_written_is_told(server, door, tmp_path):
    (tmp_path / "file").write_text("no folder")
    server.pages["/1.mp3"] = media()
    with pytest.raises(FetchError, match="cannot be stored"):
        door.download(f"{server.url}/1.mp3", tmp_path / "file" / "1.mp3")


def test_the_fake_door_answers_as_the_real_one_does(server, door, tmp_path):
    server.pages["/feed"] = page(b"<rss/>", ETag='"v1"')
    server.pages["/none"] = page(status=404)
    url = f"{server.url}/feed"
    fake = FakeDoor({url: Fetched(url=url, status=200, etag='"v1"', body=b"<rss/>")})
    assert fake.get(url) == door.get(url)
    assert fake.get(url, etag='"v1"').not_modified
    fetched, copied = door.download(url, tmp_path / "a"), fake.download(url, tmp_path / "a")
    assert fetched == copied
    for one in (door, fake):
        with pytest.raises(FetchError, match="404 Not Found"):
            one.get(f"{server.url}/none")


def test_no_error_from_below_leaves_the_door(slept):
    class Broken(SystemNetwork):
        def connect(self, address, port, timeout):
            raise httpcore.ConnectError("[SSL] certificate has expired")

    door = HttpDoor(network=Broken(), allow_private=True, sleep=slept.append)
    with pytest.raises(FetchError, match="certificate has expired"):
        door.get("https://127.0.0.1/")
