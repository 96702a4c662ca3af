"""Folders of newsletters on a mail server: IMAP (RFC 9051), only to read, only what is new."""

import base64
import imaplib
import os
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from corpus.catalogue import notes
from corpus.errors import FetchError, FormatError, RefusedError, UsageError
from ingest.added import Added, count_of
from ingest.door_network import is_public
from ingest.newsletter.mail import read_subject
from ingest.newsletters import parse_newsletters
from ingest.storing import store_issue
from ingest.workshop import Workshop

PASSWORD = "EARMARK_IMAP_PASSWORD"  # noqa: S105  the name of a variable
_STEP_S = 30.0
_TOTAL_S = 1800.0
_MOST_BYTES = 32 * 2**20
_SUBJECT_LETTERS = 120
_UID = re.compile(rb"\bUID (\d{1,18})", re.IGNORECASE)
_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,18})", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_BEYOND_ASCII = re.compile(r"[^\x20-\x7e]+")


def is_imap(source: str) -> bool:
    """Tell whether a source is a folder on a mail server."""
    return source.lower().startswith(("imap://", "imaps://"))


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFolder:
    """A folder on a mail server, as its address names it."""

    host: str
    port: int
    tls: bool
    user: str
    folder: str

    @property
    def name(self) -> str:
        """Its address without a password: what is shown, remembered and asked again."""
        scheme, usual = ("imaps", 993) if self.tls else ("imap", 143)
        port = "" if self.port == usual else f":{self.port}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{quote(self.user, safe='')}@{host}{port}/{quote(self.folder)}"


def parse_imap_address(source: str) -> tuple[MailFolder, str | None]:
    """Return what ``imaps://user:password@host/Folder`` names, and its password, if it has one.

    Raises:
        UsageError: If it names no host or user; the message never holds the password.
    """
    try:
        parts = urlsplit(source)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
        parts = urlsplit("imaps:")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    folder = unquote(parts.path.strip("/")) or "INBOX"
    if not host or not user or _CONTROL.search(f"{user}{password}{folder}{host}"):
        raise UsageError("the IMAP address", "is none", "write it as imaps://user@host/Folder")
    tls = parts.scheme.lower() == "imaps"
    port = port or (993 if tls else 143)
    found = MailFolder(host=host, port=port, tls=tls, user=user, folder=folder)
    return found, password or None


def public_source(source: str) -> str:
    """Return a source as it may be shown: that of a mail folder without its password."""
    if not is_imap(source):
        return source
    try:
        return parse_imap_address(source)[0].name
    except UsageError:
        return "the IMAP address"


def add_imap(shop: Workshop, source: str) -> Added:
    """Add the messages of a mail folder that were not there before, and remember to look again.

    The password stands in the address or in the environment, and is kept nowhere.

    Raises:
        UsageError: If there is no password.
        RefusedError: If the server is at a private address that the settings do not allow, or
            would be sent the password in the clear.
        FetchError: If the folder cannot be had.
    """
    where, password = parse_imap_address(source)
    password = password or os.environ.get(PASSWORD)
    if not password:
        raise UsageError(where.name, "needs a password", f"set {PASSWORD}")
    allow_private = shop.settings.allow_private_addresses
    with _open(where, password, allow_private=allow_private) as session:
        return _add_new(shop, where, session)


def _add_new(shop: Workshop, where: MailFolder, session: imaplib.IMAP4) -> Added:
    validity, uids = _find_new(shop, where, session)
    _remember(shop, where, validity, _last_uid(shop, where, validity))
    changed, problems = 0, []
    sizes = _fetch_sizes(session, uids)
    for uid in uids:
        try:
            data = _fetch(session, uid, size=sizes.get(uid, 0))
            for issue in parse_newsletters(data, f"message {uid}.eml"):
                changed += store_issue(shop, issue, source=where.name)[1]
        except FormatError as error:
            problems.append(f"{error.subject.removesuffix('.eml')}: {error.problem}")
        _remember(shop, where, validity, uid)
    if problems:
        with shop.catalogue.write() as conn:
            subject = f"mailbox:{where.name}"
            notes.set_problems(conn, subject, problems, now_ms=shop.now_ms())
    what = f"mail folder, {count_of(len(uids), 'message')} not read before"
    if problems:
        what += f", {len(problems)} of them without anything to read"
    return Added(source=where.name, kind="newsletter", what=what, changed=bool(changed))


def _find_new(
    shop: Workshop, where: MailFolder, session: imaplib.IMAP4
) -> tuple[str, tuple[int, ...]]:
    """Return the folder's UIDVALIDITY and the new messages' numbers, ascending."""
    _ask(where, session.select(_quoted(encode_folder(where.folder)), readonly=True))
    said = session.response("UIDVALIDITY")[1]
    validity = said[0].decode("ascii", "replace") if said and said[0] else "0"
    last = _last_uid(shop, where, validity)
    asked = session.uid("SEARCH", f"UID {last + 1}:*", "UNDELETED", "UNDRAFT")
    found = b" ".join(row for row in _ask(where, asked) if row).split()
    # ``n:*`` always names the last message, even where it is older (RFC 9051, 9: seq-range).
    numbers = {int(uid[:20]) for uid in found if uid.isdigit()}
    return validity, tuple(sorted(uid for uid in numbers if uid > last))


def _last_uid(shop: Workshop, where: MailFolder, validity: str) -> int:
    with shop.catalogue.read() as conn:
        held = notes.find_source(conn, where.name)
    known, _, uid = held[1].partition(":") if held else ("", "", "")
    # With another UIDVALIDITY the numbers are of other messages: all are read again.
    return int(uid) if known == validity and uid.isdigit() else 0


def _remember(shop: Workshop, where: MailFolder, validity: str, uid: int) -> None:
    with shop.catalogue.write() as conn:
        state = f"{validity}:{uid}"
        now_ms = shop.now_ms()
        notes.put_source(conn, where.name, kind="imap", content_hash=state, now_ms=now_ms)


def _fetch_sizes(session: imaplib.IMAP4, uids: tuple[int, ...]) -> dict[int, int]:
    """Return the bytes of the messages in the range of these numbers, as far as they are told."""
    if not uids:
        return {}
    _, rows = session.uid("FETCH", f"{uids[0]}:{uids[-1]}", "(RFC822.SIZE)")
    told = [(_UID.search(row), _SIZE.search(row)) for row in rows if isinstance(row, bytes)]
    return {int(uid[1]): int(size[1]) for uid, size in told if uid and size}


def _fetch(session: imaplib.IMAP4, uid: int, *, size: int) -> bytes:
    if size > _MOST_BYTES:
        problem = f"is of {size >> 20} MB, over the {_MOST_BYTES >> 20} MB that are read"
        raise FormatError(f"message {uid}{_find_subject(session, uid)}", problem)
    _, rows = session.uid("FETCH", str(uid), "(BODY.PEEK[])")
    bodies = [row[1] for row in rows if isinstance(row, tuple)]
    if not bodies:
        raise FormatError(f"message {uid}", "is gone", "")
    return bytes(bodies[0])


def _find_subject(session: imaplib.IMAP4, uid: int) -> str:
    """Return the subject of a message in quotes, where it has one."""
    _, rows = session.uid("FETCH", str(uid), "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
    heads = [bytes(row[1]) for row in rows if isinstance(row, tuple)]
    subject = read_subject(heads[0]) if heads else None
    return f' "{subject[:_SUBJECT_LETTERS]}"' if subject else ""


def _ask(where: MailFolder, answer: tuple[str, list[Any]]) -> list[Any]:
    status, rows = answer
    if status != "OK":
        raise FetchError(where.name, "cannot be opened", "check the folder's name")
    return rows


@contextmanager
def _open(where: MailFolder, password: str, *, allow_private: bool) -> Iterator[imaplib.IMAP4]:
    try:
        session = _Session(where, allow_private)
        with session.limited():
            try:
                session.login(_quoted(where.user), password)
            except session.error:
                # From None: what the server says may repeat what it was sent.
                problem = "refuses the name and password"
                raise FetchError(where.name, problem, "check them") from None
            yield session
    except UnicodeEncodeError as error:
        raise UsageError(where.name, "has a name or password beyond ASCII", "use others") from error
    except (imaplib.IMAP4.error, OSError) as error:
        problem = f"cannot be had: {error or type(error).__name__}".replace(password, "...")
        raise FetchError(where.name, problem, "it is tried again later") from error


class _Session(imaplib.IMAP4):
    """A session with an address that was checked, of bounded time and size."""

    def __init__(self, where: MailFolder, allow_private: bool) -> None:
        self._where, self._allow_private = where, allow_private
        super().__init__(where.host, where.port, _STEP_S)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        where = self._where
        found = socket.getaddrinfo(where.host, where.port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        for address in addresses:
            if is_public(address) and not where.tls:
                problem = "would be sent the password in the clear"
                raise RefusedError(where.name, problem, "use imaps://")
            if not is_public(address) and not self._allow_private:
                problem = f"is at the private address {address}"
                raise RefusedError(where.name, problem, "see the setting allow_private_addresses")
        # The address that was checked, not the name, which may be answered anew.
        connected = socket.create_connection((addresses[0], where.port), timeout)
        if not where.tls:
            return connected
        context = ssl.create_default_context()
        return context.wrap_socket(connected, server_hostname=where.host)

    def read(self, size: int) -> bytes:
        """Read so many bytes, which the server has announced."""
        if size > _MOST_BYTES:
            raise self.error(f"a message of {size >> 20} MB")
        return super().read(size)

    @contextmanager
    def limited(self) -> Iterator[None]:
        """End the session after a time, however busily its other side drips."""
        timer = threading.Timer(_TOTAL_S, self.shutdown)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            # What was read is read, even where a confused server does not let us say goodbye.
            with suppress(self.error, OSError):
                self.logout()
            self.file.close()
            self.sock.close()


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def encode_folder(name: str) -> str:
    """Return a folder's name in the modified UTF-7 of RFC 3501, 5.1.3.

    >>> encode_folder("Entwürfe & mehr")
    'Entw&APw-rfe &- mehr'
    """

    def shifted(match: re.Match[str]) -> str:
        packed = base64.b64encode(match.group().encode("utf-16-be", "surrogatepass")).decode()
        return f"&{packed.rstrip('=').replace('/', ',')}-"

    return _BEYOND_ASCII.sub(shifted, name.replace("&", "&-"))
