"""Podlove transcripts: the web player's JSON, and simple transcripts in XML.

https://docs.podlove.org/podlove-web-player/v5/transcripts and http://podlove.org/simple-transcripts
"""

from typing import Any

from corpus.formats.clock import find_time
from corpus.formats.drafts import Draft, clean_speaker, finish_transcript
from corpus.formats.json_rows import Row, first_of, join_equal_times, names_by_id, rows_of, text_of
from corpus.formats.xml_tree import Element, attribute, element_text, local_name
from corpus.records import ParsedTranscript


def podlove_rows(value: Any) -> list[Row]:
    """Return the rows of a Podlove transcript in JSON, whether an object or a bare array."""
    return rows_of(value.get("transcripts")) if isinstance(value, dict) else rows_of(value)


def parse_podlove_json(value: Any) -> ParsedTranscript:
    """Return what a Podlove transcript says: the voice's name, else the speaker's id."""
    names: dict[str, str] = {}
    if isinstance(value, dict):
        for key in ("contributors", "speakers", "voices"):
            names.update(names_by_id(value.get(key)))
    drafts = join_equal_times(_draft(row, names) for row in podlove_rows(value))
    language = value.get("language") if isinstance(value, dict) else None
    return finish_transcript("podlove-json", drafts, language=language)


def _draft(row: Row, names: dict[str, str]) -> Draft:
    start, end = find_time(row.get("start_ms"), per_unit_ms=1), None
    end = find_time(row.get("end_ms"), per_unit_ms=1)
    speaker = clean_speaker(row.get("speaker"))
    return Draft(
        text=text_of(row, "text", "body"),
        start_ms=find_time(first_of(row, "start", "startTime")) if start is None else start,
        end_ms=find_time(first_of(row, "end", "endTime")) if end is None else end,
        speaker=clean_speaker(row.get("voice")) or names.get(speaker or "", speaker),
    )


def parse_podlove_xml(root: Element) -> ParsedTranscript:
    """Return what a Podlove simple transcript says: a segment for each of its items."""
    drafts: list[Draft] = []
    for speech in root.iter():
        if local_name(speech) != "speech":
            continue
        speaker = None
        for child in speech:
            if local_name(child) == "speaker":
                speaker = clean_speaker(element_text(child))
            elif local_name(child) == "item":
                drafts.append(
                    Draft(
                        text=element_text(child),
                        start_ms=find_time(attribute(child, "start")),
                        end_ms=find_time(attribute(child, "end")),
                        speaker=speaker,
                    )
                )
    return finish_transcript(
        "podlove-xml", join_equal_times(drafts), language=attribute(root, "lang")
    )
