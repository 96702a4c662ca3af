"""Marks on hits, the owner's questions asked again, and the vocabulary she edits."""

import gzip
import json

import pytest
from click.testing import CliRunner

from corpus.catalogue import judgements, passages, vocabulary
from corpus.errors import FormatError, UsageError
from corpus.formats.questions import iter_questions, parse_question
from ingest.storing import put_issue_passages
from search.judging import Moment, Question, begins_near, evaluate, judge
from tests.page_audit import list_faults, parse
from tests.web_house import make_full_house, make_hit, make_issue_hit
from web.app import create_app
from web.cli import cli
from web.trust import list_judged_questions, read_questions, run_evaluation


@pytest.fixture
def house(home, catalogue):
    house = make_full_house(home, catalogue)
    with catalogue.write() as conn:
        # The passage of the first hit, under the id that the hit has.
        passages.put_passages(
            conn,
            [house.engine.hits[0].passage],
            kinds={"transcript"},
            chunker="1",
            episode_id=house.ids["full"],
        )
    return house


@pytest.fixture
def client(house):
    return create_app(house).test_client()


def send(client, form, **values):
    data = {field["name"]: field.get("value", "") for field in form.select("input[name]")}
    page = parse(client.post(form["action"], data=data | values, follow_redirects=True))
    assert list_faults(page) == []
    return page


def test_a_hit_is_marked_and_the_mark_is_taken_back(house, client):
    page = parse(client.get("/?q=Whose+deadline"))
    page = send(client, page.select_one(".marks-ask"), verdict="right")
    assert "Marked as right" in page.select_one(".notice").get_text()
    with house.catalogue.read() as conn:
        (one,) = judgements.list_judgements(conn, " whose  DEADLINE ")
    assert (one.verdict, one.question) == ("right", "Whose deadline")
    assert page.select_one("details.hit-more[open]")
    pressed = page.select('[aria-pressed="true"]')
    assert [tag["formaction"] for tag in pressed][:1] == [f"/judgements/{one.id}/remove"]
    send(client, page.select_one(".marks-ask"), verdict="wrong")
    with house.catalogue.read() as conn:
        (again,) = judgements.list_judgements(conn)
    assert (again.id, again.verdict) == (one.id, "wrong")
    page = parse(client.post(pressed[0]["formaction"], follow_redirects=True))
    with house.catalogue.read() as conn:
        assert judgements.count_judgements(conn) == 0
    send(client, page.select_one("form.undo"))
    with house.catalogue.read() as conn:
        assert judgements.list_judgements(conn)[0].verdict == "wrong"


def test_the_trust_page_asks_again_and_keeps_a_run(house, client):
    page = parse(client.get("/trust"))
    assert list_faults(page) == []
    assert "Nothing is marked yet" in page.get_text()
    send(client, parse(client.get("/?q=deadline")).select_one(".marks-ask"), verdict="right")
    page = parse(client.get("/trust"))
    assert list_faults(page) == []
    assert "found, rank 1" in page.select_one(".trust").get_text()
    assert "100 %" in page.select_one(".figures").get_text()
    page = send(client, page.select_one('form[action="/trust"]'))
    assert page.select_one(".runs tbody td:nth-of-type(2)").get_text() == "fake"
    house.engine.hits = ()
    page = parse(client.get("/trust"))
    assert "not among the first ten" in page.select_one(".trust").get_text()


def test_programs_mark_and_ask_too(house, client):
    hit = client.get("/api/v1/search?q=deadline").json["hits"][0]
    assert hit["judgement"] is None
    sent = {"query": "deadline", "passage_id": hit["passage_id"], "verdict": "wrong"}
    made = client.post("/api/v1/judgements", json=sent)
    assert made.status_code == 201
    assert client.get("/api/v1/search?q=deadline").json["hits"][0]["judgement"] == {
        "id": made.json["id"],
        "verdict": "wrong",
    }
    assert client.post("/api/v1/evals").json["questions"] == []
    assert client.get("/api/v1/judgements").json["evals"] == []
    client.post("/api/v1/judgements", json=sent | {"verdict": "right"})
    found = client.post("/api/v1/evals").json
    assert found["figures"]["all"]["hit@1_60"] == 1
    assert client.get("/api/v1/judgements").json["evals"][0]["figures"] == found["figures"]
    gone = client.delete(f"/api/v1/judgements/{made.json['id']}")
    assert gone.json["verdict"] == "right"
    assert client.post(f"/api/v1/undos/{gone.json['undo_id']}").status_code == 200


def test_a_question_with_a_null_is_marked_without_it_and_half_a_letter_is_refused(client):
    hit = client.get("/api/v1/search?q=deadline").json["hits"][0]
    sent = {"query": "a\0b", "passage_id": hit["passage_id"], "verdict": "right"}
    made = client.post("/api/v1/judgements", json=sent)
    assert (made.status_code, made.json["question"]) == (201, "a b")
    assert client.post("/api/v1/judgements", json=sent | {"query": "\ud83d"}).status_code == 400
    assert judgements.question_key("Half \ud83d") == "half ?"
    assert client.get("/trust").status_code == 200


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 400),
        ({"query": "x", "passage_id": 1, "verdict": "maybe"}, 400),
        ({"query": "x", "passage_id": True, "verdict": "right"}, 400),
        ({"query": " ", "passage_id": 1, "verdict": "right"}, 400),
        ({"query": 5, "passage_id": 1, "verdict": "right"}, 400),
        ({"query": "x", "passage_id": 999_999, "verdict": "right"}, 404),
        ({"query": "x", "passage_id": 10**30, "verdict": "right"}, 400),
    ],
)
def test_odd_marks_are_refused(house, client, sent, status):
    assert client.post("/api/v1/judgements", json=sent).status_code == status
    assert client.post("/judgements", data=sent).status_code == 303


def test_a_run_stands_beside_the_one_before_it(house):
    hits = house.engine.hits
    question = Question(
        text="x", right=(Moment(episode_ids=frozenset([house.ids["full"]]), start_ms=12_000),)
    )
    first = run_evaluation(house, [question], "hybrid", source="q.jsonl")
    assert first["before"] is None
    house.engine.hits = hits[2:3]
    second = run_evaluation(house, [question], "hybrid", source="q.jsonl")
    assert second["before"]["figures"] == first["figures"]
    assert run_evaluation(house, [question], "keyword", source="q.jsonl")["before"] is None


MOMENT = Moment(episode_ids=frozenset([1]), start_ms=100_000, end_ms=120_000)


@pytest.mark.parametrize(
    ("start_ms", "within", "near"),
    [
        (69_999, 30_000, False),
        (70_000, 30_000, True),
        (120_000, 30_000, True),
        (120_001, 30_000, False),
        (150_000, 60_000, True),
        (150_001, 60_000, False),
        (None, 60_000, False),
    ],
)
def test_a_moment_with_an_end_is_right_up_to_it(start_ms, within, near):
    assert begins_near(MOMENT, start_ms, within) is near


def test_a_moment_without_an_end_is_right_on_both_sides():
    moment = Moment(episode_ids=frozenset([1]), start_ms=100_000)
    assert [begins_near(moment, at, 30_000) for at in (69_999, 70_000, 130_000, 130_001)] == [
        False,
        True,
        True,
        False,
    ]


def test_an_issue_is_right_as_a_whole():
    question = Question(text="x", right=(Moment(issue_id=4),))
    assert judge(question, [make_issue_hit(1, 4)])["hit@1_30"] == 1
    assert judge(question, [make_issue_hit(1, 5)])["hit@10_60"] == 0
    assert judge(question, [make_hit(1, 4)])["ep@1"] == 0


def test_figures_are_by_kind_and_nothing_asked_is_no_error(house):
    episode = frozenset([house.ids["full"]])
    right = Question(text="a", right=(Moment(episode_ids=episode, start_ms=12_000),), kind="one")
    lost = Question(text="b", right=(Moment(episode_ids=episode, start_ms=900_000),), kind="two")
    figures = evaluate(house.engine, [right, lost], "hybrid").figures
    assert list(figures) == ["all", "one", "two"]
    assert (figures["all"]["mrr@10"], figures["two"]["mrr@10"]) == (0.5, 0)
    assert figures["all"]["ep@1"] == 1
    assert evaluate(house.engine, [], "hybrid").figures == {"all": {"n": 0}}


LINES = [
    '{"query_id": "q1", "query": "Who?", "episode_id": "full", "start": 12.5, "end": 20}',
    "",
    "not json",
    "[1]",
    '{"query": "", "episode_id": "full", "start": 1}',
    '{"query": "x", "start": 1}',
    '{"query": "x", "episode_id": "full", "start": NaN}',
    '{"query": "x", "episode_id": "full", "start": true}',
    '{"query": "x", "episode_id": "nobody", "start": 1, "end": 0, "kind": "chapter"}',
]


def test_questions_are_read_and_broken_lines_are_named(house, tmp_path):
    found = list(iter_questions(LINES))
    assert [type(one) for one in found[1:7]] == [FormatError] * 6
    assert (found[0].id, found[0].start_ms, found[0].end_ms) == ("q1", 12_500, 20_000)
    assert (found[7].id, found[7].end_ms, found[7].kind) == ("9", None, "chapter")
    with house.catalogue.read() as conn:
        guid = passages_guid(conn, house)
        lines = [line.replace('"full"', json.dumps(guid)) for line in LINES]
        for name, opener in (("q.jsonl", open), ("q.jsonl.gz", gzip.open)):
            with opener(tmp_path / name, "wt", encoding="utf-8") as file:
                file.write("\n".join(lines))
            questions, problems = read_questions(conn, tmp_path / name)
            assert [one.text for one in questions] == ["Who?"]
            assert len(problems) == 7
        (tmp_path / "bad.jsonl.gz").write_bytes(b"no gzip")
        with pytest.raises(UsageError):
            read_questions(conn, tmp_path / "bad.jsonl.gz")
    with pytest.raises(FormatError):
        parse_question("[" * 100_000)


def passages_guid(conn, house):
    from corpus.catalogue import episodes

    return episodes.get_episode(conn, house.ids["full"]).guid


def test_eval_without_questions_says_what_to_do(home, catalogue):
    result = CliRunner().invoke(cli, ["--home", str(home.path), "eval"])
    assert isinstance(result.exception, UsageError)
    assert "mark hits as right" in str(result.exception)


def test_judged_questions_come_newest_first(house):
    held = {}
    with house.catalogue.write() as conn:
        put_issue_passages(conn, house.ids["issue"])
        held = passages.list_passages(conn, issue_id=house.ids["issue"], kind="takeaway")
        for text, verdict in (("a", "right"), ("b", "wrong"), ("A ", "wrong")):
            judgements.judge_passage(conn, text, verdict, held[0], text="x", now_ms=1)
        judgements.judge_passage(conn, "a", "right", held[1], text="y", now_ms=2)
        questions = list_judged_questions(conn)
    assert [one.text for one in questions] == ["a", "b"]
    assert (len(questions[0].right), len(questions[0].wrong)) == (1, 1)


def test_the_vocabulary_is_edited_on_its_page_and_taken_back(house, client):
    page = parse(client.get("/vocabulary"))
    assert list_faults(page) == []
    new = page.select_one(".vocabulary-new")
    page = send(client, new, term="ZZ", meanings="zig zag; zag,zig zag")
    assert "zig zag, zag" in {tag.get("value") for tag in page.select(".vocabulary input")}
    page = send(client, new, term="!!", meanings="x")
    assert "has no words" in page.select_one(".notice-bad").get_text()
    page = parse(client.get("/vocabulary"))
    row = next(form for form in page.select(".vocabulary form") if "ZZ" in form.label.get_text())
    data = {"term": "ZZ", "meanings": "x"}
    page = parse(
        client.post(row.select("button")[1]["formaction"], data=data, follow_redirects=True)
    )
    assert "Removed: ZZ" in page.get_text()
    send(client, page.select_one("form.undo"))
    with house.catalogue.read() as conn:
        assert vocabulary.list_changes(conn) == (("ZZ", ("zig zag", "zag")),)
    page = parse(client.get("/vocabulary"))
    send(client, page.select_one('form[action="/vocabulary/reset"]'))
    with house.catalogue.read() as conn:
        assert vocabulary.list_changes(conn) == ()


def test_programs_edit_the_vocabulary_too(client):
    put = client.post("/api/v1/vocabulary", json={"term": "AM", "meanings": ["area manager"]})
    entry = next(one for one in put.json["vocabulary"] if one["term"] == "AM")
    assert entry == {"term": "AM", "meanings": ["area manager"], "origin": "changed"}
    gone = client.delete("/api/v1/vocabulary?term=am")
    assert gone.json["removed"] == ["am"]
    assert client.delete("/api/v1/vocabulary").status_code == 400
    for odd in ({}, {"term": "x"}, {"term": "x", "meanings": "y"}, {"term": "x", "meanings": []}):
        assert client.post("/api/v1/vocabulary", json=odd).status_code == 400


def test_the_command_line_edits_the_vocabulary(home, catalogue):
    def run(*words):
        result = CliRunner().invoke(cli, ["--home", str(home.path), "vocabulary", *words])
        assert result.exception is None, result.output
        return result.stdout

    run("set", "ZZ", "zig zag")
    assert "ZZ = zig zag  (own)" in run()
    run("remove", "zz")
    assert json.loads(run("--json"))["removed"] == ["zz"]
    run("undo")
    assert "ZZ = zig zag" in run("list")
    run("reset")
    assert "ZZ" not in run("list")


def test_a_suggestion_and_what_to_leave_out_are_one_click_away(house, client):
    from search.hits import Drop

    house.engine.suggestion = "account manager"
    house.engine.drops = (
        Drop(name="show", said="show:nobody", text="acount", total=3),
        Drop(name="quotes", said="the quotes", text="acount", total=2),
    )
    house.engine.hits = ()
    page = parse(client.get("/?q=acount&show=nobody&kind=notes"))
    assert list_faults(page) == []
    meant = page.select_one(".meant a")
    assert (meant.get_text(), meant["href"]) == (
        "account manager",
        "/?q=account+manager&show=nobody&kind=notes",
    )
    links = [tag["href"] for tag in page.select(".nothing li a")][:2]
    assert links == ["/?q=acount&kind=notes", "/?q=acount&show=nobody&kind=notes"]
    document = client.get("/api/v1/search?q=acount").json
    assert document["suggestion"] == "account manager"
    assert document["drops"][0] == {
        "filter": "show",
        "said": "show:nobody",
        "query": "acount",
        "total": 3,
    }


def test_a_kept_answer_is_made_anew_where_the_vocabulary_has_changed(house, client):
    for address in ("/api/v1/search?q=deadline", "/?q=deadline", "/?q=deadline"):
        client.get(address)
    assert len(house.engine.requests) == 1
    client.post("/api/v1/vocabulary", json={"term": "deadline", "meanings": ["due date"]})
    client.get("/?q=deadline")
    assert len(house.engine.requests) == 2
