"""Mailboxes that grow: maildirs and mbox files, of which only new messages are work."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from corpus.catalogue import notes
from corpus.errors import FormatError
from ingest.added import Added, count_of
from ingest.newsletter.mail import iter_messages, looks_like_newsletter_mail
from ingest.newsletters import parse_newsletters
from ingest.storing import store_issue
from ingest.workshop import Workshop

_UNWANTED = frozenset("DT")  # drafts and what was thrown away
_Message = tuple[str, Callable[[], bytes]]
"""What a message is remembered by, and how to read it."""


def is_maildir(path: Path) -> bool:
    """Tell whether a folder is a maildir (https://cr.yp.to/proto/maildir.html)."""
    return (path / "cur").is_dir() and (path / "new").is_dir()


def is_mbox(data: bytes) -> bool:
    """Tell whether a file is a mailbox of the mbox kind (RFC 4155)."""
    return data.lstrip().startswith(b"From ") and looks_like_newsletter_mail(data)


def add_maildir(shop: Workshop, path: Path) -> Added:
    """Add the messages of a maildir that were not there before, and remember to look again."""
    added = _add_messages(shop, path, _iter_maildir(path))
    with shop.catalogue.write() as conn:
        notes.put_source(conn, str(path), kind="maildir", content_hash="", now_ms=shop.now_ms())
    return added


def add_mbox(shop: Workshop, path: Path, data: bytes) -> Added:
    """Add the messages of an mbox file that were not in it before."""
    return _add_messages(shop, path, _iter_mbox(path, data))


def _iter_maildir(path: Path) -> Iterator[_Message]:
    for folder in ("cur", "new"):
        for file in sorted((path / folder).iterdir()):
            # The name up to the flags stays when a message is read or answered.
            unique, _, flags = file.name.replace(";", ":").partition(":2,")
            if file.is_file() and not unique.startswith(".") and not _UNWANTED & set(flags):
                yield f"{path}/{unique}", file.read_bytes


def _iter_mbox(path: Path, data: bytes) -> Iterator[_Message]:
    for message in iter_messages(data):
        key = hashlib.sha256(message).hexdigest()[:32]
        yield f"{path}/{key}", lambda message=message: message  # type: ignore[misc]


def _add_messages(shop: Workshop, path: Path, messages: Iterable[_Message]) -> Added:
    with shop.catalogue.read() as conn:
        known = notes.list_source_names(conn, f"{path}/")
    total = read = changed = 0
    problems = []
    for name, load in messages:
        total += 1
        if name in known:
            continue
        read += 1
        try:
            for issue in parse_newsletters(load(), "message.eml"):
                changed += store_issue(shop, issue, source=str(path))[1]
        except FormatError as error:
            problems.append(f"{name.rpartition('/')[2]}: {error.problem}")
        with shop.catalogue.write() as conn:
            notes.put_source(conn, name, kind="message", content_hash="", now_ms=shop.now_ms())
    if problems:
        with shop.catalogue.write() as conn:
            notes.set_problems(conn, f"mailbox:{path}", problems, now_ms=shop.now_ms())
    what = f"mailbox of {count_of(total, 'message')}, {read} not read before"
    if problems:
        what += f", {len(problems)} of them without anything to read"
    return Added(source=str(path), kind="newsletter", what=what, changed=bool(changed))
