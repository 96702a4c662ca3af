"""Models made ready for OpenVINO, once for each state of their weights.

The export runs in a process of its own, so that torch, which it needs, stays out of this one.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

from filelock import FileLock

from corpus.errors import ExportError
from corpus.weights import default_cache, find_weights, identify_weights, sweep_partials

FORMAT = 4
"""Of an export; to be counted up when what is exported, or how it is checked, changes."""
MODEL = "model.xml"
SMALL_MODEL = "model-int8.xml"
"""The same with weights of 8 bits."""
TOKENIZER = "tokenizer.json"
DESCRIPTION = "description.json"
CANNOT = 3
"""How the exporting process exits where it would fail again next time."""


def get_export(model: str, cache: Path | None = None) -> Path:
    """Return the folder of a model's export, making it where there is none.

    Raises:
        ModelError: If the weights cannot be had.
        ExportError: If they cannot be exported, or have other vectors then.
    """
    weights = find_weights(model, cache)
    if not weights.is_dir():
        raise ExportError(model, "is no folder here", "download it, and give its folder")
    export = _place(model, weights, cache or default_cache())
    if export.is_dir():
        return export
    refused = export.with_suffix(".refused")
    try:
        export.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{export}.lock"):
            if refused.is_file():
                raise ExportError(model, refused.read_text(encoding="utf-8"), f"remove {refused}")
            if not export.is_dir():
                _export(model, weights, export)
    except OSError as error:
        raise ExportError(
            model, f"cannot be exported: {error}", "choose another folder with EARMARK_CACHE"
        ) from error
    return export


def _place(model: str, weights: Path, cache: Path) -> Path:
    """Return where the export of these weights by this OpenVINO belongs."""
    parts = (identify_weights(model, weights), str(FORMAT), metadata.version("openvino"))
    key = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
    return cache / "exports" / f"{Path(model).name or 'model'}-{key}"


def _export(model: str, weights: Path, export: Path) -> None:
    """Make the export aside and rename it: nobody ever sees half of one."""
    sweep_partials(export.parent)
    with tempfile.TemporaryDirectory(dir=export.parent, prefix=".partial-") as aside:
        made = Path(aside) / "export"
        command = [sys.executable, "-m", "search.export_model", str(weights), str(made)]
        done = subprocess.run(
            command, check=False, capture_output=True, stdin=subprocess.DEVNULL, text=True
        )
        if done.returncode != 0:
            reason = (done.stderr.strip() or f"exit {done.returncode}").splitlines()[-1]
            if done.returncode == CANNOT:
                export.with_suffix(".refused").write_text(reason, encoding="utf-8")
            raise ExportError(model, reason)
        for old in export.parent.glob(f"{export.name.rpartition('-')[0]}-*"):
            if old.is_dir():
                shutil.rmtree(old, ignore_errors=True)
        made.rename(export)
