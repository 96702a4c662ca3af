"""Forms that cannot be taken come back: what was typed is there, what is wrong beside its field."""

import pytest

from corpus.catalogue import chapters, takeaways, tray
from corpus.holdings import Pick
from tests.page_audit import list_faults, parse
from tests.web_house import make_full_house
from web.app import create_app
from web.refused_forms import MOST_KEPT, KeptForms, RefusedForm

LONG = "much said " * 400


@pytest.fixture
def house(home, catalogue):
    made = make_full_house(home, catalogue)
    with catalogue.write() as conn:
        made.ids["entry"], _ = tray.add_to_tray(conn, Pick(text="Promise less."), now_ms=1)
        chapters.put_subjects(conn, made.ids["silent"], ["A subject"])
        made.ids["lost"] = takeaways.list_takeaways(conn, issue_id=made.ids["issue"])[2].id
    return made


@pytest.fixture
def client(house):
    return create_app(house).test_client()


def find_form(page, field, held=None):
    """Return the first form with a field that a person types into."""
    for form in page.select("form[method=post]"):
        typed = form.select_one(f"[name={field}]:not([type=hidden])")
        if typed and (held is None or form.select_one(f'[type=hidden][value="{held}"]')):
            return form
    pytest.fail(f"no form has {field}")


def send(client, form, **values):
    data = {each["name"]: each.get("value", "") for each in form.select("input[name]")}
    answer = client.post(form["action"], data=data | values)
    assert answer.status_code == 303
    return answer


def read(field):
    return field.get_text() if field.name == "textarea" else field["value"]


FORMS = [
    ("/episodes/{full}", "url", {"url": "my show on YouTube"}, None, "is no address"),
    ("/episodes/{full}?t=0:20", "url", {"url": LONG[:1900]}, None, "is no address"),
    ("/vocabulary", "term", {"term": "??", "meanings": "account manager"}, None, "has no words"),
    ("/vocabulary", "meanings", {"term": "AM", "meanings": " ,"}, None, "no other name"),
    ("/vocabulary", "meanings", {"meanings": ";;"}, "KPI", "no other name"),
    ("/issues/{issue}", "episode", {"episode": "No such title"}, None, "is no held episode"),
    ("/issues/{issue}", "episode", {"episode": "i"}, None, "fits several"),
    ("/issues/{issue}", "episode", {"episode": "  "}, None, "Name an episode first"),
    ("/issues/{issue}", "at", {"at": "soonish"}, None, "is no moment"),
    ("/tray", "text", {"text": "  "}, None, "is empty"),
    ("/tray", "issue", {"issue": "  ", "date": "2026-05-04"}, None, "name the issue"),
    ("/tray", "date", {"issue": "No. 9", "date": "2026-99-99"}, None, "is no date"),
    ("/episodes/{silent}", "at", {"at": "soonish"}, None, "is no moment"),
    ("/?q=deadlines&kind=issue", "name", {"name": "   "}, None, "has no name"),
    ("/library", "source", {"source": "notes.txt"}, None, "is no address"),
]


@pytest.mark.parametrize("case", FORMS)
def test_a_form_that_cannot_be_taken_comes_back_as_it_was_typed(house, client, case):
    path, field, typed, held, told = case
    address = path.format(**house.ids)
    form = find_form(parse(client.get(address)), field, held)
    answer = send(client, form, **typed)
    assert "#" not in answer.location, "a browser goes to a fragment, not to the field"
    page = parse(client.get(answer.location))
    assert list_faults(page) == []
    wrong = page.select("[aria-invalid=true]")
    assert [each["name"] for each in wrong] == [field]
    assert wrong[0].has_attr("autofocus")
    assert [
        place.name for place in wrong[0].find_parents("details") if "open" not in place.attrs
    ] == []
    back = wrong[0].find_parent("form")
    for name, text in typed.items():
        assert read(back.select_one(f"[name={name}]")) == text
    named = wrong[0]["aria-describedby"].split()
    assert any(told in page.find(id=each).get_text() for each in named)
    assert len(page.select(".notice-bad[role=alert]")) == 1, "it is told once"


def test_where_a_title_fits_several_episodes_each_can_be_picked(house, client):
    here = f"/issues/{house.ids['issue']}"
    send(client, find_form(parse(client.get(here)), "episode"), episode="i")
    page = parse(client.get(here))
    wrong = page.select_one("[aria-invalid=true]").find_parent("details")
    picks = wrong.select("form.pick")
    assert len({pick.a["href"] for pick in picks}) == len(picks) > 1
    assert client.post(picks[0]["action"], data=find_values(picks[0])).status_code == 303
    joined = parse(client.get(here))
    assert picks[0].a.get_text() in joined.select_one("main").get_text()
    assert "is now" in joined.get_text()


def find_values(form):
    return {each["name"]: each["value"] for each in form.select("input[name]")}


def test_what_was_typed_is_there_once(house, client):
    here = f"/episodes/{house.ids['full']}"
    send(client, find_form(parse(client.get(here)), "url"), url="nowhere")
    assert parse(client.get(here)).select_one("#player-url")["value"] == "nowhere"
    assert not parse(client.get(here)).select_one("#player-url").get("value")


def test_what_was_typed_for_something_that_is_gone_is_not_lost(house, client):
    form = find_form(parse(client.get("/tray")), "text")
    client.post(f"/tray/{house.ids['entry']}/remove")
    answer = client.post(form["action"], data={"text": LONG})
    assert answer.status_code == 404
    page = parse(answer)
    assert list_faults(page) == []
    assert page.select_one("main textarea[readonly]").get_text() == LONG


def test_a_form_that_is_not_on_its_page_any_more_is_told_above_with_what_was_typed(house, client):
    with house.catalogue.read() as conn:
        first = takeaways.list_takeaways(conn, issue_id=house.ids["issue"])[0]
    # It is confirmed, and has no such form.
    answer = client.post(f"/takeaways/{first.id}/time", data={"at": "soonish"})
    page = parse(client.get(answer.location))
    assert list_faults(page) == []
    assert "is no moment" in page.select_one(".notice-bad[role=alert]").get_text()
    assert page.select_one("main textarea[readonly]").get_text() == "soonish"


def test_a_row_of_the_vocabulary_comes_back_and_no_other(house, client):
    page = parse(client.get("/vocabulary"))
    send(client, find_form(page, "meanings", "KPI"), meanings=";")
    page = parse(client.get("/vocabulary"))
    assert not page.select_one("#term").get("value")
    assert len(page.select('input[name=meanings][value=";"]')) == 1


def test_only_the_last_forms_are_kept():
    kept = KeptForms()
    tokens = [kept.keep(RefusedForm("/x", {"a": str(n)}, "no")) for n in range(MOST_KEPT + 1)]
    assert kept.find(tokens[0]) is None
    assert kept.find(tokens[-1]).values == {"a": str(MOST_KEPT)}
    assert kept.find("made up") is None
