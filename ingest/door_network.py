"""The guarded wire: names are resolved once, checked, and connected to as they were checked."""

import ipaddress
import socket
from collections.abc import Callable, Iterable, Iterator
from ssl import SSLContext
from typing import Any, Protocol

import httpcore
import httpx

from corpus.errors import FetchError, RefusedError

_PRIVATE_REMEDY = "allow it with: earmark settings set allow_private_addresses true"
# Networks that carry an IPv4 address inside: NAT64 (RFC 6052) in the last 32 bits.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_public(address: str) -> bool:
    """Tell whether an IP address belongs to the public internet, tunnels looked through.

    >>> is_public("93.184.216.34"), is_public("10.0.0.1"), is_public("::ffff:127.0.0.1")
    (True, False, False)
    """
    try:
        ip: _Address = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        ip = inner or ip
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


class Network(Protocol):
    """Names and connections: the machine's own, or a fake."""

    def resolve(self, host: str, port: int) -> list[str]:
        """Return the IP addresses of a host; raise OSError where it has none."""
        ...

    def connect(self, address: str, port: int, timeout: float | None) -> httpcore.NetworkStream:
        """Connect to an IP address; raise an httpcore error where that fails."""
        ...


class SystemNetwork:
    """The machine's own network."""

    def resolve(self, host: str, port: int) -> list[str]:
        """Return the IP addresses of a host, in the order that the system prefers."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))

    def connect(self, address: str, port: int, timeout: float | None) -> httpcore.NetworkStream:
        """Connect to an IP address."""
        return httpcore.SyncBackend().connect_tcp(address, port, timeout)


class Deadline:
    """When an exchange must be over, however busily its other side drips."""

    def __init__(self, subject: str, seconds: float, clock: Callable[[], float]) -> None:
        self._subject, self._seconds, self._clock = subject, seconds, clock
        self._ends = clock() + seconds

    def left(self, limit: float | None) -> float:
        """Return the seconds that are left, ``limit`` at most.

        Raises:
            FetchError: If none are left.
        """
        left = self._ends - self._clock()
        if left <= 0:
            problem = f"took longer than {self._seconds:g} seconds"
            raise FetchError(self._subject, problem, "it is tried again later")
        return left if limit is None else min(left, limit)


class _DeadlineStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            return self._stream.read(max_bytes, self._deadline.left(timeout))
        except httpcore.TimeoutException:
            self._deadline.left(None)
            raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        try:
            self._stream.write(buffer, self._deadline.left(timeout))
        except httpcore.TimeoutException:
            self._deadline.left(None)
            raise

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(timeout)
        return _DeadlineStream(
            self._stream.start_tls(ssl_context, server_hostname, left), self._deadline
        )

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _GuardedBackend(httpcore.NetworkBackend):
    """Connects to addresses that were checked, never to a name that may be answered anew."""

    def __init__(self, network: Network, deadline: Deadline, allow_private: bool) -> None:
        self._network, self._deadline, self._allow_private = network, deadline, allow_private

    def connect_tcp(  # noqa: PLR0917  # httpcore's own signature
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError("has no address")
        for address in self._addresses(host, port):
            try:
                stream = self._network.connect(address, port, self._deadline.left(timeout))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _DeadlineStream(stream, self._deadline)
        raise failure

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            addresses = self._network.resolve(host, port)
        except (OSError, UnicodeError) as error:
            told = getattr(error, "strerror", None) or error
            raise httpcore.ConnectError(f"its name cannot be resolved: {told}") from error
        if self._allow_private:
            return addresses
        public = [address for address in addresses if is_public(address)]
        if addresses and not public:
            problem = f"is at the private address {addresses[0]}"
            raise RefusedError(host, problem, _PRIVATE_REMEDY)
        return public


class _Body(httpx.SyncByteStream):
    def __init__(self, chunks: Any) -> None:
        self._chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        yield from self._chunks

    def close(self) -> None:
        self._chunks.close()


class GuardedTransport(httpx.BaseTransport):
    """One connection for one exchange: nothing is shared between hosts, no proxy is asked."""

    def __init__(
        self, network: Network, deadline: Deadline, *, allow_private: bool, tls: SSLContext
    ) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls,
            max_connections=1,
            max_keepalive_connections=0,
            network_backend=_GuardedBackend(network, deadline, allow_private),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request over a checked connection."""
        assert isinstance(request.stream, httpx.SyncByteStream)
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(answer.stream),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Close the connection."""
        self._pool.close()
