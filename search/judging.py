"""Measures an engine by questions whose answers are known: recall, rank and time.

A hit is right within 30 or 60 seconds of where the answer begins, in the same episode. Of a moment
with an end, anywhere up to it is right as well. What has no time, as a newsletter issue, is right
as a whole.
"""

import statistics
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpus.formats.questions import KnownQuestion
from search.engine import SearchEngine
from search.hits import Hit, Mode, SearchRequest

FIGURES = (
    "hit@1_30",
    "hit@5_30",
    "hit@10_30",
    "hit@1_60",
    "hit@5_60",
    "hit@10_60",
    "mrr@10",
    "ep@1",
    "zero",
)
"""Shares of all questions: a right hit among the first within so many seconds; the mean of one over
the rank of the first right hit within 60 seconds (mean reciprocal rank); the first hit of the right
episode; no hit at all."""
DEPTH = 10
_GRACE_MS = 30_000
"""What is said right after the answer's end still belongs to it, where a minute is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Where an answer is."""

    episode_ids: frozenset[int] = frozenset()
    """More than one where a guid is held in several shows."""
    issue_id: int | None = None
    start_ms: int | None = None
    end_ms: int | None = None
    """The end of what answers; None where only its beginning is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question whose answers are known."""

    text: str
    right: tuple[Moment, ...]
    wrong: tuple[Moment, ...] = ()
    """What must not be answered."""
    kind: str = "question"
    id: str = ""


def make_question(known: KnownQuestion, episode_ids: Iterable[int]) -> Question:
    """Return a question of a file, over the episodes that have its guid.

    Only of a ``question`` the end says how long the answer is; a chapter or a note answers where it
    begins.
    """
    end_ms = known.end_ms if known.kind == "question" else None
    moment = Moment(episode_ids=frozenset(episode_ids), start_ms=known.start_ms, end_ms=end_ms)
    return Question(id=known.id, text=known.text, right=(moment,), kind=known.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question that was asked, and how it was answered."""

    question: Question
    hits: tuple[Hit, ...]
    rank: int | None
    """Of the first right hit within 60 seconds, from 1; None where none is among the first ten."""
    wrong_shown: int
    took_ms: float
    figures: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What asking all questions found."""

    asked: tuple[Asked, ...]
    figures: Mapping[str, Mapping[str, float]]
    """By kind of question, each with its ``n``; ``all`` comes first and has ``p50_ms`` and
    ``p95_ms`` too."""


def evaluate(engine: SearchEngine, questions: Sequence[Question], mode: Mode) -> Evaluation:
    """Ask every question once, after a first one that warms the engine up.

    Raises:
        IndexMismatchError: If the index was built by another model, chunker or version.
    """
    if questions:
        engine.search(SearchRequest(text="what is said here?", mode=mode, k=1))
    asked = tuple(ask(engine, question, mode) for question in questions)
    return Evaluation(asked=asked, figures=summarise(asked))


def ask(engine: SearchEngine, question: Question, mode: Mode) -> Asked:
    """Ask a question and judge its answer.

    Raises:
        IndexMismatchError: If the index was built by another model, chunker or version.
    """
    began = time.perf_counter()
    hits = engine.search(SearchRequest(text=question.text, mode=mode, k=DEPTH)).hits
    took_ms = (time.perf_counter() - began) * 1000
    return Asked(
        question=question,
        hits=hits,
        rank=find_rank(question, hits, 60_000),
        wrong_shown=sum(is_near(one, hit, 0) for one in question.wrong for hit in hits),
        took_ms=took_ms,
        figures=judge(question, hits),
    )


def judge(question: Question, hits: Sequence[Hit]) -> dict[str, float]:
    """Return ``FIGURES`` of one answer."""
    row: dict[str, float] = {"zero": not hits}
    for seconds in (30, 60):
        rank = find_rank(question, hits, seconds * 1000)
        row |= {f"hit@{k}_{seconds}": rank is not None and rank <= k for k in (1, 5, 10)}
        row["mrr@10"] = 1 / rank if rank else 0.0
    row["ep@1"] = bool(hits) and any(_is_same(moment, hits[0]) for moment in question.right)
    return {name: float(row[name]) for name in FIGURES}


def find_rank(question: Question, hits: Sequence[Hit], within_ms: int) -> int | None:
    """Return the place, from 1, of the first right hit among the first ten."""
    for place, hit in enumerate(hits[:DEPTH], 1):
        if any(is_near(moment, hit, within_ms) for moment in question.right):
            return place
    return None


def is_near(moment: Moment, hit: Hit, within_ms: int) -> bool:
    """Tell whether a hit begins within so many milliseconds of a moment, or inside it."""
    return _is_same(moment, hit) and begins_near(moment, hit.passage.start_ms, within_ms)


def begins_near(moment: Moment, start_ms: int | None, within_ms: int) -> bool:
    """Tell the same of a time in the moment's own episode or issue."""
    if start_ms is None or moment.start_ms is None:
        return start_ms is moment.start_ms
    if moment.end_ms is None:
        return abs(start_ms - moment.start_ms) <= within_ms
    grace_ms = _GRACE_MS if within_ms > _GRACE_MS else 0
    return moment.start_ms - within_ms <= start_ms <= moment.end_ms + grace_ms


def _is_same(moment: Moment, hit: Hit) -> bool:
    if hit.episode_id is not None and hit.episode_id in moment.episode_ids:
        return True
    return hit.issue_id is not None and hit.issue_id == moment.issue_id


def summarise(asked: Sequence[Asked]) -> dict[str, dict[str, float]]:
    """Return the means of ``FIGURES``, of all questions and by kind."""
    by_kind: dict[str, list[Asked]] = {}
    for one in asked:
        by_kind.setdefault(one.question.kind, []).append(one)
    groups = {"all": list(asked)} | (by_kind if len(by_kind) > 1 else {})
    found = {kind: _means(rows) for kind, rows in groups.items()}
    times = sorted(one.took_ms for one in asked)
    if times:
        found["all"] |= {"p50_ms": _quantile(times, 0.5), "p95_ms": _quantile(times, 0.95)}
    return found


def _means(rows: Sequence[Asked]) -> dict[str, float]:
    means: dict[str, float] = {"n": len(rows)}
    for name in FIGURES if rows else ():
        means[name] = round(statistics.fmean(row.figures[name] for row in rows), 4)
    return means


def _quantile(ordered: Sequence[float], share: float) -> float:
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)
