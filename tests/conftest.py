"""What all tests share: a catalogue in a temporary folder, and a workshop of fakes."""

import pytest

from corpus.catalogue import open_catalogue
from corpus.homes import Home


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "home")


@pytest.fixture
def catalogue(home):
    opened = open_catalogue(home.path)
    yield opened
    opened.close()
