"""Whether search finds what the owner knows to be there: her questions, asked again."""

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from corpus.catalogue import episodes, judgements, passages
from corpus.catalogue.judgements import question_key
from corpus.errors import FormatError, NotHeldError, UsageError
from corpus.formats.questions import iter_questions
from corpus.holdings import EvalRun, Judgement
from corpus.homes import now_ms
from corpus.moments import MAX_MS
from web.documents import MAX_ID, Document

if TYPE_CHECKING:
    from search.hits import Mode
    from search.judging import Asked, Question
    from web.wiring import House

JUDGEMENTS = "judgements"
"""The source of an evaluation of the owner's own marks."""


def list_judged_questions(conn: Connection) -> list["Question"]:
    """Return the owner's questions with what she marked, the one marked last first."""
    by_key: dict[str, list[Judgement]] = {}
    for one in judgements.list_judgements(conn):
        key = question_key(one.question)
        by_key[key] = [*by_key.pop(key, []), one]
    return [_judged_question(marked) for marked in reversed(by_key.values())]


def _judged_question(marked: list[Judgement]) -> "Question":
    from search.judging import Moment, Question

    moments: dict[str, list[Moment]] = {"right": [], "wrong": []}
    for one in marked:
        moment = Moment(
            episode_ids=frozenset() if one.episode_id is None else frozenset([one.episode_id]),
            issue_id=one.issue_id,
            start_ms=one.start_ms,
            end_ms=one.end_ms,
        )
        moments[one.verdict].append(moment)
    return Question(
        id=str(marked[-1].id),
        text=marked[-1].question,
        right=tuple(moments["right"]),
        wrong=tuple(moments["wrong"]),
        kind="judged",
    )


def read_questions(conn: Connection, path: Path) -> tuple[list["Question"], list[str]]:
    """Return the questions of a file that can be asked, and what is wrong with the others.

    Raises:
        UsageError: If the file cannot be read.
    """
    from search.judging import make_question

    found: list[Question] = []
    problems: list[str] = []
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8-sig", errors="replace") as file:
            for known in iter_questions(file):
                if isinstance(known, FormatError):
                    problems.append(str(known))
                elif ids := episodes.list_ids_by_guid(conn, known.guid):
                    found.append(make_question(known, ids))
                else:
                    problems.append(f"{known.id}: the episode {known.guid[:80]} is not held")
    except (OSError, EOFError) as error:
        raise UsageError(str(path), f"cannot be read: {error}") from error
    return found, problems


def run_evaluation(
    house: "House", questions: list["Question"], mode: "Mode", *, source: str
) -> Document:
    """Ask questions, keep what was found, and return it beside the run before it.

    Raises:
        IndexMismatchError: If the index was built by another model, chunker or version.
    """
    from search.judging import evaluate

    found = evaluate(house.get_engine(), questions, mode)
    fingerprint = asdict(house.get_fingerprint())
    with house.catalogue.write() as conn:
        before = judgements.list_evals(conn, source=source, mode=mode, limit=1)
        if questions:  # nothing that was asked is nothing to compare with
            judgements.put_eval(
                conn,
                source=source,
                mode=mode,
                fingerprint=fingerprint,
                figures=found.figures,
                now_ms=now_ms(),
            )
    return {
        "source": source,
        "mode": mode,
        "fingerprint": fingerprint,
        "figures": found.figures,
        "before": run_document(before[0]) if before else None,
        "questions": [asked_document(one) for one in found.asked],
    }


def run_document(run: EvalRun) -> Document:
    """Return a kept evaluation."""
    return asdict(run)


def asked_document(one: "Asked") -> Document:
    """Return a question with the rank of its first right hit."""
    return {
        "id": one.question.id,
        "query": one.question.text,
        "kind": one.question.kind,
        "right": len(one.question.right),
        "wrong": len(one.question.wrong),
        "rank": one.rank,
        "wrong_shown": one.wrong_shown,
        "took_ms": round(one.took_ms, 1),
    }


def judgement_document(one: Judgement) -> Document:
    """Return what the owner says of a hit."""
    return asdict(one)


def read_judgement(conn: Connection, asked: Mapping[str, Any]) -> tuple[int, int]:
    """Keep the judgement that a form or a document asks for; return its id and the undo's.

    Raises:
        NotHeldError: If there is no such passage any more.
        UsageError: If it names no passage, question or verdict.
    """
    how = "send query, passage_id, and verdict right or wrong"
    verdict, number, question = asked.get("verdict"), asked.get("passage_id"), asked.get("query")
    if verdict not in ("right", "wrong"):
        raise UsageError("verdict", "is neither right nor wrong", how)
    if not isinstance(question, str):
        raise UsageError("query", "is no question", how)
    passage_id = _whole(number, MAX_ID)
    if passage_id is None:
        raise UsageError("passage_id", "is no whole number", how)
    held = passages.get_passages(conn, [passage_id]).get(passage_id)
    if held is None:
        raise NotHeldError(f"passage {passage_id}", "is no longer held", "search again")
    start_ms = _whole(asked.get("start_ms"), MAX_MS)
    text = next(
        (
            held.text[one.start : one.end]
            for one in held.sentences
            if start_ms is not None and one.start_ms == start_ms
        ),
        held.text,
    )
    return judgements.judge_passage(conn, question, verdict, held, text=text, now_ms=now_ms())


def _whole(value: Any, most: int) -> int | None:
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdigit() and len(text) < 16):
        return None
    return int(text) if int(text) <= most else None


def find_verdicts(marked: Sequence[Judgement], hits: list[Document]) -> dict[int, Document]:
    """Return what was said of hits before, by their rank: verdict and the judgement's id."""
    return {
        hit["rank"]: {"id": one.id, "verdict": one.verdict}
        for one in marked
        for hit in hits
        if _is_of(one, hit)
    }


def _is_of(one: Judgement, hit: Document) -> bool:
    owner = ((hit["episode"] or {}).get("id"), (hit["issue"] or {}).get("id"))
    if one.episode_id is not None and one.episode_id != owner[0]:
        return False
    if one.episode_id is None and one.issue_id != owner[1]:
        return False
    if one.start_ms is None or hit["start_ms"] is None:
        return one.start_ms is hit["start_ms"] and one.text in hit["text"]
    return bool(one.start_ms == hit["start_ms"])
