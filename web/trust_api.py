"""The owner's judgements over HTTP: marked, taken away, and asked again."""

from flask import Blueprint

from corpus.catalogue import judgements
from corpus.catalogue.judgements import MOST_LETTERS
from corpus.holdings import JudgementVerdict
from corpus.homes import now_ms
from web.api_operations import Operation, sent, serve
from web.api_schemas import ID, MOMENT, Schema, joined, many, maybe, one_of, record, ref
from web.current import current_house
from web.documents import Document
from web.trust import (
    JUDGEMENTS,
    judgement_document,
    list_judged_questions,
    read_judgement,
    run_document,
    run_evaluation,
)

blueprint = Blueprint("trust_api", __name__)

_QUESTION: Schema = {"type": "string", "pattern": r"\S", "maxLength": MOST_LETTERS}
_MARK: Schema = {
    "type": "object",
    "required": ["query", "passage_id", "verdict"],
    "properties": {
        "query": _QUESTION,
        "passage_id": ID,
        "verdict": one_of(JudgementVerdict),
        "start_ms": {**maybe(MOMENT), "description": "Of the sentence that was shown."},
    },
}
_MARKED = joined("Judgement", undo_id=ID)


@serve(
    blueprint,
    Operation(
        method="GET",
        path="/api/v1/judgements",
        summary="Hits marked as right or wrong, and kept evaluations",
        gives=record(judgements=many(ref("Judgement")), evals=many(ref("EvalRun"))),
        revalidates=True,
    ),
)
def list_judgements() -> Document:
    """Answer all marks, and what evaluations found."""
    with current_house().catalogue.read() as conn:
        marked = [judgement_document(one) for one in judgements.list_judgements(conn)]
        runs = [run_document(run) for run in judgements.list_evals(conn)]
    return {"judgements": marked, "evals": runs}


@serve(
    blueprint,
    Operation(
        method="POST",
        path="/api/v1/judgements",
        summary="Mark a hit as right or wrong for a question",
        gives=_MARKED,
        status=201,
        sent=_MARK,
    ),
)
def add_judgement() -> tuple[Document, int]:
    """Mark a hit; answer the mark with the undo's id."""
    with current_house().catalogue.write() as conn:
        judgement_id, undo_id = read_judgement(conn, sent())
        document = judgement_document(judgements.get_judgement(conn, judgement_id))
    return {**document, "undo_id": undo_id}, 201


@serve(
    blueprint,
    Operation(
        method="DELETE",
        path="/api/v1/judgements/{judgement_id}",
        summary="Take a mark away",
        gives=_MARKED,
    ),
)
def remove_judgement(judgement_id: int) -> Document:
    """Take a mark away; answer it as it was, with the undo's id."""
    with current_house().catalogue.write() as conn:
        document = judgement_document(judgements.get_judgement(conn, judgement_id))
        undo_id = judgements.remove_judgement(conn, judgement_id, now_ms=now_ms())
    return {**document, "undo_id": undo_id}


@serve(
    blueprint,
    Operation(
        method="POST",
        path="/api/v1/evals",
        summary="Ask all questions whose hits were marked, and keep what is found",
        gives=ref("Evaluation"),
        status=201,
    ),
)
def run_eval() -> tuple[Document, int]:
    """Ask all marked questions; answer the document of ``earmark eval --json``."""
    house = current_house()
    with house.catalogue.read() as conn:
        questions = [one for one in list_judged_questions(conn) if one.right]
    return run_evaluation(house, questions, "hybrid", source=JUDGEMENTS), 201
