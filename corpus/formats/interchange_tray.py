"""The tray as one line of the interchange file: its picks in order, and where texts were used."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class InterchangePick:
    """A pick of the tray, in its author's words."""

    text: str
    original: str
    episode_guid: str | None = None
    start_ms: int | None = None
    end_ms: int | None = None
    speaker: str | None = None
    sentence: str | None = None
    episode: str | None = None
    show: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InterchangeUse:
    """A text out of the tray, and the issue it was used in."""

    text: str
    label: str
    used: str
    """The date of the issue."""
    episode_guid: str | None = None
    start_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InterchangeTray:
    """The tray."""

    picks: tuple[InterchangePick, ...] = ()
    uses: tuple[InterchangeUse, ...] = ()


def parse_tray(value: Mapping[str, Any]) -> InterchangeTray:
    """Return the tray that a line's JSON object holds.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: If it is none.
    """
    return InterchangeTray(
        picks=tuple(_parse_pick(row) for row in value.get("picks") or ()),
        uses=tuple(
            InterchangeUse(
                text=_words(row["text"]),
                label=_words(row["issue"]),
                used=_words(row["date"]),
                episode_guid=_text(row.get("episode_id")),
                start_ms=_ms(row.get("start")),
            )
            for row in value.get("uses") or ()
        ),
    )


def _parse_pick(row: Mapping[str, Any]) -> InterchangePick:
    text = _words(row["text"])
    return InterchangePick(
        text=text,
        original=_text(row.get("original")) or text,
        episode_guid=_text(row.get("episode_id")),
        start_ms=_ms(row.get("start")),
        end_ms=_ms(row.get("end")),
        speaker=_text(row.get("speaker")),
        sentence=_text(row.get("sentence")),
        episode=_text(row.get("episode")),
        show=_text(row.get("podcast")),
    )


def format_tray(held: InterchangeTray) -> str:
    """Return the tray as a line, without its line break."""
    value = {
        "kind": "tray",
        "picks": [
            {
                "text": pick.text,
                "original": pick.original,
                "episode_id": pick.episode_guid,
                "start": _seconds(pick.start_ms),
                "end": _seconds(pick.end_ms),
                "speaker": pick.speaker,
                "sentence": pick.sentence,
                "episode": pick.episode,
                "podcast": pick.show,
            }
            for pick in held.picks
        ],
        "uses": [
            {
                "text": use.text,
                "issue": use.label,
                "date": use.used,
                "episode_id": use.episode_guid,
                "start": _seconds(use.start_ms),
            }
            for use in held.uses
        ],
    }
    return json.dumps(value, ensure_ascii=False)


def _words(value: Any) -> str:
    found = " ".join(str(value).split()) if value is not None else ""
    if not found:
        raise ValueError("a text is empty")
    return found


def _text(value: Any) -> str | None:
    return str(value) if value not in (None, "") else None


def _ms(seconds: Any) -> int | None:
    if seconds is None:
        return None
    number = float(seconds)
    if not math.isfinite(number):
        raise ValueError(f"{seconds} is no time")
    return max(0, round(number * 1000))


def _seconds(ms: int | None) -> float | None:
    return None if ms is None else ms / 1000
