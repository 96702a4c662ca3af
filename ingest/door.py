"""The one guarded door to the network: everything that comes from outside comes through here."""

import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Protocol, TypeVar
from urllib.parse import urljoin, urlsplit, urlunsplit

import httpcore
import httpx

from corpus.errors import FetchError, GoneError, LaterError, RefusedError
from ingest.door_network import Deadline, GuardedTransport, Network, SystemNetwork

_T = TypeVar("_T")
Progress = Callable[[int, int | None], None]
"""Told how many bytes have come, and how many there will be where that is known."""

USER_AGENT = "Earmark/0.1 (podcast and newsletter knowledge base)"
CUTS = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpx.TransportError,
    httpx.DecodingError,
)
"""What a line that breaks, or a server that does, raises below us."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
_GONE = 410
_MAX_REDIRECTS = 10
_LONGEST_PATIENCE_S = 7 * 24 * 3600.0
_USERINFO = re.compile(r"(?<=//)[^/?#\s]*@")
_REMEDIES = {
    401: "it asks for a login: put the name and password into the address",
    403: "it refuses us: open the address in a browser to see why",
    404: "check the address",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long and how much: seconds and bytes."""

    connect_s: float = 10
    read_s: float = 30
    total_s: float = 120
    """Of one answer; a download may take ``download_s``."""
    download_s: float = 4 * 3600
    max_bytes: int = 32 * 2**20
    """Of one answer, unpacked."""
    max_download_bytes: int = 4 * 2**30
    attempts: int = 4
    """Without any progress between them."""
    max_wait_s: float = 60
    """Between attempts; a ``Retry-After`` that asks for more ends them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An answer to :meth:`Door.get`."""

    url: str
    """After all redirects."""
    status: int
    not_modified: bool = False
    etag: str | None = None
    last_modified: str | None = None
    content_type: str | None = None
    body: bytes = b""
    moved_to: str | None = None
    """Where it has moved for good, if it says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloaded:
    """A file that :meth:`Door.download` has brought home."""

    url: str
    path: Path
    bytes: int
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    moved_to: str | None = None


class Door(Protocol):
    """What brings things in from the network."""

    def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        max_bytes: int | None = None,
        accept: str | None = None,
    ) -> Fetched:
        """Return what is at an address, or that it has not changed since ``etag``.

        Raises:
            RefusedError: If the address or the size of the answer is not allowed.
            FetchError: If it cannot be had.
        """
        ...

    def download(self, url: str, path: Path, *, on_progress: Progress | None = None) -> Downloaded:
        """Bring a media file to ``path``, going on where an earlier attempt was cut off.

        Raises:
            RefusedError: If the address, the size or the kind of the answer is not allowed.
            FetchError: If it cannot be had; what has come is kept for the next attempt.
        """
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """An open answer, redirects followed."""

    response: httpx.Response
    url: str
    moved_to: str | None
    deadline: Deadline

    def header(self, name: str) -> str | None:
        """Return a header, None where it is not sent or empty."""
        value: str | None = self.response.headers.get(name)
        return value or None


class BusyError(Exception):
    """The server asks for patience; this never leaves the door."""

    def __init__(self, status: int, retry_after: str | None) -> None:
        super().__init__(f"answers {status}")
        self.retry_after = retry_after


class HttpDoor:
    """The door itself, over HTTP; safe to use from several threads."""

    def __init__(
        self,
        *,
        allow_private: bool = False,
        limits: Limits | None = None,
        network: Network | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.limits = limits or Limits()
        self.sleep = sleep
        self._allow_private = allow_private
        self._network = network or SystemNetwork()
        self._clock, self._now = clock, now
        self._tls = httpx.create_ssl_context()
        self._hosts: dict[str, threading.BoundedSemaphore] = defaultdict(
            lambda: threading.BoundedSemaphore(2)
        )
        self._hosts_lock = threading.Lock()

    def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        max_bytes: int | None = None,
        accept: str | None = None,
    ) -> Fetched:
        """Return what is at an address, or that it has not changed since ``etag``."""
        headers = {"Accept": accept or "*/*", "Accept-Encoding": "gzip, deflate"}
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        limit = self.limits.max_bytes if max_bytes is None else max_bytes
        return self._retrying(url, lambda: self._get_once(url, headers, limit))

    def download(self, url: str, path: Path, *, on_progress: Progress | None = None) -> Downloaded:
        """Bring a media file to ``path``, going on where an earlier attempt was cut off."""
        from ingest.door_download import Download

        return Download(self, url, path, on_progress or (lambda done, total: None)).run()

    @contextmanager
    def open(
        self, url: str, headers: dict[str, str], total_s: float, *, also: int
    ) -> Iterator[Answer]:
        """Follow redirects and yield the answer at their end: a success, or the status ``also``.

        Raises:
            BusyError: If the server asks to come back later.
            RefusedError: If an address on the way is not allowed.
            FetchError: If the way leads nowhere, or the answer is an error.
        """
        deadline = Deadline(public_url(url), total_s, self._clock)
        seen, moved_to, permanent = [url], None, True
        while True:
            with self._exchange(seen[-1], headers, deadline) as response:
                target = _redirect_target(response, seen[-1])
                if target is None:
                    _check_status(response, url, also)
                    yield Answer(response, seen[-1], moved_to, deadline)
                    return
                permanent = permanent and response.status_code in _PERMANENT
            if target in seen:
                raise FetchError(public_url(url), "redirects in a circle", "check the address")
            if len(seen) > _MAX_REDIRECTS:
                raise FetchError(
                    public_url(url), f"redirects over {_MAX_REDIRECTS} times", "check the address"
                )
            moved_to = target if permanent else moved_to
            seen.append(target)

    def patience(self, url: str, attempt: int, error: Exception) -> None:
        """Wait before the next attempt: as long as the server asks, else twice as long each time.

        Raises:
            LaterError: If the server asks for more time than we stand and wait.
            FetchError: If there have been attempts enough.
        """
        asked = _retry_after_s(getattr(error, "retry_after", None), self._now())
        if asked is not None and asked > self.limits.max_wait_s:
            hours = f"{asked / 3600:.2g} hours" if asked >= 3600 else f"{asked:.0f} seconds"
            later = LaterError(public_url(url), f"{error} and asks for {hours} of patience")
            later.wait_ms = int(min(asked, _LONGEST_PATIENCE_S) * 1000)
            raise later from error
        if attempt >= self.limits.attempts:
            text = public_url(str(error)) or type(error).__name__
            raise FetchError(
                public_url(url), f"cannot be had: {text}", "it is tried again later"
            ) from error
        wait = 2.0 ** (attempt - 1) if asked is None else asked
        self.sleep(min(wait, self.limits.max_wait_s))

    def _retrying(self, url: str, attempt: Callable[[], _T]) -> _T:
        number = 1
        while True:
            try:
                return attempt()
            except (*CUTS, BusyError) as error:
                self.patience(url, number, error)
            number += 1

    def _get_once(self, url: str, headers: dict[str, str], limit: int) -> Fetched:
        with self.open(url, headers, self.limits.total_s, also=304) as answer:
            fetched = Fetched(
                url=answer.url,
                status=answer.response.status_code,
                etag=answer.header("etag"),
                last_modified=answer.header("last-modified"),
                content_type=answer.header("content-type"),
                moved_to=answer.moved_to,
            )
            if answer.response.status_code == 304:
                return replace(fetched, not_modified=True)
            return replace(fetched, body=_read_body(answer, limit))

    @contextmanager
    def _exchange(
        self, url: str, headers: dict[str, str], deadline: Deadline
    ) -> Iterator[httpx.Response]:
        host = _checked_host(url)
        with self._hosts_lock:
            free = self._hosts[host]
        limits = self.limits
        timeout = httpx.Timeout(limits.read_s, connect=limits.connect_s)
        transport = GuardedTransport(
            self._network, deadline, allow_private=self._allow_private, tls=self._tls
        )
        sent = {"User-Agent": USER_AGENT, **headers}
        with free, httpx.Client(transport=transport, timeout=timeout, trust_env=False) as client:
            try:
                request = client.build_request("GET", url, headers=sent)
            except (httpx.InvalidURL, ValueError) as error:
                raise FetchError(public_url(url), "is no address", "check it") from error
            response = client.send(request, stream=True)
            try:
                yield response
            finally:
                response.close()


def public_url(url: str) -> str:
    """Return an address, or any text with addresses, without names and passwords in it.

    >>> public_url("https://anna:secret@a.example/feed")
    'https://a.example/feed'
    """
    return _USERINFO.sub("", url)


def _checked_host(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError as error:
        raise FetchError(public_url(url), "is no address", "check it") from error
    if parts.scheme.lower() not in {"http", "https"}:
        raise RefusedError(public_url(url), "is no web address", "give one with http or https")
    if not host:
        raise FetchError(public_url(url), "names no host", "check the address")
    return host


def _redirect_target(response: httpx.Response, url: str) -> str | None:
    if response.status_code not in _REDIRECTS:
        return None
    location = response.headers.get("location", "").strip()
    if not location:
        raise FetchError(public_url(url), "redirects to nowhere", "check the address")
    try:
        parts = urlsplit(urljoin(url, location))
    except ValueError as error:
        raise FetchError(public_url(url), "redirects to no address", "check it") from error
    target: str = urlunsplit(parts._replace(fragment=""))
    return target


def _check_status(response: httpx.Response, url: str, also: int) -> None:
    status = response.status_code
    if status in _BUSY:
        raise BusyError(status, response.headers.get("retry-after"))
    if 200 <= status < 300 or status == also:
        return
    if status == _GONE:
        remedy = "remove it, or give its new address"
        raise GoneError(public_url(url), "answers 410: it is gone for good", remedy)
    remedy = _REMEDIES.get(status, "it is tried again later")
    raise FetchError(public_url(url), f"answers {status} {response.reason_phrase}", remedy)


def _read_body(answer: Answer, limit: int) -> bytes:
    check_coding(answer)
    stated = answer.header("content-length")
    if stated and stated.isdecimal() and int(stated[:20]) > limit:
        raise _too_large(answer.url, limit)
    chunks, size = [], 0
    for chunk in answer.response.iter_bytes():
        answer.deadline.left(None)
        size += len(chunk)  # as unpacked: a bomb is small on the wire
        if size > limit:
            raise _too_large(answer.url, limit)
        chunks.append(chunk)
    return b"".join(chunks)


def check_coding(answer: Answer) -> bool:
    """Tell whether an answer is packed.

    Raises:
        RefusedError: If it is packed twice, or in a way that we did not offer.
    """
    coding = (answer.header("content-encoding") or "identity").strip().lower()
    if coding not in {"identity", "gzip", "x-gzip", "deflate"}:
        problem = f"is packed as {coding[:40]}, which we did not ask for"
        raise RefusedError(public_url(answer.url), problem, "tell its owner")
    return coding != "identity"


def _too_large(url: str, limit: int) -> RefusedError:
    size = f"{limit / 2**20:.3g} MB"
    return RefusedError(public_url(url), f"is larger than {size}", "it is no document we can use")


def _retry_after_s(text: str | None, now: float) -> float | None:
    """Return the seconds of a ``Retry-After``, which is a number or a date (RFC 9110, 10.2.3)."""
    if not text:
        return None
    if text.strip().isdecimal():
        return float(text.strip()[:9])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, OverflowError):
        return None
