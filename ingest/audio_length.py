"""Tells whether an episode's audio is still that to which its transcript's times belong.

Advertising put into audio later moves everything behind it by minutes. Pure: rows in, a verdict
out; like is compared with like: measured with measured, what the feed said with what it says.
"""

from dataclasses import dataclass

from corpus.holdings import Episode, Transcript
from corpus.moments import format_moment

_MEASURED_MS = 1_000  # two decodings of one sound differ by less
_STATED_MS = 5_000  # a feed's length is rounded now and then; no advertisement is as short
_MINUTE_MS = 60_000
_LEAST_GUESS_MS = 10_000
_MOST_GUESS = 0.25  # a greater change of size is another bit rate, not other contents
_LEAST_BYTES = 200_000  # less is no size of an episode, but a feed's way to say that it knows none


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How much longer an episode's audio is now than the one its times belong to."""

    by_ms: int
    """Less than 0 where it is shorter."""
    is_held_right: bool = False
    """Whether the copy held here is still the one that the times belong to."""
    is_guess: bool = False
    """Whether only its size tells."""

    @property
    def problem(self) -> str:
        """What a person should know."""
        return f"times may be off by up to {self._about}: {self._why}"

    @property
    def elsewhere(self) -> str:
        """The same for a link to anywhere but the copy held here."""
        return f"may be off by up to {self._about}: {self._why}"

    @property
    def _about(self) -> str:
        return f"{'about ' if self.is_guess else ''}{format_moment(abs(self.by_ms) + 500)}"

    @property
    def _why(self) -> str:
        longer = "longer" if self.by_ms > 0 else "shorter"
        if self.is_held_right:
            return (
                f"the publisher’s audio is {self._about} {longer} now than the copy held here, "
                "in which they are right"
            )
        judged = ", judging by its size" if self.is_guess else ""
        return f"the audio is {self._about} {longer} than the transcript’s{judged}"


def find_drift(episode: Episode, transcript: Transcript | None) -> Drift | None:
    """Return by how much an episode's audio has changed since its transcript; None if not at all.

    What cannot be compared is taken for unchanged.
    """
    if transcript is None:
        return None
    is_held_right = False
    if episode.media_path is not None:
        is_held_right = _is_of(transcript, episode)
        if not is_held_right:
            by_ms = _measured_change(episode, transcript)
            if by_ms:
                return Drift(by_ms=by_ms)
            is_held_right = by_ms == 0
    then, now = transcript.feed_duration_ms, episode.feed_duration_ms
    if then and now:
        by_ms = now - then
        if abs(by_ms) > _tolerance(then, now):
            return Drift(by_ms=by_ms, is_held_right=is_held_right)
        if by_ms:
            return None
    return _guess(episode, transcript, is_held_right=is_held_right)


def has_other_audio(episode: Episode, transcript: Transcript) -> bool:
    """Tell whether the audio held is worth hearing: it is not that of the transcript."""
    if episode.media_path is None or _is_of(transcript, episode):
        return False
    return _measured_change(episode, transcript) != 0


def _is_of(transcript: Transcript, episode: Episode) -> bool:
    return transcript.audio_hash is not None and transcript.audio_hash == episode.media_hash


def _measured_change(episode: Episode, transcript: Transcript) -> int | None:
    """Return the change of the audio held, 0 for none worth a word, None where nobody knows."""
    then = transcript.duration_ms or transcript.feed_duration_ms
    if not then or not episode.media_ms:
        return None
    tolerance = _MEASURED_MS if transcript.duration_ms else _tolerance(then)
    by_ms = episode.media_ms - then
    return by_ms if abs(by_ms) > tolerance else 0


def _tolerance(*stated_ms: int) -> int:
    # Some feeds know whole minutes only.
    return _MINUTE_MS if any(ms % _MINUTE_MS == 0 for ms in stated_ms) else _STATED_MS


def _guess(episode: Episode, transcript: Transcript, *, is_held_right: bool) -> Drift | None:
    then, now = transcript.audio_bytes or 0, episode.audio_bytes or 0
    length_ms = transcript.duration_ms or transcript.feed_duration_ms
    if min(then, now) < _LEAST_BYTES or not length_ms:
        return None
    by_ms = round(length_ms * (now - then) / then)
    if not _LEAST_GUESS_MS <= abs(by_ms) <= length_ms * _MOST_GUESS:
        return None
    return Drift(by_ms=by_ms, is_held_right=is_held_right, is_guess=True)
