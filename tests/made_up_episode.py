"""A made-up conversation about running an agency, nine seconds a sentence."""

from corpus.records import Segment

SAID = (
    ("Priya", "Welcome back to Studio Ledger, the show for people who keep studios afloat."),
    ("Priya", "With me is Jonas Weidel, who has scheduled designers for fifteen years."),
    ("Jonas", "Thanks for having me, it is lovely to be here."),
    ("Priya", "How do you plan a week when every client calls their job urgent?"),
    ("Jonas", "I leave one day in five empty, because emergencies always fill the gap."),
    ("Jonas", "A calendar without holes is a promise that you will break by Wednesday."),
    ("Priya", "Your finance director must hate that."),
    ("Jonas", "She did, until the overtime bill fell by thirty percent in one quarter."),
    ("Priya", "Let us turn to freelancers."),
    ("Jonas", "Book your favourite illustrator before the contract is signed, and pay a deposit."),
    ("Jonas", "Good people remember who paid them within a week."),
    ("Priya", "What do you do about meetings?"),
    ("Jonas", "We banned status meetings and wrote a short note every morning instead."),
    ("Jonas", "Nobody missed them, and the notes became our best record of decisions."),
    ("Priya", "And when a project goes wrong?"),
    ("Jonas", "Tell the client the same afternoon, with a new date and a smaller scope."),
    ("Jonas", "Bad news does not improve with age."),
    ("Priya", "That is a lovely line to finish with, thank you Jonas."),
)
STEP_MS = 9_000
DURATION_MS = STEP_MS * len(SAID)
SEGMENTS = tuple(
    Segment(start_ms=STEP_MS * at, end_ms=STEP_MS * at + 8_500, text=text, speaker=speaker)
    for at, (speaker, text) in enumerate(SAID)
)


def at_sentence(number: int) -> int:
    return STEP_MS * number
