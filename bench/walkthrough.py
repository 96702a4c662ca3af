"""Walks through a running site as a new user would, and counts and times what she has to do.

Run as ``python -m bench.walkthrough http://127.0.0.1:8321`` against what ``make run`` serves: its
samples are what is asked and written about. An action is a click, a choice of a file, or words
typed and sent; waiting and reading are none. The second walk adds an issue of its own words, which
stays, and empties the tray behind itself. The exit code is 1 where a step fails or takes longer
than the issue of this project allows: three actions for the reader, two minutes for the author.
"""

import argparse
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bench.screenshots import CHROMIUM_ARGS, ask

QUESTION = "how do I turn down extra work and keep the client?"
MOST_ACTIONS = 3
MOST_S = 120.0
_WAIT_MS = 120_000
_SOUND = """() => {
  const audio = document.querySelector('audio');
  return [audio?.currentTime ?? 0, audio?.paused ?? true];
}"""
_TITLE = "Notes from a slow train"
_ISSUE = f"""{_TITLE}

This time I listened to Victor Palmer, in the episode The Small Yes of The Spare Desk.

It is about favours, and I took nine things from it for our own studio.

Key Takeaways:
A project is worn down by many small favours, and hardly ever by one large change. (0:32)
Every project keeps a favour list and may give away two percent of its budget. (0:53)
Two percent is little, and so people spend it with care. (1:03)
Answer a wish with a price and a date instead of the word no. (1:12)
The producer names the price, because the designer wants to be liked. (1:29)
Extra work is brought up within one working day, or it feels like part of the deal. (1:38)
A change request is four lines in an email, and the second line is the one people forget. (1:52)
The contract names one person who may approve changes on the client's side. (2:17)
Stop for an afternoon, list all that was promised and let the client put it in order. (2:50)
"""


@dataclass(slots=True)
class Walk:
    """What somebody did, and when each step was done."""

    name: str
    actions: int = 0
    steps: list[tuple[str, int, float]] = field(default_factory=list)
    """What was reached, after how many actions and seconds."""
    started: float = field(default_factory=time.monotonic)

    def act(self, count: int = 1) -> None:
        """Count what the hand does."""
        self.actions += count

    def reach(self, what: str) -> None:
        """Note what is reached now."""
        self.steps.append((what, self.actions, time.monotonic() - self.started))

    @property
    def seconds(self) -> float:
        """How long all of it took."""
        return self.steps[-1][2] if self.steps else 0.0


def walk_as_reader(page: Any, base: str) -> Walk:
    """Find an answer, play it and copy its link."""
    page.goto(base + "/", wait_until="load")
    walk = Walk("A reader: an answer, its sound, its link")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    walk.act()
    hit = page.locator(".hit:has([data-play])").first
    hit.wait_for()
    said = hit.locator(".best").first.inner_text()
    walk.reach(f"reads “{said[:70]}”")
    start_s = int(hit.locator("[data-play]").get_attribute("data-start")) / 1000
    hit.locator("[data-play]").click()
    walk.act()
    _wait(page, lambda: _plays_from(page, start_s))
    walk.reach(f"hears it at {start_s:.1f} s")
    hit.get_by_role("button", name="Copy link").click()
    walk.act()
    hit.get_by_text("Copied").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    walk.reach(f"holds {link}")
    # Not an action of hers: what whoever gets the link sees.
    page.goto(link, wait_until="load")
    _wait(page, lambda: page.locator(".sentence.is-now").count() == 1)
    asked = float(parse_qs(urlsplit(link).query)["t"][0])
    if abs(asked - start_s) > 0.001:
        raise AssertionError(f"the link opens at {asked} s, but {start_s} s was played")
    return walk


def _plays_from(page: Any, start_s: float) -> bool:
    now, is_paused = page.evaluate(_SOUND)
    return not is_paused and start_s <= now < start_s + 8


def walk_as_author(page: Any, base: str, folder: Path) -> Walk:
    """Add an issue, see it joined and checked, pick its takeaways, copy the block."""
    path = folder / "slow-train.txt"
    path.write_text(_ISSUE, encoding="utf-8")
    page.goto(base + "/", wait_until="load")
    walk = Walk("An author: an issue, its nine takeaways checked, a block to paste")
    page.get_by_role("link", name="Add a source").last.click()
    walk.act()
    page.locator("#file").set_input_files(str(path))
    walk.act()
    page.locator("#add button[type=submit]").click()
    walk.act()
    walk.reach("has handed it over")
    link = page.locator("#issues .row-title", has_text=_TITLE)
    link.wait_for(timeout=_WAIT_MS)
    walk.reach("sees it in the library")
    link.click()
    walk.act()
    page.locator(".joined a", has_text="The Small Yes").wait_for(timeout=_WAIT_MS)
    walk.reach("sees the episode it speaks of")
    page.locator(".takeaway .verdict-good, .takeaway .verdict-warn").nth(8).wait_for(
        timeout=_WAIT_MS
    )
    walk.reach("sees nine checked takeaways")
    page.get_by_role("button", name="to the tray").click()
    walk.act()
    page.locator(".tray-entry").nth(8).wait_for()
    walk.reach("has nine picks in the tray")
    page.get_by_role("button", name="Copy block").first.click()
    walk.act()
    page.get_by_text("Copied").first.wait_for()
    block = page.evaluate("navigator.clipboard.readText()")
    walk.reach(f"holds a block of {len(block.strip().splitlines())} lines")
    if len(block.strip().splitlines()) < 9:
        raise AssertionError(f"the block is short:\n{block}")
    page.get_by_role("button", name="Empty the tray").click()
    page.get_by_role("button", name="Undo").wait_for()
    return walk


def _wait(page: Any, is_so: Any) -> None:
    # The site's policy forbids the way in which Playwright would wait within the page.
    for _ in range(_WAIT_MS // 100):
        if is_so():
            return
        page.wait_for_timeout(100)
    raise AssertionError("waited in vain")


def format_walk(walk: Walk) -> str:
    """Return a walk as lines: actions and seconds up to each step."""
    lines = [walk.name] + [
        f"  {count:>2} actions {seconds:>6.1f} s  {what}" for what, count, seconds in walk.steps
    ]
    return "\n".join(lines)


def main() -> None:
    """Walk through the site that the command line names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("base", help="address of a running site that holds the samples")
    parser.add_argument("--chromium", default=shutil.which("chromium"))
    asked = parser.parse_args()
    base = asked.base.rstrip("/")
    from playwright.sync_api import sync_playwright

    if any(issue["title"] == _TITLE for issue in ask(base, "/api/v1/issues")["issues"]):
        parser.error("the issue of the second walk is held already: serve another data folder")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(
            executable_path=asked.chromium,
            args=[*CHROMIUM_ARGS, "--mute-audio", "--autoplay-policy=no-user-gesture-required"],
        )
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.set_default_timeout(30_000)
        reader = walk_as_reader(page, base)
        sys.stdout.write(format_walk(reader) + "\n")
        author = walk_as_author(page, base, Path(folder))
        sys.stdout.write(format_walk(author) + "\n")
        browser.close()
    sys.exit(0 if reader.actions <= MOST_ACTIONS and author.seconds <= MOST_S else 1)


if __name__ == "__main__":
    main()
