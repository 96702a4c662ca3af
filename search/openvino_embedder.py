"""Embeds with OpenVINO: the same vectors in half the time, without loading torch.

A model is exported from its weights once (``search/exported_models.py``). One that cannot be, or
that has other vectors then, is run by sentence-transformers.
"""

import json
import logging
import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ExportError, ModelError
from search.exported_models import DESCRIPTION, MODEL, SMALL_MODEL, TOKENIZER, get_export
from search.model_embedder import LoadedModel, ModelEmbedder
from search.sentence_embedder import DEFAULT_MODEL, SentenceModel

Precision = Literal["int8", "bf16", "f32"]
PRECISIONS: tuple[Precision, ...] = ("int8", "bf16", "f32")
"""The quickest first: int8 is weights of 8 bits and sums in what the processor has."""
ROUNDED_TOGETHER = 64
"""Numbers that one scale is for, where what weights of 8 bits are multiplied with is rounded: more
are less exact (with 768, a cosine of 0.996 on average instead of 0.999), fewer are no better."""
BATCH_ROWS = 32
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
            config = {
                "INFERENCE_PRECISION_HINT": _find_precision_of_sums(core, chosen),
                "DYNAMIC_QUANTIZATION_GROUP_SIZE": ROUNDED_TOGETHER,
                "INFERENCE_NUM_THREADS": threads,
                "NUM_STREAMS": 1,
            }
            name = SMALL_MODEL if chosen == "int8" else MODEL
            # The weights stay mapped from the file: processes share them.
            compiled = core.compile_model(str(export / name), "CPU", config)
            self._tokenizer = Tokenizer.from_file(str(export / TOKENIZER))
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelError(
                export.name, f"cannot be loaded: {error}", f"remove {export}: it is made again"
            ) from error
        self._request = compiled.create_infer_request()
        self._one_at_a_time = threading.Lock()
        self._padding = int(described["padding"])
        self._dimension = int(described["dimension"])

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._dimension

    def encode(self, texts: Sequence[str], *, asked: bool) -> NDArray[np.float32]:
        """Return a row for each of some texts; no model that prompts questions is exported."""
        del asked
        encoded = self._tokenizer.encode_batch(list(texts))
        rows = np.empty((len(texts), self._dimension), np.float32)
        for batch in iter_batches([len(one.ids) for one in encoded]):
            rows[batch] = self._run([encoded[at].ids for at in batch])
        return rows

    def _run(self, tokens: list[list[int]]) -> NDArray[np.float32]:
        longest = max(map(len, tokens))
        ids = np.full((len(tokens), longest), self._padding, np.int64)
        mask = np.zeros_like(ids)
        for row, one in enumerate(tokens):
            ids[row, : len(one)] = one
            mask[row, : len(one)] = 1
        with self._one_at_a_time:
            self._request.infer({"input_ids": ids, "attention_mask": mask})
            return np.array(self._request.get_output_tensor(0).data, np.float32)


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


def _find_precision_of_sums(core: Any, chosen: Precision) -> str:
    if chosen == "int8":
        return "bf16" if _has_bf16(core) else "f32"
    return chosen


def _has_bf16(core: Any) -> bool:
    # Elsewhere it is slower than float32.
    return "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def _count_processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
