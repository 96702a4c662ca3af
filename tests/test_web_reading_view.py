"""The transcript on an episode's page: parts, words, what is found within, speakers."""

import pytest
from click.testing import CliRunner

from corpus.catalogue import episodes, passages, speakers, takeaways, transcripts, undos
from corpus.records import Chapter, Enclosure, ParsedEpisode, Segment, Word
from ingest.speaker_edits import apply_names, find_speaker, name_speaker
from ingest.takeaway_edits import take_back
from tests.page_audit import list_faults, parse
from tests.web_house import make_full_house, segments
from web.app import create_app
from web.cli import cli
from web.episode_pages import place_marks
from web.finding import find_words
from web.reading_view import SentenceView, cut_parts, make_paragraphs
from web.word_times import place_words

MOST_BYTES = 150_000


@pytest.fixture
def house(home, catalogue):
    return make_full_house(home, catalogue)


@pytest.fixture
def client(house):
    return create_app(house).test_client()


def get(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status, address
    return parse(answer)


def long_talk(hours=3, *, letters="abcdefgh ", speaker=None):
    """A talk in which every sentence lasts five seconds and says its own number."""
    return tuple(
        Segment(
            start_ms=place * 5_000,
            end_ms=place * 5_000 + 4_900,
            speaker=speaker or f"Speaker {place // 40 % 8}",
            text=f"Number {place} is told {letters * 6}& <so> on.",
        )
        for place in range(hours * 720)
    )


def put_long(house, spoken, chapters=()):
    with house.catalogue.write() as conn:
        episode_id, _ = episodes.put_episode(
            conn,
            house.ids["show"],
            ParsedEpisode(
                guid="long",
                title="Three hours",
                enclosures=(Enclosure(url="https://example.com/long.mp3"),),
                show_notes="A note.\n" * 200,
            ),
            now_ms=1,
        )
        transcripts.put_transcript(conn, episode_id, spoken, origin="publisher", now_ms=1)
        episodes.put_chapters(conn, episode_id, chapters)
    return episode_id


@pytest.mark.parametrize("letters", ["abcdefgh ", "日本語の話 "])
def test_a_page_of_three_hours_is_small_and_all_of_it_can_be_reached(house, client, letters):
    spoken = long_talk(letters=letters)
    episode_id = put_long(house, spoken)
    page = get(client, f"/episodes/{episode_id}")
    links = page.select("nav.parts")[0].select("a")
    seen = []
    for link in links:
        answer = client.get(link["href"])
        assert len(answer.data) < MOST_BYTES
        part = parse(answer)
        assert list_faults(part) == []
        assert part.select_one("#spoken > h3")
        seen += [one.get_text() for one in part.select(".sentence")]
    assert " ".join(seen).split() == " ".join(each.text for each in spoken).split()


def test_the_part_with_the_moment_asked_for_is_shown(house, client):
    episode_id = put_long(house, long_talk())
    page = get(client, f"/episodes/{episode_id}?t=2:30:01")
    assert "Number 1800 " in page.select_one("#now").get_text()
    assert page.select_one("nav.parts a[aria-current]")["data-part"] != "1"


def test_parts_end_where_chapters_begin(house):
    chapters = [place * 600_000 for place in range(18)]
    paragraphs = make_paragraphs(long_talk(), duration_ms=None, at_ms=None)
    parts = cut_parts(paragraphs, chapters)
    assert 2 < len(parts) < 12
    for part in parts[1:]:
        assert part.start_ms % 600_000 < 40_000
    assert [one for part in parts for each in part.paragraphs for one in each.sentences] == [
        one for each in paragraphs for one in each.sentences
    ]


def test_a_short_transcript_is_one_part():
    paragraphs = make_paragraphs(segments(), duration_ms=None, at_ms=None)
    (part,) = cut_parts(paragraphs, [0, 12_000, 36_000])
    assert part.paragraphs == paragraphs
    assert cut_parts((), []) == ()


def test_what_is_looked_for_is_found_in_all_parts(house, client):
    episode_id = put_long(house, long_talk())
    page = get(client, f"/episodes/{episode_id}?find=NUMBER++2100")
    assert page.select_one("#found-h").get_text() == "1 sentence with “NUMBER 2100”"
    hit = page.select_one(".found-list li")
    assert hit.mark.get_text() == "Number 2100"
    opened = get(client, hit.a["href"])
    assert "Number 2100 " in opened.select_one("#now").get_text()
    assert opened.select_one("#find")["value"] == "NUMBER 2100"
    many = get(client, f"/episodes/{episode_id}?find=told")
    assert many.select_one("#found-h").get_text().startswith("2,160 sentences")
    assert len(many.select(".found-list li")) == 50


@pytest.mark.parametrize(
    ("text", "asked", "marked"),
    [
        ("Don’t do it.", "don't", ["Don’t"]),
        ("Un café crème.", "CAFE", ["café"]),
        ("aaaa", "aa", ["aa", "aa"]),
        ("Straße und Strasse", "strasse", ["Straße", "Strasse"]),
        ("It is “so”.", '"so"', ["“so”"]),
        ("Nothing.", "some", []),
    ],
)
def test_words_are_found_whatever_their_accents(text, asked, marked):
    spoken = [Segment(start_ms=0, end_ms=1_000, text=text)]
    found = find_words(make_paragraphs(spoken, duration_ms=None, at_ms=None), asked)
    told = [p.text for one in found.sentences for p in one.pieces if p.is_marked]
    assert told == marked
    assert "".join(p.text for one in found.sentences for p in one.pieces) in ("", text)


@pytest.mark.parametrize("asked", ["", "  ", "\u0301"])
def test_nothing_asked_is_nothing_found(asked):
    assert find_words((), asked) is None


def sentence(text, start_ms, end_ms):
    return SentenceView(text=text, start_ms=start_ms, end_ms=end_ms)


def test_words_are_placed_in_their_sentences():
    words = [
        Word(start_ms=100 * place, end_ms=100 * place + 90, text=text)
        for place, text in enumerate(["Say", "no,", "ums", "no.", "Then", "go", "no."])
    ]
    spoken = [Segment(start_ms=0, end_ms=700, text="Say no, no. Then go no.", words=tuple(words))]
    sentences = [sentence("Say no, no.", 0, 390), sentence("Then go no.", 400, 690)]
    assert place_words(sentences, spoken) == [
        [(0, 3, 0), (4, 7, 100), (8, 11, 300)],
        [(0, 4, 400), (5, 7, 500), (8, 11, 600)],
    ]
    assert place_words([], spoken) == []
    assert place_words(sentences, segments()) == [[], []]


def test_the_words_of_a_part_are_answered_for_the_player(house, client):
    spoken = long_talk(1)
    timed = [
        Segment(
            start_ms=one.start_ms,
            end_ms=one.end_ms,
            speaker=one.speaker,
            text=one.text,
            words=tuple(
                Word(start_ms=one.start_ms + 50 * at, end_ms=one.start_ms + 50 * at + 40, text=text)
                for at, text in enumerate(one.text.split())
            ),
        )
        for one in spoken
    ]
    episode_id = put_long(house, timed)
    page = get(client, f"/episodes/{episode_id}?part=2")
    source = page.select_one("#spoken")["data-words"]
    told = client.get(source).get_json()["words"]
    sentences = page.select(".sentence")
    assert len(told) == len(sentences)
    for one, words in zip(sentences, told, strict=True):
        text = one.get_text()
        assert [text[start:end] for start, end, _ in words] == text.split()
        assert words[0][2] == int(one["data-start"])
    assert "data-words" not in str(get(client, f"/episodes/{house.ids['full']}"))


def test_chapters_are_marked_on_the_bar(house, client):
    page = get(client, f"/episodes/{house.ids['full']}")
    marks = page.select("#marks a")
    assert [mark["aria-label"] for mark in marks] == [
        "0:00 Welcome",
        "0:12 A promise",
        "0:36 Who does the work",
    ]
    assert [mark.select_one("rect")["x"] for mark in marks] == ["0.0", "200.0", "600.0"]
    assert "t=36" in marks[2]["href"]
    odd = [Chapter(start_ms=0, title="a"), Chapter(start_ms=99_000, title="behind the end")]
    assert [mark.start for mark in place_marks(odd, 60_000)] == [0, 1000]
    assert place_marks(odd, None) == ()


# Speakers


def named(house, episode_id):
    with house.catalogue.read() as conn:
        return [each.speaker for each in transcripts.list_segments(conn, episode_id)]


def held_passages(house, episode_id):
    with house.catalogue.read() as conn:
        return passages.list_passages(conn, episode_id=episode_id, kind="transcript")


def put_other(house, guid, *, origin="publisher"):
    with house.catalogue.write() as conn:
        episode_id, _ = episodes.put_episode(
            conn, house.ids["show"], ParsedEpisode(guid=guid, title=guid), now_ms=1
        )
        transcripts.put_transcript(conn, episode_id, segments(), origin=origin, now_ms=1)
        apply_names(conn, episode_id)
    return episode_id


def correct(house, name, *, episode_id=None, label="Ben Marsh", for_show=True):
    of = episode_id or house.ids["full"]
    return name_speaker(house.catalogue, of, label, name, for_show=for_show, now_ms=5)


def test_a_corrected_name_is_told_everywhere_and_the_transcript_stays(house):
    episode_id = house.ids["full"]
    with house.catalogue.write() as conn:
        apply_names(conn, episode_id)
    before = held_passages(house, episode_id)
    undo_id, said = correct(house, " Benjamin  Marsh ")
    assert said == "“Ben Marsh” is now called Benjamin Marsh"
    assert named(house, episode_id)[1] == "Benjamin Marsh"
    after = held_passages(house, episode_id)
    assert [each.id for each in after] == [each.id for each in before]
    told = {s.speaker for each in after for s in each.sentences}
    assert told == {"Ada Quill", "Benjamin Marsh"}
    with house.catalogue.read() as conn:
        held = takeaways.list_takeaways(conn, episode_id=episode_id)
        raw = {each.speaker for each in transcripts.iter_segments(conn, episode_id)}
    assert {each.speaker for each in held} == {"Benjamin Marsh", None}
    assert raw == {"Ada Quill", "Ben Marsh"}
    take_back(house.catalogue, undo_id, now_ms=6)
    assert named(house, episode_id)[1] == "Ben Marsh"
    assert held_passages(house, episode_id) == before


def test_a_correction_holds_for_the_show_where_the_transcript_comes_the_same_way(house):
    same, other = put_other(house, "same"), put_other(house, "other", origin="import")
    correct(house, "Benjamin")
    assert named(house, same)[1] == "Benjamin"
    assert named(house, other)[1] == "Ben Marsh"
    late = put_other(house, "late")
    assert "Benjamin" in {s.speaker for p in held_passages(house, late) for s in p.sentences}


def test_a_correction_for_one_episode_goes_before_the_shows(house):
    other = put_other(house, "other")
    correct(house, "Benjamin")
    correct(house, "Benno", for_show=False)
    assert (named(house, house.ids["full"])[1], named(house, other)[1]) == ("Benno", "Benjamin")
    correct(house, "Ben Marsh", for_show=False)
    assert (named(house, house.ids["full"])[1], named(house, other)[1]) == ("Ben Marsh", "Benjamin")
    correct(house, "", for_show=True)
    assert (named(house, house.ids["full"])[1], named(house, other)[1]) == ("Ben Marsh",) * 2
    with house.catalogue.read() as conn:
        assert speakers.list_names(conn) == ()


def test_other_episodes_follow_by_a_job(house):
    from corpus.catalogue import jobs

    put_other(house, "other")
    correct(house, "Benjamin")
    with house.catalogue.read() as conn:
        (job,) = [job for job in jobs.list_jobs(conn) if job.kind == "speakers"]
    assert job.title == "The Long Table"


def test_names_are_corrected_by_the_form_and_taken_back(house, client):
    address = f"/episodes/{house.ids['full']}"
    form = get(client, address).select("#speakers form")[1]
    data = {field["name"]: field["value"] for field in form.select("input[type=hidden]")}
    data |= {"name": "Benjamin", "for_show": "1"}
    page = parse(client.post(form["action"], data=data, follow_redirects=True))
    assert "is now called Benjamin" in page.select_one(".notice-good").get_text()
    assert [h3.get_text() for h3 in page.select(".said-who")][1] == "Benjamin"
    assert list_faults(page) == []
    client.post(page.select_one("form.undo")["action"])
    assert "Benjamin" not in get(client, address).select_one(".transcript").get_text()
    page = parse(
        client.post(form["action"], data={**data, "label": "Nobody"}, follow_redirects=True)
    )
    assert "is no speaker of this episode" in page.select_one(".notice-bad").get_text()


def test_programs_correct_names(house, client):
    address = f"/api/v1/episodes/{house.ids['full']}/speakers"
    told = client.post(address, json={"label": "Ben Marsh", "name": "Benjamin"}).get_json()
    assert told["speakers"][1] == {
        "label": "Ben Marsh",
        "name": "Benjamin",
        "corrected_for": "show",
    }
    assert client.get(address).get_json()["speakers"] == told["speakers"]
    client.post(f"/api/v1/undos/{told['undo_id']}")
    assert client.get(address).get_json()["speakers"][1]["name"] == "Ben Marsh"
    assert client.post(address, json={"name": "x"}).status_code == 400
    assert client.post(address, json={"label": "Ben Marsh", "name": 3}).status_code == 400
    assert client.post(address, json={"label": "Nobody"}).status_code == 404
    assert client.get("/api/v1/episodes/999/speakers").status_code == 404


def test_names_are_corrected_from_the_command_line(house):
    run = CliRunner()
    at = ["--home", str(house.home.path), "speakers", str(house.ids["full"])]
    result = run.invoke(cli, [*at, "Ben Marsh", "Benjamin", "--only-here"])
    assert "Benjamin  (Ben Marsh in the transcript)" in result.stdout
    assert "Ben Marsh\n" in run.invoke(cli, [*at, "--undo"]).stdout
    assert '"label": "Ada Quill"' in run.invoke(cli, [*at, "--json"]).stdout
    assert run.invoke(cli, [*at, "--undo"]).exit_code != 0
    assert run.invoke(cli, [*at, "Ben Marsh"]).exit_code != 0


def test_an_undo_is_remembered_at_its_episode(house):
    undo_id, _ = correct(house, "Benjamin")
    with house.catalogue.read() as conn:
        assert undos.find_last_undo(conn, f"speaker:{house.ids['full']}") == undo_id


def test_who_speaks_at_a_moment_is_found():
    assert find_speaker(segments(), 12_000) == "Ben Marsh"
    assert find_speaker((), 5) is None
