"""From a recording to segments, window by window, so that a killed transcription goes on."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from corpus.errors import FormatError
from corpus.records import Segment, Word
from ingest.speech.audio import probe_audio
from ingest.speech.decoder import DecodeReport, Samples, iter_samples
from ingest.speech.segments import cut_segments, joiner_of, shift_segment
from ingest.speech.windows import WINDOW_MS, LevelMeter, Window, cut_windows, plan_windows
from ingest.speech.word_times import settle_words, tidy_words

_BELIEVED = 0.5
"""Language detection on thin audio is a guess: below this it is not believed."""
_FALLBACK_LANGUAGE = "en"
_PROMPT_CHARACTERS = 200
_LISTENED_WINDOWS = 3
_TOLD_LOSS_MS = 100

# Codes that feeds use, and Whisper has under another name.
_SYNONYMS = {"nb": "no", "iw": "he", "in": "id", "fil": "tl", "jv": "jw", "cmn": "zh", "mo": "ro"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageGuess:
    """A spoken language as a two-letter code, and how probable it is from 0 to 1."""

    language: str
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowResult:
    """What was heard in one window."""

    segments: tuple[Segment, ...]
    """Times count from the window's start."""
    language: str
    probability: float | None = None
    """How sure the language is; None where it was given, not detected."""
    duration_ms: int = 0
    """The window's length: a result saved for another plan of windows is not used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcribed:
    """A whole recording as segments."""

    segments: tuple[Segment, ...]
    language: str
    duration_ms: int
    model: str
    fingerprint: str
    """SHA-256 of the file that the times belong to."""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a transcription is, in time of the recording."""

    done_ms: int
    total_ms: int
    resumed_ms: int = 0
    """What was done by an earlier run."""


class Transcriber(Protocol):
    """Turns speech into words; whoever implements it passes tests/test_ingest_transcriber.py."""

    @property
    def model(self) -> str:
        """The name that transcripts of this transcriber carry."""

    @property
    def languages(self) -> frozenset[str]:
        """Codes of the languages it knows."""

    def detect_language(self, samples: Samples) -> LanguageGuess | None:
        """Return the language spoken in a window; None where nobody speaks.

        Raises:
            ModelError: If the weights cannot be had.
        """

    def transcribe_window(
        self,
        samples: Samples,
        *,
        language: str,
        prompt: str = "",
        on_heard: Callable[[int], None] | None = None,
    ) -> WindowResult:
        """Return what is said in a window: nothing at all where nobody speaks.

        ``prompt`` is what was said right before. ``on_heard`` is called with the milliseconds of
        the window that are done. The same call gives the same words on the same machine.

        Raises:
            ModelError: If the weights cannot be had.
        """


class WindowStore(Protocol):
    """Keeps results of windows for one recording and one model."""

    def get(self, index: int) -> WindowResult | None:
        """Return a saved result."""

    def put(self, index: int, result: WindowResult) -> None:
        """Save a result; when this returns, a killed process finds it again."""


class MemoryStore:
    """A store that forgets with the process."""

    def __init__(self) -> None:
        self._results: dict[int, WindowResult] = {}

    def get(self, index: int) -> WindowResult | None:
        """Return a saved result."""
        return self._results.get(index)

    def put(self, index: int, result: WindowResult) -> None:
        """Save a result."""
        self._results[index] = result


def transcribe_audio(
    path: Path,
    transcriber: Transcriber,
    *,
    language: str | None = None,
    store: WindowStore | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    expected_ms: int | None = None,
    expected_bytes: int | None = None,
    max_window_ms: int = WINDOW_MS,
) -> Transcribed:
    """Transcribe a recording of any length in bounded memory.

    ``language`` is what the feed says and is believed; without one the first windows with speech
    are listened to. Each finished window goes into ``store``; a run with the same file, model and
    store goes on behind the last saved window and ends with the same segments. A file that is
    shorter than it says itself, or than the feed expects, is transcribed and told as a problem.

    Raises:
        AudioError: If no sound can be had from the file.
        ModelError: If the model's weights cannot be had.
    """
    facts = probe_audio(path, expected_ms=expected_ms, expected_bytes=expected_bytes)
    report, meter = DecodeReport(), LevelMeter()
    for piece in iter_samples(path, report):
        meter.add(piece)
    windows = plan_windows(meter.levels, meter.duration_ms, max_ms=max_window_ms)
    run = _Run(path, transcriber, windows, store or MemoryStore())
    run.choose_language(language)
    results = run.transcribe(on_progress)
    return Transcribed(
        segments=join_windows(windows, results, meter),
        language=run.language,
        duration_ms=meter.duration_ms,
        model=transcriber.model,
        fingerprint=facts.fingerprint,
        problems=(*facts.problems, *describe_losses(report), *run.problems),
    )


class _Run:
    """One transcription: its windows, its language, its saved results."""

    def __init__(
        self,
        path: Path,
        transcriber: Transcriber,
        windows: Sequence[Window],
        store: WindowStore,
    ) -> None:
        self._path = path
        self._transcriber = transcriber
        self._windows = windows
        self._store = store
        self.language = _FALLBACK_LANGUAGE
        self.problems: list[str] = []
        self._probability: float | None = None

    def choose_language(self, given: str | None) -> None:
        """Settle the language: given, else as saved, else heard, else English."""
        if given:
            code = speech_language(given, self._transcriber.languages)
            if code:
                self.language = code
                return
            self.problems.append(
                f"language {given!r} is not one that {self._transcriber.model} knows"
            )
        saved = self._saved(self._windows[0]) if self._windows else None
        if saved and not given:
            self.language, self._probability = saved.language, saved.probability
        else:
            self._listen()
        if self._probability is not None and self._probability < _BELIEVED:
            self.problems.append(
                f"its language could not be told: {self.language} is assumed; --language names it"
            )

    def _listen(self) -> None:
        best: LanguageGuess | None = None
        for _, samples in self._samples_of(self._windows[:_LISTENED_WINDOWS]):
            guess = self._transcriber.detect_language(samples)
            if guess and (best is None or guess.probability > best.probability):
                best = guess
            if best and best.probability >= _BELIEVED:
                self.language = best.language
                break
        self._probability = best.probability if best else None

    def transcribe(self, on_progress: Callable[[Progress], None] | None) -> list[WindowResult]:
        """Return a result for each window, saved ones first and new ones saved at once."""
        results: list[WindowResult] = []
        for window in self._windows:
            saved = self._saved(window)
            if saved is None or saved.language != self.language:
                break
            results.append(saved)
        resumed_ms = self._windows[len(results) - 1].end_ms if results else 0
        total_ms = self._windows[-1].end_ms if self._windows else 0

        def tell(done_ms: int) -> None:
            if on_progress:
                on_progress(Progress(done_ms=done_ms, total_ms=total_ms, resumed_ms=resumed_ms))

        tell(resumed_ms)
        for window, samples in self._samples_of(self._windows[len(results) :]):
            result = self._transcribe(window, samples, results, tell)
            self._store.put(window.index, result)
            results.append(result)
            tell(window.end_ms)
        return results

    def _transcribe(
        self,
        window: Window,
        samples: Samples,
        before: Sequence[WindowResult],
        tell: Callable[[int], None],
    ) -> WindowResult:
        duration_ms = window.end_ms - window.start_ms
        result = self._transcriber.transcribe_window(
            samples,
            language=self.language,
            prompt=prompt_of(before[-1]) if before else "",
            on_heard=lambda ms: tell(window.start_ms + min(max(ms, 0), duration_ms)),
        )
        return WindowResult(
            segments=result.segments,
            language=self.language,
            probability=self._probability,
            duration_ms=duration_ms,
        )

    def _saved(self, window: Window) -> WindowResult | None:
        result = self._store.get(window.index)
        if result and result.duration_ms == window.end_ms - window.start_ms:
            return result
        return None

    def _samples_of(self, windows: Sequence[Window]) -> Iterator[tuple[Window, Samples]]:
        """Yield the samples of consecutive windows, decoding the file again up to them."""
        if not windows:
            return
        lead = Window(index=-1, start_ms=0, end_ms=windows[0].start_ms)
        rest = Window(index=-1, start_ms=windows[-1].end_ms, end_ms=windows[-1].end_ms)
        plan = [lead, *windows] if windows[-1] == self._windows[-1] else [lead, *windows, rest]
        for window, samples in cut_windows(iter_samples(self._path), plan):
            if window is rest:
                return
            if window is not lead:
                yield window, samples


def speech_language(given: str, known: frozenset[str]) -> str | None:
    """Return the known code for a language as feeds write it; None where it is not known.

    >>> speech_language("en-US", frozenset({"en", "no"}))
    'en'
    >>> speech_language("nb_NO", frozenset({"en", "no"}))
    'no'
    """
    code = given.strip().lower().replace("_", "-").partition("-")[0]
    code = _SYNONYMS.get(code, code)
    return code if code in known else None


def prompt_of(result: WindowResult) -> str:
    """Return the last sentences of a window, which tell the next one of names and spelling."""
    prompt = ""
    for segment in reversed(result.segments):
        longer = joiner_of(result.language).join((segment.text, prompt)).strip()
        if len(longer) > _PROMPT_CHARACTERS:
            break
        prompt = longer
    return prompt


def join_windows(
    windows: Sequence[Window], results: Sequence[WindowResult], meter: LevelMeter
) -> tuple[Segment, ...]:
    """Return the segments of the whole recording, cut anew at the ends of sentences."""
    duration_ms, levels = meter.duration_ms, meter.levels
    segments: list[Segment] = []
    words: list[Word] = []
    language = results[0].language if results else None

    def cut() -> None:
        segments.extend(
            cut_segments(settle_words(tidy_words(words, duration_ms), levels), language)
        )
        words.clear()

    for window, result in zip(windows, results, strict=True):
        for segment in result.segments:
            moved = shift_segment(segment, window.start_ms)
            if moved.words:
                words.extend(moved.words)
            else:
                cut()
                segments.extend(_inside(moved, duration_ms))
    cut()
    return tuple(segments)


def _inside(segment: Segment, duration_ms: int) -> tuple[Segment, ...]:
    """Return a segment without words if it lies in the recording, ending no later."""
    if segment.start_ms >= duration_ms or not segment.text.strip():
        return ()
    return (
        Segment(
            start_ms=max(segment.start_ms, 0),
            end_ms=min(max(segment.end_ms, segment.start_ms), duration_ms),
            text=segment.text.strip(),
            speaker=segment.speaker,
        ),
    )


def describe_losses(report: DecodeReport) -> tuple[str, ...]:
    """Return what decoding met, in words."""
    problems = []
    if report.lost_packets or report.filled_ms >= _TOLD_LOSS_MS:
        problems.append(
            f"{report.lost_packets} packets could not be decoded;"
            f" {report.filled_ms / 1000:.1f} s of sound are missing and count as silence"
        )
    if report.wrong_times:
        problems.append(f"{report.wrong_times} times in the file could not be believed")
    if report.broken_off:
        problems.append(f"it could not be read to its end: {report.broken_off}")
    return tuple(problems)


def time_left_ms(progress: Progress, elapsed_ms: int) -> int | None:
    """Return how long the rest takes at this run's pace; None where nothing is done yet."""
    done_ms = progress.done_ms - progress.resumed_ms
    if done_ms <= 0 or elapsed_ms < 0:
        return None
    return elapsed_ms * (progress.total_ms - progress.done_ms) // done_ms


def format_window_result(result: WindowResult) -> str:
    """Return a result as one line of JSON, for a store."""
    return json.dumps(asdict(result), ensure_ascii=False, separators=(",", ":"))


def parse_window_result(text: str) -> WindowResult:
    """Return the result that :func:`format_window_result` wrote.

    Raises:
        FormatError: If it is none.
    """
    try:
        document = json.loads(text)
        segments = tuple(
            Segment(**{**segment, "words": tuple(Word(**word) for word in segment["words"])})
            for segment in document["segments"]
        )
        return WindowResult(**{**document, "segments": segments})
    except (ValueError, TypeError, KeyError) as error:
        raise FormatError("a saved window", f"cannot be read: {error}") from error
