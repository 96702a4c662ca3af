"""A transcriber that hears clicks as words: fast, exact, and under the contract of the real one."""

from corpus.records import Word
from ingest.speech.segments import cut_segments
from ingest.speech.transcriber import LanguageGuess, WindowResult
from tests.audio_making import click_times


class FakeTranscriber:
    """Each click is a word of 0.6 s; each third ends a sentence; the first repeats the prompt."""

    def __init__(self, *, dies_at=None, guesses=("en", 0.9)):
        self.prompts = []
        self.heard_languages = []
        self.listened = 0
        self._dies_at = dies_at
        self._guesses = guesses

    @property
    def model(self):
        return "fake"

    @property
    def languages(self):
        return frozenset({"en", "de", "no", "ja"})

    def detect_language(self, samples):
        self.listened += 1
        if not click_times(samples, loud=0.6):
            return None
        return LanguageGuess(language=self._guesses[0], probability=self._guesses[1])

    def transcribe_window(self, samples, *, language, prompt="", on_heard=None):
        if len(self.prompts) == self._dies_at:
            raise KeyboardInterrupt
        self.prompts.append(prompt)
        self.heard_languages.append(language)
        words = []
        for at, second in enumerate(click_times(samples, loud=0.6)):
            echo = f"After-{prompt.split()[-1].strip('.')}" if prompt and at == 0 else f"Word{at}"
            start_ms = int(second * 1000)
            words.append(
                Word(
                    start_ms=start_ms,
                    end_ms=min(start_ms + 600, len(samples) // 16),
                    text=echo + ("." if at % 3 == 2 else ""),
                )
            )
            if on_heard:
                on_heard(words[-1].end_ms)
        return WindowResult(segments=cut_segments(words, language), language=language)
