"""Trains the weights of ingest.noteworthy on episodes whose notes have known times.

    python -m bench.train_drafter EPISODES.jsonl[.gz] QUERIES.jsonl --half tune [--cache FILE] \
        [--write ingest/draft_weights.py]

Two logistic regressions, all episodes counting alike: of places within 30 seconds of any of an
episode's notes, by what is known of them; and of places within 60 seconds, by the chances that the
first gives to the places around. For the second, the chances are those of a first one that was
trained on other episodes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from bench.align_notes import iter_episodes, make_parser
from bench.draft_takeaways import FEWEST_NOTES, Noted, is_other, list_noted
from bench.measuring import get_embedder, read_segments
from ingest.draft import list_telling, understand
from ingest.noteworthy import get_features, get_surroundings, to_chance
from ingest.show_habits import learn_habits
from ingest.timeline import Timeline
from search.meaning import Rows

BEGINNING_S, NOTED_S = 30, 60
FOLDS = 4
STRENGTH = 0.1
"""Inverse of the penalty on squared weights of standardised features."""

_HEAD = '"""What makes a place worth noting, weighed; written by bench/train_drafter.py."""'


@dataclass(frozen=True, slots=True)
class Example:
    """An episode: what is known of its places, and how far the nearest note is."""

    timeline: Timeline
    features: Mapping[str, Rows]
    off_s: Rows


def main() -> None:
    parser = make_parser(__doc__)
    parser.add_argument("--write", type=Path, help="the module for the weights")
    args = parser.parse_args()
    embedder = get_embedder(args.embedder, args.cache)
    noted = list_noted(args, args.half)
    examples: list[Example] = []
    for episode, rows in iter_episodes(args):
        if len(rows) < FEWEST_NOTES:
            continue
        segments = read_segments(episode["segments"])
        talk = understand(list_telling(segments, None), segments, embedder)
        others: list[Noted] = [row for row in noted if is_other(row, episode)]
        habits = learn_habits([row[2:] for row in others])
        title = talk.embed_title(episode["title"])
        features = get_features(talk.timeline, talk.meaning, title, habits)
        times_s = np.array([[row["start"] for row in rows]])
        off_s = np.abs(talk.timeline.starts[:, None] / 1000 - times_s).min(axis=1)
        examples.append(Example(talk.timeline, features, off_s))
    print(f"{len(examples)} episodes")
    beginning = train([one.features for one in examples], examples, BEGINNING_S)
    noted_by = train(list_surroundings(examples), examples, NOTED_S)
    text = "\n".join([_HEAD, "", *show("BEGINNING", beginning), "", *show("NOTED", noted_by), ""])
    print(text)
    if args.write:
        args.write.write_text(text, encoding="utf-8")


def list_surroundings(examples: Sequence[Example]) -> list[Mapping[str, Rows]]:
    """Return what is around the places of each, by chances learnt from the others."""
    folds = []
    for fold in range(FOLDS):
        others = [one for at, one in enumerate(examples) if at % FOLDS != fold]
        folds.append(train([one.features for one in others], others, BEGINNING_S))
    out: list[Mapping[str, Rows]] = []
    for place, example in enumerate(examples):
        weights = folds[place % FOLDS]
        odds = sum(weights[name] * feature for name, feature in example.features.items())
        chances = to_chance(odds + weights["always"])
        out.append(get_surroundings(example.timeline, chances, example.features["habit"]))
    return out


def train(
    features: Sequence[Mapping[str, Rows]], examples: Sequence[Example], within_s: int
) -> dict[str, float]:
    """Return a weight for each feature on its own scale, and one that counts ``always``."""
    names = list(features[0])
    rows = np.concatenate([np.stack([one[name] for name in names], axis=1) for one in features])
    right = np.concatenate([one.off_s <= within_s for one in examples])
    shares = np.concatenate([np.full(len(one.off_s), 1 / len(one.off_s)) for one in examples])
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    model = LogisticRegression(C=STRENGTH, max_iter=500)
    model.fit((rows - mean) / scale, right, sample_weight=shares * len(rows) / len(examples))
    weights: NDArray[np.float64] = model.coef_[0] / scale
    always = float(model.intercept_[0] - (weights * mean).sum())
    return {**dict(zip(names, weights.tolist(), strict=True)), "always": always}


def show(name: str, weights: Mapping[str, float]) -> list[str]:
    return [f"{name} = {{", *(f'    "{key}": {value:.3f},' for key, value in weights.items()), "}"]


if __name__ == "__main__":
    main()
