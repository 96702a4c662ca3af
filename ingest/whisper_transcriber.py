"""Whisper through faster-whisper (CTranslate2), with guards against invented text."""

import bisect
import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.errors import ModelError
from corpus.records import Word
from corpus.weights import find_weights
from ingest.audio_decoder import SAMPLE_RATE, Samples
from ingest.speech_segments import cut_segments, joiner_of, tidy_words
from ingest.transcriber import LanguageGuess, WindowResult

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

_BEAM_SIZE = 5
_SHORTEST_SPEECH_MS = 250
"""The library's 0 takes a blip in the music for speech and stamps the first word there."""
_LISTENED_SEGMENTS = 4
_BELIEVED = 0.5
_NO_SPEECH = 0.6
_LOOPING = 2.4
"""Text that compresses better than this repeats itself (Whisper's own threshold)."""
_DOUBTFUL = 0.5
_SEED = 1
_PER_MS = SAMPLE_RATE // 1000


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of speech, in samples of its window."""

    start: int
    end: int


class WhisperTranscriber:
    """Transcribes on this machine; weights are loaded when first needed.

    ``model`` is a name known to :mod:`corpus.weights`, a folder, or one of the library's hub.
    ``device`` is ``cpu``, ``cuda`` or ``auto``; ``compute_type`` defaults to int8 on a CPU and to
    float16 on a GPU.
    """

    def __init__(
        self,
        model: str = "base",
        *,
        cpu_threads: int = 1,
        device: str = "cpu",
        compute_type: str | None = None,
        cache: Path | None = None,
    ) -> None:
        self._name = model
        self._cpu_threads = cpu_threads
        self._device = device
        self._compute_type = compute_type
        self._cache = cache
        self._loaded: WhisperModel | None = None

    @property
    def model(self) -> str:
        """The name that transcripts carry."""
        return f"whisper-{Path(self._name).name}"

    @property
    def languages(self) -> frozenset[str]:
        """Codes of the languages the model knows."""
        return frozenset(self._model().supported_languages)

    def detect_language(self, samples: Samples) -> LanguageGuess | None:
        """Return the language spoken in a window; None where nobody speaks.

        Raises:
            ModelError: If the weights cannot be had.
        """
        speech = join_stretches(samples, find_speech(samples))
        if not len(speech):
            return None
        model = self._model()
        if not model.model.is_multilingual:
            return LanguageGuess(language="en", probability=1.0)
        language, probability, _ = model.detect_language(
            audio=speech,
            language_detection_segments=_LISTENED_SEGMENTS,
            language_detection_threshold=_BELIEVED,
        )
        return LanguageGuess(language=language, probability=float(probability))

    def transcribe_window(
        self,
        samples: Samples,
        *,
        language: str,
        prompt: str = "",
        on_heard: Callable[[int], None] | None = None,
    ) -> WindowResult:
        """Return what is said in a window: nothing where nobody speaks.

        Raises:
            ModelError: If the weights cannot be had.
        """
        import ctranslate2

        stretches = find_speech(samples)
        if not stretches:
            return WindowResult(segments=(), language=language)
        # Fallback at higher temperatures samples: with a seed a second run says the same.
        ctranslate2.set_random_seed(_SEED)
        heard, _ = self._model().transcribe(
            join_stretches(samples, stretches),
            language=language,
            beam_size=_BEAM_SIZE,
            word_timestamps=True,
            condition_on_previous_text=True,
            initial_prompt=prompt or None,
        )
        spaced = bool(joiner_of(language))
        words: list[Word] = []
        for segment in heard:
            restored = restore_words(segment.words or (), stretches)
            if not is_invented(segment):
                words += merge_parts(restored) if spaced else restored
            if on_heard and restored:
                on_heard(restored[-1].end_ms)
        tidy = tidy_words(words, len(samples) // _PER_MS)
        return WindowResult(segments=cut_segments(tidy, language), language=language)

    def _model(self) -> "WhisperModel":
        if self._loaded is None:
            self._loaded = self._load()
        return self._loaded

    def _load(self) -> "WhisperModel":
        from faster_whisper import WhisperModel

        weights = find_weights(self._name, self._cache)
        default = "int8" if self._device == "cpu" else "default"
        try:
            return WhisperModel(
                weights.as_posix(),
                device=self._device,
                compute_type=self._compute_type or default,
                cpu_threads=self._cpu_threads,
            )
        except Exception as error:
            raise ModelError(
                self._name,
                f"cannot be loaded: {error}",
                "name a model that is installed (base, tiny.en), a folder,"
                " or one of the hub while online",
            ) from error


def find_speech(samples: Samples) -> tuple[Stretch, ...]:
    """Return where somebody speaks, with 0.4 s around it (Silero VAD)."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    if not len(samples):
        return ()
    options = VadOptions(min_speech_duration_ms=_SHORTEST_SPEECH_MS)
    found = get_speech_timestamps(samples, options)
    return tuple(Stretch(int(chunk["start"]), int(chunk["end"])) for chunk in found)


def join_stretches(samples: Samples, stretches: Sequence[Stretch]) -> Samples:
    """Return the samples of all stretches, one after another."""
    if not stretches:
        return np.empty(0, np.float32)
    return np.concatenate([samples[stretch.start : stretch.end] for stretch in stretches])


def restore_words(words: Iterable[Any], stretches: Sequence[Stretch]) -> tuple[Word, ...]:
    """Return words heard in joined stretches at their times in the window.

    A word belongs to the stretch that its middle is in, and never reaches out of it: what is
    heard at the seam of two stretches does not start before the pause between them.
    """
    ends = list(itertools.accumulate(stretch.end - stretch.start for stretch in stretches))
    restored = []
    for word in words:
        middle = (word.start + word.end) / 2 * SAMPLE_RATE
        at = min(bisect.bisect_right(ends, middle), len(ends) - 1)
        stretch = stretches[at]
        moved = stretch.end - ends[at]
        start, end = (
            min(max(round(seconds * SAMPLE_RATE) + moved, stretch.start), stretch.end) // _PER_MS
            for seconds in (word.start, word.end)
        )
        restored.append(Word(start_ms=start, end_ms=end, text=word.word))
    return tuple(restored)


def is_invented(segment: Any) -> bool:
    """Tell whether a segment has the marks of text that nobody said."""
    probabilities = [float(word.probability) for word in segment.words or ()]
    if not probabilities:
        return True
    doubtful = sum(probabilities) / len(probabilities) < _DOUBTFUL
    unheard = float(segment.no_speech_prob) > _NO_SPEECH
    return doubtful and (unheard or float(segment.compression_ratio) > _LOOPING)


def merge_parts(words: Iterable[Word]) -> list[Word]:
    """Join what Whisper splits inside a word: only a word's beginning has a space before it."""
    merged: list[Word] = []
    for word in words:
        if merged and not word.text.startswith(" "):
            first = merged.pop()
            text = first.text + word.text
            merged.append(Word(start_ms=first.start_ms, end_ms=word.end_ms, text=text))
        else:
            merged.append(word)
    return merged
