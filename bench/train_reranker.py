"""Trains the weights of search.reranking on questions whose answers are known.

::

    python -m bench.train_reranker EPISODES.jsonl[.gz] QUESTIONS.jsonl --cache DIR --half tune \
        [--keep-index] [--write search/reranking_weights.py]

The files are those of bench.search_dev. Each question is asked of the real engine; what reranking
knows of the candidates is kept, with which of them begin within 60 and within 30 seconds of the
answer. The weights then make the summed softmax probability of the right ones as large as they can
(both logarithms added up), with an L2 penalty on all but the joined score.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from bench.search_dev import list_questions, make_parser, open_engine
from search.fusion import Fused
from search.hits import SearchRequest
from search.judging import Question, begins_near
from search.reranking import DEPTH, FEATURES, Evidence, Features, make_features
from search.source import Place

PENALTY = 5e-3
FREE = 2  # the first features are what ranks without training
KIND_WEIGHTS = {"question": 6.0}
"""Kinds that are rarer among the questions for training than among those of users."""

_HEAD = '"""What each thing known of a candidate counts; written by bench/train_reranker.py."""'
_LEAST = 1e-12


@dataclass(slots=True)
class Recorder:
    """Stands where the reranker does, and keeps what it would know."""

    features: list[Features] = field(default_factory=list)
    places: list[list[Place]] = field(default_factory=list)

    def __call__(
        self, fused: Sequence[Fused], places: Mapping[int, Place], evidence: Evidence
    ) -> list[Fused]:
        head = [one for one in fused if one.id in places][:DEPTH]
        self.features.append(make_features(head, places, evidence))
        self.places.append([places[one.id] for one in head])
        return list(fused)


@dataclass(frozen=True, slots=True)
class Examples:
    """The candidates of all questions, one question after the other."""

    rows: Features
    within: tuple[NDArray[np.float64], NDArray[np.float64]]
    """Whether each begins within 60 and within 30 seconds."""
    starts: NDArray[np.intp]
    """Where each question's candidates begin."""
    weights: NDArray[np.float64]
    """Of the questions."""


def main() -> None:
    parser = make_parser(__doc__)
    parser.add_argument("--write", type=Path, help="the module for the weights")
    args = parser.parse_args()
    recorder = Recorder()
    engine, guids = open_engine(args, recorder)
    kept: list[tuple[Features, list[list[bool]], float]] = []
    for question in list_questions(args, guids):
        asked = len(recorder.features)
        engine.search(SearchRequest(text=question.text, mode="hybrid"))
        if len(recorder.features) == asked:
            continue
        right = _judge(question, recorder.places[-1])
        if any(right[0]):
            weight = KIND_WEIGHTS.get(question.kind, 1.0)
            kept.append((recorder.features[-1], right, weight))
    print(f"{len(kept)} questions have a right candidate, {len(recorder.features)} were asked")
    weights = dict(zip(FEATURES, train(_join(kept)).tolist(), strict=True))
    lines = [f'    "{name}": {weight:.3f},' for name, weight in weights.items()]
    text = "\n".join([_HEAD, "", "WEIGHTS = {", *lines, "}", ""])
    print(text)
    if args.write:
        args.write.write_text(text, encoding="utf-8")


def train(examples: Examples) -> NDArray[np.float64]:
    """Return a weight for each feature, on the features' own scales."""
    scale = examples.rows.std(axis=0) + 1e-9
    rows = (examples.rows - examples.rows.mean(axis=0)) / scale
    counts = np.diff([*examples.starts, len(rows)])
    question = np.repeat(np.arange(len(counts)), counts)
    penalty = np.full(rows.shape[1], PENALTY)
    penalty[:FREE] = 1e-5

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        sums = rows @ weights
        raised = np.exp(sums - np.maximum.reduceat(sums, examples.starts)[question])
        chances = raised / np.add.reduceat(raised, examples.starts)[question]
        total = float((penalty * weights**2).sum())
        slope = 2 * penalty * weights
        for right in examples.within:
            # A question without a right candidate within 30 seconds says nothing of those.
            counts_at_all = np.add.reduceat(right, examples.starts) > 0
            mass = np.add.reduceat(chances * right, examples.starts) + _LEAST
            share = examples.weights * counts_at_all
            total -= float((share * np.log(mass)).sum())
            pull = chances - chances * right / mass[question]
            slope = slope + (share[question] * pull) @ rows
        return total, slope

    found = minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B")
    return np.asarray(found.x / scale)


def _judge(question: Question, places: list[Place]) -> list[list[bool]]:
    (moment,) = question.right
    return [
        [
            place.source[0] == "episode"
            and place.source[1] in moment.episode_ids
            and begins_near(moment, place.start_ms, within_ms)
            for place in places
        ]
        for within_ms in (60_000, 30_000)
    ]


def _join(kept: list[tuple[Features, list[list[bool]], float]]) -> Examples:
    sizes = [len(features) for features, _, _ in kept]
    weights = np.array([weight for _, _, weight in kept])
    within = [np.concatenate([right[place] for _, right, _ in kept]) for place in (0, 1)]
    return Examples(
        rows=np.concatenate([features for features, _, _ in kept]),
        within=(within[0].astype(float), within[1].astype(float)),
        starts=np.cumsum([0, *sizes[:-1]]),
        weights=weights / weights.sum(),
    )


if __name__ == "__main__":
    main()
