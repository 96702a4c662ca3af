"""Makes ``corpus/samples/`` from the scripts in ``bench/samples/``: sound, truth, feed, letters.

Run from anywhere, after ``pip install --group samples``::

    python bench/make_samples.py
    python bench/make_samples.py --texts   # keep the sound, write the texts anew

A script has one sentence a line, ``SPEAKER [anchor]: words``; ``# Title`` begins a chapter. In the
templates ``{{episode#anchor}}`` becomes the clock text of that sentence, ``{{episode#anchor -60}}``
one that is wrong on purpose, ``{{episode.bytes}}`` and the like what is known of the sound.
"""

import argparse
import json
import re
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

SOURCES = Path(__file__).parent / "samples"
TARGET = Path(__file__).parents[1] / "corpus" / "samples"

SPEAKERS = {
    "GRACE": "Grace Holland",
    "VICTOR": "Victor Palmer",
    "SIMON": "Simon Field",
    "ADRIAN": "Adrian Cole",
}
TITLES = {
    "the-small-yes": "The Small Yes",
    "where-the-hours-go": "Where the Hours Go",
    "the-first-operations-hire": "The First Operations Hire",
}
SHOW = "The Spare Desk"
WITH_MUSIC = {"the-small-yes"}
LETTERS = {"issue-1.txt": "the-small-yes", "issue-2.html": "where-the-hours-go"}

_LINE = re.compile(r"([A-Z]+)(?: \[([\w-]+)\])?: (.+)")
_SLOT = re.compile(r"\{\{([\w-]+)([#.])([\w-]+)(?: ([+-]\d+))?\}\}")
_TAKEAWAY = re.compile(r"^(?:<p[^>]*>)?(.+?) \((\{\{[^}]+\}\})\)(?:</p>)?$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A sentence of a script."""

    speaker: str
    text: str
    anchor: str | None
    opens: str | None
    """The title of the chapter that it opens."""


Truth = dict[str, Any]


def parse_script(text: str) -> list[Line]:
    """Return the sentences of a script.

    Raises:
        ValueError: If a line is neither a sentence nor a chapter.
    """
    lines: list[Line] = []
    title: str | None = None
    for row in filter(None, map(str.strip, text.splitlines())):
        if row.startswith("# "):
            title = row[2:]
            continue
        match = _LINE.fullmatch(row)
        if match is None:
            raise ValueError(f"neither sentence nor chapter: {row}")
        speaker, anchor, words = match.groups()
        lines.append(Line(speaker=speaker, text=words, anchor=anchor, opens=title))
        title = None
    return lines


def record(name: str, lines: list[Line]) -> None:
    """Speak a script: writes the mp3 and its truth.

    Raises:
        RuntimeError: If a player would hear a sentence 5 ms or more from where the truth says.
    """
    import numpy as np
    import sample_sound as sound

    host = sound.Timbre(model="heart", pace=0.93)
    guests = {
        "VICTOR": sound.Timbre(model="joe", pitch=0.95, pace=0.92),
        "SIMON": sound.Timbre(model="joe", pace=0.94),
        "ADRIAN": sound.Timbre(model="joe", pitch=1.06, pace=0.9),
    }
    voices = sound.load_voices({"GRACE": host, **guests})
    draw = np.random.default_rng(list(name.encode()))
    parts = [np.zeros(int(0.4 * sound.RATE), np.float32)]
    events = []
    if name in WITH_MUSIC:
        parts = [sound.make_music(), *parts]
        events = [{"kind": "music", "start": 0.0, "end": sound.MUSIC_S}]
    sentences: list[dict[str, Any]] = []
    for i, line in enumerate(lines):
        if i:
            pause = 0.7 if line.opens else draw.uniform(0.3, 0.65)
            parts.append(np.zeros(int(pause * sound.RATE), np.float32))
        spoken = voices[line.speaker](line.text)
        start = sum(map(len, parts)) / sound.RATE
        end = start + len(spoken) / sound.RATE
        speaker = SPEAKERS[line.speaker]
        times = {"start": round(start, 3), "end": round(end, 3)}
        sentences.append({"i": i, "speaker": speaker, **times, "text": line.text})
        parts.append(spoken)
    parts.append(np.zeros(int(0.8 * sound.RATE), np.float32))
    made = sound.add_room(np.concatenate(parts))
    path = TARGET / f"{name}.mp3"
    tags = {"title": TITLES[name], "artist": SHOW, "date": "2026"}
    sound.write_mp3(path, made, tags)
    decoded = sound.read_mono(path)
    shifts = [sound.measure_shift_ms(made, decoded, row["start"]) for row in sentences]
    if max(map(abs, shifts)) >= 5:
        raise RuntimeError(f"{name}: decoded sound is off by {max(shifts, key=abs):.1f} ms")
    truth = {
        "show": SHOW,
        "title": TITLES[name],
        "guid": guid_of(name),
        "duration": round(len(made) / sound.RATE, 3),
        "synthetic": True,
        "events": events,
        "sentences": sentences,
    }
    write_json(f"{name}.truth.json", truth)
    print(
        f"{name}: {truth['duration']:.1f} s, {len(sentences)} sentences, worst {max(shifts):.1f} ms"
    )


def guid_of(name: str) -> str:
    """Return the guid of an episode."""
    return f"spare-desk-2026-{list(TITLES).index(name) + 1:02}"


def write_json(name: str, document: Any) -> None:
    """Write a document into the samples."""
    text = json.dumps(document, ensure_ascii=False, indent=1)
    (TARGET / name).write_text(text + "\n", encoding="utf-8")


def clock(seconds: float) -> str:
    """Return the clock text of a moment, to the second below."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """A recorded script: what templates ask of it."""

    name: str
    lines: list[Line]
    truth: Truth

    def sentence(self, anchor: str) -> dict[str, Any]:
        """Return the sentence that carries an anchor; raises KeyError."""
        for line, row in zip(self.lines, self.truth["sentences"], strict=True):
            if line.anchor == anchor:
                return dict(row)
        raise KeyError(anchor)

    def chapters(self) -> list[tuple[float, str]]:
        """Return start and title of each chapter; the first begins with the file."""
        rows = zip(self.lines, self.truth["sentences"], strict=True)
        found = [(row["start"], line.opens) for line, row in rows if line.opens]
        return [(0.0, found[0][1]), *found[1:]]

    def facts(self) -> dict[str, str]:
        """Return what a template may ask for with a dot."""
        seconds = self.truth["duration"]
        marks = [f"{clock(start)} {title}" for start, title in self.chapters()]
        return {
            "guid": self.truth["guid"],
            "bytes": str((TARGET / f"{self.name}.mp3").stat().st_size),
            "seconds": str(round(seconds)),
            "clock": clock(round(seconds)),
            "marks": "".join(f"<li>{mark}</li>\n" for mark in marks),
        }


def fill(template: str, episodes: dict[str, Episode]) -> str:
    """Return a template with its slots filled; raises KeyError for a slot that names nothing."""

    def value(match: re.Match[str]) -> str:
        name, kind, key, error = match.groups()
        if kind == ".":
            return episodes[name].facts()[key]
        return clock(episodes[name].sentence(key)["start"] + int(error or 0))

    return _SLOT.sub(value, template)


def write_transcripts(episodes: dict[str, Episode]) -> None:
    """Write the publisher's transcripts (WebVTT, Podcasting 2.0 JSON) and chapters.

    Formats: https://www.w3.org/TR/webvtt1/ and
    https://github.com/Podcastindex-org/podcast-namespace/tree/main/docs/examples
    """
    cues = ["WEBVTT\n"]
    for row in episodes["the-small-yes"].truth["sentences"]:
        times = " --> ".join(vtt_time(row[key]) for key in ("start", "end"))
        cues.append(f"{times}\n<v {row['speaker']}>{row['text']}</v>\n")
    (TARGET / "the-small-yes.vtt").write_text("\n".join(cues), encoding="utf-8")

    third = episodes["the-first-operations-hire"]
    segments = [
        {
            "speaker": row["speaker"],
            "startTime": row["start"],
            "endTime": row["end"],
            "body": row["text"],
        }
        for row in third.truth["sentences"]
    ]
    write_json(f"{third.name}.transcript.json", {"version": "1.0.0", "segments": segments})
    marks = [{"startTime": start, "title": title} for start, title in third.chapters()]
    write_json(f"{third.name}.chapters.json", {"version": "1.2.0", "chapters": marks})


def vtt_time(seconds: float) -> str:
    """Return a time as WebVTT writes it."""
    ms = round(seconds * 1000)
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"


def expect(name: str, template: str, episodes: dict[str, Episode]) -> dict[str, Any]:
    """Return what a reader should find in a letter: its takeaways, stated and true times."""
    takeaways = []
    for text, slot in _TAKEAWAY.findall(template):
        episode, _, anchor, error = _SLOT.fullmatch(slot).groups()  # type: ignore[union-attr]
        true_ms = round(episodes[episode].sentence(anchor)["start"] * 1000)
        stated_ms = (true_ms // 1000 + int(error or 0)) * 1000
        takeaways.append({"text": unescape(text), "start_ms": stated_ms, "true_ms": true_ms})
    truth = episodes[LETTERS[name]].truth
    guests = {row["speaker"] for row in truth["sentences"]} - {SPEAKERS["GRACE"]}
    wrong = [
        i for i, row in enumerate(takeaways) if row["start_ms"] != row["true_ms"] // 1000 * 1000
    ]
    return {
        "episode_guid": truth["guid"],
        "show": SHOW,
        "guests": sorted(guests),
        "takeaways": takeaways,
        "wrong": wrong,
    }


def write_texts(episodes: dict[str, Episode]) -> None:
    """Write the feed, the letters, what is expected of them, and the questions."""
    for name in ("feed.xml", *LETTERS):
        template = (SOURCES / name).read_text(encoding="utf-8")
        (TARGET / name).write_text(fill(template, episodes), encoding="utf-8")
    letters = {
        name: expect(name, (SOURCES / name).read_text(encoding="utf-8"), episodes)
        for name in LETTERS
    }
    write_json("expected.json", {"issues": letters})
    rows = []
    for line in (SOURCES / "questions.jsonl").read_text(encoding="utf-8").splitlines():
        asked = json.loads(line)
        episode = episodes[asked["episode"]]
        row = {
            "query_id": asked["query_id"],
            "query": asked["query"],
            "episode_id": episode.truth["guid"],
            "start": episode.sentence(asked["from"])["start"],
            "end": episode.sentence(asked["to"])["end"],
        }
        rows.append(json.dumps(row, ensure_ascii=False) + "\n")
    (TARGET / "questions.jsonl").write_text("".join(rows), encoding="utf-8")


def main() -> None:
    """Make everything, or only the texts."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--texts", action="store_true", help="keep the sound and its truth")
    only_texts = parser.parse_args().texts
    scripts = {
        name: parse_script((SOURCES / f"{name}.txt").read_text(encoding="utf-8")) for name in TITLES
    }
    if not only_texts:
        for name, lines in scripts.items():
            record(name, lines)
    episodes = {
        name: Episode(
            name=name,
            lines=lines,
            truth=json.loads((TARGET / f"{name}.truth.json").read_text(encoding="utf-8")),
        )
        for name, lines in scripts.items()
    }
    write_transcripts(episodes)
    write_texts(episodes)


if __name__ == "__main__":
    main()
