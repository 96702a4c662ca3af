"""Which blocks of an issue are furniture that no class or role tells: by words, links and place."""

import re
from collections.abc import Iterator, Sequence

from corpus.records import Block
from ingest.newsletter.phrases import (
    BUTTONS,
    COUNTER,
    ENDINGS,
    LEGAL_LINKS,
    NOTICES,
    POLL,
    SITE_LINKS,
    SPONSOR_LABELS,
)

_RULE = re.compile(r"[^\w\s]?[\s\-–—_=*·•|~+#.]*")
_SPLIT = re.compile(r"\s*(?:[|·•∙/,–—→←\n&]|\s-\s|\b(?:or|and|oder|und|et|y|o|e|of|en)\b)\s*")
_ALNUM = re.compile(r"[^\W_]")
_POSTAL = re.compile(
    r"P\.? ?O\.? Box \d|\b[A-Z]{2} \d{5}\b|\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b"
    r"|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b|\b\d{4,5} [A-ZÄÖÜÉ]\w+$|^[A-ZÄÖÜÉ]\w+ \d{4,5}$"
)
_CLOCK = re.compile(r"^\W{0,3}\d{1,3}:\d\d\b|\b\d{1,3}:\d\d\W{0,3}$")
_MAX_BUTTON_LETTERS = 160
_MAX_NOTICE_WORDS = 80
_MAX_NOTICE_LETTERS = 700
_MAX_SPONSOR_WORDS = 120
_MAX_END_WORDS = 200


def drop_furniture(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks that are the issue's own, in order."""
    kept: list[Block] = []
    polling = False
    for block in _iter_unsponsored(blocks[: _find_end(blocks)]):
        polling = (polling and _is_all_link(block)) or _is_poll(block)
        if not polling and not is_furniture(block):
            kept.append(block)
    return tuple(
        block
        for block, after in zip(kept, [*kept[1:], None], strict=False)
        if not _is_hollow(block, after)
    )


def _iter_unsponsored(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield the blocks outside of short sections whose heading names a sponsor."""
    waiting: list[Block] = []
    words = 0
    for block in blocks:
        label = len(block.text) <= _MAX_BUTTON_LETTERS and SPONSOR_LABELS.fullmatch(block.text)
        if block.kind == "heading":
            waiting, words = ([block] if label else []), 0
            if label:
                continue
        if waiting:
            waiting.append(block)
            words += len(block.text.split())
            if words <= _MAX_SPONSOR_WORDS:
                continue
            # Too much for an advertisement: the heading only says who paid for what follows.
            yield from waiting[1:]
            waiting = []
            continue
        yield block


def is_furniture(block: Block) -> bool:
    """Tell whether a block by itself is a row of buttons, a rule, a counter or a notice."""
    text = block.text.strip().replace("’", "'")
    if block.kind in ("code", "row") or _CLOCK.search(text):
        return False  # a moment is never furniture
    word = _ALNUM.search(text)
    if word is None or _RULE.fullmatch(text):
        return _RULE.fullmatch(text) is not None
    if block.kind == "heading":
        return _is_buttons(block, text) and _is_all_link(block)
    if _is_buttons(block, text) or (COUNTER.fullmatch(text) and _is_count(block, text)):
        return True
    if len(text) > _MAX_NOTICE_LETTERS or len(text.split()) > _MAX_NOTICE_WORDS:
        return False
    # Without the signs in front of its words, which the search would begin at one by one.
    text = text[word.start() :]
    return SPONSOR_LABELS.fullmatch(text) is not None or NOTICES.search(text) is not None


def _is_buttons(block: Block, text: str) -> bool:
    """Tell whether all that a block says is buttons."""
    if len(text) > _MAX_BUTTON_LETTERS:
        return False
    if BUTTONS.fullmatch(text):
        return True
    parts = [part for part in _SPLIT.split(text) if part and not _RULE.fullmatch(part)]
    if not parts or len(parts) > 12:
        return False
    linked = _is_all_link(block) or len(block.links) >= len(parts)
    sure = [bool(BUTTONS.fullmatch(part)) for part in parts]
    return (any(sure) or linked) and all(
        is_sure or (linked and SITE_LINKS.fullmatch(part))
        for part, is_sure in zip(parts, sure, strict=True)
    )


def _is_count(block: Block, text: str) -> bool:
    return _is_all_link(block) or not text.replace(".", "").replace(",", "").isdigit()


def _is_all_link(block: Block) -> bool:
    linked = sum(len(link.text) for link in block.links)
    return linked > 0 and linked >= 0.8 * len(re.sub(r"[^\w\s]", "", block.text).strip())


def _is_poll(block: Block) -> bool:
    text = block.text.replace("’", "'")
    return len(text) <= _MAX_BUTTON_LETTERS and "?" in text and POLL.fullmatch(text) is not None


def _find_end(blocks: Sequence[Block]) -> int:
    """Return where the imprint begins that closes a mail: from there on nothing is text.

    It begins with a copyright line or a way to leave, behind which little stands.
    """
    after = 0
    counts = [len(block.text.split()) for block in blocks]
    before = sum(counts)
    end = len(blocks)
    for index in range(len(blocks) - 1, -1, -1):
        before, after = before - counts[index], after + counts[index]
        if after > min(_MAX_END_WORDS, before):
            break
        if _is_ending(blocks[index]):
            end = index
    while 0 < end < len(blocks) and _is_address(blocks[end - 1]):
        end -= 1
    return end


def _is_ending(block: Block) -> bool:
    if ENDINGS.search(block.text) and is_furniture(block):
        return True
    legal = [link for link in block.links if LEGAL_LINKS.fullmatch(link.text)]
    return len(legal) >= 2 or (bool(legal) and len(block.text) <= 60)


def _is_address(block: Block) -> bool:
    return len(block.text) <= 120 and _POSTAL.search(block.text) is not None


def _is_hollow(block: Block, after: Block | None) -> bool:
    """Tell whether a block is the heading of furniture that has been dropped below it."""
    if block.kind != "heading" or (after is not None and after.kind != "heading"):
        return False
    text = block.text.strip().replace("’", "'")
    return BUTTONS.fullmatch(text) is not None or _is_poll(block)
