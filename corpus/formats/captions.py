"""From the cues of a caption file to drafts: who speaks, each word once."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.formats.cue_text import (
    CueLine,
    Run,
    cut_line,
    line_text,
    read_cue_lines,
    unescape,
    unroll,
    words_of,
)
from corpus.formats.cues import Cue
from corpus.formats.drafts import Draft, clean_speaker
from corpus.formats.labels import accepted_names, find_label


@dataclass(slots=True)
class _Turn:
    speaker: str | None
    lines: list[CueLine]


def draft_cues(cues: Sequence[Cue]) -> list[Draft]:
    """Return the drafts of ``cues``: one each, or one for each voice where several speak.

    Speakers are those of the voice tags; in a file without any, labels such as ``Jenny:`` that come
    back, which hold until the next label where labels stand only at a change of speaker.
    """
    read = [read_cue_lines(cue.lines) for cue in cues]
    if not read:
        return []
    lines = unroll([lines for lines, _ in read])
    if any(voiced for _, voiced in read):
        turns = [_turns_by_voice(cue_lines) for cue_lines in lines]
    else:
        turns = _turns_by_label(lines)
    return [
        _draft(cue, turn) for cue, cue_turns in zip(cues, turns, strict=True) for turn in cue_turns
    ]


def _draft(cue: Cue, turn: _Turn) -> Draft:
    start = cue.start_ms or 0
    end = cue.end_ms if cue.end_ms is not None and cue.end_ms >= start else None
    return Draft(
        text=unescape(" ".join([line_text(line) for line in turn.lines])),
        start_ms=start,
        end_ms=cue.end_ms,
        speaker=turn.speaker,
        words=words_of(turn.lines, start, start if end is None else end),
    )


def _turns_by_voice(lines: Sequence[CueLine]) -> list[_Turn]:
    if len(lines) == 1 and len(lines[0]) == 1:
        return [_Turn(lines[0][0].speaker, [lines[0]])]
    turns: list[_Turn] = []
    for line in lines:
        open_line: list[Run] | None = None
        for run in line:
            if not turns or (turns[-1].speaker != run.speaker and run.text.strip()):
                turns.append(_Turn(run.speaker, []))
                open_line = None
            if open_line is None:
                open_line = []
                turns[-1].lines.append(open_line)
            open_line.append(run)
    return turns


def _turns_by_label(cues: Sequence[list[CueLine]]) -> list[list[_Turn]]:
    found = [[find_label(line_text(line)) for line in lines] for lines in cues]
    # Captions break lines anywhere, so only the first line of a cue shows which names there are.
    names = [labels[0].name for labels in found if labels and labels[0]]
    accepted = accepted_names(names, len(cues))
    carried = _changes_only(names, accepted)
    speaker: str | None = None
    result: list[list[_Turn]] = []
    for lines, labels in zip(cues, found, strict=True):
        turns = [_Turn(speaker if carried else None, [])]
        for line, label in zip(lines, labels, strict=True):
            if label is None or label.name not in accepted:
                turns[-1].lines.append(line)
                continue
            speaker = clean_speaker(unescape(label.name))
            turns.append(_Turn(speaker, [cut_line(line, label.end)]))
        result.append([turn for turn in turns if turn.lines])
    return result


def _changes_only(names: Sequence[str], accepted: frozenset[str]) -> bool:
    """Tell whether labels stand where the speaker changes: then they hold until the next one."""
    said = [name for name in names if name in accepted]
    if len(set(said)) < 2:
        return False
    changes = sum(a != b for a, b in pairwise(said))
    return changes >= 0.8 * (len(said) - 1)
