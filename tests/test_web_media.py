import contextlib
import http.client
import re
import urllib.request
from urllib.parse import urlsplit

import pytest

from corpus.catalogue import episodes
from corpus.records import Enclosure, ParsedEpisode
from tests.serving import served
from tests.web_house import make_full_house
from web.app import create_app
from web.media import audio_type
from web.site_server import THREADS

SOUND = bytes(range(256)) * 8


@pytest.fixture
def house(home, catalogue):
    home.media.mkdir(parents=True)
    (home.media / "one.mp3").write_bytes(SOUND)
    return make_full_house(home, catalogue, audio_name="one.mp3")


@pytest.fixture
def client(house):
    return create_app(house).test_client()


def get(client, house, name="full", **headers):
    address = f"/episodes/{house.ids[name]}/audio"
    return client.get(address, headers=headers, buffered=True)


def test_held_audio_is_served_whole(house, client):
    answer = get(client, house)
    assert (answer.status_code, answer.data) == (200, SOUND)
    assert answer.headers["Content-Type"] == "audio/mpeg"
    assert answer.headers["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-9", range(10)),
        ("bytes=100-", range(100, 2048)),
        ("bytes=-48", range(2000, 2048)),
    ],
)
def test_held_audio_is_served_by_ranges(house, client, asked, part):
    answer = get(client, house, Range=asked)
    assert (answer.status_code, answer.data) == (206, SOUND[part.start : part.stop])
    assert answer.headers["Content-Range"] == f"bytes {part[0]}-{part[-1]}/2048"


def test_listeners_who_pause_keep_nobody_from_the_site(house, home):
    with (home.media / "one.mp3").open("wb") as file:
        file.truncate(40_000_000)
    with served(house) as site, contextlib.ExitStack() as open_until_then:
        address = urlsplit(site)
        for _ in range(THREADS + 1):
            listener = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
            open_until_then.callback(listener.close)
            path = f"/episodes/{house.ids['full']}/audio"
            listener.request("GET", path, headers={"Range": "bytes=10-"})
            answer = listener.getresponse()
            open_until_then.callback(answer.close)
            assert (answer.status, answer.getheader("Content-Length")) == (206, "39999990")
        with urllib.request.urlopen(f"{site}/healthz", timeout=10) as told:
            assert told.status == 200


@pytest.mark.parametrize("asked", ["bytes=0-9", "bytes=100-", "bytes=-48", "bytes=2047-"])
def test_the_server_sends_the_same_ranges(house, asked):
    with served(house) as site:
        address = f"{site}/episodes/{house.ids['full']}/audio"
        request = urllib.request.Request(address, headers={"Range": asked})
        with urllib.request.urlopen(request, timeout=10) as answer:
            sent, told = answer.read(), answer.headers["Content-Range"]
    first, last = map(int, re.findall(r"\d+", told)[:2])
    assert sent == SOUND[first : last + 1]


def test_a_range_behind_the_end_is_told(house, client):
    assert get(client, house, Range="bytes=9000-").status_code == 416


def test_audio_that_is_unchanged_is_not_sent_again(house, client):
    tag = get(client, house).headers["ETag"]
    assert get(client, house, **{"If-None-Match": tag}).status_code == 304


def test_audio_that_is_not_held_is_left_to_its_publisher(house, client):
    answer = get(client, house, "bare")
    assert (answer.status_code, answer.location) == (302, "https://example.com/two.mp3")


def test_an_episode_without_audio_has_none(house, client):
    assert get(client, house, "silent").status_code == 404


def put(house, path, url, type_=None):
    enclosures = (Enclosure(url=url, type=type_),)
    with house.catalogue.write() as conn:
        parsed = ParsedEpisode(guid=url, title="Local", enclosures=enclosures)
        episode_id, _ = episodes.put_episode(conn, house.ids["show"], parsed, now_ms=1)
        if path:
            episodes.set_media(conn, episode_id, path=path, media_hash="0", duration_ms=None)
    house.ids["put"] = episode_id


def test_audio_beside_a_feed_file_is_served(house, client, tmp_path):
    sound = tmp_path / "by the feed.wav"
    sound.write_bytes(SOUND)
    put(house, None, sound.as_uri())
    answer = get(client, house, "put")
    assert (answer.data, answer.mimetype) == (SOUND, "audio/wav")


def test_no_file_is_served_that_is_no_audio(house, client, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    put(house, None, secret.as_uri())
    assert get(client, house, "put").status_code == 404


def test_no_file_is_served_from_outside_the_media_folder(house, client):
    (house.home.path / "outside.mp3").write_bytes(b"secret")
    put(house, "../outside.mp3", "ftp://example.com/a.mp3")
    assert get(client, house, "put").status_code == 404


@pytest.mark.parametrize(
    ("name", "stated", "expected"),
    [
        ("a.mp3", "text/html", "audio/mpeg"),
        ("a.M4A", None, "audio/mp4"),
        ("a.audio", "audio/x-m4a; codecs=mp4a", "audio/x-m4a"),
        ("a.audio", "text/html", "audio/mpeg"),
        ("a.html", None, "audio/mpeg"),
    ],
)
def test_audio_has_the_type_of_audio(tmp_path, name, stated, expected):
    assert audio_type(tmp_path / name, stated) == expected
