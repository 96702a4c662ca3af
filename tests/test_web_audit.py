"""Every page of a served house passes the audit of bench/pages.py."""

import shutil

import pytest

from bench.pages import Opened, audit, find_html_faults, format_audit
from corpus.catalogue import saved
from corpus.homes import now_ms
from tests.audio_making import clicks, write_audio
from tests.web_house import make_full_house

CALM_PAINT_MS = 5_000
"""Other tests run beside this one; how fast a page is, is measured on a quiet machine."""


@pytest.fixture
def house(home, catalogue):
    home.media.mkdir(parents=True)
    write_audio(home.media / "one.mp3", clicks(60))
    made = make_full_house(home, catalogue, audio_name="one.mp3")
    with catalogue.write() as conn:
        saved.save_search(conn, "Deadlines", {"q": "deadline"}, now_ms=now_ms())
    return made


@pytest.mark.browser
def test_every_page_passes_the_audit(site):
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed")
    seen = audit(site, query="deadline", chromium=chromium, most_paint_ms=CALM_PAINT_MS)
    assert [f"{one.name} ({one.how}): {fault}" for one in seen for fault in one.faults] == []
    assert {"start", "search", "episode", "find", "issue", "library", "saved"} <= {
        one.name for one in seen
    }


@pytest.mark.parametrize(
    ("html", "is_sound"),
    [
        ("<!doctype html><title>x</title><p>A &amp; B</p>", True),
        ("<!doctype html><title>x</title><p><div></p>", False),
        ("<title>x</title>", False),
        ("<!doctype html><title>x</title><a id=1 id=2>y</a>", False),
    ],
)
def test_html_that_is_broken_is_told(html, is_sound):
    assert (list(find_html_faults(html.encode())) == []) == is_sound


def test_an_audit_is_told_with_its_figures():
    one = Opened("start", "wide light", bytes=4_000, paint_ms=120.4, faults=["console: no"])
    told = format_audit([one, Opened("start", "no script")])
    assert "start (wide light): console: no" in told
    assert told.splitlines()[-1].split() == ["start", "4000", "120"]
