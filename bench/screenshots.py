"""Pictures of every page of a running site, at two widths, in light and dark.

Run as ``python -m bench.screenshots http://127.0.0.1:8321 pictures/ --query "how to say no"``.
"""

import argparse
import json
import shutil
import sys
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

WIDTHS = {"wide": (1440, 900), "phone": (360, 780)}
SCHEMES = ("light", "dark")
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-quic",
]


def ask(base: str, path: str) -> dict:
    """Return a document of a site's API."""
    with urlopen(base + path, timeout=30) as answer:
        return json.load(answer)


def list_pages(base: str, query: str) -> dict[str, str]:
    """Return the pages of a site by name: one of each sort, the one that says most."""
    pages = {"start": "/", "search": f"/?q={quote(query)}", "nothing": "/?q=%22zzqx%20qzzx%22"}
    pages |= {"library": "/library", "episodes": "/episodes", "issues": "/issues", "missing": "/no"}
    pages |= {"tray": "/tray", "saved": "/saved", "checkup": "/checkup"}
    pages |= {"trust": "/trust", "vocabulary": "/vocabulary"}
    hits = ask(base, f"/api/v1/search?q={quote(query)}")["hits"]
    opened = next((hit["url"] for hit in hits if hit["episode"]), None)
    if opened:
        pages["episode"] = opened
        pages["find"] = f"{opened.partition('?')[0]}?find=the"
    for issue in ask(base, "/api/v1/issues")["issues"]:
        name = "issue" if issue["episode"] else "issue-open"
        pages.setdefault(name, f"/issues/{issue['id']}")
    for show in ask(base, "/api/v1/shows")["shows"]:
        pages.setdefault(f"show-{show['kind']}", f"/shows/{show['id']}")
    return pages


def take_pictures(
    base: str, folder: Path, *, query: str, chromium: str | None, only: str | None, whole: bool
) -> int:
    """Write a PNG for each page, width and scheme; return how many."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGS)
        for width, (across, down) in WIDTHS.items():
            for scheme in SCHEMES:
                context = browser.new_context(
                    viewport={"width": across, "height": down},
                    color_scheme=scheme,
                    reduced_motion="reduce",
                )
                page = context.new_page()
                for name, path in list_pages(base, query).items():
                    if only and name != only:
                        continue
                    page.goto(base + path, wait_until="load")
                    page.wait_for_timeout(250)  # until the player has its length
                    target = folder / f"{name}-{width}-{scheme}.png"
                    page.screenshot(path=str(target), full_page=whole)
                    count += 1
                context.close()
        browser.close()
    return count


def main() -> None:
    """Take the pictures that the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("base", help="address of a running site")
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--query", default="how do I say no to extra work?")
    parser.add_argument("--only", help="the name of one page")
    parser.add_argument("--whole", action="store_true", help="whole pages, not one screen")
    parser.add_argument("--chromium", default=shutil.which("chromium"))
    asked = parser.parse_args()
    count = take_pictures(
        asked.base.rstrip("/"),
        asked.folder,
        query=asked.query,
        chromium=asked.chromium,
        only=asked.only,
        whole=asked.whole,
    )
    sys.stderr.write(f"{count} pictures in {asked.folder}\n")


if __name__ == "__main__":
    main()
