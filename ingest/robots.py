"""What sites allow robots to read: their robots.txt (RFC 9309), asked once a day and host."""

import re
import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from protego import Protego

from corpus.errors import FetchError, RefusedError
from ingest.door import USER_AGENT, Door

_AGENT = USER_AGENT.partition("/")[0]
_DAY_S = 24 * 3600.0
_LONGEST_DELAY_S = 10.0
_MAX_BYTES = 2**20  # twice what RFC 9309, 2.5, wants read
_ABSENT = re.compile(r"answers 4\d\d\b")


class Robots:
    """The rules of all hosts that were asked; safe to use from several threads."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._rules: dict[str, tuple[float, Protego]] = {}
        self._free_at: dict[str, float] = {}
        self._lock = threading.Lock()

    def check(self, door: Door, url: str) -> None:
        """Return when a page may be read: at once, or after the delay that its site asks for.

        Raises:
            RefusedError: If its site asks robots not to read it.
            FetchError: If the site's rules cannot be had.
        """
        host = _host_of(url)
        rules = self._get_rules(door, host)
        if not rules.can_fetch(url, _AGENT):
            raise RefusedError(
                url,
                "its site asks robots not to read it (robots.txt)",
                "save the page in a browser and add the file",
            )
        delay = min(rules.crawl_delay(_AGENT) or 0.0, _LONGEST_DELAY_S)
        if delay > 0:
            with self._lock:
                now = self._clock()
                start = max(self._free_at.get(host, now), now)
                self._free_at[host] = start + delay
            if start > now:
                self._sleep(start - now)

    def _get_rules(self, door: Door, host: str) -> Protego:
        with self._lock:
            asked, rules = self._rules.get(host, (0.0, None))
        if rules is not None and self._clock() - asked < _DAY_S:
            return rules
        rules = Protego.parse(_fetch_rules(door, host))
        with self._lock:
            self._rules[host] = (self._clock(), rules)
        return rules


def _host_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _fetch_rules(door: Door, host: str) -> str:
    """Return a host's robots.txt; one that is not there allows everything (RFC 9309, 2.3.1)."""
    address = f"{host}/robots.txt"
    try:
        body = door.get(address, max_bytes=_MAX_BYTES).body
    except RefusedError:
        return ""  # for the reason that the page itself will be refused for
    except FetchError as error:
        if _ABSENT.search(error.problem):
            return ""
        raise FetchError(address, error.problem, "without its rules nothing is read") from error
    return body.decode("utf-8", "replace")
