import json

import numpy as np
from click.testing import CliRunner

from corpus.records import Segment, Word
from ingest.speech.transcriber import Transcribed
from tests.audio_making import write_audio, write_silent_video
from web.cli import cli
from web.documents import transcribed_document


def test_the_document_has_every_key_of_the_contract():
    word = Word(start_ms=10, end_ms=20, text="Hello")
    segment = Segment(start_ms=10, end_ms=20, text="Hello", words=(word,))
    transcribed = Transcribed(
        segments=(segment,),
        language="en",
        duration_ms=99,
        model="m",
        fingerprint="f",
        problems=("p",),
    )
    assert transcribed_document(transcribed) == {
        "language": "en",
        "duration_ms": 99,
        "model": "m",
        "problems": ["p"],
        "segments": [
            {
                "start_ms": 10,
                "end_ms": 20,
                "speaker": None,
                "text": "Hello",
                "words": [{"start_ms": 10, "end_ms": 20, "text": "Hello"}],
            }
        ],
    }


def test_files_that_are_no_sound_are_told_a_line_each(tmp_path):
    empty = tmp_path / "empty.mp3"
    empty.write_bytes(b"")
    film = write_silent_video(tmp_path / "film.mp4")
    result = CliRunner().invoke(cli, ["transcribe", str(empty), str(film), "--json"])
    assert result.exit_code == 1
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(line["kind"], line["file"]) for line in lines] == [
        ("error", str(empty)),
        ("error", str(film)),
    ]
    assert "is empty" in lines[0]["error"]
    assert "has no sound" in lines[1]["error"]
    assert "is empty" in result.stderr


def test_a_model_that_is_not_there_is_told(tmp_path):
    path = write_audio(tmp_path / "s.wav", np.zeros(16_000, np.float32), rate=16_000)
    result = CliRunner().invoke(
        cli, ["transcribe", str(path), "--model", "./none", "--language", "en", "--json"]
    )
    assert result.exit_code == 1
    assert "is no folder" in json.loads(result.stdout)["error"]


def test_nothing_to_transcribe_is_a_wrong_use():
    assert CliRunner().invoke(cli, ["transcribe"]).exit_code == 2
