"""What the owner says of hits, and what evaluations found with it."""

import unicodedata
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, func, select

from corpus.catalogue.rows import insert_id
from corpus.catalogue.schema import evals, judgements
from corpus.catalogue.undos import Before, read_before, remember
from corpus.errors import NotHeldError, UsageError
from corpus.holdings import EvalRun, HeldPassage, Judgement, JudgementVerdict

MOST_LETTERS = 2_000
"""Letters of a question at most."""
RUNS_KEPT = 500


def question_key(question: str) -> str:
    """Return what tells questions apart: not their capitals and spaces.

    >>> question_key(" Who  pays? ")
    'who pays?'
    """
    return " ".join(unicodedata.normalize("NFKC", _writable(question)).casefold().split())


def _writable(text: str) -> str:
    """Return text without what no database takes: halves of letters, and the null character."""
    return text.encode("utf-8", "replace").decode().replace("\0", " ")


def judge_passage(
    conn: Connection,
    question: str,
    verdict: JudgementVerdict,
    passage: HeldPassage,
    *,
    text: str,
    now_ms: int,
) -> tuple[int, int]:
    """Keep what the owner says of a passage, instead of what she said before.

    Returns:
        The judgement's id and the undo's.

    Raises:
        UsageError: If there is no question, or it is too long.
    """
    key = question_key(question)
    if not key or len(question) > MOST_LETTERS:
        raise UsageError("The question", f"has no words, or more than {MOST_LETTERS} letters")
    place = {
        "episode_id": passage.episode_id,
        "issue_id": passage.issue_id,
        "start_ms": passage.start_ms,
        "end_ms": passage.end_ms,
    }
    # What has no time is told apart by its words.
    same = place if passage.start_ms is not None else place | {"text": text}
    found = select(judgements.c.id).where(
        judgements.c.question_key == key,
        *(judgements.c[name].is_not_distinct_from(value) for name, value in same.items()),
    )
    values = place | {
        "question": " ".join(_writable(question).split()),
        "question_key": key,
        "verdict": verdict,
        "text": text,
        "made_ms": now_ms,
    }
    held = conn.execute(found).scalar()
    if held is None:
        held = insert_id(conn, judgements, values)
        before: tuple[Before, ...] = (Before(table=judgements, id=held, row=None),)
    else:
        before = read_before(conn, judgements, [held])
        conn.execute(judgements.update().where(judgements.c.id == held).values(values))
    said = f"marked as {verdict}"
    undo_id = remember(conn, before, subject="judgements", said=said, now_ms=now_ms)
    return int(held), undo_id


def remove_judgement(conn: Connection, judgement_id: int, *, now_ms: int) -> int:
    """Forget a judgement; return the undo's id.

    Raises:
        NotHeldError: If there is none of this id.
    """
    get_judgement(conn, judgement_id)
    before = read_before(conn, judgements, [judgement_id])
    conn.execute(delete(judgements).where(judgements.c.id == judgement_id))
    return remember(conn, before, subject="judgements", said="mark removed", now_ms=now_ms)


def get_judgement(conn: Connection, judgement_id: int) -> Judgement:
    """Return a judgement.

    Raises:
        NotHeldError: If there is none of this id.
    """
    row = conn.execute(select(judgements).where(judgements.c.id == judgement_id)).first()
    if row is None:
        raise NotHeldError(f"judgement {judgement_id}", "is not held", "see: /trust")
    return _judgement(row)


def list_judgements(conn: Connection, question: str | None = None) -> tuple[Judgement, ...]:
    """Return what was judged, of one question or of all; the newest last."""
    statement = select(judgements).order_by(judgements.c.id)
    if question is not None:
        statement = statement.where(judgements.c.question_key == question_key(question))
    return tuple(_judgement(row) for row in conn.execute(statement))


def count_judgements(conn: Connection) -> int:
    """Return how many hits were judged."""
    return int(conn.execute(select(func.count()).select_from(judgements)).scalar_one())


def _judgement(row: Any) -> Judgement:
    values = dict(row._mapping)
    del values["question_key"]
    return Judgement(**values)


def put_eval(
    conn: Connection,
    *,
    source: str,
    mode: str,
    fingerprint: Mapping[str, Any],
    figures: Mapping[str, Mapping[str, float]],
    now_ms: int,
) -> int:
    """Keep what an evaluation found; the oldest of many are forgotten. Return its id."""
    values = {
        "source": source,
        "mode": mode,
        "fingerprint": dict(fingerprint),
        "figures": {kind: dict(row) for kind, row in figures.items()},
        "made_ms": now_ms,
    }
    eval_id = insert_id(conn, evals, values)
    conn.execute(delete(evals).where(evals.c.id <= eval_id - RUNS_KEPT))
    return eval_id


def list_evals(
    conn: Connection, *, source: str | None = None, mode: str | None = None, limit: int = 50
) -> tuple[EvalRun, ...]:
    """Return kept evaluations, the newest first."""
    statement = select(evals).order_by(evals.c.id.desc()).limit(limit)
    if source is not None:
        statement = statement.where(evals.c.source == source)
    if mode is not None:
        statement = statement.where(evals.c.mode == mode)
    return tuple(EvalRun(**row._mapping) for row in conn.execute(statement))
