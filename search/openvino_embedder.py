"""Embeds with OpenVINO: the same vectors in half the time, without loading torch.

A model is exported from its weights once (``search/exported_models.py``). One that cannot be, or
that has other vectors then, is run by sentence-transformers.
"""

import contextlib
import json
import logging
import os
import queue
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ExportError, ModelError
from search.exported_models import DESCRIPTION, MODEL, SMALL_MODEL, TOKENIZER, get_export
from search.model_embedder import LoadedModel, ModelEmbedder
from search.said_words import SaidWords
from search.sentence_embedder import DEFAULT_MODEL, SentenceModel
from search.word_finding import find_words, join_pieces

# Importing OpenVINO tells its makers so, from a forked process, unless this cannot be imported.
sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]

Precision = Literal["int8", "bf16", "f32"]
PRECISIONS: tuple[Precision, ...] = ("int8", "bf16", "f32")
"""The quickest first: int8 is weights of 8 bits and sums in what the processor has."""
ROUNDED_TOGETHER = 64
"""Numbers that one scale is for, where what weights of 8 bits are multiplied with is rounded: more
are less exact (with 768, a cosine of 0.996 on average instead of 0.999), fewer are no better."""
BATCH_ROWS = 16  # what a core keeps near it: 32 are a fifth slower
BATCH_TOKENS = 4096  # longer batches are no faster, and attention grows with the square of length

_log = logging.getLogger(__name__)


class OpenvinoEmbedder(ModelEmbedder):
    """One model, by its name or its folder."""

    def __init__(
        self, model: str = DEFAULT_MODEL, *, threads: int | None = None, cache: Path | None = None
    ) -> None:
        """Nothing is loaded yet; ``threads`` is all the processor has, unless given."""
        count = threads or _count_processors()
        super().__init__(model, lambda: load_quickest(model, threads=count, cache=cache))


def import_engine() -> None:
    """Import what runs an exported model, so that loading one waits for no other import."""
    import openvino
    import tokenizers

    del openvino, tokenizers


def load_quickest(model: str, *, threads: int, cache: Path | None = None) -> LoadedModel:
    """Return a model run by OpenVINO where it can be, else by sentence-transformers.

    Raises:
        ModelError: If the weights cannot be had.
    """
    try:
        return CompiledModel(get_export(model, cache), threads=threads)
    except ExportError as error:
        _log.warning("%s is run by sentence-transformers: %s", model, error)
        return SentenceModel(model, threads=threads)


class CompiledModel:
    """An exported model in memory; any number of threads may use it."""

    def __init__(self, export: Path, *, threads: int, precision: Precision | None = None) -> None:
        """Compile what was exported into a folder, in the quickest precision that is near enough.

        Raises:
            ModelError: If the folder does not hold what it should.
        """
        import openvino
        from tokenizers import Tokenizer

        core = openvino.Core()
        try:
            described = json.loads((export / DESCRIPTION).read_text(encoding="utf-8"))
            chosen = precision or _choose_precision(core, described)
            # The weights stay mapped from the file: processes share them.
            model = core.read_model(str(export / find_file(chosen)))
            config = describe_run(core, chosen)
            self._runs = RunsOfModel(
                lambda streams: core.compile_model(
                    model,
                    "CPU",
                    {**config, "INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": streams},
                ),
                threads,
            )
            self._tokenizer = Tokenizer.from_file(str(export / TOKENIZER))
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelError(
                export.name, f"cannot be loaded: {error}", f"remove {export}: it is made again"
            ) from error
        self._padding = int(described["padding"])
        self._dimension = int(described["dimension"])

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._dimension

    def encode(self, texts: Sequence[str], *, asked: bool) -> NDArray[np.float32]:
        """Return a row for each of some texts; no model that prompts questions is exported."""
        del asked
        return self._encode(texts, None)

    def read(
        self, texts: Sequence[str], *, asked: bool
    ) -> tuple[NDArray[np.float32], list[SaidWords]]:
        """Return a row for each of some texts, and their words."""
        del asked
        words: dict[int, SaidWords] = {}
        rows = self._encode(texts, words)
        return rows, [words[place] for place in range(len(texts))]

    def _encode(
        self, texts: Sequence[str], words: dict[int, SaidWords] | None
    ) -> NDArray[np.float32]:
        """Return a row for each text; put its words into ``words``, where they are wanted."""
        encoded = self._tokenizer.encode_batch(list(texts))
        rows = np.empty((len(texts), self._dimension), np.float32)
        for batch in iter_batches([len(one.ids) for one in encoded]):
            with self._runs.take() as request:
                request.infer(self._pad([encoded[at].ids for at in batch]))
                rows[batch] = request.get_output_tensor(0).data
                if words is not None:
                    pieces = request.get_output_tensor(1).data
                    for place, own in zip(batch, pieces, strict=True):
                        words[place] = join_pieces(find_words(encoded[place], texts[place]), own)
        return rows

    def _pad(self, tokens: list[list[int]]) -> dict[str, NDArray[np.int64]]:
        longest = max(map(len, tokens))
        ids = np.full((len(tokens), longest), self._padding, np.int64)
        mask = np.zeros_like(ids)
        for row, one in enumerate(tokens):
            ids[row, : len(one)] = one
            mask[row, : len(one)] = 1
        return {"input_ids": ids, "attention_mask": mask}


class RunsOfModel:
    """Hands out what runs a model: all threads to one who is alone, else one thread to each.

    Two threads make a run shorter by a third and cost half as much again, so that two questions at
    a time are answered sooner with one each. The second way is made ready when it is first needed.
    """

    def __init__(self, compile_model: Callable[[int], Any], threads: int) -> None:
        """``compile_model`` takes the number of streams: runs that share the threads."""
        self._compile_model = compile_model
        self._threads = threads
        self._counting = threading.Lock()
        self._running = 0
        self._alone = compile_model(1).create_infer_request()
        self._shared: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._is_shared = threads == 1
        if self._is_shared:
            self._shared.put(self._alone)

    @contextlib.contextmanager
    def take(self) -> Iterator[Any]:
        """Hold a request that nobody else uses; waits while all are in use."""
        with self._counting:
            is_alone = self._threads > 1 and not self._running
            self._running += 1
            if not is_alone and not self._is_shared:
                self._share()
        try:
            request = self._alone if is_alone else self._shared.get()
            yield request
        finally:
            if not is_alone:
                self._shared.put(request)
            with self._counting:
                self._running -= 1

    def _share(self) -> None:
        compiled = self._compile_model(self._threads)
        for _ in range(self._threads):
            self._shared.put(compiled.create_infer_request())
        self._is_shared = True


def iter_batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield the places of texts that are run together, the longest first: little is padded."""
    batch: list[int] = []
    longest = 0
    for place in sorted(range(len(lengths)), key=lambda at: -lengths[at]):
        longest = longest or max(1, lengths[place])
        if len(batch) == BATCH_ROWS or (len(batch) + 1) * longest > BATCH_TOKENS:
            yield batch
            batch, longest = [], max(1, lengths[place])
        batch.append(place)
    if batch:
        yield batch


def _choose_precision(core: Any, described: dict[str, Any]) -> Precision:
    """Choose the quickest that is near enough; bfloat16 only where the processor has it."""
    near = described["near"]
    if "int8" in near:
        return "int8"
    return "bf16" if "bf16" in near and _has_bf16(core) else "f32"


def find_file(precision: Precision) -> str:
    """Return which file of an export is run in a precision."""
    return SMALL_MODEL if precision == "int8" else MODEL


def describe_run(core: Any, precision: Precision) -> dict[str, str | int]:
    """Return how OpenVINO is to compile the file of a precision."""
    sums: str = precision
    if precision == "int8":
        sums = "bf16" if _has_bf16(core) else "f32"
    return {
        "INFERENCE_PRECISION_HINT": sums,
        "DYNAMIC_QUANTIZATION_GROUP_SIZE": ROUNDED_TOGETHER,
    }


def _has_bf16(core: Any) -> bool:
    # Elsewhere it is slower than float32.
    return "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def _count_processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
