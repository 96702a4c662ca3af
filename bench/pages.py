"""Audits every page of a running site in a real browser: what must be true of each.

Run as ``python -m bench.pages http://127.0.0.1:8321 --query "how to say no"``. Each page is opened
at both widths, light and dark, and once without script; what is wrong is printed, then a table
with bytes (all but audio) and first contentful paint; the exit code is 1 where anything is wrong.
"""

import argparse
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import html5lib

from bench.screenshots import CHROMIUM_ARGS, SCHEMES, WIDTHS, list_pages

MOST_BYTES = 150_000
MOST_PAINT_MS = 500
_AXE = "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
_PAINT = """() => new Promise((tell) => {
  // It may be told some time after the page is loaded.
  new PerformanceObserver((list) => {
    const first = list.getEntriesByName('first-contentful-paint')[0];
    if (first) tell(first.startTime);
  }).observe({ type: 'paint', buffered: true });
  setTimeout(() => tell(null), 3000);
})"""
_PRINTED = """() => {
  const shown = (name) => Array.from(document.querySelectorAll(name)).some(
    (each) => each.getClientRects().length);
  const furniture = shown('.top, .foot, .player, .skip, form.ask');
  return { furniture, words: shown('main h1, main p') };
}"""


@dataclass(slots=True)
class Opened:
    """A page as it was opened once."""

    name: str
    how: str
    """Width and scheme, or that it was without script."""
    bytes: int = 0
    """Of everything that was loaded but audio."""
    paint_ms: float | None = None
    faults: list[str] = field(default_factory=list)


def audit(
    base: str, *, query: str, chromium: str | None, most_paint_ms: float = MOST_PAINT_MS
) -> list[Opened]:
    """Open every page in every way; return what was seen."""
    from playwright.sync_api import sync_playwright

    named = list_pages(base, query)
    seen: list[Opened] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGS)
        # What a browser does once, when it was just started, is no figure of the page it opens.
        first = browser.new_page()
        first.goto(base)
        first.close()
        for width, (across, down) in WIDTHS.items():
            for scheme in SCHEMES:
                context = browser.new_context(
                    viewport={"width": across, "height": down}, color_scheme=scheme
                )
                for name, path in named.items():
                    opened = Opened(name, f"{width} {scheme}")
                    _open(context.new_page(), base, path, opened)
                    _check_figures(opened, most_paint_ms)
                    seen.append(opened)
                context.close()
        context = browser.new_context(
            java_script_enabled=False, viewport={"width": 360, "height": 780}
        )
        for name, path in named.items():
            seen.append(_open_without_script(context.new_page(), base, path, name))
        browser.close()
    return seen


def _open(page: Any, base: str, path: str, opened: Opened) -> None:
    loaded: list[Any] = []

    def keep(answer: Any) -> None:
        loaded.append(answer)

    page.on("response", keep)
    page.on("pageerror", lambda error: opened.faults.append(f"script: {error}"))
    page.on("console", lambda said: _hear(said, opened))
    page.on("request", lambda request: _watch(request, base, opened))
    answer = page.goto(base + path, wait_until="load")
    opened.faults += [f"html: {fault}" for fault in find_html_faults(answer.body())]
    opened.paint_ms = page.evaluate(_PAINT)
    opened.bytes = sum(map(_size, loaded))
    page.evaluate(_axe_source())
    for violation in page.evaluate(_AXE):
        if violation["impact"] in ("serious", "critical"):
            where = violation["nodes"][0]["html"][:160]
            opened.faults.append(f"axe {violation['id']} x{len(violation['nodes'])}: {where}")
    across = page.viewport_size["width"]
    if page.evaluate("document.documentElement.scrollWidth") > across:
        opened.faults.append(f"wider than {across} px")
    page.emulate_media(media="print")
    printed = page.evaluate(_PRINTED)
    if printed["furniture"] or not printed["words"]:
        opened.faults.append(f"print: {printed}")
    page.close()


def _hear(said: Any, opened: Opened) -> None:
    # A browser tells of every address that is missing, of the missing page's own too.
    if said.type == "error" and opened.name != "missing":
        opened.faults.append(f"console: {said.text}")


def _watch(request: Any, base: str, opened: Opened) -> None:
    if urlsplit(request.url).netloc == urlsplit(base).netloc or request.url.startswith("data:"):
        return
    if request.resource_type not in ("media", "image"):
        opened.faults.append(f"asks another host: {request.url}")


def _size(answer: Any) -> int:
    if answer.request.resource_type == "media":
        return 0
    return int(answer.request.sizes()["responseBodySize"])


def _open_without_script(page: Any, base: str, path: str, name: str) -> Opened:
    opened = Opened(name, "no script")
    page.goto(base + path, wait_until="load")
    if not page.locator("main h1").count() or not page.locator("main").inner_text().strip():
        opened.faults.append("says nothing without script")
    dead = page.locator("main button[type=button]:visible").count()
    if dead:
        opened.faults.append(f"{dead} buttons that do nothing without script")
    page.close()
    return opened


def find_html_faults(data: bytes) -> Iterator[str]:
    """Yield what an HTML parser of the standard's own algorithm complains of, with its place."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    parser.parse(data, transport_encoding="utf-8")
    for (line, column), code, details in parser.errors:
        yield f"{code} {details} at {line}:{column}"


def _axe_source() -> str:
    import axe_playwright_python

    folder = Path(axe_playwright_python.__file__).parent
    return next(folder.rglob("axe.min.js")).read_text(encoding="utf-8")


def _check_figures(opened: Opened, most_paint_ms: float) -> None:
    if opened.bytes > MOST_BYTES:
        opened.faults.append(f"{opened.bytes} bytes")
    if opened.paint_ms is not None and opened.paint_ms > most_paint_ms:
        opened.faults.append(f"first paint after {opened.paint_ms:.0f} ms")


def format_audit(seen: list[Opened]) -> str:
    """Return what is wrong, then the figures of each page: the greatest of all its ways."""
    lines = [f"{one.name} ({one.how}): {fault}" for one in seen for fault in one.faults]
    lines += ["", f"{'page':<16}{'bytes':>9}{'paint ms':>10}"]
    for name in dict.fromkeys(one.name for one in seen):
        ways = [one for one in seen if one.name == name]
        paints = [one.paint_ms for one in ways if one.paint_ms is not None]
        paint = f"{max(paints):.0f}" if paints else "unknown"
        lines.append(f"{name:<16}{max(one.bytes for one in ways):>9}{paint:>10}")
    return "\n".join(lines)


def main() -> None:
    """Audit the site that the command line names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("base", help="address of a running site")
    parser.add_argument("--query", default="how do I say no to extra work?")
    parser.add_argument("--paint-ms", type=float, default=MOST_PAINT_MS)
    parser.add_argument("--chromium", default=shutil.which("chromium"))
    asked = parser.parse_args()
    seen = audit(
        asked.base.rstrip("/"),
        query=asked.query,
        chromium=asked.chromium,
        most_paint_ms=asked.paint_ms,
    )
    sys.stdout.write(format_audit(seen) + "\n")
    sys.exit(1 if any(one.faults for one in seen) else 0)


if __name__ == "__main__":
    main()
