"""The header lines that mail programs put on top of a message that is passed on."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.records import Block, ParsedNewsletter
from ingest.newsletter.dates import find_date, parse_date
from ingest.newsletter.mail import parse_address

_FIELDS = {
    "from": "from", "von": "from", "de": "from", "da": "from", "van": "from",
    "subject": "subject", "betreff": "subject", "objet": "subject", "asunto": "subject",
    "oggetto": "subject", "onderwerp": "subject", "assunto": "subject",
    "date": "date", "sent": "date", "datum": "date", "gesendet": "date", "envoyé": "date",
    "fecha": "date", "enviado": "date", "data": "date", "inviato": "date", "verzonden": "date",
    "to": "to", "an": "to", "à": "to", "para": "to", "a": "to", "aan": "to", "cc": "to",
    "reply-to": "to", "antwort an": "to",
}  # fmt: skip
_FIELD = re.compile(r"\s*\*{0,2}([A-Za-zàéÀ-]{1,10}(?: an)?)\s?:\*{0,2}\s+(\S.*)")
_MARK = re.compile(
    r"\W*(?:forwarded message|weitergeleitete nachricht|begin forwarded message|original message"
    r"|ursprüngliche nachricht|message transféré|mensaje reenviado|messaggio inoltrato"
    r"|anfang der weitergeleiteten (?:e-mail|nachricht)|doorgestuurd bericht)\W*",
    re.IGNORECASE,
)
_SEARCHED = 12
_MIN_FIELDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardedHeader:
    """What a message that was passed on says of itself."""

    subject: str | None = None
    author: str | None = None
    published: str | None = None
    first: int
    """Number of the block where it begins."""
    end: int
    """Number of the first block behind it."""


def find_forwarded_header(blocks: Sequence[Block]) -> ForwardedHeader | None:
    """Return the header lines near the top of a message that was passed on, or None."""
    found: dict[str, str] = {}
    first = end = -1
    for number, block in enumerate(blocks[:_SEARCHED]):
        fields = _read_fields(block)
        if fields is None and not (found and end == number):
            continue
        if fields is None:
            break
        first = number if first < 0 else first
        found = {**fields, **found}
        end = number + 1
    if first < 0 or len(found) < _MIN_FIELDS or "from" not in found:
        return None
    name, address = parse_address(found["from"])
    date = found.get("date", "")
    return ForwardedHeader(
        subject=found.get("subject"),
        author=name.strip("\"' ") or address or None,
        published=parse_date(date.replace(" at ", " ")) or find_date(date),
        first=first,
        end=end,
    )


def unwrap_forwarded(issue: ParsedNewsletter) -> ParsedNewsletter:
    """Return the issue that was passed on: under its own name, without what stands above it."""
    header = find_forwarded_header(issue.blocks)
    if header is None or not issue.blocks[header.end :]:
        return issue
    return replace(
        issue,
        title=header.subject or issue.title,
        author=header.author or issue.author,
        published=header.published or issue.published,
        blocks=issue.blocks[header.end :],
    )


def _read_fields(block: Block) -> dict[str, str] | None:
    """Return the fields of a block that holds nothing else; empty for a mark, else None."""
    fields: dict[str, str] = {}
    for line in block.text.split("\n")[:20]:
        match = _FIELD.fullmatch(line)
        name = _FIELDS.get(match[1].lower()) if match else None
        if match and name:
            fields.setdefault(name, match[2].strip())
        elif not _MARK.fullmatch(line) and "to" not in fields:
            return None
    return fields
