"""Newsletter issues from mail: single messages and mailboxes, as broken as they come."""

import email
import email.header
import email.parser
import email.policy
import email.utils
import re
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message
from itertools import islice

from corpus.records import Block, ParsedNewsletter
from ingest.newsletter.charset import decode_text
from ingest.newsletter.dates import parse_date
from ingest.newsletter.furniture import drop_furniture
from ingest.newsletter.html_page import read_html
from ingest.newsletter.text import read_plain_text

_HEADER = re.compile(rb"([A-Za-z][A-Za-z0-9-]{1,60}):[ \t]?")
_FIELDS = frozenset(
    (
        b"from", b"to", b"subject", b"date", b"message-id", b"received", b"return-path", b"sender",
        b"mime-version", b"delivered-to", b"reply-to", b"list-unsubscribe", b"list-id",
        b"x-original-to", b"content-type", b"content-transfer-encoding", b"cc", b"dkim-signature",
    )
)  # fmt: skip
_TELLING = frozenset((b"from", b"subject", b"received", b"return-path", b"message-id"))
_MBOX_MARK = re.compile(rb"^From [^\r\n]*\r?\n(?=[A-Za-z][A-Za-z0-9-]*:|>From )", re.MULTILINE)
_MBOX_QUOTE = re.compile(rb"^>(>*From )", re.MULTILINE)
_TRANSFER = re.compile(r"quoted-printable|base64|7bit|8bit|binary", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_MAX_PARTS = 300
_MAX_FORWARDS = 4
_MAX_HEADER = 4_000  # letters; the standard library's time grows faster than a header's length
# The text part of an HTML mail is often a stub; the HTML part is so only where it is a picture.
_RICHER = 0.5
_HEAD_BYTES = 32_768
_MANY_MESSAGES = 2_000
_BYTES_A_MESSAGE = 1_000
_MOST_HEAD_LINES = 2_000
# The standard library reads all parameters of these fields again for each that is asked for.
_LONG_FIELD = re.compile(
    rb"^(content-(?:type|disposition|transfer-encoding):[^\n]{4000})[^\n]+",
    re.IGNORECASE | re.MULTILINE,
)
_HEAD_END = re.compile(rb"^\r?\n", re.MULTILINE)


def looks_like_newsletter_mail(data: bytes) -> bool:
    """Tell whether a file is a mail or a mailbox: it begins with several fields of a mail."""
    head = data[:_HEAD_BYTES].lstrip(b"\xef\xbb\xbf\r\n \t")
    if head.startswith((b"From ", b">From ")):
        head = head.partition(b"\n")[2]
    names: set[bytes] = set()
    for line in head.split(b"\n"):
        if line[:1] in (b" ", b"\t") and names:
            continue
        match = _HEADER.match(line)
        if match is None:
            break
        names.add(match[1].lower())
    return len(names & _FIELDS) >= 2 and bool(names & _TELLING)


def read_mail(data: bytes) -> tuple[ParsedNewsletter, ...]:
    """Return the issues in a mail or mailbox, without takeaways and mentions.

    A message with nothing to read is kept with its headers and a problem.
    """
    issues = [_read_message(_parse(message)) for message in iter_messages(data)]
    if len(issues) >= most_messages(data):
        problem = f"the mailbox has more than {len(issues)} messages; the rest is left out"
        issues[-1] = replace(issues[-1], problems=(*issues[-1].problems, problem))
    return tuple(issues)


def most_messages(data: bytes) -> int:
    """Return how many messages of a mailbox are read: more than fit in as many bytes."""
    return _MANY_MESSAGES + len(data) // _BYTES_A_MESSAGE


def read_subject(head: bytes) -> str | None:
    """Return the subject in the head of a mail, None where it has none."""
    return _read_header(_parse(head), "Subject")


def iter_messages(data: bytes) -> Iterator[bytes]:
    """Yield the messages of a mailbox (mboxrd quoting undone), or the one message."""
    data = data.lstrip(b"\xef\xbb\xbf\r\n \t")
    if not data.startswith(b"From "):
        yield data
        return
    found = islice(_MBOX_MARK.finditer(data), most_messages(data) + 1)
    marks = [match.span() for match in found]
    if not marks:
        yield data.partition(b"\n")[2]
        return
    ends = [start for start, _ in marks[1:]]
    if len(marks) <= most_messages(data):
        ends.append(len(data))
    for (_, start), end in zip(marks, ends, strict=False):
        yield _MBOX_QUOTE.sub(rb"\1", data[start:end])


def _parse(data: bytes) -> Message:
    if data.startswith((b"From ", b">From ")):
        data = data.partition(b"\n")[2]
    data = _LONG_FIELD.sub(rb"\1", _with_fewer_fields(data))
    try:
        return email.message_from_bytes(data, policy=email.policy.compat32)
    except RecursionError:  # nested as no mail program does: its headers can still be read
        return email.parser.BytesHeaderParser(policy=email.policy.compat32).parsebytes(data)


def _with_fewer_fields(data: bytes) -> bytes:
    """Return a mail without the lines of its head that are more than any mail has."""
    behind = next(islice(re.finditer(rb"\n", data), _MOST_HEAD_LINES, None), None)
    if behind is None:
        return data
    body = _HEAD_END.search(data)
    start = body.start() if body else len(data)
    return data[: behind.end()] + data[start:] if behind.end() < start else data


def _read_message(message: Message, depth: int = 0) -> ParsedNewsletter:
    inner = _find_forwarded(message, depth) if depth < _MAX_FORWARDS else None
    if inner is not None:
        return inner
    issue = _read_body(message)
    problems = () if issue.blocks else ("the mail has no text",)
    published, problem = _read_date(message)
    author, address = _read_sender(message)
    return replace(
        issue,
        title=_read_header(message, "Subject") or issue.title,
        author=author or address or issue.author,
        published=published or issue.published,
        newsletter=issue.newsletter or _read_list_name(message),
        problems=problems + ((problem,) if problem else ()),
    )


def _find_forwarded(message: Message, depth: int) -> ParsedNewsletter | None:
    """Return the issue in an attached message, where the mail around it says less than it."""
    for part in _iter_parts(message):
        if part.get_content_type() != "message/rfc822":
            continue
        inner = next(iter(_children(part)), None)
        if inner is None:
            continue
        if not inner.keys() and not inner.is_multipart():
            # A mailbox line on top hides the headers below it.
            inner = _parse(_payload_bytes(inner).lstrip())
        issue = _read_message(inner, depth + 1)
        around = _read_body(message)
        if len(issue.text) > len(around.text):
            return issue
    return None


def _iter_parts(message: Message) -> Iterator[Message]:
    """Yield a message's parts, without going into attached messages."""
    waiting = [message]
    for _ in range(_MAX_PARTS):
        if not waiting:
            return
        part = waiting.pop()
        yield part
        if part.get_content_maintype() == "multipart":
            waiting += reversed(_children(part))


def _children(part: Message) -> list[Message]:
    # Asked of a part without children, the standard library would decode, and may fail at it.
    payload = part.get_payload() if part.is_multipart() else []
    return [child for child in payload if isinstance(child, Message)]


def _read_body(message: Message) -> ParsedNewsletter:
    """Return what the HTML part says, or the text part where that says clearly more."""
    html: list[ParsedNewsletter] = []
    plain: list[Block] = []
    for part in _iter_parts(message):
        if _is_attachment(part):
            continue
        kind = part.get_content_type()
        if kind in ("text/html", "application/xhtml+xml"):
            html.append(read_html(_payload_bytes(part), charset=_charset_of(part)))
        elif kind.startswith("text/"):
            plain += _read_text_part(part, html)
    if not html:
        return ParsedNewsletter(title=None, blocks=drop_furniture(plain))
    issue = html[0]
    if len(html) > 1:  # some programs cut one text around its pictures
        issue = replace(issue, blocks=tuple(block for each in html for block in each.blocks))
    blocks = drop_furniture(plain)
    if _words(issue.blocks) < _RICHER * _words(blocks):
        return replace(issue, blocks=blocks)
    return issue


def _read_text_part(part: Message, html: list[ParsedNewsletter]) -> tuple[Block, ...]:
    """Return a text part's blocks; one that is HTML under a wrong name goes to ``html``."""
    data = _payload_bytes(part)
    if re.match(rb"\s*(?:<!doctype html|<html[\s>])", data, re.IGNORECASE):
        html.append(read_html(data, charset=_charset_of(part)))
        return ()
    text = decode_text(data, _charset_of(part))
    if "flowed" in str(part.get("Content-Type", "")):
        text = _unflow(text)
    return read_plain_text(text)


def _unflow(text: str) -> str:
    """Join the lines that end in a space: those are soft (RFC 3676)."""
    text = text.replace("\r\n", "\n")
    return re.sub(r"(?<!\n--)(?<=\S) \n(?=[^\s>])", " ", text)


def _words(blocks: tuple[Block, ...]) -> int:
    return sum(len(block.text.split()) for block in blocks)


def _is_attachment(part: Message) -> bool:
    return str(part.get("Content-Disposition", "")).strip().lower().startswith("attachment")


def _charset_of(part: Message) -> str | None:
    charset = part.get_param("charset")
    return charset if isinstance(charset, str) else None


def _payload_bytes(part: Message) -> bytes:
    """Return a part's bytes, its transfer encoding undone however that is spelled."""
    encoding = _TRANSFER.search(str(part.get("Content-Transfer-Encoding", "")))
    del part["Content-Transfer-Encoding"]
    if encoding:
        part["Content-Transfer-Encoding"] = encoding[0].lower()
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _read_header(message: Message, name: str) -> str | None:
    """Return a header as text, encoded words decoded in any charset, or None."""
    raw = message.get(name)
    if raw is None:
        return None
    text = _decode_words(str(raw)) if isinstance(raw, str) else _decode_raw(raw)
    return _SPACE.sub(" ", text).strip() or None


def _decode_raw(raw: email.header.Header) -> str:
    """Return a header that holds bytes over 127 without saying in which charset."""
    pieces = []
    for piece, _ in email.header.decode_header(raw):
        data = piece if isinstance(piece, bytes) else piece.encode("utf-8", "surrogateescape")
        pieces.append(decode_text(data))
    return _decode_words("".join(pieces))


def _decode_words(text: str) -> str:
    """Decode the encoded words of RFC 2047."""
    text = decode_text(text[:_MAX_HEADER].encode("utf-8", "surrogateescape"))
    # Encoded words glued to text or to each other are wrong, and common.
    text = re.sub(r"(?<=\?=)(?==\?)", " ", text)
    try:
        pieces = email.header.decode_header(text)
    except (email.errors.HeaderParseError, ValueError):
        return text
    out = ""
    for piece, charset in pieces:
        out += piece if isinstance(piece, str) else decode_text(piece, charset)
    return out


def _read_sender(message: Message) -> tuple[str | None, str | None]:
    """Return the name and the address under From, else under Sender or Reply-To."""
    for name in ("From", "Sender", "Reply-To"):
        raw = message.get(name)
        if raw is None:
            continue
        # Taken apart before it is decoded: an encoded name may hold a comma or an angle bracket.
        text = raw if isinstance(raw, str) else _decode_raw(raw)
        person, address = parse_address(_SPACE.sub(" ", text))
        person = _SPACE.sub(" ", _decode_words(person)).strip(" \"'")
        if person or "@" in address:
            return person or None, address or None
    return None, None


def parse_address(text: str) -> tuple[str, str]:
    """Return the name and the address of a person; empty where they cannot be told."""
    try:
        return email.utils.parseaddr(text[:_MAX_HEADER])
    except RecursionError:  # brackets in brackets, which the standard library follows down
        return "", ""


def _read_date(message: Message) -> tuple[str | None, str | None]:
    """Return when a mail was sent, and a problem where that is not what its Date says."""
    stated = _read_header(message, "Date")
    found = _parse_mail_date(stated) if stated else None
    if found:
        return found, None
    for received in message.get_all("Received", [])[:20]:
        if found := _parse_mail_date(str(received).rpartition(";")[2]):
            problem = f"the date {stated!r} cannot be read; taken from the way the mail went"
            return found, problem if stated else None
    return None, f"the date {stated!r} cannot be read" if stated else None


def _parse_mail_date(text: str) -> str | None:
    return parse_date(re.sub(r"\([^()]*\)", " ", text))


def _read_list_name(message: Message) -> str | None:
    """Return the phrase of List-Id (RFC 2919), unless it is only the service's number."""
    text = _read_header(message, "List-Id") or ""
    phrase = text.partition("<")[0].strip(" \"'")
    return phrase if phrase and not re.search(r"\d{4}|list$", phrase) else None
