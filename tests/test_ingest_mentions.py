"""Which episode an issue speaks of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.records import Block, EpisodeMention
from ingest.mentions import find_mention


def mention(*texts):
    return find_mention([Block(kind="paragraph", text=text) for text in texts])


SHOWS = [
    ("Our latest episode of Studio Notes is out.", "Studio Notes"),
    (
        "The new episode of Ops Table: A Show for Producers, with a guest.",
        "Ops Table: A Show for Producers",
    ),
    ("This was the topic of episode 14 of Ops Table, where we argued.", "Ops Table"),
    ("I was invited on the Agency Margins podcast.", "Agency Margins"),
    ("Tune in to the Ops Table Podcast", "Ops Table Podcast"),
    ("🎧 The Studio Desk:", "The Studio Desk"),
    ("🎧 Listen now:", None),
    ("🎧 in this episode we talk about rates", None),
    ("On this week's episode of the show we talk about rates.", None),
    ("Find the episode on Apple Podcasts or Spotify.", None),
    ("We launched a site for Acme.", None),
    ("An episode of rain ended our picnic.", None),
]


@pytest.mark.parametrize(("text", "show"), SHOWS)
def test_a_show_is_named_only_where_the_words_make_it_plain(text, show):
    near = "" if show is None else "In this episode"
    assert mention(text, near).show == show


GUESTS = [
    ("This week I sat down with Priya Raman on the podcast.", ("Priya Raman",)),
    ("A new episode of Ops Table, with pricing coach Marta de la Cruz.", ("Marta de la Cruz",)),
    ("My guest is Dr. Anna Schmidt.", ("Anna Schmidt",)),
    ("Our guests: John Lee and Mary-Ann Jones", ("John Lee", "Mary-Ann Jones")),
    ("For the podcast I spoke with Tomas Berg, founder of Bergwerk.", ("Tomas Berg",)),
    ("Listen to a conversation with Acme’s head of design Ola Nordmann.", ("Ola Nordmann",)),
    ("I had lunch with Priya Raman.", ()),
    ("In this episode we talk about money with everybody.", ()),
    ("Our podcast is made with The Audio Agency.", ()),
]


@pytest.mark.parametrize(("text", "guests"), GUESTS)
def test_guests_are_names_and_nothing_else(text, guests):
    assert mention(text).guests == guests


def test_the_host_is_no_guest():
    texts = (
        "Lena Fox is a pricing coach.",
        "In this episode, Lena Fox and Omar Haddad discuss rates.",
    )
    assert mention(*texts, "Hosted by Omar Haddad").guests == ("Lena Fox",)
    assert mention("I sat down with Omar Haddad for the podcast.", "I’m Omar Haddad.").guests == ()


TITLES = [
    ("Listen to “Why retainers fail” now.", "Why retainers fail"),
    ("Episode 61: How to hire a producer", "How to hire a producer"),
    ("Episode 61 is out now.", "Episode 61"),
    ("Listen wherever you like.", None),
    ("She called it “the long no”.", None),
]


@pytest.mark.parametrize(("text", "title"), TITLES)
def test_a_title_is_quoted_or_numbered(text, title):
    assert mention(text).title == title


def test_an_issue_without_an_episode_mentions_none():
    assert mention("I sat down with Priya Raman.", "We ate soup.") == EpisodeMention()


@given(st.lists(st.text(max_size=80) | st.sampled_from(["episode of A", "with Ada Byron", "🎧 A"])))
def test_whatever_the_prose_nothing_is_raised(texts):
    mention(*texts)
