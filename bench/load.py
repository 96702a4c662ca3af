"""Asks a served home many questions at once: errors, how long answers take, memory, processor time.

Run as ``python -m bench.load HOME [--seconds 60] [--at-once 50] [--questions FILE]``. It starts the
site over the home (without a worker) on a free port and stops it afterwards. Questions are the
lines of a file (JSON lines with ``query``, or plain), else made up from what the home holds, so
that hardly one is asked twice (``--different 200`` asks only so many, again and again). ``--path``
asks another page: ``--path "/?q={}"`` is the search page.
"""

import argparse
import asyncio
import itertools
import json
import os
import random
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
_ASKINGS = ("how do you {}", "why is {} so hard", "{}", "what did they say about {}", "when to {}")


@dataclass
class Tally:
    """What came of it."""

    took_ms: list[float] = field(default_factory=list)
    errors: dict[str, int] = field(default_factory=dict)

    def fail(self, why: str) -> None:
        self.errors[why] = self.errors.get(why, 0) + 1


def main() -> None:
    """Measure, and print."""
    asked = _read_arguments()
    port = find_port()
    command = [sys.executable, "-m", "web.cli", "--home", str(asked.home), "serve"]
    command += ["--port", str(port), "--no-work", *asked.serve.split()]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        _wait(port, server)
        questions = _questions(asked, port)[: asked.different]
        paths = [asked.path.replace("{}", quote(question)) for question in questions]
        for path in paths[-20:]:
            _get(port, path)
        asked.port = port
        _measure(asked, server.pid, paths)
    finally:
        server.terminate()
        server.wait()


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--at-once", type=int, default=50)
    parser.add_argument("--questions", type=Path)
    parser.add_argument("--different", type=int, default=20_000)
    parser.add_argument("--path", default="/api/v1/search?q={}")
    parser.add_argument("--serve", default="", help="more options of `earmark serve`")
    return parser.parse_args()


def _measure(asked: argparse.Namespace, pid: int, paths: list[str]) -> None:
    tally, turn = Tally(), itertools.cycle([path.encode() for path in paths])
    sizes = [_rss_mb(pid)]
    before, began = _cpu_ms(pid), time.perf_counter()
    asyncio.run(_ask_all(asked, turn, tally, lambda: sizes.append(_rss_mb(pid))))
    spent, took = _cpu_ms(pid) - before, time.perf_counter() - began
    sizes.append(_rss_mb(pid))
    done = sorted(tally.took_ms)
    count = max(len(done), 1)
    shares = {share: done[min(int(share / 100 * count), count - 1)] for share in (50, 95, 99)}
    print(
        f"{len(done)} answers in {took:.1f} s, {count / took:.0f} a second; errors {tally.errors}"
    )
    print("  ".join(f"p{share} {ms:.0f} ms" for share, ms in shares.items()), end="  ")
    print(f"server {spent / count:.2f} ms of processor an answer, {spent / took / 1000:.2f} cores")
    print(
        f"memory {' -> '.join(f'{size:.0f}' for size in sizes)} MB; load {os.getloadavg()[0]:.1f}"
    )


async def _ask_all(
    asked: argparse.Namespace, paths: Iterator[bytes], tally: Tally, sample: Callable[[], None]
) -> None:
    loop = asyncio.get_running_loop()
    loop.call_later(asked.seconds / 2, sample)
    until = loop.time() + asked.seconds
    askers = (_ask_on(asked.port, paths, tally, until) for _ in range(asked.at_once))
    await asyncio.gather(*askers)


async def _ask_on(port: int, paths: Iterator[bytes], tally: Tally, until: float) -> None:
    """Ask one question after the other over one connection, as one browser would."""
    loop = asyncio.get_running_loop()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while loop.time() < until:
        began = loop.time()
        try:
            status = await _ask(reader, writer, next(paths))
        except (OSError, EOFError) as error:
            tally.fail(type(error).__name__)
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            continue
        if status == b"200":
            tally.took_ms.append((loop.time() - began) * 1000)
        else:
            tally.fail(status.decode())
    writer.close()


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: bytes) -> bytes:
    writer.write(b"GET " + path + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
    head = await reader.readuntil(b"\r\n\r\n")
    length = _LENGTH.search(head)
    await reader.readexactly(int(length[1]) if length else 0)
    return head[9:12]


def _questions(asked: argparse.Namespace, port: int) -> list[str]:
    if asked.questions:
        lines = asked.questions.read_text(encoding="utf-8").splitlines()
        return [json.loads(line)["query"] if line[:1] == "{" else line for line in lines if line]
    held = json.loads(_get(port, "/api/v1/episodes?limit=500"))["episodes"]
    titles = [episode["title"].split() for episode in held if episode["title"].split()]
    drawn = random.Random(7)
    made = []
    for _ in range(20_000):
        words = drawn.choice(titles) + drawn.choice(titles)
        start = drawn.randrange(len(words))
        phrase = " ".join(words[start : start + drawn.randint(2, 6)])
        made.append(drawn.choice(_ASKINGS).format(phrase))
    return list(dict.fromkeys(made))


def _get(port: int, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=120) as answer:
        body: bytes = answer.read()
        return body


def find_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def _wait(port: int, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        if server.poll() is not None:
            raise SystemExit("the site did not start")
        try:
            _get(port, "/healthz")
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the site does not answer")


def _family(pid: int) -> list[int]:
    """Return a process and its children, as Linux tells them."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += _family(int(child))
    return found


def _rss_mb(pid: int) -> float:
    """Return the memory of a process and its children, what they share counted once each."""
    total = 0.0
    for each in _family(pid):
        rollup = Path(f"/proc/{each}/smaps_rollup").read_text()
        found = re.search(r"^Pss: +(\d+)", rollup, re.MULTILINE)
        total += int(found[1]) / 1000 if found else 0
    return total


def _cpu_ms(pid: int) -> float:
    total = 0
    for each in _family(pid):
        fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total * _TICK_MS


if __name__ == "__main__":
    main()
