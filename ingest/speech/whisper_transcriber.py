"""Whisper through faster-whisper (CTranslate2), with guards against invented text."""

import bisect
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from corpus.errors import ModelError
from corpus.records import Word
from corpus.weights import find_weights
from ingest.speech.decoder import SAMPLE_RATE, Samples
from ingest.speech.segments import cut_segments, joiner_of
from ingest.speech.transcriber import LanguageGuess, WindowResult
from ingest.speech.word_times import tidy_words

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
_UNSURE = 0.5
"""Mean probability of a segment's words."""
_IMPROBABLE = -1.0
"""Mean log probability below which Whisper itself tries again (its own threshold)."""
_GAP_S = 3.0
"""Speech was cut out of silence: nobody pauses as long in it."""
_MARGIN_S = 0.2
_SEED = 1
_PER_MS = SAMPLE_RATE // 1000


Doubt = Literal["none", "unsure", "invented"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of speech, in samples of its window."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenWord:
    """A word at its time in joined stretches of speech, as Whisper splits and spaces it."""

    start: float
    """Seconds."""
    end: float
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch of speech without trusted words."""

    start_s: float
    end_s: float

    def holds(self, heard: "Heard") -> bool:
        """Tell whether something was heard within this gap."""
        middle = (heard.words[0].start + heard.words[-1].end) / 2
        return self.start_s <= middle <= self.end_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What Whisper calls a segment."""

    words: tuple[SpokenWord, ...]
    """At least one."""
    doubt: Doubt

    def moved(self, by_s: float, gap: Gap) -> "Heard | None":
        """Return the words later by ``by_s``, only those in the gap; None where none is."""
        words = (
            SpokenWord(start=word.start + by_s, end=word.end + by_s, word=word.word)
            for word in self.words
        )
        inside = tuple(
            word for word in words if gap.start_s <= (word.start + word.end) / 2 <= gap.end_s
        )
        return Heard(words=inside, doubt=self.doubt) if inside else None


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

        def tell(words: Sequence[Word]) -> None:
            if on_heard and words:
                on_heard(words[-1].end_ms)

        # Fallback at higher temperatures samples: with a seed a second run says the same.
        ctranslate2.set_random_seed(_SEED)
        speech = join_stretches(samples, stretches)
        heard = []
        for part in self._hear(speech, language, prompt):
            heard.append(part)
            tell(restore_words(part.words, stretches))
        words = [word for part in self._hear_gaps(speech, language, heard) for word in part.words]
        restored = restore_words(words, stretches)
        whole = merge_parts(restored) if joiner_of(language) else restored
        tidy = tidy_words(whole, len(samples) // _PER_MS)
        return WindowResult(segments=cut_segments(tidy, language), language=language)

    def _hear(self, speech: Samples, language: str, prompt: str = "") -> Iterator["Heard"]:
        segments, _ = self._model().transcribe(
            speech,
            language=language,
            beam_size=_BEAM_SIZE,
            word_timestamps=True,
            condition_on_previous_text=True,
            initial_prompt=prompt or None,
        )
        for segment in segments:
            if segment.words:
                yield Heard(
                    words=tuple(
                        SpokenWord(start=float(word.start), end=float(word.end), word=word.word)
                        for word in segment.words
                    ),
                    doubt=doubt_of(segment),
                )

    def _hear_gaps(
        self, speech: Samples, language: str, heard: Sequence["Heard"]
    ) -> Sequence["Heard"]:
        """Listen again, without any prompt, where there is speech and no trusted words.

        Conditioned on what was said before, Whisper now and then ends a piece of 30 seconds
        early and skips the rest of it (measured: 17 s of clear speech lost), or goes astray.
        """
        result = list(heard)
        for gap in find_gaps(heard, len(speech) / SAMPLE_RATE):
            first = round(max(gap.start_s - _MARGIN_S, 0) * SAMPLE_RATE)
            last = round((gap.end_s + _MARGIN_S) * SAMPLE_RATE)
            again = [
                inside
                for part in self._hear(speech[first:last], language)
                if part.doubt == "none" and (inside := part.moved(first / SAMPLE_RATE, gap))
            ]
            if again:
                result = [part for part in result if not gap.holds(part)] + again
        result = [part for part in result if part.doubt != "invented"]
        return sorted(result, key=lambda part: part.words[0].start)

    def _model(self) -> "WhisperModel":
        if self._loaded is None:
            self._loaded = self._load()
        return self._loaded

    def _load(self) -> "WhisperModel":
        import ctranslate2
        from faster_whisper import WhisperModel

        weights = find_weights(self._name, self._cache)
        has_gpu = self._device == "cuda" or (
            self._device == "auto" and ctranslate2.get_cuda_device_count() > 0
        )
        try:
            return WhisperModel(
                weights.as_posix(),
                device=self._device,
                compute_type=self._compute_type or ("float16" if has_gpu else "int8"),
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


def restore_words(words: Iterable[SpokenWord], stretches: Sequence[Stretch]) -> tuple[Word, ...]:
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


def doubt_of(segment: Any) -> Doubt:
    """Tell whether a segment can be trusted, is unsure, or has the marks of invented text."""
    probabilities = [float(word.probability) for word in segment.words]
    unsure = sum(probabilities) / len(probabilities) < _UNSURE
    unheard = float(segment.no_speech_prob) > _NO_SPEECH
    if unsure and (unheard or float(segment.compression_ratio) > _LOOPING):
        return "invented"
    return "unsure" if float(segment.avg_logprob) < _IMPROBABLE else "none"


def find_gaps(heard: Iterable[Heard], duration_s: float) -> tuple[Gap, ...]:
    """Return the stretches of speech, 3 seconds or longer, in which no trusted word was heard."""
    gaps, end_s = [], 0.0
    trusted = (word for part in heard if part.doubt == "none" for word in part.words)
    for start_s, next_end_s in [*((word.start, word.end) for word in trusted), (duration_s, 0.0)]:
        if start_s - end_s >= _GAP_S:
            gaps.append(Gap(start_s=end_s, end_s=start_s))
        end_s = max(end_s, next_end_s)
    return tuple(gaps)


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
