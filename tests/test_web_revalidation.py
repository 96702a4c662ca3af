import pytest

from corpus.catalogue import notes
from tests.web_house import make_house
from web.revalidation import SHARED_S, StateReader, make_state_reader


class World:
    """A clock, a count of writes, and what a look sees."""

    def __init__(self):
        self.now_s, self.writes, self.looks = 0.0, 0, 0

    def look(self):
        self.looks += 1
        return str(self.looks)

    def reader(self):
        return StateReader(self.look, lambda: self.writes, lambda: self.now_s)


def test_a_look_serves_for_a_moment():
    world = World()
    reader = world.reader()
    assert [reader.read(), reader.read()] == ["1", "1"]
    world.now_s = SHARED_S
    assert reader.read() == "2"


def test_what_this_process_writes_is_seen_at_once():
    world = World()
    reader = world.reader()
    reader.read()
    world.writes += 1
    assert reader.read() == "2"


def test_what_is_written_during_a_look_is_seen_by_the_next():
    world = World()

    def look():
        world.writes += 1
        return world.look()

    reader = StateReader(look, lambda: world.writes, lambda: world.now_s)
    assert [reader.read(), reader.read()] == ["1", "2"]


def test_a_look_can_be_forgotten():
    reader = World().reader()
    reader.read()
    reader.forget()
    assert reader.read() == "2"


def test_a_look_that_fails_is_no_look():
    answers = iter([OSError("gone"), "well"])

    def look():
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return answer

    reader = StateReader(look, lambda: 0)
    with pytest.raises(OSError, match="gone"):
        reader.read()
    assert reader.read() == "well"


def test_a_state_changes_with_the_catalogue_and_with_the_index(home, catalogue):
    reader = make_state_reader(make_house(home, catalogue))
    states = [reader.read()]
    with catalogue.write() as conn:
        notes.put_setting(conn, "public_url", "https://earmark.example")
    states.append(reader.read())
    generation = home.index / "g000001"
    generation.mkdir(parents=True)
    (generation / "manifest.json").write_text("{}")
    (home.index / "current").write_text("g000001")
    reader.forget()
    states.append(reader.read())
    (generation / "manifest.json").unlink()
    (generation / "manifest.json").write_text('{"seq": 2}')
    reader.forget()
    states.append(reader.read())
    assert len(set(states)) == 4
    reader.forget()
    assert reader.read() == states[-1]
