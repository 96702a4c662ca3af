"""Finds the subjects that show notes list without times: what could be an episode's chapters."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from corpus.records import Block, ParsedEpisode
from ingest.newsletter.html_page import read_html
from ingest.newsletter.text import read_plain_text
from ingest.takeaway.marks import find_marks
from ingest.takeaway.untimed import is_takeaways_heading

FEWEST = 3
"""A list of fewer says too little of an episode to divide it."""
MOST = 60
_MOST_LETTERS = 160
_MOST_WORDS = 24
_LINKED = 0.5
"""Share of a line's letters from which on it is there for its link."""
_LABEL_LETTERS = 90
_WORDS_OF_A_LINE = 14
_BOLD_LEVEL = 6

_ANNOUNCES = re.compile(
    r"\b(?:topics?|subjects?|agenda|outline|contents?|questions?|chapters?|highlights"
    r"|in (?:this|today['’]?s) (?:episode|show|conversation)|(?:we|they|i) (?:also )?(?:talk"
    r"|discuss|cover|explore|speak|chat)\w*|you(?:['’]ll| will) (?:learn|hear|discover)"
    r"|what (?:we|you)|is about|themen|inhalt|kapitel|darum geht|in dieser (?:folge|episode)"
    r"|wir sprechen|sujets|au programme|sommaire|temas|en este episodio|argomenti)\b",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"\b(?:links?|linked|resources?|mention(?:s|ed)|referenced?|references|reading|books?|papers?"
    r"|sponsor\w*|partners?|ads?|advert\w*|discount|promo|follow|connect|contact|social|find (?:us"
    r"|me|him|her|them)|where to|guests?|hosts?|hosted|panel(?:ists)?|speakers?|staff|team|credits"
    r"|music|edited|produced|producers?|subscribe|listen|support|patreon|merch|newsletter|join"
    r"|transcripts?|related|previous|other episodes|more episodes|picks|jobs|about (?:us|the"
    r"|our)|bio|erwähnt\w*|quellen|werbe\w*|gäste|kontakt|folge uns|liens|enlaces)\b",
    re.IGNORECASE,
)
_SALES = re.compile(
    r"\b(?:sponsor\w*|brought to you|presented by|promo|coupon|discount|use (?:the )?code"
    r"|\d+ ?% off|percent off|free trial|sign up|subscribe|follow (?:us|me|him|her|them)"
    r"|rate (?:us|and)|leave (?:us )?a review|patreon|newsletter|werbung|rabatt\w*|gutschein\w*"
    r"|abonnier\w*)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"https?://|www\.|\S@\S|(?:^|\s)@\w|\b[\w-]{1,63}\.(?:com|org|net|io|fm|de|dev|tv)\b", re.I
)
_LABEL = re.compile(r"(?:^|[.!?)]\s)\s*([^:：.!?;]{3,60})[:：]\s")
_LIST_TAG = re.compile(r"<(?:li|dd|h[1-6]|br)\b", re.IGNORECASE)
_NUMBERED = re.compile(r"^\W*\d{1,3}[.)]\s+")


def read_subjects(episode: ParsedEpisode) -> tuple[str, ...]:
    """Return the subjects that an episode's show notes list, none where it has chapters."""
    if episode.chapters or episode.chapters_url:
        return ()
    if _LIST_TAG.search(episode.show_notes_html):
        return find_subjects(read_html(episode.show_notes_html).blocks)
    # Without tags that make a list, the lines say as much, and are read in a tenth of the time.
    return find_subjects(read_plain_text(episode.show_notes))


def find_subjects(blocks: Sequence[Block]) -> tuple[str, ...]:
    """Return the subjects listed in show notes, in their order; none where moments stand with them.

    They are the items of a list, lines under a label such as "In this episode:", what such a label
    lists in one line with semicolons, or else the headings. Links, sponsors, persons and takeaways
    are none. Lists that are announced go before those that are not, of which the first counts.
    """
    blocks = list(_iter_line_blocks(blocks))
    if sum(bool(find_marks(block.text)) for block in blocks) >= FEWEST:
        return ()
    lists = [found for found in _iter_lists(blocks) if found[1]]
    announced = [subject for is_announced, found in lists if is_announced for subject in found]
    found = announced or next((found for _, found in lists), [])
    subjects = tuple(dict.fromkeys(found or _choose_headings(blocks)))
    return subjects[:MOST] if len(subjects) >= FEWEST else ()


def _iter_line_blocks(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield blocks, a paragraph with line breaks as what stands in each of its lines."""
    for block in blocks:
        if block.kind != "paragraph" or "\n" not in block.text:
            yield block
            continue
        for line in block.text.split("\n"):
            for part in read_plain_text(line):
                links = tuple(link for link in block.links if link.text in part.text)
                yield replace(part, links=links)


def _iter_lists(blocks: Sequence[Block]) -> Iterator[tuple[bool, list[str]]]:
    """Yield each list: whether a label announces it as subjects, and what it lists."""
    for label, members in _iter_runs(blocks):
        is_announced = _is_announced(label)
        if is_takeaways_heading(label) or (_ELSEWHERE.search(label) and not is_announced):
            continue
        if members[0].kind == "item":
            yield is_announced, _without_links([_plain(block) for block in members])
            continue
        yield from ((True, _without_links(found)) for found in map(_split_labelled, members))
        if is_announced:
            lines = [_plain(block) for block in takewhile(_is_short, members)]
            yield True, _without_links(lines)


def _without_links(texts: Sequence[str | None]) -> list[str]:
    """Return the subjects of a list; none where many of its lines are no subjects."""
    found = [text for text in texts if text]
    return found if len(found) * 3 >= len(texts) * 2 else []


def _iter_runs(blocks: Sequence[Block]) -> Iterator[tuple[str, list[Block]]]:
    """Yield runs of items or of paragraphs, each with the line above it."""
    label = ""
    run: list[Block] = []
    for block in blocks:
        if run and run[0].kind != block.kind:
            yield label, run
            # A list's own label is the last line before it, often the end of a paragraph.
            label, run = run[-1].text if run[0].kind != "item" else "", []
        if block.kind == "heading" or (block.kind == "paragraph" and block.text.endswith(":")):
            if run:
                yield label, run
            label, run = block.text, []
        elif block.kind in ("item", "paragraph"):
            run.append(block)
    if run:
        yield label, run


def _is_announced(label: str) -> bool:
    return bool(_ANNOUNCES.search(label[-_LABEL_LETTERS:]))


def _split_labelled(block: Block) -> list[str | None]:
    """Return what a paragraph lists at its end: "Topics: pricing; hiring; the first client"."""
    text = " ".join(block.text.split())
    for label in _LABEL.finditer(text):
        parts = [part.strip(" .") for part in text[label.end() :].split(";")]
        if len(parts) >= FEWEST and _is_announced(label[1]):
            return [part if _is_subject(part) else None for part in parts if part]
    return []


def _is_short(block: Block) -> bool:
    """Say whether a paragraph is a line rather than a sentence of a text."""
    return len(block.text.split()) <= _WORDS_OF_A_LINE and not block.text.endswith((".", "!"))


def _choose_headings(blocks: Sequence[Block]) -> list[str]:
    """Return the headings of the commonest level that divide a text, or none."""
    # A short line in bold is as often a name or a button.
    levels = [b.level for b in blocks if b.kind == "heading" and b.level != _BOLD_LEVEL]
    level = max(set(levels), key=levels.count, default=None)
    headings = [block for block in blocks if block.kind == "heading" and block.level == level]
    found = [
        text
        for block in headings
        if not _ELSEWHERE.search(block.text)
        and not is_takeaways_heading(block.text)
        and not block.text.endswith((":", "："))
        and (text := _plain(block))
    ]
    return found if len(found) * 2 > len(headings) else []


def _plain(block: Block) -> str | None:
    """Return the subject that a line names, or None where it names none."""
    linked = sum(len(link.text) for link in block.links)
    text = _NUMBERED.sub("", " ".join(block.text.split()))
    is_link = linked > _LINKED * len(text)
    return text if _is_subject(text) and not is_link else None


def _is_subject(text: str) -> bool:
    words = len(text.split())
    if not words or words > _MOST_WORDS or len(text) > _MOST_LETTERS:
        return False
    if not any(letter.isalpha() for letter in text) or find_marks(text):
        return False
    return not _ADDRESS.search(text) and not _SALES.search(text)
