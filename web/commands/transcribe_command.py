"""``earmark transcribe``: audio files to segments with word times."""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from corpus.errors import EarmarkError
from corpus.moments import format_moment
from web.cli import print_json, say
from web.documents import Document, transcribed_document

if TYPE_CHECKING:
    from ingest.speech.transcriber import Progress, Transcriber

_TOLD_EVERY_S = 5.0


@click.command(name="transcribe")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--model", default="base", show_default=True, help="A Whisper model or a folder.")
@click.option("--language", help="The language spoken, such as en (default: heard).")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON document a line.")
def command(files: tuple[Path, ...], model: str, language: str | None, as_json: bool) -> None:
    """Transcribe audio to segments with word times, without storing anything.

    Example: earmark transcribe episode.mp3 --language en --json
    """
    from ingest.speech.whisper_transcriber import WhisperTranscriber

    transcriber = WhisperTranscriber(model)
    failed = False
    for path in files:
        document = _transcribe(path, transcriber, language)
        failed = failed or document.get("kind") == "error"
        if as_json:
            print_json(document, indent=None)
        else:
            _print_segments(path, document)
    sys.exit(1 if failed else 0)


def _transcribe(path: Path, transcriber: "Transcriber", language: str | None) -> Document:
    from ingest.speech.transcriber import transcribe_audio

    try:
        transcribed = transcribe_audio(
            path, transcriber, language=language, on_progress=_teller(path.name)
        )
    except EarmarkError as error:
        say(f"earmark: {error}")
        return {"kind": "error", "file": str(path), "error": str(error)}
    for problem in transcribed.problems:
        say(f"{path.name}: {problem}")
    return transcribed_document(transcribed)


def _teller(name: str) -> "Callable[[Progress], None]":
    from ingest.speech.transcriber import time_left_ms

    started = told = time.monotonic()

    def tell(progress: "Progress") -> None:
        nonlocal told
        now = time.monotonic()
        if now - told < _TOLD_EVERY_S:
            return
        told = now
        left_ms = time_left_ms(progress, round((now - started) * 1000))
        done = f"{format_moment(progress.done_ms)} of {format_moment(progress.total_ms)}"
        say(f"{name}: {done}" + ("" if left_ms is None else f", {format_moment(left_ms)} left"))

    return tell


def _print_segments(path: Path, document: Document) -> None:
    if document.get("kind") == "error":
        return
    click.echo(f"{path}: {document['language']}, {format_moment(document['duration_ms'])}")
    for segment in document["segments"]:
        click.echo(f"{format_moment(segment['start_ms']):>8}  {segment['text']}")
