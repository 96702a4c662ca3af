"""The tests' own server leaves nothing open."""

import gc
import socket
import warnings
from urllib.parse import urlsplit

from tests.serving import served
from tests.web_house import make_full_house
from web.wiring import House


def test_a_file_that_nobody_read_to_its_end_is_closed(home, catalogue):
    make_full_house(home, catalogue)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", ResourceWarning)
        with served(House(home.path)) as address:
            at = urlsplit(address)
            with socket.create_connection((at.hostname, at.port)) as reader:
                reader.sendall(b"GET /static/site.css HTTP/1.1\r\nHost: x\r\n\r\n")
                reader.recv(1)
        gc.collect()
    assert not told
