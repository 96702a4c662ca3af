"""The API is held to its description by schemathesis, with every check it has."""

import pytest
import schemathesis
from schemathesis import engine
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events

from corpus.catalogue import open_catalogue
from corpus.homes import Home, now_ms
from ingest.workshop import Workshop
from tests.fake_door import FakeDoor
from tests.web_house import FakeHouse, make_full_house
from web.app import create_app


class DescribedHouse(FakeHouse):
    """A house that answers all that the API asks."""

    @property
    def workshop(self):
        return Workshop(
            catalogue=self.catalogue,
            home=self.home,
            settings=self.settings,
            door=FakeDoor({}),
            get_transcriber=lambda: None,
            get_embedder=lambda: None,
            get_indexer=lambda: None,
            now_ms=now_ms,
        )


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    home = Home(tmp_path_factory.mktemp("described"))
    catalogue = open_catalogue(home.path)
    full = make_full_house(home, catalogue)
    house = DescribedHouse(home=home, catalogue=catalogue, engine=full.engine, ids=full.ids)
    yield create_app(house)
    catalogue.close()


def list_failures(app, **phases):
    """Let schemathesis ask all that the description allows, and more; return what is wrong."""
    config = SchemathesisConfig.from_dict(
        {
            "generation": {"max-examples": 5, "deterministic": True, "database": "none"},
            "phases": phases,
        }
    )
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, config=config)
    found = []
    for event in engine.from_schema(schema).execute():
        if isinstance(event, (events.NonFatalError, events.FatalError)):
            found.append(str(getattr(event, "info", event)))
        if isinstance(event, events.ScenarioFinished):
            for case_id, checks in event.recorder.checks.items():
                asked = event.recorder.cases[case_id].value
                found += [
                    f"{asked.method} {asked.formatted_path} {asked.query} {asked.body}: "
                    f"{check.failure_info.failure.title}: {check.failure_info.failure.message}"
                    for check in checks
                    if check.status == Status.FAILURE
                ]
    return found


def test_every_operation_does_what_its_description_says(app):
    assert "\n".join(list_failures(app)) == ""
