"""What is held here stays here: no library tells anybody that it is used, or asks for anything."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import corpus.samples

SAMPLE = Path(corpus.samples.__file__).parent / "the-small-yes.mp3"
WATCH = """
import os, sys
def watch(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "os.fork"):
        with open(os.environ["WATCHED"], "a") as file:
            file.write(f"{event} {args[1:]!r}\\n")
sys.addaudithook(watch)
"""
EMBED = (
    "from search.{module} import {name}\n"
    "print({name}('all-MiniLM-L6-v2').read_query('who keeps bees?')[0].shape)\n"
)
TRANSCRIBE = (
    "from pathlib import Path\n"
    "from ingest.speech.transcriber import transcribe_audio\n"
    "from ingest.speech.whisper_transcriber import WhisperTranscriber\n"
    f"print(transcribe_audio(Path({str(SAMPLE)!r}), WhisperTranscriber('tiny.en')).segments[0])\n"
)


@pytest.mark.real_model
@pytest.mark.parametrize(
    "code",
    [
        EMBED.format(module="openvino_embedder", name="OpenvinoEmbedder"),
        EMBED.format(module="sentence_embedder", name="SentenceEmbedder"),
        TRANSCRIBE,
    ],
    ids=["openvino", "sentence-transformers", "whisper"],
)
def test_a_model_connects_to_nothing_and_writes_nothing_beside_its_cache(tmp_path, code):
    """Processes that it starts are watched too: a cold cache makes the export anew."""
    home, watching = tmp_path / "home", tmp_path / "watching"
    home.mkdir()
    watching.mkdir()
    (watching / "sitecustomize.py").write_text(WATCH)
    environment = {
        **os.environ,
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "EARMARK_CACHE": str(tmp_path / "cache"),
        "PYTHONPATH": os.pathsep.join([str(watching), *sys.path]),
        "WATCHED": str(tmp_path / "watched"),
    }
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout
    watched = tmp_path / "watched"
    assert not watched.exists() or not watched.read_text()
    assert sorted(path.name for path in home.iterdir()) in ([], [".cache"])
