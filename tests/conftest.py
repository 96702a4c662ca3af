"""What all tests share: a catalogue in a temporary folder, and a browser over a served house."""

import os
import shutil

import hypothesis
import pytest

from corpus.catalogue import open_catalogue
from corpus.homes import Home

# How long one example takes says how busy the machine is; tests of speed measure processor time.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "home")


@pytest.fixture
def catalogue(home):
    opened = open_catalogue(home.path)
    yield opened
    opened.close()


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-quic",
    "--mute-audio",
]


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("chromium is not installed")
        pytest.skip("chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield opened
        opened.close()


@pytest.fixture
def site(house):
    """The address of a house that is served; the module says what is in it."""
    from tests.serving import served

    with served(house) as address:
        yield address


@pytest.fixture
def page(browser, site):
    """A page of that site, without faults in its console to the end."""
    context = browser.new_context(
        base_url=site, viewport={"width": 1200, "height": 700}, reduced_motion="reduce"
    )
    opened = context.new_page()
    opened.set_default_timeout(10_000)
    faults = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    opened.on("request", lambda request: check_address(request, site, faults))
    yield opened
    context.close()
    assert faults == []


def check_address(request, site, faults):
    if not request.url.startswith(site):
        faults.append(f"asked for {request.url}")
