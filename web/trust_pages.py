"""The owner's judgements: marked on the search page, asked again on a page of their own."""

from dataclasses import dataclass

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from corpus.catalogue import judgements
from corpus.errors import EarmarkError
from corpus.holdings import EvalRun, Judgement
from corpus.homes import now_ms
from web.current import current_house
from web.documents import MAX_ID, Document
from web.refused_forms import say_wrong
from web.takeaway_pages import go_back, tell
from web.trust import (
    JUDGEMENTS,
    asked_document,
    list_judged_questions,
    read_judgement,
    run_evaluation,
)

blueprint = Blueprint("trust", __name__)

MOST_ASKED = 100
"""Questions that the page asks while somebody waits for it; ``earmark eval`` asks all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustView:
    """What the page shows."""

    questions: tuple[tuple[Document, tuple[Judgement, ...]], ...]
    """As they are answered now, each with what was marked."""
    unasked: int
    figures: dict[str, float]
    """Of what was asked just now."""
    runs: tuple[EvalRun, ...]
    problem: str | None = None


@blueprint.get("/trust")
def show() -> str:
    """Ask the owner's questions, and show which are answered and at which rank."""
    from search.judging import ask, summarise

    house = current_house()
    with house.catalogue.read() as conn:
        questions = list_judged_questions(conn)
        held = judgements.list_judgements(conn)
        runs = judgements.list_evals(conn, limit=20)
    problem, asked = None, []
    try:
        engine = house.get_engine() if questions else None
        asked = [ask(engine, one, "hybrid") for one in questions[:MOST_ASKED] if engine]
    except EarmarkError as error:
        problem = str(error)
    marked: dict[str, list[Judgement]] = {}
    for judgement in held:
        marked.setdefault(judgements.question_key(judgement.question), []).append(judgement)
    measured = [one for one in asked if one.question.right]
    view = TrustView(
        questions=tuple(
            (asked_document(one), tuple(marked[judgements.question_key(one.question.text)]))
            for one in asked
        ),
        unasked=len(questions) - len(asked),
        figures=summarise(measured)["all"] if measured else {},
        runs=runs,
        problem=problem,
    )
    return render_template("trust.html", page=view)


@blueprint.post("/trust")
def measure() -> Response:
    """Ask all marked questions and keep what is found, to compare with later."""
    here = url_for("trust.show")
    house = current_house()
    with house.catalogue.read() as conn:
        questions = [one for one in list_judged_questions(conn) if one.right]
    try:
        if questions:
            run_evaluation(house, questions, "hybrid", source=JUDGEMENTS)
            flash("Kept: a later run stands beside it.", "done")
        else:
            flash("Nothing is marked as right yet.", "problem")
    except EarmarkError as error:
        flash(say_wrong(error), "problem")
    return go_back(here)


@blueprint.post("/judgements")
def judge() -> Response:
    """Mark a hit as right or wrong for the question that found it."""
    back = go_back("/")
    try:
        with current_house().catalogue.write() as conn:
            _, undo_id = read_judgement(conn, request.form)
    except EarmarkError as error:
        flash(say_wrong(error), "problem")
    else:
        tell(f"Marked as {request.form['verdict']} for this question.", undo_id, back.location)
    return back


@blueprint.post(f"/judgements/<int(max={MAX_ID}):judgement_id>/remove")
def remove(judgement_id: int) -> Response:
    """Take a mark away."""
    back = go_back(url_for("trust.show"))
    with current_house().catalogue.write() as conn:
        undo_id = judgements.remove_judgement(conn, judgement_id, now_ms=now_ms())
    tell("The mark is removed.", undo_id, back.location)
    return back
