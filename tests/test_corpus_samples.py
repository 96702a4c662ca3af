import json
import re
from email.utils import parsedate_to_datetime
from html import unescape
from itertools import pairwise
from xml.etree import ElementTree

import av
import numpy as np
import pytest

from corpus.errors import NotHeldError
from corpus.moments import format_moment, parse_moment
from corpus.samples import sample_path, sample_sources

EPISODES = ("the-small-yes", "where-the-hours-go", "the-first-operations-hire")
ISSUES = ("issue-1.txt", "issue-2.html")
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
PODCAST = "{https://podcastindex.org/namespace/1.0}"


def load(name):
    return json.loads(sample_path(name).read_text(encoding="utf-8"))


def truth(name):
    return load(f"{name}.truth.json")


def truths_by_guid():
    return {truth(name)["guid"]: truth(name) for name in EPISODES}


def feed_items():
    channel = ElementTree.parse(sample_path("feed.xml")).getroot().find("channel")
    return {item.findtext("guid"): item for item in channel.iter("item")}


def decode(name):
    with av.open(str(sample_path(f"{name}.mp3"))) as container:
        rate = container.streams.audio[0].rate
        return rate, np.concatenate(
            [frame.to_ndarray()[0] for frame in container.decode(audio=0)], dtype=np.float32
        )


def test_samples_stay_small():
    assert sum(file.stat().st_size for file in sample_path().glob("*.*")) <= 4 * 1024 * 1024


def test_sources_come_with_the_feed_first():
    assert [path.name for path in sample_sources()] == ["feed.xml", *ISSUES]


@pytest.mark.parametrize("name", ["no-such.mp3", "../records.py", ".."])
def test_what_is_no_sample_is_refused_by_name(name):
    with pytest.raises(NotHeldError) as caught:
        sample_path(name)
    assert name in str(caught.value)


def test_samples_are_eight_to_twelve_minutes_of_speech():
    assert 8 * 60 <= sum(truth(name)["duration"] for name in EPISODES) <= 12 * 60


@pytest.mark.parametrize("name", EPISODES)
def test_true_sentences_ascend_within_the_duration(name):
    document = truth(name)
    sentences = document["sentences"]
    assert len({row["speaker"] for row in sentences}) == 2
    assert all(row["start"] < row["end"] for row in sentences)
    assert all(before["end"] < after["start"] for before, after in pairwise(sentences))
    assert sentences[-1]["end"] <= document["duration"]


@pytest.mark.parametrize("name", EPISODES)
def test_every_sentence_is_heard_where_the_truth_says(name):
    rate, sound = decode(name)
    document = truth(name)
    assert len(sound) / rate == pytest.approx(document["duration"], abs=0.06)  # the last mp3 frame
    frame = rate // 200
    frames = sound[: len(sound) // frame * frame].reshape(-1, frame)
    level = np.sqrt((frames**2).mean(axis=1))
    for row in document["sentences"]:
        start = round(row["start"] * 200)
        before, after = level[start - 30 : start - 6], level[start - 6 : start + 24]
        onset = np.flatnonzero(after > 4 * np.median(before))[0] - 6
        assert abs(onset * 5) < 30, row["text"]


def test_feed_tells_the_true_bytes_and_durations():
    items, truths = feed_items(), truths_by_guid()
    assert items.keys() == truths.keys()
    for guid, item in items.items():
        enclosure = item.find("enclosure")
        stated = item.findtext(f"{ITUNES}duration")
        seconds = parse_moment(stated) / 1000 if ":" in stated else int(stated)
        assert sample_path(enclosure.get("url")).stat().st_size == int(enclosure.get("length"))
        assert abs(seconds - truths[guid]["duration"]) <= 1
        assert parsedate_to_datetime(item.findtext("pubDate")).year == 2026
        persons = {person.text for person in item.iter(f"{PODCAST}person")}
        assert persons == {row["speaker"] for row in truths[guid]["sentences"]}


def test_one_episode_has_webvtt_one_json_and_one_sound_alone():
    found = [
        [ref.get("type") for ref in item.iter(f"{PODCAST}transcript")]
        for item in feed_items().values()
    ]
    assert found == [["application/json"], [], ["text/vtt"]]
    for item in feed_items().values():
        for tag in ("transcript", "chapters"):
            assert all(sample_path(ref.get("url")) for ref in item.iter(PODCAST + tag))


def test_webvtt_cues_are_the_true_sentences():
    vtt = sample_path("the-small-yes.vtt").read_text(encoding="utf-8")
    cues = re.findall(r"^(\S+) --> (\S+)\n<v ([^>]+)>(.+)</v>$", vtt, re.MULTILINE)
    assert [(parse_moment(a), parse_moment(b), who, text) for a, b, who, text in cues] == [
        (round(row["start"] * 1000), round(row["end"] * 1000), row["speaker"], row["text"])
        for row in truth("the-small-yes")["sentences"]
    ]


def test_json_transcript_is_the_true_sentences():
    segments = load("the-first-operations-hire.transcript.json")["segments"]
    assert [
        (seg["startTime"], seg["endTime"], seg["speaker"], seg["body"]) for seg in segments
    ] == [
        (row["start"], row["end"], row["speaker"], row["text"])
        for row in truth("the-first-operations-hire")["sentences"]
    ]


@pytest.mark.parametrize("issue", ISSUES)
def test_expected_takeaways_stand_in_the_issue_out_of_order(issue):
    text = unescape(sample_path(issue).read_text(encoding="utf-8"))
    takeaways = load("expected.json")["issues"][issue]["takeaways"]
    places = [text.index(f"{row['text']} ({format_moment(row['start_ms'])})") for row in takeaways]
    starts = [row["start_ms"] for row in takeaways]
    assert 6 <= len(takeaways) <= 9
    assert places == sorted(places)
    assert starts != sorted(starts)


@pytest.mark.parametrize("issue", ISSUES)
def test_true_times_are_starts_of_sentences(issue):
    expected = load("expected.json")["issues"][issue]
    sentences = truths_by_guid()[expected["episode_guid"]]["sentences"]
    starts = {round(row["start"] * 1000) for row in sentences}
    assert {row["true_ms"] for row in expected["takeaways"]} <= starts
    assert set(expected["guests"]) < {row["speaker"] for row in sentences}


def test_exactly_one_stated_time_is_wrong_by_a_minute():
    off = [
        (issue, place, row["start_ms"] - row["true_ms"] // 1000 * 1000)
        for issue in ISSUES
        for place, row in enumerate(load("expected.json")["issues"][issue]["takeaways"])
    ]
    wrong = [(issue, place) for issue, place, error in off if error]
    assert [abs(error) for *_, error in off if error] == [60_000]
    assert wrong == [
        (issue, place)
        for issue in ISSUES
        for place in load("expected.json")["issues"][issue]["wrong"]
    ]


def test_twenty_questions_lie_within_episodes():
    lines = sample_path("questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line) for line in lines]
    truths = truths_by_guid()
    assert len({row["query_id"] for row in questions}) == len(questions) == 20
    assert {row["episode_id"] for row in questions} == truths.keys()
    for row in questions:
        assert 0 <= row["start"] < row["end"] <= truths[row["episode_id"]]["duration"]


def test_nothing_points_outside_the_reserved_example_addresses():
    for name in sample_sources():
        text = name.read_text(encoding="utf-8")
        hosts = re.findall(r"(?:src|href)=\"https?://([^/\"]+)", text) + re.findall(
            r"<link>https?://([^/<]+)", text
        )
        assert all(host.endswith(".example.com") for host in hosts)
