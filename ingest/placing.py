"""Gives takeaways the moments that the transcript bears out: one rule for all that is listed.

What an author timed is checked. Of what has no time, a statement is looked for where it is said
(`ingest.check`), and what only names a subject ("Pricing", "How do you hire?") where the talk about
it begins (`ingest.align`). Measured in docs/takeaways.md: each way is poor at the other's task.
"""

from collections.abc import Sequence

from corpus.records import Segment
from ingest.align import Aligned, align_notes
from ingest.check import Checked, Claim, check_takeaways
from search.embedder import PassageEmbedder

SURE = 0.5
"""Confidence from which on a moment is told: no time is better than a wrong one."""
_WORDS_OF_A_SUBJECT = 11


def place_takeaways(
    takeaways: Sequence[Claim],
    segments: Sequence[Segment],
    embedder: PassageEmbedder | None,
    *,
    duration_ms: int | None = None,
) -> tuple[Checked, ...]:
    """Return, for each takeaway of a list in order, whether and where it is said.

    What has a time gets the verdict of :func:`ingest.check.check_takeaways`. What has none is
    ``unchecked`` with a moment that is sure enough, else ``not found``.

    Raises:
        ModelError: If the embedder has no weights.
    """
    found = list(check_takeaways(takeaways, segments, embedder, duration_ms=duration_ms))
    subjects = [
        at
        for at, takeaway in enumerate(takeaways)
        if takeaway.start_ms is None and names_subject(takeaway.text)
    ]
    texts = [takeaways[at].text for at in subjects]
    aligned = align_notes(texts, segments, embedder, duration_ms=duration_ms) if texts else ()
    for at, result in zip(subjects, aligned, strict=True):
        found[at] = _as_checked(result)
    return tuple(map(_or_no_time, found))


def names_subject(text: str) -> bool:
    """Say whether a text names what is spoken of, and states nothing of it.

    >>> names_subject("Pricing the first project"), names_subject("When do you hire?")
    (True, True)
    >>> names_subject("Price the first project by the day.")
    False
    """
    plain = text.strip("\"'“”‘’() ")
    if plain.endswith("?"):
        return True
    return len(plain.split()) <= _WORDS_OF_A_SUBJECT and not plain.endswith((".", "!", "…"))


def _as_checked(aligned: Aligned) -> Checked:
    if aligned.start_ms is None:
        return Checked(verdict="unchecked", confidence=0.0)
    return Checked(
        verdict="unchecked",
        confidence=aligned.confidence,
        found_ms=aligned.start_ms,
        sentence=aligned.sentence,
        speaker=aligned.speaker,
    )


def _or_no_time(found: Checked) -> Checked:
    if found.verdict != "unchecked" or found.found_ms is None or found.confidence >= SURE:
        return found
    return Checked(verdict="not found", confidence=round(1 - found.confidence, 3))
