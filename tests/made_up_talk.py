"""A made-up talk of six subjects, two minutes each."""

import random

from corpus.records import Segment

SUBJECTS = {
    "Timesheets": "timesheet hours logging Friday reminder tracking overtime",
    "Choosing a printer": "printer paper ink proof varnish press delivery",
    "Why retainers fail": "retainer monthly burn unused allowance renewal",
    "Office dogs": "dog puppy leash walk barking kennel",
    "Paying interns": "intern wage student placement university stipend",
    "Kick-off meetings": "kickoff agenda attendee workshop sticky whiteboard",
}
SUBJECT_MS = 120_000
SENTENCE_MS = 6_000


def made_up_talk():
    """Two minutes a subject; a sentence names it first, the others speak of it."""
    rng, segments = random.Random(4), []
    for number, (title, words) in enumerate(SUBJECTS.items()):
        start_ms = number * SUBJECT_MS
        for at in range(SUBJECT_MS // SENTENCE_MS):
            said = rng.sample(words.split(), 3)
            text = f"I think the {said[0]} and the {said[1]} came before the {said[2]}."
            if at == 0:
                text = f"Now tell me about {title.casefold()} please."
            segments.append(
                Segment(
                    start_ms=start_ms + at * SENTENCE_MS,
                    end_ms=start_ms + (at + 1) * SENTENCE_MS - 200,
                    text=text,
                    speaker="Host" if at == 0 else "Guest",
                )
            )
    return tuple(segments)


TALK = made_up_talk()
DURATION_MS = SUBJECT_MS * len(SUBJECTS)
STARTS = {title: SUBJECT_MS * number for number, title in enumerate(SUBJECTS)}
