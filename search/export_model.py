"""Exports a sentence-transformers model for OpenVINO, and compares their vectors.

Run as ``python -m search.export_model WEIGHTS TARGET`` by ``search/exported_models.py``. What is
exported is the whole pipeline as sentence-transformers runs it, with whatever pooling it has, and
the tokeniser that it uses. Where that fails, the last line of standard error says why.
"""

import json
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ModelError
from search.exported_models import CANNOT, DESCRIPTION, MODEL, SMALL_MODEL, TOKENIZER
from search.openvino_embedder import PRECISIONS, CompiledModel, Precision
from search.said_words import WORD_DIMENSION
from search.sentence_embedder import load_reference

LEAST_COSINES = {"f32": (0.999, 0.999), "bf16": (0.999, 0.999), "int8": (0.97, 0.997)}
"""Below that a model has other vectors: for any of the texts it is checked with, some of which
nobody would write, and on average."""
MOST_APART = 1e-3
"""Between two elements of unit vectors that are both computed in float32."""

_TALK = """
Most retainers fail because nobody writes down what is not in them.
We lost two clients in a week, and then the phone stopped ringing for good.
So what do you do when the scope creeps?
Charge for it.
I think, um, that you know, it's, it's really about the people you hire first.
The invoice was $1,250.75, due on 2024-03-31; they paid 40% of it in June.
Our P&L looked fine on paper (it always does) but cash was gone by Q3.
AM, PM, WIP: three letters, or two, that every agency has and nobody defines.
"Over-servicing" is a nice word for working for free.
Die Besprechung beginnt um neun Uhr, und danach gibt es Kaffee.
Où est passée la facture de l'été dernier ? Personne ne le sait.
El presupuesto cambió tres veces durante el año.
THE TEAM SHOUTED IN CAPITALS ALL MORNING AND NOBODY LISTENED.
Don't can't won't: contractions, hyphen-ated words, under_scores and C++.
See https://example.com/a?b=c#d or write to ada@example.com.
Bees leave the hive in spring when it is too small for all of them.
The glaze cracked because the kiln cooled too fast overnight.
Yeah.
Right, exactly, and that's the thing.
Thanks for listening, and we'll see you next week.
She runs marathons, bakes bread, and answers mail only on Tuesdays.
How many people should report to one manager?
A good brief says what success is, who decides, and by when.
Forty-two engineers, one server, no backups.
猫は静かに眠っている。
Кто отвечает за сроки проекта?
🎉 We did it! 🎉🎉
naïve café ﬁnal ½ №5 ™
"""


def main() -> None:
    """Export and check; exit with ``CANNOT`` where the model is not one for it."""
    # It would report each conversion to its makers; without its module it does not.
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
    warnings.simplefilter("ignore")
    weights, target = map(Path, sys.argv[1:])
    try:
        export_model(weights, target)
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001  tracing fails in as many ways as models are made
        print(f"{type(error).__name__}: {error}".replace("\n", " "), file=sys.stderr)
        sys.exit(CANNOT)


def export_model(weights: Path, target: Path) -> None:
    """Write what ``CompiledModel`` reads into the new folder ``target``.

    Raises:
        ModelError: If the model prompts its questions, or has other vectors when exported.
    """
    # Its other ways to compute attention cannot be traced.
    reference = load_reference(
        weights.name, weights, model_kwargs={"attn_implementation": "eager"}
    ).eval()
    if any(reference.prompts.values()):
        raise ModelError(weights.name, "puts prompts before its texts")
    target.mkdir()
    _write_models(reference, target)
    tokenizer = reference.tokenizer.backend_tokenizer
    tokenizer.enable_truncation(reference.max_seq_length)
    tokenizer.no_padding()
    tokenizer.save(str(target / TOKENIZER))
    wanted = _unit(reference.encode(_make_texts(), batch_size=8, show_progress_bar=False))
    described: dict[str, Any] = {
        "padding": reference.tokenizer.pad_token_id,
        "dimension": wanted.shape[1],
    }
    (target / DESCRIPTION).write_text(json.dumps(described), encoding="utf-8")
    checks = {name: _compare(weights.name, wanted, target, name) for name in PRECISIONS}
    near = [name for name in PRECISIONS if _is_near(checks[name], *LEAST_COSINES[name])]
    if "f32" not in near or checks["f32"]["most_apart"] > MOST_APART:
        raise ModelError(weights.name, f"has other vectors when exported: {checks['f32']}")
    described |= {"near": near, "checks": checks}
    (target / DESCRIPTION).write_text(json.dumps(described), encoding="utf-8")


def _write_models(reference: Any, target: Path) -> None:
    import openvino
    import torch

    class Pipeline(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.reference = reference
            self.basis = torch.from_numpy(_find_basis(reference))

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            made = self.reference(features)
            # Here, since small products elsewhere make threads wait for each other.
            pieces = torch.nn.functional.normalize(made["token_embeddings"], dim=-1)
            return made["sentence_embedding"], pieces @ self.basis

    # Two texts of different lengths: a mask of ones alone would be traced as no mask.
    example = reference.tokenizer(["a few words here", "one"], return_tensors="pt", padding=True)
    inputs = {name: example[name] for name in ("input_ids", "attention_mask")}
    with torch.no_grad():
        model = openvino.convert_model(Pipeline().eval(), example_input=inputs)
    # Half the size on the disk and in memory; the check sees what that costs.
    openvino.save_model(model, str(target / MODEL), compress_to_fp16=True)
    # Of what was written: all that is not rounded keeps its 16 bits.
    halved = openvino.Core().read_model(str(target / MODEL))
    round_weights(halved)
    openvino.save_model(halved, str(target / SMALL_MODEL), compress_to_fp16=False)


def round_weights(model: Any) -> None:
    """Round the weights of all matrix products to 8 bits, by a scale for each of their outputs.

    So OpenVINO knows compressed weights: https://docs.openvino.ai (weight compression). It rounds
    what they are multiplied with too, in groups, when the model is compiled for that.
    """
    for node in model.get_ordered_ops():
        if node.get_type_name() != "MatMul":
            continue
        weights = _find_constant(node.input_value(1).get_node())
        if weights is not None and weights.ndim == 2:
            outputs_first = bool(node.get_attributes()["transpose_b"])
            rounded = _round_to_bytes(weights, inputs=1 if outputs_first else 0)
            node.input(1).replace_source_output(rounded)
    model.validate_nodes_and_infer_types()


def _find_constant(node: Any) -> NDArray[np.float32] | None:
    if node.get_type_name() == "Convert":
        node = node.input_value(0).get_node()
    return np.asarray(node.data, np.float32) if node.get_type_name() == "Constant" else None


def _round_to_bytes(weights: NDArray[np.float32], inputs: int) -> Any:
    from openvino import opset13

    scale = np.abs(weights).max(axis=inputs, keepdims=True) / 127
    scale[scale == 0] = 1
    rounded = np.round(weights / scale).astype(np.int8)
    widened = opset13.convert(opset13.constant(rounded), "f32")
    return opset13.multiply(widened, opset13.constant(scale)).output(0)


def _find_basis(reference: Any) -> NDArray[np.float32]:
    """Return the directions in which pieces of words differ most, as columns.

    These are the first principal components of the unit vectors of all pieces, not centred. Each
    has a sign that another processor finds as well.
    """
    pieces = reference.encode(
        _make_texts(), batch_size=8, show_progress_bar=False, output_value="token_embeddings"
    )
    rows = _unit(np.concatenate([np.asarray(one, np.float32) for one in pieces]))
    _, directions = np.linalg.eigh((rows.T @ rows).astype(np.float64))
    most = directions[:, ::-1][:, :WORD_DIMENSION]
    signs = np.sign(most[np.abs(most).argmax(axis=0), np.arange(most.shape[1])])
    basis = np.zeros((rows.shape[1], WORD_DIMENSION), np.float32)
    basis[:, : most.shape[1]] = most * signs
    return basis


def _make_texts() -> list[str]:
    """Return texts of many kinds and lengths, with some longer than a model reads."""
    talk = _TALK.strip().split("\n")
    joined = [" ".join(talk[at : at + size]) for size in (2, 5, 9) for at in range(0, 18, size)]
    return [*talk, *joined, " ".join(talk * 3), "word " * 700, "", " ", "\x00", "x" * 200]


def _compare(
    model: str, wanted: NDArray[np.float32], target: Path, precision: Precision
) -> dict[str, float]:
    compiled = CompiledModel(target, threads=2, precision=precision)
    got = _unit(compiled.encode(_make_texts(), asked=False))
    cosines = np.sum(got * wanted, axis=1)
    return {
        "least_cosine": float(cosines.min()),
        "mean_cosine": float(cosines.mean()),
        "most_apart": float(np.abs(got - wanted).max()),
    }


def _is_near(check: dict[str, float], least: float, mean: float) -> bool:
    return check["least_cosine"] >= least and check["mean_cosine"] >= mean


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: NDArray[np.float32] = rows / np.maximum(lengths, 1e-9)
    return unit


if __name__ == "__main__":
    main()
