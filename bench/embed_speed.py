"""Compares how fast engines embed with the same weights, in one run on one machine.

::

    python -m bench.embed_speed [--model M] [--passages 512] [--questions 200] [--rounds 3]
        [--engines E,E] [--json]

Texts are made here: words of the model's own vocabulary, as often as Zipf's law has them, in
passages of about 85 words as Earmark cuts them. The engines take turns with the same block, so that
whatever else the machine does slows all of them alike; the median of the rounds counts. ``raw`` is
OpenVINO alone: tokens at hand, no copy kept, the best of some batch sizes. Questions are embedded
one by one, none of them twice. The peak of memory, in megabytes, is of the whole process: with
``--engines earmark`` it is Earmark's own.
"""

import argparse
import itertools
import json
import random
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np

from corpus.settings import Settings
from corpus.weights import find_weights
from search.exported_models import DESCRIPTION, TOKENIZER, get_export
from search.openvino_embedder import (
    PRECISIONS,
    OpenvinoEmbedder,
    Precision,
    describe_run,
    find_file,
)
from search.sentence_embedder import load_reference

MEAN_WORDS = 85
WARMING = 5
"""Questions that come first and do not count."""
RAW_BATCHES = (16, 32)
THREADS = 2


@dataclass(frozen=True, slots=True)
class Engine:
    name: str
    passages: Callable[[list[str]], Any]
    question: Callable[[str], Any] | None = None


def main() -> None:
    args = _parse_arguments()
    texts, questions = _make_texts(args.model, args.passages, args.questions)
    wanted = [name for name in args.engines.split(",") if name]
    engines = [engine for name in wanted for engine in MAKERS[name](args.model, texts)]
    seconds: dict[str, list[float]] = {engine.name: [] for engine in engines}
    for number in range(args.rounds + 1):
        for engine in engines:
            began = time.perf_counter()
            engine.passages(texts if number else texts[:64])  # the first round warms up
            if number:
                seconds[engine.name].append(time.perf_counter() - began)
    rates = {name: len(texts) / statistics.median(took) for name, took in seconds.items()}
    rows = [
        {
            "engine": engine.name,
            "passages_per_s": round(rates[engine.name], 1),
            "of_best": round(rates[engine.name] / max(rates.values()), 2),
            **(_time_questions(engine.question, questions) if engine.question else {}),
        }
        for engine in engines
    ]
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    report = {"model": args.model, "passages": len(texts), "engines": rows, "peak_mb": peak_mb}
    print(json.dumps(report) if args.json else _format(report))


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default=Settings().embedding_model)
    parser.add_argument("--passages", type=int, default=512)
    parser.add_argument("--questions", type=int, default=200, help=f"more than {WARMING}")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--engines", default=",".join(MAKERS), help="of " + ", ".join(MAKERS))
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _make_texts(model: str, count: int, questions: int) -> tuple[list[str], list[str]]:
    vocabulary = _load_tokenizer(model).get_vocab()
    chance = random.Random(7)
    words = sorted(word for word in vocabulary if word.isascii() and word.isalpha())
    chance.shuffle(words)
    weights = list(itertools.accumulate(1 / rank for rank in range(1, len(words) + 1)))

    def say(length: int) -> str:
        return " ".join(chance.choices(words, cum_weights=weights, k=length)).capitalize() + "."

    lengths = [min(300, max(4, round(chance.gauss(MEAN_WORDS, 30)))) for _ in range(count)]
    asked = {say(chance.randint(3, 14)) for _ in range(questions)}
    return [say(length) for length in lengths], sorted(asked)


def _load_tokenizer(model: str) -> Any:
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(get_export(model) / TOKENIZER))


def _make_earmark(model: str, texts: list[str]) -> Iterator[Engine]:
    del texts
    embedder = OpenvinoEmbedder(model, threads=THREADS)
    yield Engine("earmark", embedder.read_passages, embedder.read_query)


def _make_raw(model: str, texts: list[str]) -> Iterator[Engine]:
    import openvino

    encoded = sorted((one.ids for one in _load_tokenizer(model).encode_batch(texts)), key=len)
    core, export = openvino.Core(), get_export(model)
    described = json.loads((export / DESCRIPTION).read_text(encoding="utf-8"))
    shared = {"INFERENCE_NUM_THREADS": THREADS, "NUM_STREAMS": 1}
    requests = {
        precision: core.compile_model(
            str(export / find_file(precision)), "CPU", {**describe_run(core, precision), **shared}
        ).create_infer_request()
        for precision in PRECISIONS
        if precision in described["near"]
    }

    def run(precision: Precision, batch: int, asked: list[str]) -> None:
        for start in range(0, len(asked), batch):
            some = encoded[start : start + batch]
            ids = np.zeros((len(some), len(some[-1])), np.int64)
            mask = np.zeros_like(ids)
            for row, one in enumerate(some):
                ids[row, : len(one)] = one
                mask[row, : len(one)] = 1
            requests[precision].infer([ids, mask], share_inputs=True, share_outputs=True)

    for precision, batch in itertools.product(requests, RAW_BATCHES):
        name = f"raw OpenVINO, {precision}, batches of {batch}"
        yield Engine(name, lambda asked, p=precision, b=batch: run(p, b, asked))


def _make_reference(model: str, texts: list[str]) -> Iterator[Engine]:
    import torch

    del texts
    reference = load_reference(model, find_weights(model))

    def encode(texts: list[str], quick: bool) -> None:
        torch.set_num_threads(THREADS)
        with torch.autocast("cpu", dtype=torch.bfloat16) if quick else nullcontext():
            reference.encode(texts, batch_size=32, show_progress_bar=False)

    for name, quick in (("sentence-transformers f32", False), ("with bf16 autocast", True)):
        yield Engine(
            name,
            lambda texts, quick=quick: encode(texts, quick),
            lambda text, quick=quick: encode([text], quick),
        )


MAKERS = {"earmark": _make_earmark, "raw": _make_raw, "reference": _make_reference}


def _time_questions(ask: Callable[[str], Any], questions: list[str]) -> dict[str, float]:
    took = []
    for question in questions:
        began = time.perf_counter()
        ask(question)
        took.append((time.perf_counter() - began) * 1000)
    p50, p95 = np.percentile(took[WARMING:], [50, 95])
    return {"question_p50_ms": round(float(p50), 1), "question_p95_ms": round(float(p95), 1)}


def _format(report: dict[str, Any]) -> str:
    lines = [f"{report['model']}, {report['passages']} passages, peak {report['peak_mb']} MB", ""]
    lines.append("| engine | passages/s | of the best | one question, p50 / p95 ms |")
    lines.append("|---|---|---|---|")
    for row in report["engines"]:
        asked = f"{row.get('question_p50_ms', '-')} / {row.get('question_p95_ms', '-')}"
        lines.append(f"| {row['engine']} | {row['passages_per_s']} | {row['of_best']} | {asked} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
