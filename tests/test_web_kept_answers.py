from search.hits import SearchRequest
from web.answers import Answered
from web.kept_answers import KeptAnswers


class Maker:
    def __init__(self, hits=1, problems=()):
        self.document = {"hits": ["hit"] * hits, "problems": list(problems), "took_ms": 9}
        self.made = 0

    def __call__(self, asked):
        self.made += 1
        return Answered(self.document, ())


def ask(text):
    return SearchRequest(text=text)


def test_the_same_question_of_the_same_state_is_answered_once():
    kept, make = KeptAnswers(), Maker()
    first = kept.answer("a", ask("x"), make)
    again = kept.answer("a", ask("x"), make)
    assert make.made == 1
    assert again.read() == first.read() | {"took_ms": 0}


def test_another_state_or_question_is_answered_anew():
    kept, make = KeptAnswers(), Maker()
    for state, text in (("a", "x"), ("b", "x"), ("a", "y")):
        kept.answer(state, ask(text), make)
    assert make.made == 3


def test_an_answer_with_problems_is_not_kept():
    kept, make = KeptAnswers(), Maker(problems=["no model"])
    for _ in range(2):
        kept.answer("a", ask("x"), make)
    assert make.made == 2


def test_only_so_many_hits_are_kept_and_the_oldest_go_first():
    kept, make = KeptAnswers(most_hits=10), Maker(hits=4)
    for text in ("first", "second", "first", "third"):
        kept.answer("a", ask(text), make)
    assert make.made == 3
    kept.answer("a", ask("first"), make)
    assert make.made == 3
    kept.answer("a", ask("second"), make)
    assert make.made == 4
