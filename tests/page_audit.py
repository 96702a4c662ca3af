"""What must be true of every page, whatever it shows."""

import itertools
from urllib.parse import urldefrag

from bs4 import BeautifulSoup

FIELDS = "input:not([type=hidden]), select, textarea"


def parse(answer):
    return BeautifulSoup(answer.get_data(as_text=True), "html.parser")


def list_faults(page):
    """Return what is wrong with a page, in words; a page without faults gives none."""
    faults = []
    if not page.html.get("lang"):
        faults.append("no language")
    title = page.title.get_text(strip=True) if page.title else ""
    if not 5 <= len(title) <= 100:
        faults.append(f"title of {len(title)} letters")
    for name, count in (("h1", 1), ("main", 1), ("header.top", 1), ("nav[aria-label=Main]", 1)):
        if len(page.select(name)) != count:
            faults.append(f"{len(page.select(name))} of {name}")
    if page.select("[style], style, script:not([src])"):
        faults.append("inline style or script")
    faults += [
        f"handler {name}" for tag in page.find_all(True) for name in tag.attrs if name[:2] == "on"
    ]
    ids = [tag["id"] for tag in page.select("[id]")]
    faults += [f"id {name} twice" for name in {name for name in ids if ids.count(name) > 1}]
    labelled = {label.get("for") for label in page.find_all("label")}
    faults += [
        f"no label: {field}" for field in page.select(FIELDS) if field.get("id") not in labelled
    ]
    faults += [f"no words: {tag}" for tag in page.select("a, button") if not _has_name(tag)]
    faults += [f"no alt: {tag}" for tag in page.select("img:not([alt])")]
    faults += [
        f"{tag.name} names {name}, which is not there"
        for tag in page.select("[aria-labelledby], [aria-describedby]")
        for names in (tag.get("aria-labelledby"), tag.get("aria-describedby"))
        for name in (names or "").split()
        if name not in ids
    ]
    faults += [f"form without action: {form}" for form in page.select("form:not([action])")]
    faults += _skipped_levels(page)
    return faults


def _has_name(tag):
    return bool(tag.get_text(strip=True) or tag.get("aria-label"))


def _skipped_levels(page):
    levels = [int(tag.name[1]) for tag in page.select("h1, h2, h3, h4, h5, h6")]
    return [
        f"h{after} after h{before}"
        for before, after in itertools.pairwise(levels)
        if after > before + 1
    ]


def list_links(page):
    """Return the addresses on this site that a page leads to, each with its fragment."""
    found = {tag["href"] for tag in page.select("a[href]")}
    found |= {tag["src"] for tag in page.select("[src]")}
    found |= {tag["href"] for tag in page.select("link[href]")}
    return {urldefrag(href) for href in found if href.startswith(("/", "#")) and href != "#"}
