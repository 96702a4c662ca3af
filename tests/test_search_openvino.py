"""The quicker engine: the same vectors as sentence-transformers, or sentence-transformers."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import ExportError, ModelError
from search.exported_models import DESCRIPTION, get_export
from search.openvino_embedder import (
    BATCH_ROWS,
    BATCH_TOKENS,
    CompiledModel,
    OpenvinoEmbedder,
    RunsOfModel,
    iter_batches,
    load_quickest,
)
from search.sentence_embedder import SentenceEmbedder, SentenceModel

SMALL = "all-MiniLM-L6-v2"
SPOKEN = [
    "The glaze cracked because the kiln cooled too fast overnight.",
    "HONEY prices fell again, by 12.5% in a week; nobody knows why.",
    "So who should make the promise? Whoever does the work.",
    "Ask them first & write it <down>.",
    "猫 and 🎉, naïve cafés",
    "and then " * 500,
    "Yes.",
]


@settings(deadline=None)
@given(st.lists(st.integers(0, 600), max_size=200))
def test_every_text_is_in_one_batch_and_no_batch_is_too_large(lengths):
    batches = list(iter_batches(lengths))
    assert sorted(place for batch in batches for place in batch) == list(range(len(lengths)))
    for batch in batches:
        longest = max(lengths[place] for place in batch)
        assert len(batch) <= BATCH_ROWS
        assert len(batch) == 1 or len(batch) * longest <= BATCH_TOKENS


def test_texts_of_like_length_share_a_batch():
    assert list(iter_batches([5, BATCH_TOKENS, 6])) == [[1], [2, 0]]


def test_a_name_that_is_no_folder_here_is_left_to_the_library(tmp_path):
    with pytest.raises(ExportError):
        get_export("someone/a-model-on-a-hub", tmp_path)


@pytest.fixture
def broken(tmp_path):
    """A folder that no library can load, and a cache."""
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    return str(folder), tmp_path / "cache"


@pytest.mark.real_model
def test_a_model_that_cannot_be_exported_is_tried_once_and_left_to_the_library(broken):
    folder, cache = broken
    with pytest.raises(ExportError) as first:
        get_export(folder, cache)
    (note,) = (cache / "exports").glob("*.refused")
    note.write_text("as it was noted")
    with pytest.raises(ExportError, match="as it was noted"):
        get_export(folder, cache)
    assert first.value.problem
    with pytest.raises(ModelError, match="cannot be loaded"):
        OpenvinoEmbedder(folder, cache=cache).embed_passages(["text"])


def test_a_damaged_export_is_a_model_error_that_says_what_to_do(tmp_path):
    with pytest.raises(ModelError, match="is made again"):
        CompiledModel(tmp_path, threads=1)
    (tmp_path / DESCRIPTION).write_text(json.dumps({"near": []}))
    with pytest.raises(ModelError, match="is made again"):
        CompiledModel(tmp_path, threads=1)


@pytest.mark.real_model
def test_both_engines_have_the_same_vectors():
    reference = SentenceEmbedder(SMALL)
    quick = OpenvinoEmbedder(SMALL)
    assert isinstance(quick.get_loaded(), CompiledModel)
    wanted, got = (one.embed_passages(SPOKEN) for one in (reference, quick))
    assert np.sum(wanted * got, axis=1).min() > 0.99
    asked, wanted_too = (one.read_query(SPOKEN[0])[0] for one in (quick, reference))
    assert asked @ wanted_too > 0.99
    assert quick.dimension == reference.dimension == quick.get_loaded().dimension


@pytest.mark.real_model
def test_questions_asked_at_the_same_time_have_the_vectors_they_have_alone():
    texts = [f"{text} number {number}" for number in range(8) for text in SPOKEN]
    alone = OpenvinoEmbedder(SMALL).embed_passages(texts)
    model = OpenvinoEmbedder(SMALL)
    with ThreadPoolExecutor(16) as pool:
        rows = list(pool.map(lambda text: model.read_query(text)[0], texts))
    assert np.sum(alone * np.stack(rows), axis=1).min() > 0.99


@pytest.mark.real_model
def test_in_full_precision_every_element_is_the_same():
    exact = CompiledModel(get_export(SMALL), threads=2, precision="f32")
    wanted = SentenceModel(SMALL, threads=2)._loaded.encode(SPOKEN)
    got = exact.encode(SPOKEN, asked=False)
    assert np.abs(wanted - got).max() < 1e-3


@pytest.mark.real_model
def test_an_export_is_made_once_and_checked():
    export = get_export(SMALL)
    described = json.loads((export / DESCRIPTION).read_text())
    assert described["checks"]["f32"]["least_cosine"] > 0.999
    assert described["near"] == ["int8", "bf16", "f32"]
    before = (export / DESCRIPTION).stat().st_mtime_ns
    assert (get_export(SMALL) / DESCRIPTION).stat().st_mtime_ns == before


@pytest.mark.real_model
def test_a_process_that_only_asks_loads_no_torch():
    code = (
        "import sys\n"
        "from search.openvino_embedder import OpenvinoEmbedder\n"
        f"OpenvinoEmbedder({SMALL!r}).read_query('who keeps bees?')\n"
        "print([n for n in ('torch', 'transformers', 'sentence_transformers') if n in sys.modules])"
    )
    load_quickest(SMALL, threads=1)
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


class Compiled:
    """Stands in for a compiled model: its requests are told apart by the streams they share."""

    def __init__(self, streams):
        self.streams = streams

    def create_infer_request(self):
        return self

    def __repr__(self):
        return f"{self.streams} streams"


def test_who_is_alone_has_all_threads_and_others_share():
    made = []
    runs = RunsOfModel(lambda streams: made.append(Compiled(streams)) or made[-1], threads=2)
    with runs.take() as alone:
        assert alone.streams == 1
        with runs.take() as second, runs.take() as third:
            assert (second.streams, third.streams) == (2, 2)
    with runs.take() as again:
        assert again is alone
    assert [one.streams for one in made] == [1, 2]


def test_after_an_error_the_next_has_its_turn():
    runs = RunsOfModel(Compiled, threads=2)
    for _ in range(4):
        with pytest.raises(RuntimeError, match="broken"), runs.take(), runs.take():
            raise RuntimeError("broken")
    with runs.take() as alone:
        assert alone.streams == 1


def test_with_one_thread_one_runs_at_a_time():
    runs = RunsOfModel(Compiled, threads=1)
    with runs.take() as first:
        waiting = ThreadPoolExecutor(1).submit(lambda: runs.take().__enter__())
        assert not waiting.done()
        assert first.streams == 1
    assert waiting.result(timeout=10) is first
